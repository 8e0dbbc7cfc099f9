//! Who sells what belongs to others.

use std::collections::HashSet;

use db::{Column, Fault, Tx, args};
use kernel::{ItemId, MerchantId, OrganisationId};

/// Which merchants may sell these items of others.
pub(crate) async fn list_resold(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl ExactSizeIterator<Item = &ItemId>,
) -> Result<HashSet<(ItemId, MerchantId)>, Fault> {
    if items.len() == 0 {
        return Ok(HashSet::new());
    }
    let rows: Vec<(ItemId, MerchantId)> = tx
        .query(
            "select item_id, reseller_id from v_resale where organisation_id = $1 and item_id {in $2}",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}
