//! A channel's code comes to mean units of an item.

use std::collections::{BTreeSet, HashMap, HashSet};

use kernel::{ChannelId, ItemId, ListingId, MerchantId, Scope};
use runtime::Cx;
use serde_json::json;

use crate::{
    model::{Channel, Item, Listed, MAX_CODE, NewListing, TextProblem, check_text},
    store,
};

/// What to do where a code already means something else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remap {
    /// Refuse: most often it is a mistake, and orders under that code would take other goods.
    Refuse,
    /// Let it mean the new thing from now on; orders accepted before keep their item.
    Allow,
}

/// Why listings were not taken. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum MapListingsError {
    /// The code is no code.
    #[error("listing {index}: `external_code` {problem}")]
    Text {
        /// Its place among those given, from 0.
        index: usize,
        /// How.
        problem: TextProblem,
    },
    /// A pack of none, or of more than there are.
    #[error("listing {index}: a pack of {pack_factor}; it should be from 1 to 1,000,000")]
    BadPackFactor {
        /// Its place among those given, from 0.
        index: usize,
        /// What was given.
        pack_factor: i64,
    },
    /// A kit that is none.
    #[error("listing {index}: {problem}")]
    BadKit {
        /// Its place among those given, from 0.
        index: usize,
        /// What is wrong.
        problem: &'static str,
    },
    /// There is no such channel.
    #[error("listing {index}: there is no channel {channel_id}")]
    UnknownChannel {
        /// Its place among those given, from 0.
        index: usize,
        /// Which.
        channel_id: ChannelId,
    },
    /// There is no such item.
    #[error("listing {index}: there is no item {item_id}")]
    UnknownItem {
        /// Its place among those given, from 0.
        index: usize,
        /// Which.
        item_id: ItemId,
    },
    /// The item is not the channel's merchant's to sell.
    #[error(
        "listing {index}: item {item_id} is not of the merchant who sells on {channel_id}, and they are not entitled to it"
    )]
    OtherMerchant {
        /// Its place among those given, from 0.
        index: usize,
        /// Where.
        channel_id: ChannelId,
        /// Which.
        item_id: ItemId,
    },
    /// The code already means something else.
    #[error("listing {index}: {external_code} already means {pack_factor} of {item_id}")]
    DuplicateCode {
        /// Its place among those given, from 0.
        index: usize,
        /// The code.
        external_code: String,
        /// What it means.
        item_id: ItemId,
        /// How many of it.
        pack_factor: i64,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(MapListingsError);

/// Maps codes to items, all or none, on channels of the merchants within `scope`; gives the listings' ids in the order given.
pub async fn map_listings(
    cx: &mut Cx<'_>,
    scope: &Scope,
    listings: &[NewListing],
    remap: Remap,
) -> Result<Vec<ListingId>, MapListingsError> {
    let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
    let codes: Vec<(ChannelId, String)> = listings.iter().map(key).collect();
    let item_ids: BTreeSet<&ItemId> =
        listings.iter().flat_map(NewListing::components).map(|(item_id, _)| item_id).collect();
    let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
    let channel_ids: Vec<ChannelId> = listings.iter().map(|listing| listing.channel_id.clone()).collect();
    let mut channels = store::channels_by_id(tx, organisation_id, &channel_ids).await?;
    channels.retain(|_, channel| scope.has_merchant(&channel.merchant_id));
    let mut facts = Facts {
        items: store::items_by_id(tx, organisation_id, &item_ids).await?,
        channels,
        listed: store::resolve_listings(tx, organisation_id, &codes).await?,
        resold: HashSet::new(),
    };
    let foreign = facts.foreign(listings);
    facts.resold = store::list_resold(tx, organisation_id, foreign.iter()).await?;
    let plan = decide(listings, &facts, remap)?;

    let mut ids: HashMap<(ChannelId, String), ListingId> =
        facts.listed.into_iter().map(|(key, listed)| (key, listed.listing_id)).collect();
    let mut rows = Vec::with_capacity(plan.fresh.len());
    for listing in plan.fresh {
        let listing_id = ListingId::from_body(&cx.fresh());
        ids.insert(key(listing), listing_id.clone());
        rows.push((listing_id, listing));
    }
    let changed: Vec<(ListingId, &NewListing)> =
        plan.changed.into_iter().map(|listing| (ids[&key(listing)].clone(), listing)).collect();
    store::insert_listings(cx.tx, &cx.organisation_id, &rows, cx.now).await?;
    store::update_listings(cx.tx, &cx.organisation_id, &changed).await?;
    for (listing_id, listing) in rows.iter().chain(&changed) {
        let facts = json!({
            "channel_id": listing.channel_id,
            "external_code": listing.external_code,
            "item_id": listing.item_id,
            "pack_factor": listing.pack_factor,
            "also": listing.also.iter().map(|component| &component.item_id).collect::<Vec<_>>(),
        });
        cx.tell("listing.mapped", listing_id.as_str(), facts);
    }
    Ok(listings.iter().map(|listing| ids[&key(listing)].clone()).collect())
}

struct Facts {
    items: HashMap<ItemId, Item>,
    channels: HashMap<ChannelId, Channel>,
    listed: HashMap<(ChannelId, String), Listed>,
    /// What merchants may sell that is another's.
    resold: HashSet<(ItemId, MerchantId)>,
}

impl Facts {
    /// Items that a channel of another merchant is to list.
    fn foreign(&self, listings: &[NewListing]) -> BTreeSet<ItemId> {
        let parts =
            listings.iter().flat_map(|listing| listing.components().map(move |part| (listing, part.0)));
        let is_foreign = |(listing, item_id): &(&NewListing, &ItemId)| {
            let item = self.items.get(*item_id);
            let channel = self.channels.get(&listing.channel_id);
            item.zip(channel).is_some_and(|(item, channel)| item.merchant_id != channel.merchant_id)
        };
        parts.filter(is_foreign).map(|(_, item_id)| item_id.clone()).collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Plan<'a> {
    fresh: Vec<&'a NewListing>,
    changed: Vec<&'a NewListing>,
}

fn key(listing: &NewListing) -> (ChannelId, String) {
    (listing.channel_id.clone(), listing.external_code.clone())
}

fn decide<'a>(listings: &'a [NewListing], facts: &Facts, remap: Remap) -> Result<Plan<'a>, MapListingsError> {
    let mut plan = Plan { fresh: Vec::new(), changed: Vec::new() };
    let mut seen: HashMap<(ChannelId, String), &NewListing> = HashMap::new();
    for (index, listing) in listings.iter().enumerate() {
        check_text(&listing.external_code, MAX_CODE)
            .map_err(|problem| MapListingsError::Text { index, problem })?;
        let (channel_id, external_code) = (listing.channel_id.clone(), listing.external_code.clone());
        let (known, most) = (&facts.listed, NewListing::MAX_PACK_FACTOR);
        if let Some((_, pack_factor)) = listing.components().find(|(_, units)| !(1..=most).contains(units)) {
            return Err(MapListingsError::BadPackFactor { index, pack_factor });
        }
        check_kit(listing).map_err(|problem| MapListingsError::BadKit { index, problem })?;
        let Some(channel) = facts.channels.get(&channel_id) else {
            return Err(MapListingsError::UnknownChannel { index, channel_id });
        };
        for (item_id, _) in listing.components() {
            let item_id = item_id.clone();
            let Some(item) = facts.items.get(&item_id) else {
                return Err(MapListingsError::UnknownItem { index, item_id });
            };
            let is_theirs = channel.merchant_id == item.merchant_id;
            if !is_theirs && !facts.resold.contains(&(item_id.clone(), channel.merchant_id.clone())) {
                return Err(MapListingsError::OtherMerchant { index, channel_id, item_id });
            }
        }
        // Two meanings in one call contradict each other, whatever is allowed.
        if let Some(earlier) = seen.insert(key(listing), listing) {
            if earlier != listing {
                let NewListing { item_id, pack_factor, .. } = earlier.clone();
                return Err(MapListingsError::DuplicateCode { index, external_code, item_id, pack_factor });
            }
            continue;
        }
        match known.get(&key(listing)) {
            None => plan.fresh.push(listing),
            Some(listed) if listed.is(listing) => {}
            Some(_) if remap == Remap::Allow => plan.changed.push(listing),
            Some(listed) => {
                let (item_id, pack_factor) = (listed.item_id.clone(), listed.pack_factor);
                return Err(MapListingsError::DuplicateCode { index, external_code, item_id, pack_factor });
            }
        }
    }
    Ok(plan)
}

fn check_kit(listing: &NewListing) -> Result<(), &'static str> {
    if listing.also.len() >= NewListing::MAX_COMPONENTS {
        return Err("a kit has at most 50 items");
    }
    let mut items = HashSet::new();
    if listing.components().all(|(item_id, _)| items.insert(item_id)) {
        Ok(())
    } else {
        Err("an item stands in the kit twice; say once how many units of it")
    }
}
