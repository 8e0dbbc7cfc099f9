//! Goods come in: booked, and orders that wait for them are tried again.

use inventory::receive::{Receipt, ReceiveError};
use runtime::{Answer, Call};
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
