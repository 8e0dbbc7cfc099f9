//! Parcels arrive, come back or are lost, as carriers report it.

use std::collections::HashMap;

use carriers::Milestone;
use db::Fault;
use kernel::{ParcelId, Timestamp};
use runtime::Cx;
use serde_json::json;

use crate::{
    model::{Parcel, ParcelStatus, Step},
    store,
};

/// A parcel has reached a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Travelled {
    /// Which.
    pub parcel_id: ParcelId,
    /// What it has reached.
    pub milestone: Milestone,
    /// When.
    pub at: Timestamp,
}

/// What followed from milestones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Travel {
    /// Parcels that stand elsewhere now, step by step: one that is delivered and then returned is here twice.
    pub moved: Vec<Moved>,
    /// Parcels the carrier has and we never sent off: dispatch them, then tell their milestones again.
    pub undispatched: Vec<ParcelId>,
}

/// A parcel that stands elsewhere now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The parcel, as it is after the step.
    pub parcel: Parcel,
    /// Where it stood.
    pub from: ParcelStatus,
    /// When it happened.
    pub at: Timestamp,
}

/// Moves parcels by the milestones they have reached, any number of them, each parcel's in order. A milestone that says
/// nothing new of where a parcel stands changes nothing.
pub async fn travel(cx: &mut Cx<'_>, milestones: &[Travelled]) -> Result<Travel, Fault> {
    let parcel_ids: Vec<ParcelId> = milestones.iter().map(|travelled| travelled.parcel_id.clone()).collect();
    let parcels = store::lock_parcels(cx.tx, &cx.organisation_id, &parcel_ids).await?;
    let travel = decide(parcels, milestones);
    let last: HashMap<&ParcelId, &Parcel> =
        travel.moved.iter().map(|moved| (&moved.parcel.parcel_id, &moved.parcel)).collect();
    let last: Vec<Parcel> = last.into_values().cloned().collect();
    store::update_journeys(cx.tx, &cx.organisation_id, &last).await?;
    for Moved { parcel, at, .. } in &travel.moved {
        let kind = match parcel.status {
            ParcelStatus::Delivered => "parcel.delivered",
            ParcelStatus::Returned => "parcel.returned",
            ParcelStatus::Lost => "parcel.lost",
            ParcelStatus::Open
            | ParcelStatus::Closed
            | ParcelStatus::Labelled
            | ParcelStatus::Dispatched
            | ParcelStatus::Cancelled => continue,
        };
        let facts = json!({
            "parcel_id": parcel.parcel_id,
            "fulfilment_order_id": parcel.fulfilment_order_id,
            "parcel_no": parcel.parcel_no,
            "at": kernel::time::to_text(*at),
        });
        cx.tell(kind, parcel.order_id.as_str(), facts);
    }
    Ok(travel)
}

fn decide(parcels: Vec<Parcel>, milestones: &[Travelled]) -> Travel {
    let mut parcels: HashMap<ParcelId, Parcel> =
        parcels.into_iter().map(|parcel| (parcel.parcel_id.clone(), parcel)).collect();
    let mut travel = Travel::default();
    for Travelled { parcel_id, milestone, at } in milestones {
        let Some(parcel) = parcels.get_mut(parcel_id) else { continue };
        if is_with_carrier(*milestone) && parcel.status == ParcelStatus::Labelled {
            if !travel.undispatched.contains(parcel_id) {
                travel.undispatched.push(parcel_id.clone());
            }
            continue;
        }
        let from = parcel.status;
        // A wrong step is no error here: what carriers say late or twice is theirs to say.
        let Some(Ok(status)) = step_of(*milestone).map(|step| from.after(step)) else { continue };
        parcel.status = status;
        if status == ParcelStatus::Delivered {
            parcel.delivered_at = Some(*at);
        }
        travel.moved.push(Moved { parcel: parcel.clone(), from, at: *at });
    }
    travel
}

/// The step a milestone means for the parcel as we keep it. What is damaged or undeliverable is on its way to another
/// end, and that will be reported.
fn step_of(milestone: Milestone) -> Option<Step> {
    match milestone {
        Milestone::Delivered => Some(Step::Deliver),
        Milestone::Returned => Some(Step::Return),
        Milestone::Lost => Some(Step::Lose),
        Milestone::LabelCreated
        | Milestone::PickedUp
        | Milestone::InTransit
        | Milestone::Delayed
        | Milestone::OnHold
        | Milestone::OutForDelivery
        | Milestone::ReadyForPickup
        | Milestone::AttemptFailed
        | Milestone::Returning
        | Milestone::Cancelled
        | Milestone::Damaged
        | Milestone::Undeliverable
        | Milestone::Unknown => None,
    }
}

/// Whether the carrier must have the parcel to say so.
fn is_with_carrier(milestone: Milestone) -> bool {
    !matches!(milestone, Milestone::LabelCreated | Milestone::Cancelled | Milestone::Unknown)
}
