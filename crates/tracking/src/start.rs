//! A parcel begins to be followed.

use std::collections::{BTreeMap, HashMap};

use carriers::Milestone;
use kernel::ParcelId;
use runtime::Cx;

use crate::{
    advance::{Reached, decide},
    model::{Advance, NewTracker, Tracker},
    record::{advances_of, credible, lock_name, tell},
    store,
};

/// Why a parcel is not followed.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The number is another parcel's.
    #[error("tracking number {tracking_number} is that of parcel {parcel_id}")]
    NumberTaken {
        /// The number.
        tracking_number: String,
        /// The parcel that has it.
        parcel_id: ParcelId,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(StartError);

/// Follows parcels from now on; those followed already stay as they are. Reports that came before count: gives the
/// milestones reached by them.
pub async fn start(cx: &mut Cx<'_>, trackers: &[NewTracker]) -> Result<Vec<Advance>, StartError> {
    let wanted: BTreeMap<&str, &NewTracker> =
        trackers.iter().map(|tracker| (tracker.tracking_number.as_str(), tracker)).collect();
    let numbers: Vec<&str> = wanted.keys().copied().collect();
    for number in &numbers {
        cx.tx.lock_name(&lock_name(number)).await?;
    }
    let known: HashMap<String, Tracker> = store::lock_trackers(cx.tx, &cx.organisation_id, &numbers)
        .await?
        .into_iter()
        .map(|tracker| (tracker.tracking_number.clone(), tracker))
        .collect();
    let parcels = |number: &str| known.get(number).map(|tracker| &tracker.parcel_id);
    for tracker in trackers {
        let number = tracker.tracking_number.as_str();
        let parcel_id = parcels(number).unwrap_or(&wanted[number].parcel_id);
        if *parcel_id != tracker.parcel_id {
            let (tracking_number, parcel_id) = (number.to_owned(), parcel_id.clone());
            return Err(StartError::NumberTaken { tracking_number, parcel_id });
        }
    }

    let fresh: Vec<&NewTracker> =
        wanted.into_values().filter(|tracker| !known.contains_key(&tracker.tracking_number)).collect();
    let waiting: Vec<String> = fresh.iter().map(|tracker| tracker.tracking_number.clone()).collect();
    let waiting = store::events_by_number(cx.tx, &cx.organisation_id, &waiting).await?;
    let mut rows = Vec::with_capacity(fresh.len());
    let mut advances = Vec::new();
    for tracker in fresh {
        let NewTracker { tracking_number, parcel_id, order_id } = tracker.clone();
        let (milestone, milestone_at) = (Milestone::LabelCreated, cx.now);
        let reported = waiting.get(&tracking_number).map_or(&[][..], Vec::as_slice);
        let reported: Vec<Reached> = reported
            .iter()
            .map(|event| Reached {
                milestone: event.milestone,
                at: credible(event.happened_at, event.received_at),
            })
            .collect();
        let mut row = Tracker { tracking_number, parcel_id, order_id, milestone, milestone_at };
        let reached = decide(Reached { milestone, at: milestone_at }, &reported);
        advances.extend(advances_of(&row, &reached));
        if let Some(last) = reached.last() {
            (row.milestone, row.milestone_at) = (last.milestone, last.at);
        }
        rows.push(row);
    }
    store::insert_trackers(cx.tx, &cx.organisation_id, &rows, cx.now).await?;
    tell(cx, &advances);
    Ok(advances)
}
