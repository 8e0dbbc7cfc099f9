//! Items are known from now on with these facts, whatever was known before.

use kernel::ItemId;
use runtime::Cx;
use serde_json::json;

use crate::{
    add_items::{AddItemsError, Standing, decide, give_ids, insert_new},
    model::NewItem,
    store,
};

/// Adds the items that are not known and changes those that are; all or none. Gives their ids in the order given.
/// The barcodes given replace those known.
pub async fn amend_items(cx: &mut Cx<'_>, items: &[NewItem]) -> Result<Vec<ItemId>, AddItemsError> {
    let known = store::gather_known(cx.tx, &cx.organisation_id, items).await?;
    let standings = decide(items, &known).map_err(AddItemsError::Refused)?;
    Ok(write(cx, items, &standings).await?)
}

/// Writes what is new and what differs.
pub(crate) async fn write(
    cx: &mut Cx<'_>,
    items: &[NewItem],
    standings: &[Standing],
) -> Result<Vec<ItemId>, db::Fault> {
    let ids = give_ids(cx, standings);
    let changed: Vec<(&ItemId, &NewItem)> = ids
        .iter()
        .zip(items)
        .zip(standings)
        .filter_map(|(pair, standing)| matches!(standing, Standing::Differs(_)).then_some(pair))
        .collect();
    store::update_items(cx.tx, &cx.organisation_id, &changed).await?;
    store::delete_barcodes(cx.tx, &cx.organisation_id, &changed).await?;
    store::insert_barcodes(cx.tx, &cx.organisation_id, &changed).await?;
    for (item_id, item) in changed {
        let facts = json!({ "merchant_id": item.merchant_id, "sku": item.sku, "title": item.title });
        cx.tell("item.amended", item_id.as_str(), facts);
    }
    insert_new(cx, items, standings, &ids).await?;
    Ok(ids)
}
