//! One item is changed as it was seen.

use kernel::ItemId;
use runtime::Cx;
use serde_json::{Value as Json, json};

use crate::{
    add_items::{ItemProblem, Standing, decide},
    model::{Item, ItemChange, NewItem},
    store,
};

/// Why an item is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AmendItemError {
    /// There is no such item.
    #[error("there is no item {item_id}")]
    UnknownItem {
        /// Which.
        item_id: ItemId,
    },
    /// Somebody changed it after it was seen.
    #[error("the item is at version {present}, not at {seen}")]
    Stale {
        /// The version that was seen.
        seen: i64,
        /// The version it is at.
        present: i64,
    },
    /// It cannot be so.
    #[error("{} things are wrong with what the item was to become", .0.len())]
    Refused(Vec<ItemProblem>),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(AmendItemError);

/// Changes an item that is at the version that was `seen`; whatever its version where none is given. Gives the item and
/// its barcodes as they are from then on. A change that changes nothing leaves the version too.
pub async fn amend_item(
    cx: &mut Cx<'_>,
    item_id: &ItemId,
    seen: Option<i64>,
    change: &ItemChange,
) -> Result<(Item, Vec<String>), AmendItemError> {
    let unknown = || AmendItemError::UnknownItem { item_id: item_id.clone() };
    let item = store::lock_item(cx.tx, &cx.organisation_id, item_id).await?.ok_or_else(unknown)?;
    let stale = |seen| AmendItemError::Stale { seen, present: item.version };
    let barcodes = barcodes_of(cx, item_id).await?;
    let wanted = apply(&item, &barcodes, change);
    let known = store::gather_known(cx.tx, &cx.organisation_id, std::slice::from_ref(&wanted)).await?;
    // What cannot be is refused before what was seen is asked for (RFC 9110, 13.2.1).
    let standings = decide(std::slice::from_ref(&wanted), &known).map_err(|refusals| {
        AmendItemError::Refused(refusals.into_iter().map(|refusal| refusal.problem).collect())
    })?;
    if let Some(seen) = seen.filter(|seen| *seen != item.version) {
        return Err(stale(seen));
    }
    if matches!(standings.as_slice(), [Standing::Same(_)]) {
        return Ok((item, barcodes));
    }
    // The bound is the write's own: without the lock above it would hold as well.
    if !store::update_item_at(cx.tx, &cx.organisation_id, (item_id, item.version), &wanted).await? {
        return Err(stale(seen.unwrap_or(item.version)));
    }
    store::delete_barcodes(cx.tx, &cx.organisation_id, &[(item_id, &wanted)]).await?;
    store::insert_barcodes(cx.tx, &cx.organisation_id, &[(item_id, &wanted)]).await?;
    let amended = store::lock_item(cx.tx, &cx.organisation_id, item_id).await?.ok_or_else(unknown)?;
    let kept = barcodes_of(cx, item_id).await?;
    let data = json!({ "merchant_id": amended.merchant_id, "sku": amended.sku, "title": amended.title });
    cx.record("item.amended", item_id.as_str(), data, facts(&item, &barcodes), facts(&amended, &kept));
    Ok((amended, kept))
}

async fn barcodes_of(cx: &Cx<'_>, item_id: &ItemId) -> Result<Vec<String>, db::Fault> {
    let mut barcodes =
        store::barcodes_of_items(cx.tx, &cx.organisation_id, std::slice::from_ref(item_id)).await?;
    Ok(barcodes.remove(item_id).unwrap_or_default())
}

/// The item as it is to be.
fn apply(item: &Item, barcodes: &[String], change: &ItemChange) -> NewItem {
    NewItem {
        merchant_id: item.merchant_id.clone(),
        sku: item.sku.clone(),
        title: change.title.clone().unwrap_or_else(|| item.title.clone()),
        barcodes: change.barcodes.clone().unwrap_or_else(|| barcodes.to_vec()),
        weight_grams: change.weight_grams.unwrap_or(item.weight_grams),
        length_mm: change.length_mm.unwrap_or(item.length_mm),
        width_mm: change.width_mm.unwrap_or(item.width_mm),
        height_mm: change.height_mm.unwrap_or(item.height_mm),
        is_lot_tracked: Some(change.is_lot_tracked.unwrap_or(item.is_lot_tracked)),
    }
}

/// What can be changed, for whoever asks later what was.
fn facts(item: &Item, barcodes: &[String]) -> Json {
    json!({
        "title": item.title,
        "barcodes": barcodes,
        "weight_grams": item.weight_grams,
        "length_mm": item.length_mm,
        "width_mm": item.width_mm,
        "height_mm": item.height_mm,
        "is_lot_tracked": item.is_lot_tracked,
    })
}
