//! What goes on by itself: effects, jobs, carriers' reports, events getting their places, and webhooks being told.

use std::time::Duration;

use db::Fault;
use jiff::SignedDuration;
use runtime::{Call, job};
use tokio::sync::watch;

use crate::{
    Flows, erase::REWRITE, lots::EXPIRE, outlook::LOOK, receive::ALLOCATE_WAITING, retention::SWEEP,
    waiting::DATE_ANEW,
};

/// When the daily work is done again.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// When goods that expired are looked for again.
const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// When it goes on where there was more than one run takes.
const SWEEP_AGAIN: SignedDuration = SignedDuration::from_secs(1);

/// The pause when there was nothing to do; a commit of this process ends it early.
const PAUSE: Duration = Duration::from_millis(200);

/// Works until told to stop. Webhooks, operations and holds have loops of their own: neither a receiver that is slow nor a
/// file that is long holds up a label, and nothing lets a hold last longer than it may.
pub async fn run(flows: Flows, stop: watch::Receiver<bool>) {
    // What goes on by itself finds what it works on among what is filed.
    let beside = flows.beside();
    let (webhooks, operations) = (beside.webhooks().run(stop.clone()), flows.run_operations(stop.clone()));
    let holds = beside.run_holds(stop.clone());
    let availability = beside.run_availability(stop.clone());
    tokio::join!(webhooks, operations, holds, availability, pump(&beside, stop));
}

async fn pump(flows: &Flows, mut stop: watch::Receiver<bool>) {
    if let Err(fault) = flows.sweep_daily().await {
        tracing::error!(
            error = &fault as &dyn std::error::Error,
            "the daily work begins with the next start"
        );
    }
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
        // Whoever pumps by hand wants all that there is to be done; what goes on by itself waits for nothing.
        if let Some(filing) = self.runtime.filing() {
            filing.settle().await?;
        }
        let holds = self.expire_holds().await?;
        let effects = self.run_effects().await?;
        let jobs = self.run_jobs().await?;
        let reports = self.poll_carrier().await?;
        let events = runtime::event::sequence(&self.runtime).await?;
        Ok(holds + effects + jobs + reports + events as usize)
    }

    /// Does the jobs that are due; gives how many.
    pub async fn run_jobs(&self) -> Result<usize, Fault> {
        let claimed = job::claim(&self.runtime, 50, &[operations::JOB]).await?;
        let count = claimed.len();
        for work in claimed {
            match work.kind.as_str() {
                ALLOCATE_WAITING => self.serve_waiting(work).await?,
                DATE_ANEW => self.date_waiting(work).await?,
                REWRITE => {
                    self.runtime.db.rewrite().await?;
                    self.finish(work, None).await?;
                }
                SWEEP => {
                    let swept = self.sweep().await?;
                    let pause = if swept.is_all { DAY } else { SWEEP_AGAIN };
                    self.finish(work, Some((SWEEP, pause))).await?;
                }
                EXPIRE => {
                    self.expire_lots().await?;
                    self.date_all_waiting().await?;
                    self.look_ahead().await?;
                    self.runtime.forget_changes().await?;
                    self.finish(work, Some((EXPIRE, HOUR))).await?;
                }
                LOOK => {
                    self.look_ahead().await?;
                    self.finish(work, None).await?;
                }
                kind => tracing::error!(kind, "nobody knows how to do this job; it stays"),
            }
        }
        Ok(count)
    }

    /// Lets all orders that have units without a node be tried again soon.
    pub async fn retry_waiting(&self, call: Call) -> Result<(), Fault> {
        self.runtime
            .run(call, |cx| {
                Box::pin(async move {
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    Ok(())
                })
            })
            .await
    }

    /// Puts the daily work and the hourly off until now, unless they wait already.
    async fn sweep_daily(&self) -> Result<(), Fault> {
        self.runtime
            .run(Call::by("system"), move |cx| {
                Box::pin(async move {
                    let organisation_id = cx.organisation_id.clone();
                    cx.put_off(SWEEP, organisation_id.as_str(), cx.now);
                    cx.put_off(EXPIRE, organisation_id.as_str(), cx.now);
                    Ok(())
                })
            })
            .await
    }

    /// Ends a job; with its name and a pause, the same is to be done again after it.
    async fn finish(
        &self,
        work: job::Claimed,
        again: Option<(&'static str, SignedDuration)>,
    ) -> Result<(), Fault> {
        self.runtime
            .run(Call::by("system"), move |cx| {
                let work = work.clone();
                Box::pin(async move {
                    let is_ours = job::finish(cx, &work).await?;
                    if let Some((kind, pause)) = again
                        && let Ok(due_at) = cx.now.checked_add(pause)
                        && is_ours
                    {
                        cx.put_off(kind, &work.subject_id, due_at);
                    }
                    Ok(())
                })
            })
            .await
    }
}
