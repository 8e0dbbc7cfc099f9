//! Looking: orders, work, decisions, events, what is under way outside, and whether everything holds.

use ::orders::{
    read::{FulfilmentLineRow, LineRow, OrderFilter},
    store,
};
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use db::Fault;
use kernel::{FulfilmentOrderId, NodeId, OrderId};
use runtime::{effect, event};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use web::{PageQuery, Path, Problem, Query, Within, page, problems};

use super::station::parcel_json;
use crate::Flows;

/// Which orders.
#[derive(Debug, Deserialize)]
pub(super) struct OrdersQuery {
    status: Option<String>,
    #[serde(default)]
    search: String,
}

/// A page of orders, newest first.
pub(super) async fn get_orders(
    State(flows): State<Flows>,
    Within(scope): Within,
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
    let filter = OrderFilter { status: query.status, search: query.search, ..OrderFilter::default() };
    let request = paging.request.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move { store::list_orders(tx, &organisation_id, &scope, &filter, &request).await })
        })
        .await?;
    Ok(page(&paging, rows))
}

fn units_json(units: &::orders::Units) -> Value {
    Value::Object(
        units.present().map(|(stage, n)| (stage.name().to_owned(), n.into())).collect::<Map<_, _>>(),
    )
}

fn line_json(line: &LineRow) -> Value {
    json!({
        "line_no": line.line_no, "item_id": line.item_id, "external_code": line.external_code,
        "title": line.title, "quantity": line.quantity, "pack_factor": line.pack_factor,
        "pack_price_minor": line.pack_price_minor, "units": units_json(&line.units()),
    })
}

fn part_line_json(line: &FulfilmentLineRow) -> Value {
    json!({
        "fulfilment_order_id": line.fulfilment_order_id, "line_no": line.line_no, "item_id": line.item_id,
        "quantity": line.quantity, "units": units_json(&line.units()),
    })
}

/// An order with its lines, fulfilment orders, parcels and payment.
pub(super) async fn get_order(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let id = order_id.clone();
    let found: Option<Value> = flows
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
                Ok::<_, Fault>(Some(json!({
                    "order": order,
                    "lines": lines.iter().map(line_json).collect::<Vec<_>>(),
                    "fulfilment_orders": parts,
                    "fulfilment_lines": part_lines.iter().map(part_line_json).collect::<Vec<_>>(),
                    "payment": payment,
                    "parcels": parcels.iter().map(parcel_json).collect::<Vec<_>>(),
                    "tracking": trackers.iter().map(|tracker| json!({
                        "parcel_id": tracker.parcel_id, "tracking_number": tracker.tracking_number,
                        "milestone": tracker.milestone, "at": tracker.milestone_at,
                    })).collect::<Vec<_>>(),
                })))
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
    Ok(axum::Json(json!({ "rows": rows })).into_response())
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
    Ok(axum::Json(json!({ "rows": rows })).into_response())
}

/// Which work.
#[derive(Debug, Deserialize)]
pub(super) struct WorkQuery {
    node_id: NodeId,
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
    Ok(axum::Json(json!({ "rows": rows })).into_response())
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
                Ok::<_, Fault>(part.map(|part| (part, lines)))
            })
        })
        .await?;
    let (part, lines) = found.ok_or_else(|| {
        Problem::not_found(problems::NOT_FOUND, format!("There is no fulfilment order {id}."))
    })?;
    let lines: Vec<Value> = lines.iter().map(part_line_json).collect();
    Ok(axum::Json(json!({ "fulfilment_order": part, "lines": lines })).into_response())
}

/// Actions outside that are not at rest, and those that failed.
pub(super) async fn get_effects(State(flows): State<Flows>) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| Box::pin(async move { effect::list_open(tx, &organisation_id, 250).await }))
        .await?;
    Ok(axum::Json(json!({ "rows": rows })).into_response())
}

/// Checks everything now.
pub(super) async fn get_verification(State(flows): State<Flows>) -> Result<Response, Problem> {
    let findings = flows.verify().await?;
    Ok(axum::Json(json!({ "holds": findings.is_empty(), "findings": findings })).into_response())
}
