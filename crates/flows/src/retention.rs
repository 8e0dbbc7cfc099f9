//! Keeping nothing of people longer than there is a reason to: once a day orders that have come to rest are masked, and
//! later erased; sessions, invitations and kept answers end.

use db::Fault;
use jiff::SignedDuration;
use kernel::{OrderId, Timestamp};
use orders::{
    erase::Depth,
    store::{AgePlace, list_unerased, list_unmasked},
};
use runtime::{Call, forget};

use crate::{Flows, erase::OF_ORDERS};

/// The daily work.
pub const SWEEP: &str = "retention.sweep";

/// How many orders one run takes at most: other work waits meanwhile.
const RUN: usize = 500;

/// How many orders are looked at, and changed in one transaction.
const PAGE: i64 = 100;

/// How many holds that ended one run removes at most.
const HOLDS_MAX: i64 = 5_000;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// How long what tells of people is kept after it was last needed, in days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Street, telephone and notes of an order to which nothing has happened since.
    pub mask_after: u32,
    /// Everything else that such an order tells of a person.
    pub erase_after: u32,
    /// Answers kept under idempotency keys, and sessions and invitations that ended.
    pub ended_after: u32,
}

impl Default for Retention {
    fn default() -> Retention {
        Retention { mask_after: 90, erase_after: 730, ended_after: 30 }
    }
}

/// What a run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Swept {
    /// Orders masked.
    pub masked: usize,
    /// Orders erased.
    pub erased: usize,
    /// False where there was more than one run takes.
    pub is_all: bool,
}

impl Flows {
    /// Does what is due of it, as much as one run takes.
    pub async fn sweep(&self) -> Result<Swept, Fault> {
        let now = self.runtime.now();
        let ago = |days: u32| now.checked_sub(DAY * days as i32).unwrap_or(Timestamp::UNIX_EPOCH);
        let Retention { mask_after, erase_after, ended_after } = self.retention;
        let erased = self.sweep_orders(Depth::Erased, ago(erase_after), RUN).await?;
        let masked = self.sweep_orders(Depth::Masked, ago(mask_after), RUN.saturating_sub(erased)).await?;
        let (ended, long_ago) = (ago(ended_after), ago(erase_after));
        let (answers, holds) = self
            .runtime
            .run(Call::by("system"), move |cx| {
                Box::pin(async move {
                    operations::forget(cx, &OF_ORDERS, long_ago).await?;
                    people::forget_ended(cx.tx, &cx.organisation_id, ended).await?;
                    let holds = inventory::hold::forget_ended(cx, ended, HOLDS_MAX).await?;
                    Ok::<_, Fault>((forget::forget_answers_before(cx, ended).await?, holds))
                })
            })
            .await?;
        let is_all =
            erased + masked < RUN && answers < forget::ANSWERS_MAX as u64 && holds < HOLDS_MAX as u64;
        Ok(Swept { masked, erased, is_all })
    }

    /// Takes orders to a depth that came to rest before a time, `limit` at most; gives how many.
    async fn sweep_orders(&self, depth: Depth, before: Timestamp, limit: usize) -> Result<usize, Fault> {
        let mut done = 0;
        let mut after: Option<AgePlace> = None;
        while done < limit {
            let organisation_id = self.runtime.organisation_id.clone();
            let found = self.runtime.read(move |tx| {
                Box::pin(async move {
                    let old = match depth {
                        Depth::Masked => {
                            list_unmasked(tx, &organisation_id, before, after.as_ref(), PAGE).await?
                        }
                        Depth::Erased => {
                            list_unerased(tx, &organisation_id, before, after.as_ref(), PAGE).await?
                        }
                    };
                    let names: Vec<String> =
                        old.iter().map(|(_, order_id)| order_id.as_str().to_owned()).collect();
                    let stirred = forget::list_stirred(tx, &organisation_id, &names, before).await?;
                    Ok::<_, Fault>((old, stirred))
                })
            });
            let (old, stirred) = found.await?;
            let at_rest: Vec<OrderId> = old
                .iter()
                .filter(|(_, order_id)| !stirred.iter().any(|name| name == order_id.as_str()))
                .map(|(_, order_id)| order_id.clone())
                .collect();
            done += self.erase_orders(Call::by("system"), &at_rest, depth, "age").await?.len();
            if (old.len() as i64) < PAGE {
                break;
            }
            after = old.last().cloned();
        }
        Ok(done)
    }
}
