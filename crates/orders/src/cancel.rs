//! Cancelling: at any stage, with what that undoes.

use std::collections::{BTreeMap, HashMap};

use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, Quantity};
use serde::{Deserialize, Serialize};

use crate::{
    advance::Step,
    model::{Stage, value_minor},
    read::{FulfilmentLineRow, LineRow},
};

/// Units of a fulfilment order's line that are given up, and where the goods are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freed {
    /// The fulfilment order.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Its node.
    pub node_id: NodeId,
    /// The item.
    pub item_id: ItemId,
    /// The stage the units are in: the goods are in the stock state of the same name.
    pub stage: Stage,
    /// How many.
    pub quantity: Quantity,
}

/// What cancelling does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// How units move.
    pub steps: Vec<Step>,
    /// Goods that go back to the shelf.
    pub freed: Vec<Freed>,
    /// How many units are cancelled.
    pub cancelled_units: i64,
    /// How many have left already and can only come back as a return.
    pub too_late_units: i64,
    /// The goods' value of what is cancelled.
    pub value_minor: i64,
    /// True where nothing of the order is left to deliver.
    pub is_whole: bool,
}

impl Cancellation {
    /// Units that will not be delivered, by item.
    pub fn units_by_item(&self, lines: &[LineRow]) -> HashMap<ItemId, i64> {
        let items: HashMap<i64, &ItemId> = lines.iter().map(|line| (line.line_no, &line.item_id)).collect();
        let mut units = HashMap::new();
        for step in &self.steps {
            if let Some(item_id) = items.get(&step.line_no) {
                *units.entry((*item_id).clone()).or_default() += step.quantity.units();
            }
        }
        units
    }

    /// How many units of each item waited for supply that was promised.
    pub fn backordered_by_item(&self, lines: &[LineRow]) -> HashMap<ItemId, i64> {
        let steps: Vec<Step> =
            self.steps.iter().filter(|step| step.from == Stage::Backordered).cloned().collect();
        Cancellation { steps, ..self.clone() }.units_by_item(lines)
    }
}

/// Why nothing was cancelled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum CannotCancel {
    /// Everything asked for has left the building.
    #[error("{units} units have left the building: they can only be returned")]
    AlreadyDispatched {
        /// How many.
        units: i64,
    },
    /// Everything asked for was cancelled before.
    #[error("it was cancelled before")]
    AlreadyCancelled,
    /// The order has no such line.
    #[error("the order has no line {line_no}")]
    NoSuchLine {
        /// Which was asked for.
        line_no: i64,
    },
}

/// Decides what cancelling an order, or some of its lines (none named: all), does. Goods that have left the building
/// cannot be cancelled, only returned; whatever is still inside can, also from a closed parcel.
pub fn decide(
    order_id: &OrderId,
    lines: &[LineRow],
    parts: &[FulfilmentLineRow],
    wanted: &[i64],
) -> Result<Cancellation, CannotCancel> {
    if let Some(line_no) = wanted.iter().find(|line_no| lines.iter().all(|line| line.line_no != **line_no)) {
        return Err(CannotCancel::NoSuchLine { line_no: *line_no });
    }
    let is_wanted = |line_no: i64| wanted.is_empty() || wanted.contains(&line_no);
    let mut cancellation = Cancellation {
        steps: Vec::new(),
        freed: Vec::new(),
        cancelled_units: 0,
        too_late_units: 0,
        value_minor: 0,
        is_whole: false,
    };
    let mut cancelled_by_line: BTreeMap<i64, i64> = BTreeMap::new();
    let mut step = |line_no, fulfilment_order_id, from, quantity: i64| {
        let quantity = Quantity::new(quantity).expect("units of a stage are never negative");
        *cancelled_by_line.entry(line_no).or_default() += quantity.units();
        let to = Stage::Cancelled;
        cancellation.steps.push(Step {
            order_id: order_id.clone(),
            line_no,
            fulfilment_order_id,
            from,
            to,
            quantity,
        });
    };
    for line in lines.iter().filter(|line| is_wanted(line.line_no)) {
        for stage in [Stage::Unallocated, Stage::Backordered] {
            if line.units().get(stage) > 0 {
                step(line.line_no, None, stage, line.units().get(stage));
            }
        }
    }
    for part in parts.iter().filter(|part| is_wanted(part.line_no)) {
        for stage in [Stage::Allocated, Stage::Picked, Stage::Packed] {
            let quantity = part.units().get(stage);
            if quantity > 0 {
                step(part.line_no, Some(part.fulfilment_order_id.clone()), stage, quantity);
                cancellation.freed.push(Freed {
                    fulfilment_order_id: part.fulfilment_order_id.clone(),
                    node_id: part.node_id.clone(),
                    item_id: part.item_id.clone(),
                    stage,
                    quantity: Quantity::new(quantity).expect("units of a stage are never negative"),
                });
            }
        }
    }
    for line in lines {
        let before = line.units().get(Stage::Cancelled);
        let now = cancelled_by_line.get(&line.line_no).copied().unwrap_or(0);
        let value = |units| value_minor(line.pack_price_minor, line.pack_factor, units);
        cancellation.value_minor += value(before + now) - value(before);
        cancellation.cancelled_units += now;
        if is_wanted(line.line_no) {
            cancellation.too_late_units += line.quantity - before - now;
        }
    }
    cancellation.is_whole = lines.iter().all(|line| {
        line.units().get(Stage::Cancelled) + cancelled_by_line.get(&line.line_no).copied().unwrap_or(0)
            == line.quantity
    });
    match (cancellation.cancelled_units, cancellation.too_late_units) {
        (0, 0) => Err(CannotCancel::AlreadyCancelled),
        (0, units) => Err(CannotCancel::AlreadyDispatched { units }),
        _ => Ok(cancellation),
    }
}
