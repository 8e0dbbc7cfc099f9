//! Clerks look every hour at orders whose goods no node has, and give up those that have waited too long: the customer
//! is told and gets their money back.

use anyhow::Result;
use flows::cancel::{CancelError, CancelOrder};
use jiff::SignedDuration;
use kernel::{OrderId, Timestamp};
use orders::Stage;
use runtime::Call;

use super::{Actors, Tally};

/// How long an order may wait for goods.
const PATIENCE: SignedDuration = SignedDuration::from_hours(72);
/// The most orders a clerk looks at in an hour, oldest first.
const LOOK_AT: i64 = 200;

impl Actors {
    /// Gives up what has waited too long, if an hour begins in these minutes.
    pub(super) async fn give_up(
        &self,
        minutes: &std::ops::RangeInclusive<i64>,
        now: Timestamp,
        tally: &mut Tally,
    ) -> Result<()> {
        if !minutes.clone().any(|minute| minute % 60 == 0) {
            return Ok(());
        }
        for (order_id, line_nos) in self.waiting_too_long(now).await? {
            let cancel = CancelOrder { order_id, line_nos, reason: "no longer to be had".to_owned() };
            match self.flows.cancel(Call::by("clerk"), cancel).await {
                Ok(_) => tally.given_up += 1,
                Err(CancelError::Fault(fault)) => return Err(fault.into()),
                Err(refusal) => tally.surprise("clerk", &refusal),
            }
        }
        Ok(())
    }

    /// Orders with the lines that no node has.
    async fn waiting_too_long(&self, now: Timestamp) -> Result<Vec<(OrderId, Vec<i64>)>> {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let waiting = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    let mut waiting = Vec::new();
                    for order_id in orders::store::list_unallocated(tx, &organisation_id, LOOK_AT).await? {
                        let order = orders::store::find_order(tx, &organisation_id, &order_id).await?;
                        if order.is_none_or(|order| order.placed_at + PATIENCE > now) {
                            continue;
                        }
                        let lines = orders::store::list_lines(tx, &organisation_id, &order_id).await?;
                        let line_nos = lines
                            .iter()
                            .filter(|line| line.units().get(Stage::Unallocated) > 0)
                            .map(|line| line.line_no);
                        waiting.push((order_id, line_nos.collect()));
                    }
                    Ok::<_, db::Fault>(waiting)
                })
            })
            .await?;
        Ok(waiting)
    }
}
