//! One item, changed as it was seen.

use db::{Fault, Tx, args};
use kernel::{ItemId, OrganisationId};

use crate::model::{Item, NewItem};

/// The item of this id, which nobody else changes until the transaction ends.
pub(crate) async fn lock_item(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
) -> Result<Option<Item>, Fault> {
    tx.query_optional(
        "select item_id, merchant_id, sku, title, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked, version, created_at \
           from item where organisation_id = $1 and item_id = $2 [pg: for update :]",
        args![organisation_id, item_id],
    )
    .await
}

/// Changes the item where it is at this version, and moves the version on; gives false where it is not.
pub(crate) async fn update_item_at(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (item_id, version): (&ItemId, i64),
    item: &NewItem,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update item set title = $4, weight_grams = $5, length_mm = $6, width_mm = $7, height_mm = $8, \
                    is_lot_tracked = coalesce($9, is_lot_tracked), version = version + 1 \
              where organisation_id = $1 and item_id = $2 and version = $3",
            args![
                organisation_id,
                item_id,
                version,
                &item.title,
                item.weight_grams,
                item.length_mm,
                item.width_mm,
                item.height_mm,
                item.is_lot_tracked
            ],
        )
        .await?;
    Ok(touched == 1)
}
