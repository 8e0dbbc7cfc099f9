//! Carriers' reports enter the history, and milestones follow.

use std::collections::{BTreeSet, HashMap};

use db::Fault;
use kernel::Timestamp;
use runtime::Cx;
use serde_json::json;

use crate::{
    advance::{Reached, decide},
    model::{Advance, Report, Tracker},
    store,
};

/// The longest text that is kept of what a carrier says.
const MAX_TEXT: usize = 500;

/// Records reports about any number of parcels; gives the milestones reached by them, each parcel's in order. What was
/// recorded before changes nothing. A report on a number that is not followed yet waits for [`crate::start`].
pub async fn record(cx: &mut Cx<'_>, reports: &[Report]) -> Result<Vec<Advance>, Fault> {
    let reports: Vec<Report> = reports.iter().map(cleaned).collect();
    let numbers: BTreeSet<&str> = reports.iter().map(|report| report.tracking_number.as_str()).collect();
    let trackers = lock(cx, &numbers).await?;
    let fresh: BTreeSet<(String, String)> =
        store::insert_events(cx.tx, &cx.organisation_id, &reports, cx.now).await?.into_iter().collect();

    let mut reported: HashMap<&str, Vec<Reached>> = HashMap::new();
    let mut counted: BTreeSet<(&str, &str)> = BTreeSet::new();
    for report in &reports {
        let key = (report.tracking_number.clone(), report.carrier_event_id.clone());
        // The same report may stand twice in one delivery: the first one was kept.
        let is_first = counted.insert((&report.tracking_number, &report.carrier_event_id));
        if is_first && fresh.contains(&key) {
            let at = credible(report.happened_at, cx.now);
            reported
                .entry(&report.tracking_number)
                .or_default()
                .push(Reached { milestone: report.milestone, at });
        }
    }
    let mut moved = Vec::new();
    let mut advances = Vec::new();
    for tracker in trackers {
        let Some(reported) = reported.get(tracker.tracking_number.as_str()) else { continue };
        let standing = Reached { milestone: tracker.milestone, at: tracker.milestone_at };
        let reached = decide(standing, reported);
        advances.extend(advances_of(&tracker, &reached));
        if let Some(last) = reached.last() {
            moved.push(Tracker { milestone: last.milestone, milestone_at: last.at, ..tracker });
        }
    }
    store::update_trackers(cx.tx, &cx.organisation_id, &moved).await?;
    tell(cx, &advances);
    Ok(advances)
}

/// The trackers of these numbers, so that nobody else moves them until this transaction ends.
async fn lock(cx: &Cx<'_>, numbers: &BTreeSet<&str>) -> Result<Vec<Tracker>, Fault> {
    let asked: Vec<&str> = numbers.iter().copied().collect();
    let mut trackers = store::lock_trackers(cx.tx, &cx.organisation_id, &asked).await?;
    let known: BTreeSet<&str> = trackers.iter().map(|tracker| tracker.tracking_number.as_str()).collect();
    let strange: Vec<&str> = numbers.difference(&known).copied().collect();
    if strange.is_empty() {
        return Ok(trackers);
    }
    // Somebody may just be starting to follow them: either they see our reports, or we see their tracker.
    for number in &strange {
        cx.tx.lock_name(&lock_name(number)).await?;
    }
    let started = store::lock_trackers(cx.tx, &cx.organisation_id, &strange).await?;
    trackers.extend(started);
    Ok(trackers)
}

pub(crate) fn lock_name(tracking_number: &str) -> String {
    format!("tracking {tracking_number}")
}

/// A report cannot have happened after we heard of it: a carrier's fast clock must not shut out what comes next.
pub(crate) fn credible(happened_at: Timestamp, received_at: Timestamp) -> Timestamp {
    kernel::time::to_micros(happened_at.min(received_at))
}

pub(crate) fn advances_of(tracker: &Tracker, reached: &[Reached]) -> Vec<Advance> {
    let advance = |reached: &Reached| Advance {
        parcel_id: tracker.parcel_id.clone(),
        order_id: tracker.order_id.clone(),
        tracking_number: tracker.tracking_number.clone(),
        milestone: reached.milestone,
        at: reached.at,
    };
    reached.iter().map(advance).collect()
}

pub(crate) fn tell(cx: &mut Cx<'_>, advances: &[Advance]) {
    for advance in advances {
        let facts = json!({
            "parcel_id": advance.parcel_id,
            "tracking_number": advance.tracking_number,
            "milestone": advance.milestone,
            "at": kernel::time::to_text(advance.at),
        });
        cx.tell("tracking.advanced", advance.order_id.as_str(), facts);
    }
}

/// The report with its texts fit to be kept: they come from outside, and may have anything in them.
fn cleaned(report: &Report) -> Report {
    let clean = |text: &str| text.chars().filter(|c| !c.is_control()).take(MAX_TEXT).collect();
    Report {
        tracking_number: clean(&report.tracking_number),
        carrier_event_id: clean(&report.carrier_event_id),
        raw_status: clean(&report.raw_status),
        milestone: report.milestone,
        place: clean(&report.place),
        // Not every engine keeps what a broken clock of the Middle Ages says.
        happened_at: report.happened_at.max(Timestamp::UNIX_EPOCH),
    }
}
