//! One thing done to many orders: tried first, then done by an operation.

use ::orders::{Status, read::OrderFilter, store};
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::Fault;
use kernel::{ChannelId, Currency, NodeId, OrderId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Permission, Problem, Sees, Within, problems};

use super::files::start;
use crate::{
    Flows,
    bulk::{CancelOrders, MOST, Planned, plan},
};

/// Which orders to cancel: those that are named, or all that match.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancellationsJson {
    /// These; up to 5,000.
    #[serde(default)]
    #[schema(max_items = 5000)]
    order_ids: Vec<OrderId>,
    /// All that match, up to 5,000, where none are named.
    matching: Option<MatchingJson>,
    /// Why. What is longer than 500 characters is cut.
    reason: String,
    /// True to be told what would happen, and have nothing done.
    #[serde(default)]
    dry_run: bool,
}

/// What orders have in common; at least one thing.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MatchingJson {
    /// Only of this status, such as `unallocated`.
    status: Option<String>,
    /// Only where reference or id begins so, or the customer's name or address of mail for who may read customers.
    #[serde(default)]
    search: String,
    /// Only from this channel.
    channel_id: Option<ChannelId>,
    /// Only what this node works or has worked on.
    node_id: Option<NodeId>,
    /// Only what is past its promise.
    #[serde(default)]
    is_late: bool,
}

/// What would happen.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CancellationsPlanned)]
pub(super) struct PlannedJson {
    /// Orders of which something would be cancelled.
    orders: usize,
    /// Units that would be cancelled.
    units: i64,
    /// Orders that would stay as they are.
    stay: usize,
    /// Each order, in the sequence it would be done.
    rows: Vec<PlannedRowJson>,
}

#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CancellationPlanned)]
struct PlannedRowJson {
    order_id: OrderId,
    external_reference: String,
    /// True where units would be cancelled.
    can_be_cancelled: bool,
    /// Units that would be cancelled.
    cancelled_units: i64,
    /// Units that have left and can only come back as a return.
    too_late_units: i64,
    /// What would go back to the customer.
    refund_minor: i64,
    currency: Currency,
    /// Why it would stay as it is.
    problem: Option<String>,
}

impl From<Planned> for PlannedRowJson {
    fn from(planned: Planned) -> PlannedRowJson {
        let Planned { order_id, external_reference, currency, fate } = planned;
        let (can_be_cancelled, problem) = (fate.is_ok(), fate.as_ref().err().map(ToString::to_string));
        let fate = fate.ok();
        PlannedRowJson {
            order_id,
            external_reference,
            can_be_cancelled,
            cancelled_units: fate.as_ref().map_or(0, |fate| fate.cancelled_units),
            too_late_units: fate.as_ref().map_or(0, |fate| fate.too_late_units),
            refund_minor: fate.as_ref().map_or(0, |fate| fate.refund_minor),
            currency,
            problem,
        }
    }
}

fn wrong(pointer: impl std::fmt::Display, says: &str) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says).at(pointer, "invalid", says)
}

impl MatchingJson {
    fn into_filter(self, now: kernel::Timestamp, sees: Sees) -> Result<OrderFilter, Problem> {
        if let Some(status) = &self.status
            && Status::parse(status).is_none()
        {
            return Err(wrong("/matching/status", "There is no such status."));
        }
        let filter = OrderFilter {
            status: self.status,
            search: self.search,
            channel_id: self.channel_id,
            node_id: self.node_id,
            late_at: self.is_late.then_some(now),
            ..OrderFilter::default()
        };
        if filter == OrderFilter::default() {
            return Err(wrong("/matching", "Say which: all orders there are is never meant."));
        }
        Ok(OrderFilter { by_customer: sees.shows(Permission::CustomersRead), ..filter })
    }
}

/// Cancels many orders, or says what that would come to.
pub(super) async fn post_cancellations(
    State(flows): State<Flows>,
    Within(scope): Within,
    sees: Sees,
    command: Command<CancellationsJson>,
) -> Result<Response, Problem> {
    let CancellationsJson { mut order_ids, matching, reason, dry_run } = command.body;
    // A node sees the orders it works on, and cancels none.
    let scope = scope.of_merchants();
    let organisation_id = flows.runtime.organisation_id.clone();
    match matching {
        Some(_) if !order_ids.is_empty() => {
            return Err(wrong("/matching", "Send `order_ids` or `matching`, not both."));
        }
        Some(matching) => {
            let filter = matching.into_filter(flows.runtime.now(), sees)?;
            let limit = i64::try_from(MOST).unwrap_or(i64::MAX) + 1;
            let found: Result<Vec<OrderId>, Fault> = flows
                .runtime
                .read(move |tx| {
                    Box::pin(async move {
                        store::ids_matching(tx, &organisation_id, &scope, &filter, limit).await
                    })
                })
                .await;
            order_ids = found?;
            if order_ids.len() > MOST {
                return Err(wrong("/matching", "More than 5,000 orders match; ask for fewer at a time."));
            }
        }
        None => {
            if order_ids.is_empty() || order_ids.len() > MOST {
                return Err(wrong("/order_ids", "Send from 1 to 5,000 orders at a time."));
            }
            let asked = order_ids.clone();
            let within = flows.runtime.read(move |tx| {
                Box::pin(
                    async move { store::orders_within(tx, &organisation_id, &scope, asked.iter()).await },
                )
            });
            let within: Result<_, Fault> = within.await;
            let within = within?;
            if let Some(place) = order_ids.iter().position(|order_id| !within.contains(order_id)) {
                return Err(wrong(format!("/order_ids/{place}"), "There is no such order."));
            }
            let mut seen = std::collections::HashSet::new();
            order_ids.retain(|order_id| seen.insert(order_id.clone()));
        }
    }
    if dry_run {
        let organisation_id = flows.runtime.organisation_id.clone();
        let planned: Result<Vec<Planned>, Fault> = flows
            .runtime
            .read(move |tx| Box::pin(async move { plan(tx, &organisation_id, &order_ids).await }))
            .await;
        let rows: Vec<PlannedRowJson> = planned?.into_iter().map(PlannedRowJson::from).collect();
        let orders = rows.iter().filter(|row| row.can_be_cancelled).count();
        let units = rows.iter().map(|row| row.cancelled_units).sum();
        let told = PlannedJson { orders, units, stay: rows.len() - orders, rows };
        return Ok((StatusCode::OK, axum::Json(told)).into_response());
    }
    let reason = reason.chars().take(500).collect();
    start(&flows, command.call, CancelOrders { order_ids, reason }.into_operation()).await
}
