//! Checks, while serving, that everything holds that must.
//!
//! Every invariant is checked, one at a time, the longest unchecked first; none again before a hundred times as long as
//! it took last. So watching costs one part in a hundred of one reader at most, however large the house has grown.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use flows::Flows;
use kernel::Timestamp;
use metrics::{counter, gauge, histogram};
use runtime::Finding;
use tokio::{sync::watch, time::Instant};

/// A check is not repeated before this many times as long as it took.
const REST: u32 = 100;

/// What the checks have found so far.
#[derive(Debug, Clone, Default)]
pub struct Watched(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    checked_at: Option<Timestamp>,
    runs: u64,
    broken: BTreeSet<&'static str>,
    /// Those that are known to be kept nowhere as broken.
    clean: BTreeSet<&'static str>,
}

impl Watched {
    /// When the last check was, how many there were, and which invariants the last check of each found broken.
    pub fn told(&self) -> (Option<Timestamp>, u64, Vec<&'static str>) {
        let found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (found.checked_at, found.runs, found.broken.iter().copied().collect())
    }

    fn note(&self, name: &'static str, at: Timestamp, breaches: usize) {
        let mut found = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        found.checked_at = Some(at);
        found.runs += 1;
        if breaches == 0 {
            found.broken.remove(name)
        } else {
            found.broken.insert(name)
        };
    }
}

/// Checks until told to stop: every invariant about once in `period`, or as seldom as its cost asks for.
pub async fn run(flows: Flows, watched: Watched, period: Duration, mut stop: watch::Receiver<bool>) {
    let mut due: BTreeMap<&'static str, Instant> = BTreeMap::new();
    while !*stop.borrow() {
        let begun = Instant::now();
        let next = flows::verify::checks()
            .map(|check| (due.get(check).copied(), check))
            .min()
            .filter(|(due, _)| due.is_none_or(|due| due <= begun));
        let Some((_, check)) = next else {
            let first = due.values().min().copied().unwrap_or(begun + period);
            tokio::select! {
                () = tokio::time::sleep_until(first) => continue,
                _ = stop.changed() => return,
            }
        };
        let outcome = check_one(&flows, check, &watched).await;
        let took = begun.elapsed();
        histogram!("quartermaster_invariant_seconds", "invariant" => check).record(took);
        counter!("quartermaster_invariant_runs_total", "outcome" => outcome).increment(1);
        due.insert(check, begun + period.max(took.saturating_mul(REST)));
        super::metrics::recorder().run_upkeep();
    }
}

/// Keeps it for people to see; what was clean and is needs no writing.
async fn keep(flows: &Flows, check: &'static str, watched: &Watched, findings: &[Finding]) {
    let found = || watched.0.lock().unwrap_or_else(PoisonError::into_inner);
    if findings.is_empty() && found().clean.contains(check) {
        return;
    }
    match flows.note_breach(check, findings).await {
        Ok(()) if findings.is_empty() => drop(found().clean.insert(check)),
        Ok(()) => drop(found().clean.remove(check)),
        Err(fault) => {
            tracing::warn!(check, error = &fault as &dyn std::error::Error, "a breach cannot be kept");
        }
    }
}

async fn check_one(flows: &Flows, check: &'static str, watched: &Watched) -> &'static str {
    match flows::verify::check_one(&flows.runtime, check).await {
        Ok(findings) => {
            watched.note(check, flows.runtime.now(), findings.len());
            keep(flows, check, watched, &findings).await;
            gauge!("quartermaster_invariant_breaches", "invariant" => check).set(findings.len() as f64);
            for finding in &findings {
                tracing::error!(
                    invariant = finding.invariant,
                    detail = finding.detail,
                    "an invariant is broken"
                );
            }
            if findings.is_empty() { "holds" } else { "broken" }
        }
        Err(fault) => {
            tracing::warn!(check, error = &fault as &dyn std::error::Error, "an invariant cannot be checked");
            "failed"
        }
    }
}
