//! What happened to orders after they were placed.

use std::collections::HashMap;

use history::OutcomeKind;
use orders::{Stage, Status, model::Units};
use serde::Deserialize;
use shipping::{Parcel, ParcelStatus};

use super::{
    Cancellation, Export, ExportError, Handover, ORDERS, OrderId, OrderKey, Outcome, PAGE, ParcelId,
    ParcelLine, Timestamp, TrackingEvent,
};

/// A parcel that left, in the order of the file.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct HandoverKey {
    at: Timestamp,
    channel: String,
    external_reference: String,
    parcel_no: u32,
    parcel_id: ParcelId,
}

/// What the event of a cancellation says that a history says too.
#[derive(Deserialize)]
struct CalledOff {
    reason: String,
    line_nos: Vec<u32>,
}

/// What is gathered in the order of orders and written file by file.
#[derive(Default)]
struct Followed {
    cancellations: Vec<Cancellation>,
    handovers: Vec<HandoverKey>,
    reports: Vec<TrackingEvent>,
    outcomes: Vec<Outcome>,
}

impl Export<'_> {
    pub(super) async fn what_followed(&mut self, orders: &[OrderKey]) -> Result<(), ExportError> {
        let mut followed = Followed::default();
        for page in orders.chunks(ORDERS) {
            self.follow(page, &mut followed).await?;
        }
        followed.cancellations.sort_by_cached_key(history::rows::Row::key);
        for row in &followed.cancellations {
            self.writer.write(row)?;
        }
        followed.handovers.sort_unstable();
        self.handovers(&followed.handovers).await?;
        followed.reports.sort_by_cached_key(history::rows::Row::key);
        for row in &followed.reports {
            self.writer.write(row)?;
        }
        followed.outcomes.sort_by_cached_key(history::rows::Row::key);
        for row in &followed.outcomes {
            self.writer.write(row)?;
        }
        self.written.parcels = followed.handovers.len() as u64;
        self.written.reports = followed.reports.len() as u64;
        Ok(())
    }

    async fn follow(&self, page: &[OrderKey], followed: &mut Followed) -> Result<(), ExportError> {
        let (tx, organisation_id) = (self.tx, &self.organisation_id);
        let ids: Vec<OrderId> = page.iter().map(|key| key.order_id.clone()).collect();
        let units = orders::store::units_of_orders(tx, organisation_id, ids.iter()).await?;
        let mut parcels = shipping::parcels_of_orders(tx, organisation_id, &ids).await?;
        parcels.values_mut().for_each(|parcels| parcels.retain(has_left));
        let numbers: Vec<String> =
            parcels.values().flatten().filter_map(|parcel| parcel.tracking_number.clone()).collect();
        let mut reports = tracking::events_by_number(tx, organisation_id, &numbers).await?;
        let trackers = tracking::trackers_by_number(tx, organisation_id, &numbers).await?;
        let is_cancelled =
            |key: &&OrderKey| units.get(&key.order_id).is_some_and(|units| units.get(Stage::Cancelled) > 0);
        let mut cancellations = self.cancellations(page.iter().filter(is_cancelled)).await?;
        for key in page {
            let units = units.get(&key.order_id).copied().unwrap_or(Units::NONE);
            let cancellations = cancellations.remove(&key.order_id).unwrap_or_default();
            let cancelled_at = cancellations.last().map(|cancellation| cancellation.at);
            followed.cancellations.extend(cancellations);
            let parcels = parcels.remove(&key.order_id).unwrap_or_default();
            let mut last_reached = None;
            for parcel in &parcels {
                let parcel_no = number(key, parcel)?;
                followed.handovers.push(HandoverKey {
                    at: parcel.dispatched_at.unwrap_or(parcel.opened_at),
                    channel: key.channel.clone(),
                    external_reference: key.external_reference.clone(),
                    parcel_no,
                    parcel_id: parcel.parcel_id.clone(),
                });
                let Some(number) = &parcel.tracking_number else { continue };
                last_reached = last_reached.max(trackers.get(number).map(|tracker| tracker.milestone_at));
                let told = reports.remove(number).unwrap_or_default();
                followed.reports.extend(told.into_iter().map(|report| report_row(key, parcel_no, report)));
            }
            followed.outcomes.extend(outcome(key, &units, &parcels, cancelled_at, last_reached));
        }
        Ok(())
    }

    /// When what of each order was called off, and why, oldest first.
    async fn cancellations<'k>(
        &self,
        keys: impl Iterator<Item = &'k OrderKey>,
    ) -> Result<HashMap<OrderId, Vec<Cancellation>>, ExportError> {
        let keys: HashMap<&str, &OrderKey> = keys.map(|key| (key.order_id.as_str(), key)).collect();
        let (kind, subjects) = ("order.cancelled", keys.keys().copied());
        let events = runtime::event::list_of_kind(self.tx, &self.organisation_id, kind, subjects).await?;
        let mut found: HashMap<OrderId, Vec<Cancellation>> = HashMap::new();
        for event in events {
            let Some(key) = keys.get(event.subject_id.as_str()) else { continue };
            let called_off: CalledOff =
                serde_json::from_str(&event.data).map_err(|_| ExportError::Unsayable {
                    subject: format!("order {}", key.order_id),
                    problem: "it is not known what of it was called off",
                })?;
            found.entry(key.order_id.clone()).or_default().push(Cancellation {
                channel: key.channel.clone(),
                external_reference: key.external_reference.clone(),
                at: event.happened_at,
                reason: called_off.reason,
                line_nos: called_off.line_nos,
            });
        }
        Ok(found)
    }

    /// Writes parcels, a page at a time.
    async fn handovers(&mut self, keys: &[HandoverKey]) -> Result<(), ExportError> {
        for page in keys.chunks(PAGE as usize) {
            let ids: Vec<ParcelId> = page.iter().map(|key| key.parcel_id.clone()).collect();
            let parcels = shipping::parcels_by_id(self.tx, &self.organisation_id, &ids).await?;
            let mut contents = shipping::parcel_lines(self.tx, &self.organisation_id, &ids).await?;
            for key in page {
                let Some(parcel) = parcels.get(&key.parcel_id) else { continue };
                let mut lines = contents.remove(&key.parcel_id).unwrap_or_default();
                lines.sort_by_key(|line| line.line_no);
                let node = self.nodes.get(&parcel.node_id).map(|node| node.code.clone());
                self.writer.write_handover(&Handover {
                    channel: key.channel.clone(),
                    external_reference: key.external_reference.clone(),
                    parcel_no: key.parcel_no,
                    at: key.at,
                    node: node.unwrap_or_default(),
                    carrier: parcel.carrier_code.clone().unwrap_or_default(),
                    service: parcel.service_code.clone().unwrap_or_default(),
                    tracking_number: parcel.tracking_number.clone().unwrap_or_default(),
                    weight_grams: Some(parcel.size.weight_grams),
                    lines: lines
                        .iter()
                        .map(|line| ParcelLine {
                            line_no: u32::try_from(line.line_no).unwrap_or(u32::MAX),
                            quantity: line.quantity,
                        })
                        .collect(),
                })?;
            }
        }
        Ok(())
    }
}

fn has_left(parcel: &Parcel) -> bool {
    use ParcelStatus::{Delivered, Dispatched, Lost, Returned};
    matches!(parcel.status, Dispatched | Delivered | Returned | Lost)
}

fn report_row(key: &OrderKey, parcel_no: u32, report: tracking::TrackingEvent) -> TrackingEvent {
    TrackingEvent {
        channel: key.channel.clone(),
        external_reference: key.external_reference.clone(),
        parcel_no,
        carrier_event_id: report.carrier_event_id,
        status: report.raw_status,
        milestone: report.milestone.as_str().to_owned(),
        happened_at: report.happened_at,
        received_at: report.received_at,
        place: report.place,
    }
}

fn number(key: &OrderKey, parcel: &Parcel) -> Result<u32, ExportError> {
    u32::try_from(parcel.parcel_no).map_err(|_| ExportError::Unsayable {
        subject: format!("parcel {} of {}", parcel.parcel_id, key.order_id),
        problem: "its number is no number",
    })
}

/// How the order ended, if it has.
fn outcome(
    key: &OrderKey,
    units: &Units,
    parcels: &[Parcel],
    cancelled_at: Option<Timestamp>,
    last_reached: Option<Timestamp>,
) -> Option<Outcome> {
    let came_back = || parcels.iter().filter(|parcel| parcel.status == ParcelStatus::Returned);
    let (outcome, at) = match Status::of(units) {
        Status::Delivered => (OutcomeKind::Delivered, last_reached),
        Status::Cancelled => (OutcomeKind::Cancelled, cancelled_at),
        // What came back counts as lost until the returns desk has seen it.
        Status::Lost | Status::Returned => match came_back().next() {
            Some(parcel) if parcel.delivered_at.is_some() => (OutcomeKind::Returned, last_reached),
            Some(_) => (OutcomeKind::Refused, last_reached),
            None => (OutcomeKind::Lost, last_reached),
        },
        Status::Unallocated
        | Status::Backordered
        | Status::ToPick
        | Status::ToPack
        | Status::ToShip
        | Status::OnTheWay
        | Status::ReadyForPickup => return None,
    };
    let (channel, external_reference) = (key.channel.clone(), key.external_reference.clone());
    Some(Outcome { channel, external_reference, at: at?, outcome })
}
