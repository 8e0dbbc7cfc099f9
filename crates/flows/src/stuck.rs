//! Stock that nobody moves: since when, what holds it, and what would free it.

use db::{Fault, Tx};
use inventory::{
    State,
    store::{AsideRow, OverdueRow, list_aside, list_overdue},
};
use jiff::{SignedDuration, tz::TimeZone};
use kernel::{ItemId, MerchantId, NodeId, OrganisationId, Scope, Timestamp, time::to_date};
use orders::store::{AtWorkRow, list_at_work};
use runtime::Runtime;
use serde::Serialize;
use utoipa::ToSchema;

/// The most of it that is listed: what has waited longest.
pub const LISTED: i64 = 250;

/// The most days that may be asked for.
pub const DAYS_MOST: i64 = 3_650;

/// Units that have been in a state for long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = StuckStock)]
pub struct StuckUnits {
    /// The item.
    pub item_id: ItemId,
    /// Whose, or who sold them.
    pub owner_id: MerchantId,
    /// Where.
    pub node_id: NodeId,
    /// Of which lot; empty for none, or where an order has them.
    pub lot: String,
    /// `allocated`, `picked`, `packed`, `damaged`, `quarantine`, `in_transit` or `incoming`.
    pub state: String,
    /// How many.
    pub quantity: i64,
    /// Since when.
    pub since: Timestamp,
    /// What has them: an order, a fulfilment order, an expected receipt. Empty where nothing has.
    pub held_by: String,
    /// The order's or the expected receipt's own reference.
    pub reference: String,
    /// What would free them, as the API calls it.
    pub freed_by: String,
}

/// What has not moved for so many days, the longest first.
pub async fn list_stuck(runtime: &Runtime, scope: Scope, days: i64) -> Result<Vec<StuckUnits>, Fault> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    runtime
        .read(move |tx| Box::pin(async move { read_stuck(tx, &organisation_id, &scope, now, days).await }))
        .await
}

/// The same in a transaction that is running.
pub async fn read_stuck(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    now: Timestamp,
    days: i64,
) -> Result<Vec<StuckUnits>, Fault> {
    let before = now.checked_sub(SignedDuration::from_hours(24 * days)).unwrap_or(Timestamp::MIN);
    let work = list_at_work(tx, organisation_id, scope, before, LISTED).await?;
    let aside = list_aside(tx, organisation_id, scope, before, LISTED).await?;
    let overdue = list_overdue(tx, organisation_id, scope, to_date(before), LISTED).await?;
    let mut stuck: Vec<StuckUnits> = work.iter().flat_map(of_work).collect();
    stuck.extend(aside.into_iter().map(of_aside));
    stuck.extend(overdue.into_iter().map(of_overdue));
    stuck.sort_by(|one, other| (one.since, &one.held_by).cmp(&(other.since, &other.held_by)));
    stuck.truncate(usize::try_from(LISTED).unwrap_or(usize::MAX));
    Ok(stuck)
}

fn of_work(row: &AtWorkRow) -> impl Iterator<Item = StuckUnits> {
    let work = &row.fulfilment_order_id;
    let states = [
        (State::Allocated, row.allocated, format!("POST /v1/fulfilment-orders/{work}/picks")),
        (State::Picked, row.picked, format!("POST /v1/fulfilment-orders/{work}/packs")),
        (State::Packed, row.packed, "POST /v1/dispatches".to_owned()),
    ];
    let units = states.into_iter().filter(|(_, quantity, _)| *quantity > 0);
    units.map(|(state, quantity, freed_by)| StuckUnits {
        item_id: row.item_id.clone(),
        owner_id: row.merchant_id.clone(),
        node_id: row.node_id.clone(),
        lot: String::new(),
        state: state.name().into(),
        quantity,
        since: row.created_at,
        held_by: row.order_id.to_string(),
        reference: row.external_reference.clone(),
        freed_by,
    })
}

fn of_aside(row: AsideRow) -> StuckUnits {
    StuckUnits {
        item_id: row.item_id,
        owner_id: row.owner_id,
        node_id: row.node_id,
        lot: row.lot,
        state: row.state,
        quantity: row.quantity,
        since: row.since,
        held_by: String::new(),
        reference: String::new(),
        freed_by: "POST /v1/stock-levels".into(),
    }
}

fn of_overdue(row: OverdueRow) -> StuckUnits {
    let since = row.expected_on.to_zoned(TimeZone::UTC).map_or(Timestamp::MIN, |day| day.timestamp());
    StuckUnits {
        item_id: row.item_id,
        owner_id: row.owner_id,
        node_id: row.node_id,
        lot: String::new(),
        state: State::Incoming.name().into(),
        quantity: row.quantity,
        since,
        freed_by: format!("POST /v1/expected-receipts/{}/close", row.expected_receipt_id),
        held_by: row.expected_receipt_id.to_string(),
        reference: row.reference,
    }
}
