//! Many orders cancelled: what it would come to is told for all of them at once; then it is done order by order, as an
//! operation, by the verb that cancels one.

use db::{Fault, Tx};
use kernel::{Currency, OrderId, OrganisationId};
use operations::{End, NewOperation, Outcome, RowProblem, RowResult, Run, Step};
use orders::cancel::{CannotCancel, decide};
use runtime::Call;
use serde::{Deserialize, Serialize};

use crate::{
    Flows,
    cancel::{CancelError, CancelOrder, Cancelled, Owed},
    operations::WorkError,
};

/// Many orders cancelled.
pub const CANCEL_ORDERS: &str = "cancel.orders";

/// As many orders as one operation takes.
pub const MOST: usize = 5_000;

/// How many orders are done before their results are written; so many may still go after somebody stops it.
const CHUNK: usize = 20;

/// How often an order is tried that somebody else changes at that moment.
const TRIES: usize = 3;

/// What is asked of an operation of this kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CancelOrders {
    /// Which orders.
    pub order_ids: Vec<OrderId>,
    /// Why.
    pub reason: String,
}

impl CancelOrders {
    /// The operation that does it.
    pub fn into_operation(self) -> NewOperation {
        NewOperation {
            kind: CANCEL_ORDERS,
            about: String::new(),
            total: i64::try_from(self.order_ids.len()).ok(),
            request: serde_json::to_value(&self).expect("a request is plain data"),
        }
    }
}

/// What cancelling would come to for one order of many.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// The order.
    pub order_id: OrderId,
    /// The channel's name for it.
    pub external_reference: String,
    /// Of the amount.
    pub currency: Currency,
    /// What would become of it.
    pub fate: Result<Cancelled, CannotCancel>,
}

/// Says what cancelling these orders would do as things stand, and changes nothing. It is decided as a cancellation
/// decides; what only the moment of doing tells, such as a label that is being bought, shows then. Orders that are not
/// there are left out.
pub async fn plan(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<Vec<Planned>, Fault> {
    let ids = || order_ids.iter();
    let briefs = orders::store::briefs_of_orders(tx, organisation_id, ids()).await?;
    let lines = orders::store::lines_of_orders(tx, organisation_id, ids()).await?;
    let parts = orders::store::fulfilment_lines_of_orders(tx, organisation_id, ids()).await?;
    let payments = orders::store::payments_of_orders(tx, organisation_id, ids()).await?;
    let planned = order_ids.iter().filter_map(|order_id| {
        let brief = briefs.get(order_id)?;
        let lines = lines.get(order_id).map_or(&[][..], Vec::as_slice);
        let parts = parts.get(order_id).map_or(&[][..], Vec::as_slice);
        let fate = decide(order_id, lines, parts, &[]).map(|decided| {
            let owed = payments.get(order_id).map(|payment| {
                Owed::of(brief.shipping_minor, lines, payment, decided.value_minor, decided.is_whole)
            });
            Cancelled {
                cancelled_units: decided.cancelled_units,
                too_late_units: decided.too_late_units,
                refund_minor: owed.map_or(0, |owed| owed.refund_minor),
            }
        });
        Some(Planned {
            order_id: order_id.clone(),
            external_reference: brief.external_reference.clone(),
            currency: brief.currency,
            fate,
        })
    });
    Ok(planned.collect())
}

impl Flows {
    /// Cancels order by order. Each has a key of its own, so that whoever takes the work up does none twice.
    pub(crate) async fn cancel_orders(&self, run: &Run) -> Result<End, WorkError> {
        let Ok(asked) = serde_json::from_value::<CancelOrders>(run.operation.request.clone()) else {
            return Ok(End::Failed("bad_request".into()));
        };
        let mut done: usize = run.operation.position.parse().unwrap_or(0);
        while done < asked.order_ids.len() {
            let chunk = &asked.order_ids[done..asked.order_ids.len().min(done + CHUNK)];
            let (organisation_id, ids) = (self.runtime.organisation_id.clone(), chunk.to_vec());
            let references = self
                .runtime
                .read(move |tx| {
                    Box::pin(async move {
                        orders::store::references_of_orders(tx, &organisation_id, ids.iter()).await
                    })
                })
                .await?;
            let mut rows = Vec::with_capacity(chunk.len());
            for (row_no, order_id) in (1..).zip(&asked.order_ids).skip(done).take(chunk.len()) {
                let subject = references.get(order_id).cloned().unwrap_or_else(|| order_id.to_string());
                let (outcome, problem) = self.cancel_one(run, order_id, &asked.reason).await?;
                rows.push(RowResult { row_no, subject, outcome, problems: problem.into_iter().collect() });
            }
            done += chunk.len();
            if !self.advance(run, Step::of(done, rows)).await? {
                return Ok(End::Cancelled);
            }
        }
        Ok(End::Succeeded(None))
    }

    async fn cancel_one(
        &self,
        run: &Run,
        order_id: &OrderId,
        reason: &str,
    ) -> Result<(Outcome, Option<RowProblem>), Fault> {
        let scope = format!("operation {}", run.id());
        let call = Call::by(&run.operation.actor).keyed(&scope, order_id.as_str(), reason);
        let cancel =
            CancelOrder { order_id: order_id.clone(), line_nos: Vec::new(), reason: reason.to_owned() };
        let mut tries = 0;
        loop {
            tries += 1;
            return match self.cancel(call.clone(), cancel.clone()).await {
                Ok(answer) => {
                    let left = answer.into_result().map_or(0, |cancelled| cancelled.too_late_units);
                    let says = format!("{left} units had left the building");
                    Ok((Outcome::Done, (left > 0).then(|| problem("units_have_left", left, says))))
                }
                Err(CancelError::Fault(fault)) => Err(fault),
                Err(CancelError::Outrun) if tries < TRIES => continue,
                Err(error) => Ok(refused(&error)),
            };
        }
    }
}

/// What is told of an order that was not cancelled.
fn refused(error: &CancelError) -> (Outcome, Option<RowProblem>) {
    let (outcome, code, value) = match error {
        CancelError::Cannot(CannotCancel::AlreadyCancelled) => (Outcome::Unchanged, "already_cancelled", 0),
        CancelError::Cannot(CannotCancel::AlreadyDispatched { units }) => {
            (Outcome::Failed, "order_has_left", *units)
        }
        CancelError::Cannot(CannotCancel::NoSuchLine { line_no }) => {
            (Outcome::Failed, "no_such_order", *line_no)
        }
        CancelError::NoSuchOrder(_) => (Outcome::Failed, "no_such_order", 0),
        CancelError::LabelPending(_) => (Outcome::Failed, "label_pending", 0),
        CancelError::Outrun | CancelError::Fault(_) => (Outcome::Failed, "order_changed", 0),
    };
    (outcome, Some(problem(code, value, error.to_string())))
}

fn problem(code: &str, value: i64, message: String) -> RowProblem {
    let value = if value == 0 { String::new() } else { value.to_string() };
    RowProblem { row_no: None, column: String::new(), value, code: code.to_owned(), message }
}
