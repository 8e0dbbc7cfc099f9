//! Looking: orders, work, decisions, events, what is under way outside, and whether everything holds.

use std::collections::BTreeMap;

use ::orders::{
    read::{FulfilmentLineRow, FulfilmentRow, LineRow, OrderFilter, OrderRow, PaymentRow},
    store,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use carriers::Milestone;
use db::Fault;
use kernel::{
    FulfilmentOrderId, ItemId, Money, NodeId, OrderId, Page, ParcelId, Timestamp, document::open_names,
};
use runtime::{
    Finding, effect,
    event::{self, SubjectEvent},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shipping::{Parcel, ParcelStatus};
use utoipa::{IntoParams, ToSchema, openapi::ObjectBuilder};
use web::{PageQuery, Path, Permission, Problem, Query, Sees, Within, page, problems};

use crate::Flows;

/// Which orders.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OrdersQuery {
    /// Only of this status, such as `to_pick`.
    status: Option<String>,
    /// Only where reference or id begins so, or the customer's name or address of mail for who may read customers.
    #[serde(default)]
    search: String,
}

/// A page of orders, newest first.
pub(super) async fn get_orders(
    State(flows): State<Flows>,
    Within(scope): Within,
    sees: Sees,
    paging: PageQuery,
    Query(query): Query<OrdersQuery>,
) -> Result<Response, Problem> {
    if let Some(status) = &query.status
        && ::orders::Status::parse(status).is_none()
    {
        return Err(Problem::bad_request(
            problems::INVALID_QUERY,
            format!("`{status}` is no status of an order."),
        ));
    }
    let organisation_id = flows.runtime.organisation_id.clone();
    let by_customer = sees.shows(Permission::CustomersRead);
    let OrdersQuery { status, search } = query;
    let filter = OrderFilter { status, search, by_customer, ..OrderFilter::default() };
    let request = paging.request.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move { store::list_orders(tx, &organisation_id, &scope, &filter, &request).await })
        })
        .await?;
    Ok(page(&paging, rows))
}

/// Units by stage; stages that have none are left out.
type UnitsJson = BTreeMap<&'static str, i64>;

fn units_of(units: &::orders::Units) -> UnitsJson {
    units.present().map(|(stage, count)| (stage.name(), count)).collect()
}

/// An order with all that belongs to it.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderJson {
    order: OrderRow,
    lines: Vec<LineJson>,
    fulfilment_orders: Vec<FulfilmentRow>,
    fulfilment_lines: Vec<PartLineJson>,
    payment: Option<PaymentRow>,
    parcels: Vec<ParcelJson>,
    tracking: Vec<TrackerJson>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderLine)]
struct LineJson {
    #[schema(minimum = 1)]
    line_no: i64,
    item_id: ItemId,
    /// Which of the channel's lines it is of: a kit is one line of the channel's and one here for each of its items.
    channel_line_no: i64,
    /// What the channel calls the item.
    external_code: String,
    title: String,
    /// Base units ordered.
    quantity: i64,
    /// Base units in a pack.
    pack_factor: i64,
    /// What a pack costs.
    pack_price_minor: i64,
    /// When units that wait will be there, as far as it is known.
    #[schema(format = Date)]
    expected_on: Option<String>,
    /// Where they stand; stages without units are left out.
    #[schema(value_type = BTreeMap<String, i64>)]
    units: UnitsJson,
}

impl From<&LineRow> for LineJson {
    fn from(line: &LineRow) -> LineJson {
        LineJson {
            line_no: line.line_no,
            channel_line_no: line.channel_line_no,
            item_id: line.item_id.clone(),
            external_code: line.external_code.clone(),
            title: line.title.clone(),
            quantity: line.quantity,
            pack_factor: line.pack_factor,
            pack_price_minor: line.pack_price_minor,
            expected_on: line
                .is_waited_for()
                .then_some(line.expected_on)
                .flatten()
                .map(|day| day.to_string()),
            units: units_of(&line.units()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FulfilmentOrderLine)]
struct PartLineJson {
    fulfilment_order_id: FulfilmentOrderId,
    /// The order's line.
    line_no: i64,
    item_id: ItemId,
    /// How many units the node was to do.
    quantity: i64,
    /// Where they stand; what the node gave up is `unallocated`.
    #[schema(value_type = BTreeMap<String, i64>)]
    units: UnitsJson,
}

impl From<&FulfilmentLineRow> for PartLineJson {
    fn from(line: &FulfilmentLineRow) -> PartLineJson {
        PartLineJson {
            fulfilment_order_id: line.fulfilment_order_id.clone(),
            line_no: line.line_no,
            item_id: line.item_id.clone(),
            quantity: line.quantity,
            units: units_of(&line.units()),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderParcel)]
struct ParcelJson {
    parcel_id: ParcelId,
    order_id: OrderId,
    fulfilment_order_id: FulfilmentOrderId,
    node_id: NodeId,
    parcel_no: i64,
    #[schema(schema_with = parcel_status)]
    status: &'static str,
    weight_grams: i64,
    length_mm: i64,
    width_mm: i64,
    height_mm: i64,
    carrier_code: Option<String>,
    service_code: Option<String>,
    tracking_number: Option<String>,
    price: Option<Money>,
    zone: Option<i64>,
    billed_grams: Option<i64>,
    closed_at: Option<Timestamp>,
    dispatched_at: Option<Timestamp>,
    delivered_at: Option<Timestamp>,
}

fn parcel_status() -> ObjectBuilder {
    open_names("Where it stands.", ParcelStatus::ALL.map(ParcelStatus::as_str))
}

impl From<Parcel> for ParcelJson {
    fn from(parcel: Parcel) -> ParcelJson {
        ParcelJson {
            parcel_id: parcel.parcel_id,
            order_id: parcel.order_id,
            fulfilment_order_id: parcel.fulfilment_order_id,
            node_id: parcel.node_id,
            parcel_no: parcel.parcel_no,
            status: parcel.status.as_str(),
            weight_grams: parcel.size.weight_grams,
            length_mm: parcel.size.length_mm,
            width_mm: parcel.size.width_mm,
            height_mm: parcel.size.height_mm,
            carrier_code: parcel.carrier_code,
            service_code: parcel.service_code,
            tracking_number: parcel.tracking_number,
            price: parcel.price,
            zone: parcel.zone,
            billed_grams: parcel.billed_grams,
            closed_at: parcel.closed_at,
            dispatched_at: parcel.dispatched_at,
            delivered_at: parcel.delivered_at,
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = OrderTracking)]
struct TrackerJson {
    parcel_id: ParcelId,
    tracking_number: String,
    /// What it has reached.
    #[schema(schema_with = milestone)]
    milestone: Milestone,
    at: Timestamp,
}

fn milestone() -> ObjectBuilder {
    open_names("What it has reached.", Milestone::ALL.map(Milestone::as_str))
}

/// An order with its lines, fulfilment orders, parcels and payment.
pub(super) async fn get_order(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let id = order_id.clone();
    let found = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let Some(order) = store::find_order(tx, &organisation_id, &id).await? else {
                    return Ok(None);
                };
                let lines = store::list_lines(tx, &organisation_id, &id).await?;
                let parts = store::list_fulfilments(tx, &organisation_id, &id).await?;
                let part_lines = store::list_fulfilment_lines(tx, &organisation_id, &id).await?;
                let payment = store::find_payment(tx, &organisation_id, &id).await?;
                let parcels = shipping::list_parcels(tx, &organisation_id, &id).await?;
                let trackers = tracking::list_trackers(tx, &organisation_id, &id).await?;
                let tracking = trackers.into_iter().map(|tracker| TrackerJson {
                    parcel_id: tracker.parcel_id,
                    tracking_number: tracker.tracking_number,
                    milestone: tracker.milestone,
                    at: tracker.milestone_at,
                });
                Ok::<_, Fault>(Some(OrderJson {
                    order,
                    lines: lines.iter().map(LineJson::from).collect(),
                    fulfilment_orders: parts,
                    fulfilment_lines: part_lines.iter().map(PartLineJson::from).collect(),
                    payment,
                    parcels: parcels.into_iter().map(ParcelJson::from).collect(),
                    tracking: tracking.collect(),
                }))
            })
        })
        .await?;
    let order = found.ok_or_else(|| {
        Problem::not_found(problems::NO_SUCH_ORDER, format!("There is no order {order_id}."))
    })?;
    Ok(axum::Json(order).into_response())
}

/// Why which node: the receipts of an order's decisions.
pub(super) async fn get_decisions(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move { sourcing::store::list_decisions(tx, &organisation_id, &order_id).await })
        })
        .await?;
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct OrderEventJson {
    /// What: `order.accepted`. More may come.
    kind: String,
    /// The facts, as the guide to events has them for each kind.
    #[schema(value_type = Value)]
    data: Value,
    /// Who did it.
    actor: String,
    happened_at: Timestamp,
}

impl From<SubjectEvent> for OrderEventJson {
    fn from(event: SubjectEvent) -> OrderEventJson {
        let SubjectEvent { kind, data, actor, happened_at } = event;
        let data = serde_json::from_str(&data).unwrap_or(Value::String(data));
        OrderEventJson { kind, data, actor, happened_at }
    }
}

/// Everything that happened to an order.
pub(super) async fn get_order_events(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move { event::list_of_subject(tx, &organisation_id, order_id.as_str()).await })
        })
        .await?;
    let rows: Vec<OrderEventJson> = rows.into_iter().map(OrderEventJson::from).collect();
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

/// Which work.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct WorkQuery {
    node_id: NodeId,
    /// Such as `to_pick`, `to_pack`, `to_ship`.
    status: String,
}

/// A node's work of one status, oldest first.
pub(super) async fn get_work(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<WorkQuery>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                store::list_work(tx, &organisation_id, &scope, &query.node_id, &query.status, 250).await
            })
        })
        .await?;
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

/// A fulfilment order with its lines.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct FulfilmentOrderJson {
    fulfilment_order: FulfilmentRow,
    lines: Vec<PartLineJson>,
    /// Of which lots its order's units are at the node; empty where they are of none.
    lots: Vec<PartLotJson>,
}

/// Units of a lot that an order has at a node.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FulfilmentOrderLot)]
struct PartLotJson {
    item_id: ItemId,
    lot: String,
    /// Its last good day; null where it keeps.
    #[schema(format = Date)]
    expires_on: Option<String>,
    /// `allocated`: still to be picked; `picked`, `packed`.
    state: &'static str,
    quantity: i64,
}

/// A fulfilment order with its lines.
pub(super) async fn get_fulfilment_order(
    State(flows): State<Flows>,
    Path(id): Path<FulfilmentOrderId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let asked = id.clone();
    let found = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let part = store::find_fulfilment(tx, &organisation_id, &asked).await?;
                let lines =
                    store::list_lines_of_fulfilments(tx, &organisation_id, [&asked].into_iter()).await?;
                let causes = part.iter().map(|part| part.order_id.as_str());
                let lots = inventory::store::list_lots_of_causes(tx, &organisation_id, causes).await?;
                Ok::<_, Fault>(part.map(|part| (part, lines, lots)))
            })
        })
        .await?;
    let (part, lines, lots) = found.ok_or_else(|| {
        Problem::not_found(problems::NOT_FOUND, format!("There is no fulfilment order {id}."))
    })?;
    let lines = lines.iter().map(PartLineJson::from).collect();
    let lots = lots.into_iter().filter(|of| of.node_id == part.node_id).map(|of| PartLotJson {
        item_id: of.item_id,
        lot: of.lot,
        expires_on: of.expires_on.map(|day| day.to_string()),
        state: of.state.name(),
        quantity: of.quantity,
    });
    let lots = lots.collect();
    Ok(axum::Json(FulfilmentOrderJson { fulfilment_order: part, lines, lots }).into_response())
}

/// Actions outside that are not at rest, and those that failed.
pub(super) async fn get_effects(State(flows): State<Flows>) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| Box::pin(async move { effect::list_open(tx, &organisation_id, 250).await }))
        .await?;
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

/// Whether everything holds.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VerificationJson {
    holds: bool,
    /// Breaches, at most twenty of each invariant.
    findings: Vec<Finding>,
}

/// Checks everything now.
pub(super) async fn get_verification(State(flows): State<Flows>) -> Result<Response, Problem> {
    let findings = flows.verify().await?;
    Ok(axum::Json(VerificationJson { holds: findings.is_empty(), findings }).into_response())
}
