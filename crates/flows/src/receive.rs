//! Goods come in: booked, and orders that wait for them are tried again.

use std::collections::BTreeSet;

use inventory::receive::{Receipt, ReceiveError};
use kernel::ItemId;
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};

use crate::Flows;

/// What was booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Received {
    /// Receipts that were new.
    pub booked: usize,
    /// Receipts whose reference was booked before: nothing was changed.
    pub repeated: usize,
}

/// The job that tries orders with units no node has.
pub(crate) const ALLOCATE_WAITING: &str = "sourcing.allocate_waiting";

impl Flows {
    /// Books goods as available stock.
    pub async fn receive(
        &self,
        call: Call,
        receipts: Vec<Receipt>,
    ) -> Result<Answer<Received>, ReceiveError> {
        self.runtime
            .command(call, move |cx| {
                let receipts = receipts.clone();
                Box::pin(async move {
                    check_lots(cx, &receipts).await?;
                    let booked = inventory::receive::receive(cx, &receipts).await?;
                    if booked > 0 {
                        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    }
                    Ok(Received { booked, repeated: receipts.len() - booked })
                })
            })
            .await
    }
}

/// What is received by lot says of which.
async fn check_lots(cx: &Cx<'_>, receipts: &[Receipt]) -> Result<(), ReceiveError> {
    let without = || receipts.iter().enumerate().filter(|(_, receipt)| receipt.lot.is_none());
    let item_ids: BTreeSet<&ItemId> = without().map(|(_, receipt)| &receipt.item_id).collect();
    let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
    if item_ids.is_empty() {
        return Ok(());
    }
    let items = catalogue::items_by_id(cx.tx, &cx.organisation_id, &item_ids).await?;
    let needs_lot = |receipt: &Receipt| items.get(&receipt.item_id).is_some_and(|item| item.is_lot_tracked);
    match without().find(|(_, receipt)| needs_lot(receipt)) {
        Some((place, _)) => Err(ReceiveError::NeedsLot { place }),
        None => Ok(()),
    }
}
