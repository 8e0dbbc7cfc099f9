//! What else a sale of a kit takes, besides the item that its listing has.

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, set};
use kernel::{ItemId, ListingId, OrganisationId};

use crate::model::{Component, Listing, NewListing};

/// The components of these listings, by item; asks nothing where there is no listing.
pub(super) async fn components_of(
    tx: &Tx,
    organisation_id: &OrganisationId,
    listings: &[ListingId],
) -> Result<HashMap<ListingId, Vec<Component>>, Fault> {
    let mut components: HashMap<ListingId, Vec<Component>> = HashMap::new();
    if listings.is_empty() {
        return Ok(components);
    }
    let rows: Vec<(ListingId, ItemId, i64)> = tx
        .query(
            "select listing_id, item_id, quantity from kit_component \
              where organisation_id = $1 and listing_id {in $2} order by listing_id, item_id",
            args![organisation_id, Column::from_iter(listings)],
        )
        .await?;
    for (listing_id, item_id, quantity) in rows {
        components.entry(listing_id).or_default().push(Component { item_id, quantity });
    }
    Ok(components)
}

/// The same listings with their components.
pub(super) async fn with_components(
    tx: &Tx,
    organisation_id: &OrganisationId,
    mut listings: Vec<Listing>,
) -> Result<Vec<Listing>, Fault> {
    let ids: Vec<ListingId> = listings.iter().map(|listing| listing.listing_id.clone()).collect();
    let mut components = components_of(tx, organisation_id, &ids).await?;
    for listing in &mut listings {
        listing.also = components.remove(&listing.listing_id).unwrap_or_default();
    }
    Ok(listings)
}

pub(super) async fn insert_components(
    tx: &Tx,
    organisation_id: &OrganisationId,
    listings: &[(ListingId, &NewListing)],
) -> Result<(), Fault> {
    let rows: Vec<(&ListingId, &Component)> = listings
        .iter()
        .flat_map(|(listing_id, listing)| listing.also.iter().map(move |component| (listing_id, component)))
        .collect();
    tx.execute_guarded(
        "components of kits added",
        "insert into kit_component (organisation_id, listing_id, item_id, quantity) \
         select $1, d.listing_id, d.item_id, d.quantity \
         {set d(listing_id text, item_id text, quantity int)} where true",
        &set![
            rows.iter().map(|(listing_id, _)| *listing_id),
            rows.iter().map(|(_, component)| &component.item_id),
            rows.iter().map(|(_, component)| component.quantity),
        ],
        args![organisation_id],
    )
    .await
}

pub(super) async fn delete_components(
    tx: &Tx,
    organisation_id: &OrganisationId,
    listings: &[(ListingId, &NewListing)],
) -> Result<(), Fault> {
    let ids = Column::from_iter(listings.iter().map(|(listing_id, _)| listing_id));
    tx.execute(
        "delete from kit_component where organisation_id = $1 and listing_id {in $2}",
        args![organisation_id, ids],
    )
    .await
    .map(drop)
}
