//! The one way units change their stage.

use std::collections::{BTreeMap, BTreeSet};

use db::Fault;
use kernel::{FulfilmentOrderId, OrderId, Quantity};
use runtime::Cx;

use crate::{
    model::{Stage, Status, Units},
    store,
};

/// Units of a line that go from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The order.
    pub order_id: OrderId,
    /// Its line.
    pub line_no: i64,
    /// The fulfilment order that has them; none for units no node has.
    pub fulfilment_order_id: Option<FulfilmentOrderId>,
    /// The stage they leave.
    pub from: Stage,
    /// The stage they enter. `Unallocated` means that the node gives them up: short.
    pub to: Stage,
    /// How many.
    pub quantity: Quantity,
}

/// Why no unit moved.
#[derive(Debug, thiserror::Error)]
pub enum AdvanceError {
    /// A line has fewer units in the stage they were to leave.
    #[error("an order line has not that many units in the stage they were to leave; look again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(AdvanceError);

/// Moves units on their lines and their fulfilment orders, and writes what the headers now say.
/// The write itself refuses to take more units than a stage has.
pub async fn advance(cx: &mut Cx<'_>, steps: &[Step]) -> Result<(), AdvanceError> {
    let mut lines: BTreeMap<(&OrderId, i64), Units> = BTreeMap::new();
    let mut parts: BTreeMap<(&FulfilmentOrderId, i64), Units> = BTreeMap::new();
    for step in steps {
        let change = Units::of(step.from, -step.quantity.units()).with(step.to, step.quantity.units());
        let line = lines.entry((&step.order_id, step.line_no)).or_default();
        *line = line.plus(change);
        if let Some(fulfilment_order_id) = &step.fulfilment_order_id {
            let part = parts.entry((fulfilment_order_id, step.line_no)).or_default();
            *part = part.plus(change);
        }
    }
    let moved = store::move_line_units(cx.tx, &cx.organisation_id, &lines).await?;
    let moved_parts = store::move_fulfilment_units(cx.tx, &cx.organisation_id, &parts).await?;
    if moved != lines.len() as u64 || moved_parts != parts.len() as u64 {
        return Err(AdvanceError::Outrun);
    }
    let orders: BTreeSet<&OrderId> = steps.iter().map(|step| &step.order_id).collect();
    let fulfilments: BTreeSet<&FulfilmentOrderId> =
        steps.iter().filter_map(|step| step.fulfilment_order_id.as_ref()).collect();
    write_statuses(cx, &orders, &fulfilments).await?;
    Ok(())
}

/// Derives the statuses of headers from their units.
pub(crate) async fn write_statuses(
    cx: &mut Cx<'_>,
    orders: &BTreeSet<&OrderId>,
    fulfilments: &BTreeSet<&FulfilmentOrderId>,
) -> Result<(), Fault> {
    let sums = store::sum_order_units(cx.tx, &cx.organisation_id, orders).await?;
    let statuses: Vec<(&OrderId, Status)> =
        sums.iter().map(|(order_id, units)| (order_id, Status::of(units))).collect();
    store::write_order_statuses(cx.tx, &cx.organisation_id, &statuses).await?;
    let sums = store::sum_fulfilment_units(cx.tx, &cx.organisation_id, fulfilments).await?;
    let statuses: Vec<(&FulfilmentOrderId, Status)> =
        sums.iter().map(|(id, units)| (id, fulfilment_status(units))).collect();
    store::write_fulfilment_statuses(cx.tx, &cx.organisation_id, &statuses).await
}

/// What a fulfilment order's header says. Units it gave up (kept under `Unallocated`) are not its concern any more.
pub fn fulfilment_status(units: &Units) -> Status {
    let given_up = units.get(Stage::Unallocated);
    Status::of(&units.with(Stage::Unallocated, -given_up))
}
