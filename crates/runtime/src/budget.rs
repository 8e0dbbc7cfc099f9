//! How often somebody may ask, on all nodes together.
//!
//! A *quota* is so many in so long, kept by the generic cell rate algorithm: one instant a subject, the time at which
//! all that was taken will have been given back. On SQLite one process has it in memory. On PostgreSQL it is a row, and
//! a node takes a twentieth of the quota from it at a time, for many subjects in one transaction; what it takes and does
//! not use lapses. So a quota is never exceeded, whatever the number of nodes, and a request costs a transaction one
//! time in many: see `docs/decisions/0013-rate-limits.md`.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use db::{Column, Engine, Fault, Tx, args, set};
use kernel::OrganisationId;

use crate::{Batcher, Runtime};

/// What part of a quota a node takes at a time.
const LEASES: u32 = 20;

/// How many subjects are remembered before those that rest are forgotten.
const SUBJECTS: usize = 10_000;

/// How many subjects one transaction takes for.
const BATCH: usize = 200;

/// How often rows of those who rest are taken away, in microseconds.
const SWEEP: i64 = 3_600_000_000;

/// So many in so long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quota {
    /// How many; at least one.
    pub most: u32,
    /// In how long.
    pub window: Duration,
}

impl Quota {
    /// How long one takes to come back, in microseconds.
    fn interval(self) -> i64 {
        (self.window_micros() / i64::from(self.most.max(1))).max(1)
    }

    fn window_micros(self) -> i64 {
        i64::try_from(self.window.as_micros()).unwrap_or(i64::MAX >> 2)
    }

    /// How much is there at an instant, where all is back at `full_at`.
    fn left(self, full_at: i64, now: i64) -> u32 {
        let missing = full_at.saturating_sub(now).max(0);
        let left = self.window_micros().saturating_sub(missing).max(0) / self.interval();
        u32::try_from(left).unwrap_or(u32::MAX).min(self.most)
    }

    /// Takes up to `asked`; gives how many, and when all is back.
    fn take(self, full_at: i64, now: i64, asked: u32) -> (u32, i64) {
        let granted = asked.min(self.left(full_at, now));
        (granted, full_at.max(now).saturating_add(self.interval().saturating_mul(granted.into())))
    }

    /// How long until one is there, where none is.
    fn wait(self, full_at: i64, now: i64) -> Duration {
        let until = full_at.saturating_sub(now) + self.interval() - self.window_micros();
        Duration::from_micros(u64::try_from(until).unwrap_or(0))
    }
}

/// What is known after somebody asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// Whether they may.
    pub is_granted: bool,
    /// How many more they may ask now, as far as this node knows.
    pub left: u32,
    /// When all of the quota is back.
    pub full_in: Duration,
    /// When to ask again, where they may not.
    pub retry_in: Duration,
}

/// What this node knows of a subject.
#[derive(Debug, Clone, Copy, Default)]
struct Known {
    full_at: i64,
    /// Taken from the row and not yet used; good until all would be back.
    leased: u32,
}

#[derive(Clone)]
struct Ask {
    subject: String,
    quota: Quota,
}

/// The budgets of everybody; cheap to clone.
#[derive(Clone)]
pub struct Budgets {
    clock: crate::Clock,
    known: Arc<Mutex<HashMap<String, Known>>>,
    shared: Option<Batcher<Ask, bool>>,
}

impl Budgets {
    /// Those of a house.
    pub fn start(runtime: &Runtime) -> Budgets {
        let known = Arc::<Mutex<HashMap<String, Known>>>::default();
        let shared = match runtime.db.engine() {
            Engine::Sqlite => None,
            Engine::Postgres => {
                let (runtime, known) = (runtime.clone(), known.clone());
                Some(Batcher::start(BATCH, 1, move |asks| {
                    let (runtime, known) = (runtime.clone(), known.clone());
                    Box::pin(async move { lease(&runtime, &known, asks).await })
                }))
            }
        };
        Budgets { clock: runtime.clock.clone(), known, shared }
    }

    /// Takes one from a subject's quota. Where the database does not answer, one is given: it is not the budget that is
    /// broken, and whatever was asked will meet the database itself.
    pub async fn spend(&self, subject: &str, quota: Quota) -> Spent {
        let now = self.clock.now().as_microsecond();
        if let Some(spent) = self.spend_here(subject, quota, now) {
            return spent;
        }
        let Some(shared) = &self.shared else { return told(Known::default(), quota, now, true) };
        let ask = Ask { subject: subject.to_owned(), quota };
        let is_granted = shared.submit("", ask).await.unwrap_or(true);
        let known = locked(&self.known).get(subject).copied().unwrap_or_default();
        told(known, quota, now, is_granted)
    }

    /// The answer, where this node has it: from memory, from a lease, or since there is nothing to be had yet.
    fn spend_here(&self, subject: &str, quota: Quota, now: i64) -> Option<Spent> {
        let mut all = locked(&self.known);
        if all.len() > SUBJECTS {
            all.retain(|_, known| known.full_at > now);
        }
        let known = match all.get_mut(subject) {
            Some(known) => known,
            None => all.entry(subject.to_owned()).or_default(),
        };
        if self.shared.is_none() {
            let (granted, full_at) = quota.take(known.full_at, now, 1);
            if granted == 1 {
                known.full_at = full_at;
            }
            return Some(told(*known, quota, now, granted == 1));
        }
        if known.full_at <= now {
            known.leased = 0;
        }
        if known.leased > 0 {
            known.leased -= 1;
            return Some(told(*known, quota, now, true));
        }
        (quota.left(known.full_at, now) == 0).then(|| told(*known, quota, now, false))
    }
}

fn told(known: Known, quota: Quota, now: i64, is_granted: bool) -> Spent {
    let full_in = u64::try_from(known.full_at.saturating_sub(now)).unwrap_or(0);
    Spent {
        is_granted,
        left: quota.left(known.full_at, now).saturating_add(known.leased).min(quota.most),
        full_in: Duration::from_micros(full_in),
        retry_in: if is_granted { Duration::ZERO } else { quota.wait(known.full_at, now) },
    }
}

fn locked(known: &Mutex<HashMap<String, Known>>) -> MutexGuard<'_, HashMap<String, Known>> {
    known.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes a lease for each subject that somebody waits for, at least as large as those who wait are many.
async fn lease(runtime: &Runtime, known: &Mutex<HashMap<String, Known>>, asks: Vec<Ask>) -> Vec<bool> {
    let now = runtime.now().as_microsecond();
    let mut wanted: BTreeMap<String, (Quota, u32)> = BTreeMap::new();
    for ask in &asks {
        wanted.entry(ask.subject.clone()).or_insert((ask.quota, 0)).1 += 1;
    }
    let organisation_id = runtime.organisation_id.clone();
    let asked = wanted.clone();
    let taken: Result<Vec<(String, u32, i64)>, Fault> = runtime
        .db
        .write(move |tx| Box::pin(async move { take_shared(tx, &organisation_id, &asked, now).await }))
        .await;
    let taken = match taken {
        Ok(taken) => taken,
        Err(fault) => {
            tracing::warn!(
                error = &fault as &dyn std::error::Error,
                "budgets cannot be looked up; all may ask"
            );
            return vec![true; asks.len()];
        }
    };
    let mut granted: HashMap<String, u32> = HashMap::new();
    let mut all = locked(known);
    for (subject, count, full_at) in taken {
        let waiting = wanted.get(&subject).map_or(0, |(_, waiting)| *waiting);
        let known = all.entry(subject.clone()).or_default();
        known.full_at = full_at;
        // Those who wait came before what an earlier lease left was known of.
        let there = known.leased.saturating_add(count);
        let given = there.min(waiting);
        known.leased = there - given;
        granted.insert(subject, given);
    }
    drop(all);
    let mut may = |ask: Ask| match granted.get_mut(&ask.subject) {
        Some(left) if *left > 0 => {
            *left -= 1;
            true
        }
        _ => false,
    };
    asks.into_iter().map(&mut may).collect()
}

/// Takes from the rows of these subjects; gives how many of each, and when all of it is back.
async fn take_shared(
    tx: &Tx,
    organisation_id: &OrganisationId,
    wanted: &BTreeMap<String, (Quota, u32)>,
    now: i64,
) -> Result<Vec<(String, u32, i64)>, Fault> {
    tx.execute_set(
        "insert into rate_budget (organisation_id, subject, full_at, swept_at) \
         select $1, d.subject, 0, $2 {set d(subject text)} where true on conflict do nothing",
        &set![wanted.keys()],
        args![organisation_id, now],
    )
    .await?;
    let rows: Vec<(String, i64, i64)> = tx
        .query(
            "select subject, full_at, swept_at from rate_budget \
              where organisation_id = $1 and subject {in $2} order by subject [pg: for update :]",
            args![organisation_id, Column::from_iter(wanted.keys())],
        )
        .await?;
    let mut taken = Vec::with_capacity(rows.len());
    let mut is_sweep_due = false;
    for (subject, full_at, swept_at) in rows {
        let Some((quota, waiting)) = wanted.get(&subject) else { continue };
        let asked = (quota.most / LEASES).max(1).max(*waiting);
        let (granted, full_at) = quota.take(full_at, now, asked);
        is_sweep_due |= now - swept_at > SWEEP;
        taken.push((subject, granted, full_at));
    }
    tx.execute_set(
        "update rate_budget set full_at = d.full_at, swept_at = $2 {set d(subject text, full_at int)} \
          where organisation_id = $1 and rate_budget.subject = d.subject",
        &set![taken.iter().map(|(subject, _, _)| subject), taken.iter().map(|(_, _, full_at)| *full_at)],
        args![organisation_id, now],
    )
    .await?;
    if is_sweep_due {
        // A row whose all is back says what no row says.
        tx.execute(
            "delete from rate_budget where organisation_id = $1 and full_at < $2 and subject in \
                (select subject from rate_budget where organisation_id = $1 and full_at < $2 \
                  order by subject [pg: for update skip locked :])",
            args![organisation_id, now],
        )
        .await?;
    }
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: Quota = Quota { most: 10, window: Duration::from_secs(60) };
    const SECOND: i64 = 1_000_000;

    #[test]
    fn a_quota_is_had_at_once_and_comes_back_evenly() {
        let now = 1_000 * SECOND;
        let (granted, full_at) = QUOTA.take(0, now, 25);
        assert_eq!((granted, full_at), (10, now + 60 * SECOND));
        assert_eq!(QUOTA.take(full_at, now + 5 * SECOND, 1).0, 0);
        assert_eq!(QUOTA.wait(full_at, now + 5 * SECOND), Duration::from_secs(1));
        assert_eq!(QUOTA.take(full_at, now + 6 * SECOND, 5).0, 1);
        assert_eq!(QUOTA.left(full_at, now + 30 * SECOND), 5);
        assert_eq!(QUOTA.left(full_at, now + 3_600 * SECOND), 10);
    }
}
