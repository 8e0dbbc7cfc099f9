//! Every statement of this context.

use std::collections::HashMap;

use carriers::Milestone;
use db::{Column, Fault, FromRow, Row, Tx, args, set};
use kernel::{OrderId, OrganisationId, Timestamp};
use runtime::Cx;

use crate::model::{Report, Tracker, TrackingEvent};

fn milestone(row: &Row) -> Result<Milestone, Fault> {
    let word: String = row.get("milestone")?;
    Milestone::parse(&word).ok_or_else(|| Fault::Shape {
        column: "milestone".into(),
        problem: format!("is no milestone but {word}"),
    })
}

impl FromRow for Tracker {
    fn from_row(row: &Row) -> Result<Tracker, Fault> {
        Ok(Tracker {
            tracking_number: row.get("tracking_number")?,
            parcel_id: row.get("parcel_id")?,
            order_id: row.get("order_id")?,
            milestone: milestone(row)?,
            milestone_at: row.get("milestone_at")?,
        })
    }
}

struct NumberedEvent {
    tracking_number: String,
    event: TrackingEvent,
}

impl FromRow for NumberedEvent {
    fn from_row(row: &Row) -> Result<NumberedEvent, Fault> {
        let event = TrackingEvent {
            carrier_event_id: row.get("carrier_event_id")?,
            raw_status: row.get("raw_status")?,
            milestone: milestone(row)?,
            place: row.get("place")?,
            happened_at: row.get("happened_at")?,
            received_at: row.get("received_at")?,
        };
        Ok(NumberedEvent { tracking_number: row.get("tracking_number")?, event })
    }
}

/// The trackers of an order's parcels.
pub async fn list_trackers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<Tracker>, Fault> {
    tx.query(
        "select tracking_number, parcel_id, order_id, milestone, milestone_at from tracker \
          where organisation_id = $1 and order_id = $2 order by created_at, tracking_number limit 10000",
        args![organisation_id, order_id],
    )
    .await
}

/// The trackers of these numbers; those that are not followed are left out.
pub async fn trackers_by_number(
    tx: &Tx,
    organisation_id: &OrganisationId,
    tracking_numbers: &[String],
) -> Result<HashMap<String, Tracker>, Fault> {
    let trackers: Vec<Tracker> = tx
        .query(
            "select tracking_number, parcel_id, order_id, milestone, milestone_at from tracker \
              where organisation_id = $1 and tracking_number {in $2}",
            args![organisation_id, Column::from_iter(tracking_numbers)],
        )
        .await?;
    Ok(trackers.into_iter().map(|tracker| (tracker.tracking_number.clone(), tracker)).collect())
}

/// How many parcels are in trouble that nobody has settled, by what their carriers said last.
pub async fn count_exceptions(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from tracker where organisation_id = $1 \
                and milestone in ('delayed', 'on_hold', 'attempt_failed', 'lost', 'damaged', 'undeliverable') \
                and (settled_at is null or settled_at < milestone_at)",
            args![organisation_id],
        )
        .await?;
    Ok(count)
}

/// Which parcels those are, the longest in trouble first.
pub async fn list_exceptions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    limit: i64,
) -> Result<Vec<Tracker>, Fault> {
    tx.query(
        "select tracking_number, parcel_id, order_id, milestone, milestone_at from tracker \
          where organisation_id = $1 \
            and milestone in ('delayed', 'on_hold', 'attempt_failed', 'lost', 'damaged', 'undeliverable') \
            and (settled_at is null or settled_at < milestone_at) \
          order by milestone_at, tracking_number limit $2",
        args![organisation_id, limit],
    )
    .await
}

/// Notes that somebody dealt with these parcels' trouble; gives how many. What a carrier reports later is new.
pub async fn settle(cx: &mut Cx<'_>, tracking_numbers: &[String]) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update tracker set settled_at = $3 where organisation_id = $1 and tracking_number {in $2} \
                and (settled_at is null or settled_at < milestone_at)",
            args![&cx.organisation_id, Column::from_iter(tracking_numbers), cx.now],
        )
        .await
}

/// What was reported on each of these numbers, newest first.
pub async fn events_by_number(
    tx: &Tx,
    organisation_id: &OrganisationId,
    tracking_numbers: &[String],
) -> Result<HashMap<String, Vec<TrackingEvent>>, Fault> {
    let rows: Vec<NumberedEvent> = tx
        .query(
            "select tracking_number, carrier_event_id, raw_status, milestone, place, happened_at, received_at \
               from tracking_event where organisation_id = $1 and tracking_number {in $2} \
              order by happened_at desc, received_at desc, carrier_event_id desc",
            args![organisation_id, Column::from_iter(tracking_numbers)],
        )
        .await?;
    let mut events: HashMap<String, Vec<TrackingEvent>> = HashMap::new();
    for row in rows {
        events.entry(row.tracking_number).or_default().push(row.event);
    }
    Ok(events)
}

pub(crate) async fn lock_trackers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    tracking_numbers: &[&str],
) -> Result<Vec<Tracker>, Fault> {
    tx.query(
        "select tracking_number, parcel_id, order_id, milestone, milestone_at from tracker \
          where organisation_id = $1 and tracking_number {in $2} order by tracking_number [pg: for update :]",
        args![organisation_id, Column::from_iter(tracking_numbers.iter().copied())],
    )
    .await
}

pub(crate) async fn insert_trackers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    trackers: &[Tracker],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "trackers started",
        "insert into tracker (organisation_id, tracking_number, parcel_id, order_id, milestone, milestone_at, \
                              created_at) \
         select $1, d.tracking_number, d.parcel_id, d.order_id, d.milestone, d.milestone_at, $2 \
         {set d(tracking_number text, parcel_id text, order_id text, milestone text, milestone_at time)} \
          where true on conflict do nothing",
        &set![
            trackers.iter().map(|tracker| &tracker.tracking_number),
            trackers.iter().map(|tracker| &tracker.parcel_id),
            trackers.iter().map(|tracker| &tracker.order_id),
            trackers.iter().map(|tracker| tracker.milestone.as_str()),
            trackers.iter().map(|tracker| tracker.milestone_at),
        ],
        args![organisation_id, now],
    )
    .await
}

pub(crate) async fn update_trackers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    trackers: &[Tracker],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "milestones moved",
        "update tracker set milestone = d.milestone, milestone_at = d.milestone_at \
         {set d(tracking_number text, milestone text, milestone_at time)} \
          where tracker.organisation_id = $1 and tracker.tracking_number = d.tracking_number",
        &set![
            trackers.iter().map(|tracker| &tracker.tracking_number),
            trackers.iter().map(|tracker| tracker.milestone.as_str()),
            trackers.iter().map(|tracker| tracker.milestone_at),
        ],
        args![organisation_id],
    )
    .await
}

/// Keeps reports; gives number and event id of those that were not known.
pub(crate) async fn insert_events(
    tx: &Tx,
    organisation_id: &OrganisationId,
    reports: &[Report],
    now: Timestamp,
) -> Result<Vec<(String, String)>, Fault> {
    tx.query_set(
        "insert into tracking_event (organisation_id, tracking_number, carrier_event_id, raw_status, milestone, place, \
                                     happened_at, received_at) \
         select $1, d.tracking_number, d.carrier_event_id, d.raw_status, d.milestone, d.place, d.happened_at, $2 \
         {set d(tracking_number text, carrier_event_id text, raw_status text, milestone text, place text, \
                happened_at time)} where true on conflict do nothing \
         returning tracking_number, carrier_event_id",
        &set![
            reports.iter().map(|report| &report.tracking_number),
            reports.iter().map(|report| &report.carrier_event_id),
            reports.iter().map(|report| &report.raw_status),
            reports.iter().map(|report| report.milestone.as_str()),
            reports.iter().map(|report| &report.place),
            reports.iter().map(|report| report.happened_at),
        ],
        args![organisation_id, now],
    )
    .await
}

/// Takes from the reports on the parcels of these orders where they were made: the last place is the customer's town.
pub async fn forget_places(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<u64, Fault> {
    tx.execute(
        "update tracking_event set place = '' where organisation_id = $1 and tracking_number in \
               (select tracking_number from tracker where organisation_id = $1 and order_id {in $2})",
        args![organisation_id, Column::from_iter(order_ids)],
    )
    .await
}
