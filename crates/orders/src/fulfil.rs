//! Opens fulfilment orders for what was sourced.

use std::borrow::Cow;

use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, Quantity, Timestamp};
use serde::{Deserialize, Serialize};

/// The part of an order that a node is to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFulfilment {
    /// Its id.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Of which order.
    pub order_id: OrderId,
    /// By which node.
    pub node_id: NodeId,
    /// By which method.
    pub method: Cow<'static, str>,
    /// Since when.
    pub created_at: Timestamp,
    /// Which units.
    pub lines: Vec<NewFulfilmentLine>,
}

/// Units of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewFulfilmentLine {
    /// The order's line.
    pub line_no: i64,
    /// Its item.
    pub item_id: ItemId,
    /// How many units.
    pub quantity: Quantity,
}
