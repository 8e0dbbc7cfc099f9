//! Cancelling, at any stage, with what that undoes: goods back on the shelf, parcels opened, labels given up, money
//! released or returned. What has left the building is not touched.

use std::collections::BTreeSet;

use db::{Fault, Tx};
use inventory::{
    Move, PostError, State, Transfer,
    ownership::{self, NewSettlementLine},
    selling::{self, beyond::Claim},
};
use kernel::{OrderId, OrganisationId, ParcelId};
use orders::{
    Stage,
    advance::{AdvanceError, Step, advance},
    cancel::{CannotCancel, Freed, decide},
    read::{LineRow, OrderRow, PaymentRow},
};
use runtime::{Answer, Call, Cx, effect};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shipping::Parcel;

use crate::{Flows, lots, receive::ALLOCATE_WAITING, resale, waiting};

/// What to cancel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelOrder {
    /// Which order.
    pub order_id: OrderId,
    /// Which of its lines; all where none are named.
    #[serde(default)]
    pub line_nos: Vec<i64>,
    /// Why.
    pub reason: String,
}

/// What was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Cancelled {
    /// Units that will not be delivered.
    pub cancelled_units: i64,
    /// Units that have left and can only come back as a return.
    pub too_late_units: i64,
    /// What goes back to the customer, in minor units of the order's currency.
    pub refund_minor: i64,
}

/// Why nothing was cancelled.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// There is no such order.
    #[error("there is no order {0}")]
    NoSuchOrder(OrderId),
    /// The order is past that.
    #[error("{0}")]
    Cannot(CannotCancel),
    /// The carrier is being asked for a label this very moment: it may be paid for, so its answer comes first.
    #[error("the label of parcel {0} is being bought this moment; try again in a few seconds")]
    LabelPending(ParcelId),
    /// Somebody else changed the order at the same moment.
    #[error("the order changed meanwhile; nothing was cancelled, look again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(CancelError);

impl From<AdvanceError> for CancelError {
    fn from(error: AdvanceError) -> CancelError {
        match error {
            AdvanceError::Outrun => CancelError::Outrun,
            AdvanceError::Fault(fault) => CancelError::Fault(fault),
        }
    }
}

impl From<PostError> for CancelError {
    fn from(error: PostError) -> CancelError {
        match error {
            PostError::Short { .. } => CancelError::Outrun,
            PostError::Fault(fault) => CancelError::Fault(fault),
        }
    }
}

impl From<shipping::UnpackError> for CancelError {
    fn from(error: shipping::UnpackError) -> CancelError {
        match error {
            shipping::UnpackError::Fault(fault) => CancelError::Fault(fault),
            shipping::UnpackError::LabelPending { parcel_id } => CancelError::LabelPending(parcel_id),
            shipping::UnpackError::NoSuchParcel { .. } | shipping::UnpackError::WrongStep(_) => {
                CancelError::Outrun
            }
        }
    }
}

/// What cancelling would do, as things stand.
#[derive(Debug, Clone, PartialEq)]
pub struct Preview {
    /// The order.
    pub order: OrderRow,
    /// The units that would be cancelled, line by line; lines without any are left out.
    pub lines: Vec<(LineRow, i64)>,
    /// Goods that would go back to a shelf.
    pub freed: Vec<Freed>,
    /// True where nothing of the order would be left to deliver.
    pub is_whole: bool,
    /// What would go back to the customer.
    pub refund_minor: i64,
    /// What would not be collected.
    pub uncollected_minor: i64,
}

/// Says what [`Flows::cancel`] would do, and changes nothing.
pub async fn preview(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
    line_nos: &[i64],
) -> Result<Preview, CancelError> {
    let order = orders::store::find_order(tx, organisation_id, order_id)
        .await?
        .ok_or_else(|| CancelError::NoSuchOrder(order_id.clone()))?;
    let lines = orders::store::list_lines(tx, organisation_id, order_id).await?;
    let parts = orders::store::list_fulfilment_lines(tx, organisation_id, order_id).await?;
    let decided = decide(order_id, &lines, &parts, line_nos).map_err(CancelError::Cannot)?;
    let payment = orders::store::find_payment(tx, organisation_id, order_id).await?;
    let owed = payment.map(|payment| {
        Owed::of(order.shipping_minor, &lines, &payment, decided.value_minor, decided.is_whole)
    });
    let units_of = |line: &LineRow| {
        let steps = decided.steps.iter().filter(|step| step.line_no == line.line_no);
        steps.map(|step| step.quantity.units()).sum::<i64>()
    };
    Ok(Preview {
        lines: lines
            .iter()
            .map(|line| (line.clone(), units_of(line)))
            .filter(|(_, units)| *units > 0)
            .collect(),
        refund_minor: owed.as_ref().map_or(0, |owed| owed.refund_minor),
        uncollected_minor: owed.as_ref().map_or(0, |owed| owed.uncollected_minor),
        is_whole: decided.is_whole,
        freed: decided.freed,
        order,
    })
}

impl Flows {
    /// Cancels what can still be cancelled.
    pub async fn cancel(&self, call: Call, cancel: CancelOrder) -> Result<Answer<Cancelled>, CancelError> {
        self.runtime
            .command(call, move |cx| {
                let cancel = cancel.clone();
                Box::pin(async move { cancel_once(cx, &cancel).await })
            })
            .await
    }
}

pub(crate) async fn cancel_once(cx: &mut Cx<'_>, cancel: &CancelOrder) -> Result<Cancelled, CancelError> {
    let organisation_id = cx.organisation_id.clone();
    let order_id = &cancel.order_id;
    orders::store::lock_order(cx, order_id).await?;
    let order = orders::store::find_order(cx.tx, &organisation_id, order_id)
        .await?
        .ok_or_else(|| CancelError::NoSuchOrder(order_id.clone()))?;
    let lines = orders::store::list_lines(cx.tx, &organisation_id, order_id).await?;
    let parts = orders::store::list_fulfilment_lines(cx.tx, &organisation_id, order_id).await?;
    let decided = decide(order_id, &lines, &parts, &cancel.line_nos).map_err(CancelError::Cannot)?;
    open_parcels(cx, &order, &decided.steps).await?;
    let mut back: Vec<Transfer> = decided
        .freed
        .iter()
        .map(|freed| {
            let units = Move {
                item_id: freed.item_id.clone(),
                owner_id: order.merchant_id.clone(),
                node_id: freed.node_id.clone(),
                from: match freed.stage {
                    Stage::Picked => State::Picked,
                    Stage::Packed => State::Packed,
                    _ => State::Allocated,
                },
                to: State::Available,
                quantity: freed.quantity,
            };
            units.into_transfer("cancel", order_id.as_str(), cx.now)
        })
        .collect();
    let units = decided.freed.iter().map(|freed| (&freed.item_id, &freed.node_id, freed.quantity));
    let given_back = resale::give_back(cx, order_id, units).await?;
    back.extend(given_back.iter().map(NewSettlementLine::transfer));
    let back = lots::of_order(cx, order_id, back).await?;
    advance(cx, &decided.steps).await?;
    inventory::post(cx, &back).await?;
    ownership::settle(cx, &given_back).await?;
    selling::give_back(cx.tx, &organisation_id, order_id, &decided.units_by_item(&lines)).await?;
    let waited = decided.backordered_by_item(&lines);
    let claims: Vec<Claim> = waited
        .iter()
        .map(|(item_id, units)| Claim {
            item_id: item_id.clone(),
            channel_id: order.channel_id.clone(),
            units: *units,
        })
        .collect();
    selling::beyond::give_back(cx.tx, &organisation_id, &claims).await?;
    // Whoever waited after them waits less long.
    waiting::date_anew(cx, waited.keys()).await?;
    if !back.is_empty() {
        // What one order gives up, another may be waiting for.
        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
    }
    let refund_minor = return_money(cx, &order, &lines, decided.value_minor, decided.is_whole).await?;
    cx.tell(
        "order.cancelled",
        order_id.as_str(),
        json!({
            "reason": cancel.reason, "line_nos": cancel.line_nos, "units": decided.cancelled_units,
            "too_late_units": decided.too_late_units, "refund_minor": refund_minor, "is_whole": decided.is_whole,
        }),
    );
    Ok(Cancelled {
        cancelled_units: decided.cancelled_units,
        too_late_units: decided.too_late_units,
        refund_minor,
    })
}

/// Gives up parcels that hold cancelled units. What else is in them is packed again.
async fn open_parcels(cx: &mut Cx<'_>, order: &OrderRow, steps: &[Step]) -> Result<(), CancelError> {
    let organisation_id = cx.organisation_id.clone();
    let cancelled: BTreeSet<(String, i64)> = steps
        .iter()
        .filter(|step| step.from == Stage::Packed)
        .filter_map(|step| step.fulfilment_order_id.as_ref().map(|id| (id.as_str().to_owned(), step.line_no)))
        .collect();
    if cancelled.is_empty() {
        return Ok(());
    }
    let parcels: Vec<Parcel> = shipping::list_parcels(cx.tx, &organisation_id, &order.order_id).await?;
    let inside: Vec<&Parcel> = parcels.iter().filter(|parcel| parcel.status.is_in_the_house()).collect();
    let ids: Vec<_> = inside.iter().map(|parcel| parcel.parcel_id.clone()).collect();
    let contents = shipping::parcel_lines(cx.tx, &organisation_id, &ids).await?;
    let mut unpacked = Vec::new();
    let mut moves = Vec::new();
    for parcel in inside {
        let Some(units) = contents.get(&parcel.parcel_id) else { continue };
        let is_cancelled =
            |line_no: i64| cancelled.contains(&(parcel.fulfilment_order_id.as_str().to_owned(), line_no));
        if !units.iter().any(|units| is_cancelled(units.line_no)) {
            continue;
        }
        for units in units.iter().filter(|units| !is_cancelled(units.line_no)) {
            unpacked.push(Step {
                order_id: order.order_id.clone(),
                line_no: units.line_no,
                fulfilment_order_id: Some(parcel.fulfilment_order_id.clone()),
                from: Stage::Packed,
                to: Stage::Picked,
                quantity: units.quantity,
            });
            moves.push(
                Move {
                    item_id: units.item_id.clone(),
                    owner_id: order.merchant_id.clone(),
                    node_id: parcel.node_id.clone(),
                    from: State::Packed,
                    to: State::Picked,
                    quantity: units.quantity,
                }
                .into_transfer("unpack", order.order_id.as_str(), cx.now),
            );
        }
        shipping::cancel_parcel(cx, &parcel.parcel_id).await?;
    }
    if !unpacked.is_empty() {
        let moves = lots::of_order(cx, &order.order_id, moves).await?;
        advance(cx, &unpacked).await?;
        inventory::post(cx, &moves).await?;
    }
    Ok(())
}

/// What money follows units that are cancelled.
pub(crate) struct Owed {
    /// What goes back to the customer.
    pub(crate) refund_minor: i64,
    /// What will not be collected.
    uncollected_minor: i64,
    /// True where nothing was ever sent and nothing is left to send: the price of shipping goes too.
    is_all: bool,
}

impl Owed {
    pub(crate) fn of(
        shipping_minor: i64,
        lines: &[LineRow],
        payment: &PaymentRow,
        value_minor: i64,
        is_whole: bool,
    ) -> Owed {
        let has_left = lines.iter().any(|line| {
            let units = line.units();
            units.get(Stage::Shipped) + units.get(Stage::Delivered) + units.get(Stage::Lost) > 0
        });
        let is_all = is_whole && !has_left;
        let minor = value_minor + if is_all { shipping_minor } else { 0 };
        if payment.provider == "channel" {
            // The channel took all of it.
            let refund_minor = minor.min(payment.captured_minor - payment.refunded_minor).max(0);
            Owed { refund_minor, uncollected_minor: 0, is_all }
        } else {
            Owed { refund_minor: 0, uncollected_minor: minor, is_all }
        }
    }
}

/// Intends what is owed to the customer; gives how much that is.
async fn return_money(
    cx: &mut Cx<'_>,
    order: &OrderRow,
    lines: &[LineRow],
    value_minor: i64,
    is_whole: bool,
) -> Result<i64, CancelError> {
    let order_id = &order.order_id;
    let Some(payment) = orders::store::find_payment(cx.tx, &cx.organisation_id, order_id).await? else {
        return Ok(0);
    };
    let owed = Owed::of(order.shipping_minor, lines, &payment, value_minor, is_whole);
    if payment.provider == "channel" {
        if owed.refund_minor > 0 {
            let cause = format!("{order_id}/{}", cx.fresh());
            let request = json!({ "order_id": order_id, "amount_minor": owed.refund_minor, "currency": order.currency });
            cx.intend("payment.refund", &cause, request);
        }
        return Ok(owed.refund_minor);
    }
    // Money is taken as goods leave, so what is cancelled was never taken: only the rest of the sum set aside is let go.
    if owed.is_all {
        let never_asked = effect::cancel_planned(cx, "payment.authorise", order_id.as_str()).await?;
        if never_asked > 0 {
            orders::payment::record(cx, order_id, orders::payment::Told::Voided).await.map_err(|error| {
                match error {
                    orders::payment::PaymentError::Fault(fault) => CancelError::Fault(fault),
                    orders::payment::PaymentError::Contradicts { .. } => CancelError::Outrun,
                }
            })?;
        } else {
            cx.intend("payment.release", order_id.as_str(), json!({ "order_id": order_id }));
        }
    }
    Ok(0)
}
