//! Listings from a file: a channel's code comes to mean what the file says.

use std::collections::HashMap;

use catalogue::{Component, Item, MapListingsError, NewListing, Remap};
use db::Fault;
use kernel::{ChannelId, ItemId, Scope};
use operations::{Outcome, RowResult};
use runtime::Cx;

use super::line::Line;

/// Takes listings; each line has its own answer.
pub(super) async fn take(cx: &mut Cx<'_>, mut lines: Vec<Line>) -> Result<Vec<RowResult>, Fault> {
    let codes = |column: &str| lines.iter().map(|line| line.text(column).to_owned()).collect::<Vec<_>>();
    let channels = catalogue::find_channels_by_code(cx.tx, &cx.organisation_id, &codes("channel")).await?;
    let mut skus = codes("item");
    skus.extend(lines.iter().flat_map(|line| parts(line.text("also"))).map(|(sku, _)| sku));
    let items = catalogue::find_items_by_code(cx.tx, &cx.organisation_id, &skus).await?;
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
                also: also(line, &items),
            };
            if line.is_good() {
                wanted.push((place, listing));
            }
        }
    }
    let keys: Vec<(ChannelId, String)> =
        wanted.iter().map(|(_, new)| (new.channel_id.clone(), new.external_code.clone())).collect();
    let known = catalogue::resolve_listings(cx.tx, &cx.organisation_id, &keys).await?;
    for (place, new) in &mut wanted {
        let known = known.get(&(new.channel_id.clone(), new.external_code.clone()));
        if let Some(kit) = known.filter(|kit| !lines[*place].has("also") && kit.item_id == new.item_id) {
            new.also.clone_from(&kit.also);
        }
    }
    let mut outcomes = vec![Outcome::Failed; lines.len()];
    let mut seen = std::collections::HashSet::new();
    wanted.retain(|(place, new)| {
        let key = (new.channel_id.clone(), new.external_code.clone());
        let same = known.get(&key).is_some_and(|listed| listed.is(new));
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

/// What else a kit has, as a file says it: `CUP*2; SPOON` is two cups and a spoon.
fn parts(text: &str) -> Vec<(String, Option<i64>)> {
    let parts = text.split(';').map(str::trim).filter(|part| !part.is_empty());
    let part = |part: &str| match part.rsplit_once('*') {
        Some((sku, units)) => (sku.trim().to_owned(), units.trim().parse().ok()),
        None => (part.to_owned(), Some(1)),
    };
    parts.map(part).collect()
}

fn also(line: &mut Line, items: &HashMap<String, Item>) -> Vec<Component> {
    let mut also: Vec<Component> = Vec::new();
    for (sku, quantity) in parts(line.text("also")) {
        match (items.get(&sku), quantity.filter(|quantity| (1..=1_000_000).contains(quantity))) {
            (Some(item), Some(quantity)) => {
                let is_there = also.iter().any(|component| component.item_id == item.item_id);
                if is_there || sku == line.text("item") {
                    line.refuse("also", "contradiction", format!("{sku} stands in the kit twice"));
                } else {
                    also.push(Component { item_id: item.item_id.clone(), quantity });
                }
            }
            (None, _) => line.refuse("also", "unknown_item", format!("no item has the code {sku}")),
            (_, None) => {
                line.refuse("also", "bad_quantity", "say `SKU*2; SKU` for two of one and one of another")
            }
        }
    }
    also
}

/// The same as a file has it.
pub(super) fn written(also: &[Component], items: &HashMap<ItemId, Item>) -> String {
    let part = |component: &Component| {
        let sku = items.get(&component.item_id).map_or(component.item_id.as_str(), |item| item.sku.as_str());
        format!("{sku}*{}", component.quantity)
    };
    also.iter().map(part).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_else_a_kit_has_is_said_in_one_cell() {
        let said = |sku: &str, units| (sku.to_owned(), units);
        assert_eq!(
            parts(" CUP*2; SPOON ;; A*B*10;X*many"),
            [said("CUP", Some(2)), said("SPOON", Some(1)), said("A*B", Some(10)), said("X", None)]
        );
        assert_eq!(parts(""), []);
    }
}
