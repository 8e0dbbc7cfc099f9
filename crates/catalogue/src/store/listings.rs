//! What channels' codes mean.

use std::collections::HashMap;

use db::{Column, Fault, FromRow, Row, Tx, args, row, set};
use kernel::{ChannelId, ItemId, ListingId, OrganisationId, Scope, Timestamp};

use super::kits;
use crate::model::{Listed, Listing, NewListing};

impl FromRow for Listing {
    fn from_row(row: &Row) -> Result<Listing, Fault> {
        Ok(Listing {
            listing_id: row.get("listing_id")?,
            channel_id: row.get("channel_id")?,
            external_code: row.get("external_code")?,
            item_id: row.get("item_id")?,
            pack_factor: row.get("pack_factor")?,
            also: Vec::new(),
            created_at: row.get("created_at")?,
        })
    }
}

row! {
    struct Found {
        listing_id: ListingId,
        channel_id: ChannelId,
        external_code: String,
        item_id: ItemId,
        pack_factor: i64,
        is_kit: bool,
    }
}

/// What these codes of these channels mean, in one question, and in another where some mean kits; codes that mean nothing are left out.
pub async fn resolve_listings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    codes: &[(ChannelId, String)],
) -> Result<HashMap<(ChannelId, String), Listed>, Fault> {
    let mut channel_ids: Vec<&ChannelId> = codes.iter().map(|(channel_id, _)| channel_id).collect();
    channel_ids.sort();
    channel_ids.dedup();
    // Crosswise this may find more than was asked, where two channels are asked for different codes; never less.
    let rows: Vec<Found> = tx
        .query(
            "select listing_id, channel_id, external_code, item_id, pack_factor, is_kit from listing \
              where organisation_id = $1 and channel_id {in $2} and external_code {in $3}",
            args![
                organisation_id,
                Column::from_iter(channel_ids),
                Column::from_iter(codes.iter().map(|(_, code)| code)),
            ],
        )
        .await?;
    let kits = rows.iter().filter(|row| row.is_kit).map(|row| row.listing_id.clone());
    let mut also = kits::components_of(tx, organisation_id, &kits.collect::<Vec<_>>()).await?;
    let found = rows.into_iter().map(|row| {
        let Found { listing_id, channel_id, external_code, item_id, pack_factor, .. } = row;
        let also = also.remove(&listing_id).unwrap_or_default();
        ((channel_id, external_code), Listed { listing_id, item_id, pack_factor, also })
    });
    Ok(found.collect())
}

/// Where an item is offered, by itself or in a kit, by channel and code.
pub async fn list_listings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    item_id: &ItemId,
) -> Result<Vec<Listing>, Fault> {
    let listings = tx
        .query(
        "select listing_id, channel_id, external_code, item_id, pack_factor, created_at from listing \
          where organisation_id = $1 and (item_id = $2 or listing_id in (select listing_id from kit_component \
                  where organisation_id = $1 and item_id = $2)) \
            and ($3 = 1 or channel_id in (select channel_id from channel \
                  where organisation_id = $1 and merchant_id {in $4})) \
          order by channel_id, external_code limit 10000",
        args![
            organisation_id,
            item_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids())
        ],
    )
    .await?;
    kits::with_components(tx, organisation_id, listings).await
}

/// The first code that a channel lists, if it lists any.
pub async fn first_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_id: &ChannelId,
) -> Result<Option<String>, Fault> {
    let first: Option<(String,)> = tx
        .query_optional(
            "select external_code from listing where organisation_id = $1 and channel_id = $2 \
              order by external_code limit 1",
            args![organisation_id, channel_id],
        )
        .await?;
    Ok(first.map(|(code,)| code))
}

/// The listings of these items, each item's by channel and code; a kit stands with its first item.
pub async fn listings_of_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_ids: &[ItemId],
) -> Result<HashMap<ItemId, Vec<Listing>>, Fault> {
    let found: Vec<Listing> = tx
        .query(
            "select listing_id, channel_id, external_code, item_id, pack_factor, created_at from listing \
              where organisation_id = $1 and item_id {in $2} order by item_id, channel_id, external_code",
            args![organisation_id, Column::from_iter(item_ids)],
        )
        .await?;
    let mut listings: HashMap<ItemId, Vec<Listing>> = HashMap::new();
    for listing in kits::with_components(tx, organisation_id, found).await? {
        listings.entry(listing.item_id.clone()).or_default().push(listing);
    }
    Ok(listings)
}

pub(crate) async fn insert_listings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    listings: &[(ListingId, &NewListing)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "listings mapped",
        "insert into listing (organisation_id, listing_id, channel_id, external_code, item_id, pack_factor, is_kit, \
                created_at) \
         select $1, d.listing_id, d.channel_id, d.external_code, d.item_id, d.pack_factor, d.is_kit, $2 \
         {set d(listing_id text, channel_id text, external_code text, item_id text, pack_factor int, is_kit bool)} \
          where true on conflict do nothing",
        &set![
            listings.iter().map(|(listing_id, _)| listing_id),
            listings.iter().map(|(_, listing)| &listing.channel_id),
            listings.iter().map(|(_, listing)| &listing.external_code),
            listings.iter().map(|(_, listing)| &listing.item_id),
            listings.iter().map(|(_, listing)| listing.pack_factor),
            listings.iter().map(|(_, listing)| !listing.also.is_empty()),
        ],
        args![organisation_id, now],
    )
    .await?;
    kits::insert_components(tx, organisation_id, listings).await
}

pub(crate) async fn update_listings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    listings: &[(ListingId, &NewListing)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "listings mapped anew",
        "update listing set item_id = d.item_id, pack_factor = d.pack_factor, is_kit = d.is_kit \
         {set d(listing_id text, item_id text, pack_factor int, is_kit bool)} \
          where listing.organisation_id = $1 and listing.listing_id = d.listing_id",
        &set![
            listings.iter().map(|(listing_id, _)| listing_id),
            listings.iter().map(|(_, listing)| &listing.item_id),
            listings.iter().map(|(_, listing)| listing.pack_factor),
            listings.iter().map(|(_, listing)| !listing.also.is_empty()),
        ],
        args![organisation_id],
    )
    .await?;
    kits::delete_components(tx, organisation_id, listings).await?;
    kits::insert_components(tx, organisation_id, listings).await
}
