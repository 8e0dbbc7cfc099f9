//! Listings from a file: a channel's code comes to mean what the file says.

use catalogue::{MapListingsError, NewListing, Remap};
use db::Fault;
use kernel::{ChannelId, Scope};
use operations::{Outcome, RowResult};
use runtime::Cx;

use super::line::Line;

/// Takes listings; each line has its own answer.
pub(super) async fn take(cx: &mut Cx<'_>, mut lines: Vec<Line>) -> Result<Vec<RowResult>, Fault> {
    let codes = |column: &str| lines.iter().map(|line| line.text(column).to_owned()).collect::<Vec<_>>();
    let channels = catalogue::find_channels_by_code(cx.tx, &cx.organisation_id, &codes("channel")).await?;
    let items = catalogue::find_items_by_code(cx.tx, &cx.organisation_id, &codes("item")).await?;
    let mut wanted: Vec<(usize, NewListing)> = Vec::new();
    for (place, line) in lines.iter_mut().enumerate() {
        let (channel, code, item) =
            (line.required("channel"), line.required("external_code"), line.required("item"));
        let pack_factor = line.number("pack_factor").unwrap_or(1);
        let (channel, item) = (channels.get(&channel), items.get(&item));
        if channel.is_none() {
            line.refuse("channel", "unknown_channel", "no channel has this code");
        }
        if item.is_none() {
            line.refuse("item", "unknown_item", "no item has this code");
        }
        if !(1..=1_000_000).contains(&pack_factor) {
            line.refuse("pack_factor", "bad_quantity", "a pack is of 1 to 1,000,000");
        }
        if code.chars().count() > 200 || code.chars().any(char::is_control) {
            line.refuse("external_code", "bad_text", "a code is 1 to 200 plain characters");
        }
        if let (Some(channel), Some(item)) = (channel, item) {
            if channel.merchant_id != item.merchant_id {
                line.refuse(
                    "item",
                    "contradiction",
                    "the item is not of the merchant who sells on the channel",
                );
            }
            let listing = NewListing {
                channel_id: channel.channel_id.clone(),
                external_code: code,
                item_id: item.item_id.clone(),
                pack_factor,
            };
            if line.is_good() {
                wanted.push((place, listing));
            }
        }
    }
    let keys: Vec<(ChannelId, String)> =
        wanted.iter().map(|(_, new)| (new.channel_id.clone(), new.external_code.clone())).collect();
    let known = catalogue::resolve_listings(cx.tx, &cx.organisation_id, &keys).await?;
    let mut outcomes = vec![Outcome::Failed; lines.len()];
    let mut seen = std::collections::HashSet::new();
    wanted.retain(|(place, new)| {
        let key = (new.channel_id.clone(), new.external_code.clone());
        let same =
            known.get(&key).is_some_and(|it| it.item_id == new.item_id && it.pack_factor == new.pack_factor);
        if !seen.insert(key) {
            lines[*place].refuse(
                "external_code",
                "contradiction",
                "the same code stands in this part of the file twice",
            );
            return false;
        }
        outcomes[*place] = if same { Outcome::Unchanged } else { Outcome::Done };
        !same
    });
    let new: Vec<NewListing> = wanted.iter().map(|(_, new)| new.clone()).collect();
    match catalogue::map_listings(cx, &Scope::EVERYTHING, &new, Remap::Allow).await {
        Ok(_) => {}
        Err(MapListingsError::Fault(fault)) => return Err(fault),
        // Everything was looked at above; whatever it still is, none of them was taken.
        Err(refusal) => {
            for (place, _) in &wanted {
                lines[*place].refuse("external_code", "conflict", &refusal);
            }
        }
    }
    let results = lines.into_iter().zip(outcomes).map(|(line, outcome)| {
        let subject = line.text("external_code").to_owned();
        line.into_result(subject, outcome)
    });
    Ok(results.collect())
}
