//! What carriers report becomes milestones, and milestones move units. Reports come late, twice and out of order.

use std::collections::BTreeSet;

use db::Fault;
use kernel::{OrderId, ParcelId};
use orders::{
    Stage,
    advance::{AdvanceError, Step, advance},
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use shipping::{Moved, ParcelStatus, Travelled};
use tracking::{Advance, Report};

use crate::Flows;

/// What reports changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Tracked {
    /// Parcels that reached a new milestone.
    pub advanced: usize,
}

/// Why no report was taken.
#[derive(Debug, thiserror::Error)]
pub enum TrackError {
    /// Somebody else changed the order at the same moment.
    #[error("the order changed meanwhile; send the reports again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(TrackError);

impl From<AdvanceError> for TrackError {
    fn from(error: AdvanceError) -> TrackError {
        match error {
            AdvanceError::Outrun => TrackError::Outrun,
            AdvanceError::Fault(fault) => TrackError::Fault(fault),
        }
    }
}

impl Flows {
    /// Takes reports of a carrier. One told again changes nothing; an old one enters the history and moves nothing.
    pub async fn track(&self, call: Call, reports: Vec<Report>) -> Result<Answer<Tracked>, TrackError> {
        self.runtime
            .command(call, move |cx| {
                let reports = reports.clone();
                Box::pin(async move { track_once(cx, &reports).await })
            })
            .await
    }

    /// Asks the simulated carrier what there is to report; gives how many reports came.
    pub async fn poll_carrier(&self) -> Result<usize, Fault> {
        let carrier = &self.outside.carrier;
        let told = carrier.events_until(self.runtime.now());
        let mut taken = 0;
        while taken < told.len() {
            let chunk = &told[taken..told.len().min(taken + 500)];
            let reports = chunk
                .iter()
                .map(|report| Report {
                    tracking_number: report.tracking_number.clone(),
                    carrier_event_id: report.carrier_event_id.clone(),
                    raw_status: report.code.clone(),
                    milestone: carriers::milestone(&report.code),
                    place: report.place.clone(),
                    happened_at: report.occurred_at,
                })
                .collect();
            let actor = format!("carrier:{}", carrier.setup().code);
            match self.track(Call::by(actor), reports).await {
                Ok(_) => {}
                Err(trouble) => {
                    carrier.tell_again(&told[taken..]);
                    match trouble {
                        TrackError::Fault(fault) => return Err(fault),
                        TrackError::Outrun => {
                            tracing::info!("reports met a change of their order and come again")
                        }
                    }
                    break;
                }
            }
            taken += chunk.len();
        }
        Ok(taken)
    }
}

async fn track_once(cx: &mut Cx<'_>, reports: &[Report]) -> Result<Tracked, TrackError> {
    let organisation_id = cx.organisation_id.clone();
    let numbers: BTreeSet<String> = reports.iter().map(|report| report.tracking_number.clone()).collect();
    let numbers: Vec<String> = numbers.into_iter().collect();
    let known = tracking::trackers_by_number(cx.tx, &organisation_id, &numbers).await?;
    let orders_of: BTreeSet<OrderId> = known.values().map(|tracker| tracker.order_id.clone()).collect();
    for order_id in &orders_of {
        orders::store::lock_order(cx, order_id).await?;
    }
    let advances = tracking::record(cx, reports).await?;
    follow(cx, &advances).await?;
    Ok(Tracked { advanced: advances.len() })
}

/// Milestones move parcels, and parcels their units.
pub(crate) async fn follow(cx: &mut Cx<'_>, advances: &[Advance]) -> Result<(), TrackError> {
    let travelled: Vec<Travelled> = advances
        .iter()
        .map(|advance| Travelled {
            parcel_id: advance.parcel_id.clone(),
            milestone: advance.milestone,
            at: advance.at,
        })
        .collect();
    let travel = shipping::travel(cx, &travelled).await?;
    move_units(cx, &travel.moved).await
}

/// The units of a parcel stand where the parcel stands. Goods that came back are outside the ledger until the returns
/// desk has seen them: what is on the road is never stock.
async fn move_units(cx: &mut Cx<'_>, moved: &[Moved]) -> Result<(), TrackError> {
    let organisation_id = cx.organisation_id.clone();
    let ids: BTreeSet<ParcelId> = moved.iter().map(|moved| moved.parcel.parcel_id.clone()).collect();
    let ids: Vec<ParcelId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Ok(());
    }
    let contents = shipping::parcel_lines(cx.tx, &organisation_id, &ids).await?;
    let mut steps = Vec::new();
    for Moved { parcel, from, .. } in moved {
        let (Some(from), Some(to)) = (stage_of(*from), stage_of(parcel.status)) else { continue };
        for units in contents.get(&parcel.parcel_id).into_iter().flatten() {
            steps.push(Step {
                order_id: parcel.order_id.clone(),
                line_no: units.line_no,
                fulfilment_order_id: Some(parcel.fulfilment_order_id.clone()),
                from,
                to,
                quantity: units.quantity,
            });
        }
    }
    advance(cx, &steps).await?;
    Ok(())
}

/// The stage of the units in a parcel that has left.
fn stage_of(status: ParcelStatus) -> Option<Stage> {
    match status {
        ParcelStatus::Dispatched => Some(Stage::Shipped),
        ParcelStatus::Delivered => Some(Stage::Delivered),
        ParcelStatus::Returned => Some(Stage::Returned),
        ParcelStatus::Lost => Some(Stage::Lost),
        ParcelStatus::Open | ParcelStatus::Closed | ParcelStatus::Labelled | ParcelStatus::Cancelled => None,
    }
}
