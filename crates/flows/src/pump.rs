//! What goes on by itself: effects, jobs, carriers' reports, events getting their places, and webhooks being told.

use std::time::Duration;

use db::Fault;
use runtime::{Call, job};
use tokio::sync::watch;

use crate::{Flows, receive::ALLOCATE_WAITING, station::StationError};

/// How many orders without a node one run tries.
const WAITING_MAX: i64 = 200;

/// The pause when there was nothing to do; a commit of this process ends it early.
const PAUSE: Duration = Duration::from_millis(200);

/// Works until told to stop. Webhooks have a loop of their own: a receiver that is slow holds up no label.
pub async fn run(flows: Flows, stop: watch::Receiver<bool>) {
    tokio::join!(flows.webhooks().run(stop.clone()), pump(&flows, stop));
}

async fn pump(flows: &Flows, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let worked = match flows.pump_once().await {
            Ok(worked) => worked,
            Err(fault) => {
                tracing::error!(error = &fault as &dyn std::error::Error, "the pump stumbled; it goes on");
                0
            }
        };
        if worked == 0 {
            tokio::select! {
                _ = tokio::time::sleep(PAUSE) => {}
                () = flows.runtime.after_commit() => {}
                _ = stop.changed() => {}
            }
        }
    }
}

impl Flows {
    /// One round of everything; gives how much there was to do.
    pub async fn pump_once(&self) -> Result<usize, Fault> {
        let effects = self.run_effects().await?;
        let jobs = self.run_jobs().await?;
        let reports = self.poll_carrier().await?;
        let events = runtime::event::sequence(&self.runtime).await?;
        Ok(effects + jobs + reports + events as usize)
    }

    /// Does the jobs that are due; gives how many.
    pub async fn run_jobs(&self) -> Result<usize, Fault> {
        let claimed = job::claim(&self.runtime, 50).await?;
        let count = claimed.len();
        for work in claimed {
            if work.kind == ALLOCATE_WAITING {
                self.allocate_waiting(work).await?;
            } else {
                tracing::error!(kind = work.kind, "nobody knows how to do this job; it stays");
            }
        }
        Ok(count)
    }

    /// Tries every order that has units without a node, oldest first, each in a transaction of its own.
    async fn allocate_waiting(&self, work: job::Claimed) -> Result<(), Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        let waiting = self
            .runtime
            .read(move |tx| {
                Box::pin(
                    async move { orders::store::list_unallocated(tx, &organisation_id, WAITING_MAX).await },
                )
            })
            .await?;
        for order_id in waiting {
            let flows = self.clone();
            let tried = self
                .runtime
                .run(Call::by("system"), move |cx| {
                    let (flows, order_id) = (flows.clone(), order_id.clone());
                    Box::pin(async move {
                        orders::store::lock_order(cx, &order_id).await?;
                        let order = orders::store::find_order(cx.tx, &cx.organisation_id, &order_id).await?;
                        if let Some(order) = order {
                            flows.source_again(cx, &order, "restock").await?;
                        }
                        Ok::<(), StationError>(())
                    })
                })
                .await;
            match tried {
                Ok(()) => {}
                Err(StationError::Fault(fault)) => return Err(fault),
                // Somebody worked on the order at the same moment; the next receipt tries again.
                Err(refusal) => tracing::info!(%refusal, "an order that waits was not tried"),
            }
        }
        self.runtime
            .run(Call::by("system"), move |cx| {
                let work = work.clone();
                Box::pin(async move { job::finish(cx, &work).await })
            })
            .await?;
        Ok(())
    }
}
