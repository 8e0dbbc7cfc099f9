//! What is answered: shipments, what stays unserved and why, and what became of every candidate.

use kernel::{NodeId, Quantity};
use serde::{Deserialize, Serialize};

use crate::Exclusion;

/// Who serves what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// One for each node used, the nearest first.
    pub shipments: Vec<Shipment>,
    /// The lines not served in full, in the order's sequence.
    pub unserved: Vec<Unserved>,
    /// What the shipments cost.
    pub cost: Cost,
    /// True when no plan is better; false when the budget ended before that was proved.
    pub is_exact: bool,
    /// Every candidate and what became of it, the nearest first.
    pub considered: Vec<Considered>,
}

impl Plan {
    /// Is every unit of every line served?
    pub fn serves_all(&self) -> bool {
        self.unserved.is_empty()
    }
}

/// What one node sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    /// The node.
    pub node_id: NodeId,
    /// The lines it serves, in the order's sequence.
    pub units: Vec<Units>,
}

/// Units of one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Units {
    /// The line.
    pub line_no: u32,
    /// How many units; never none.
    pub quantity: Quantity,
}

/// The terms of a plan's cost, in minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cost {
    /// Packages: one for each node used.
    pub package_minor: i64,
    /// Freight by weight, rounded up once for the whole plan.
    pub weight_minor: i64,
    /// Picking: each line at each node that sends any of it.
    pub line_minor: i64,
}

impl Cost {
    /// The sum of the terms.
    pub fn total_minor(self) -> i64 {
        self.package_minor + self.weight_minor + self.line_minor
    }
}

/// Units that this plan does not serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unserved {
    /// The line.
    pub line_no: u32,
    /// How many of its units.
    pub quantity: Quantity,
    /// Why.
    pub reason: UnservedReason,
}

/// Why units are not served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum UnservedReason {
    /// All candidates that may serve have fewer than the line wants.
    NotEnoughStock {
        /// What they have together.
        available: Quantity,
    },
    /// The stock is there, but spread over more nodes than one order may use.
    NodeLimit {
        /// What the fullest plan within the limit would serve of the line.
        reachable: Quantity,
    },
    /// This line could be served, but another cannot, and the order ships whole or not at all.
    OrderShipsWhole,
}

/// A candidate and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Considered {
    /// The node.
    pub node_id: NodeId,
    /// What became of it.
    pub outcome: Outcome,
}

/// Why a node is or is not in the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// It serves part of the order.
    Chosen,
    /// A plan with a package from here costs this much more; nothing more means it lost a tie.
    Dominated {
        /// The cost of the cheapest such plan that serves as much, less the cost of the chosen plan.
        extra_minor: i64,
        /// True when only a lower bound is known: it costs *at least* this much more.
        is_lower_bound: bool,
    },
    /// No plan with it serves as much as the chosen plan, or as the order needs.
    Incomplete,
    /// It may not serve this order.
    Excluded {
        /// The caller's reasons.
        reasons: Vec<Exclusion>,
    },
    /// It has none of what the order wants.
    NoStock,
    /// The budget ended before it could be ruled out.
    Unexplored,
}
