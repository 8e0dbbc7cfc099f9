//! What is asked: the lines of an order, the nodes that could serve them, and the limits.

use kernel::{NodeId, Quantity};
use serde::{Deserialize, Serialize};

/// One order to source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// The lines, in the order's own sequence.
    pub lines: Vec<Line>,
    /// The nodes thought of, in any sequence, each at most once.
    pub candidates: Vec<Candidate>,
    /// Over how many nodes one order may be split.
    pub max_nodes: u32,
    /// May some units stay unserved? If not, an order is served whole or not at all.
    pub allow_partial: bool,
}

/// A line of the order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    /// The order's number for it.
    pub line_no: u32,
    /// How many units are wanted.
    pub quantity: Quantity,
    /// Billed weight of one unit: the greater of actual and dimensional.
    pub unit_weight_grams: i64,
}

/// A node that could serve part of the order, and what that would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    /// The node.
    pub node_id: NodeId,
    /// How far it is from the destination, if known.
    pub distance_metres: Option<i64>,
    /// The price of one package from here.
    pub package_minor: i64,
    /// The freight price of a kilogram from here.
    pub per_kg_minor: i64,
    /// The price of picking one line here.
    pub per_line_minor: i64,
    /// What it can give of each line, in the sequence of [`Problem::lines`].
    pub available: Vec<Quantity>,
    /// Why it may not serve, as far as the caller knows; empty when it may.
    pub exclusions: Vec<Exclusion>,
}

/// Why a node may not serve an order whatever its stock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Exclusion {
    /// It is switched off.
    Inactive,
    /// It does not do the method that was asked.
    MethodNotOffered,
    /// The destination lies outside its area.
    OutOfArea,
    /// It has refused this order before.
    Rejected,
    /// A rule of the merchant, by its name.
    Rule(String),
}

/// How much work may be done, counted in steps: one line weighed at one node. Never in time, so that a plan can be
/// made again on any machine. Reading the problem and one greedy plan are always done and not counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// For choosing the plan.
    pub steps: u64,
    /// For finding what each node left out would have cost; the receipt has lower bounds where this ends.
    pub receipt_steps: u64,
}

impl Budget {
    /// This much work for the choice, and at most a quarter of it more for the receipt.
    pub const fn new(steps: u64) -> Budget {
        Budget { steps, receipt_steps: steps / 4 }
    }
}

impl Default for Budget {
    /// A few milliseconds in the worst case; an everyday order takes microseconds.
    fn default() -> Budget {
        Budget::new(2_000_000)
    }
}

/// A problem that contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadProblem {
    /// A candidate states stock for another number of lines.
    #[error("{node_id} states stock for {got} lines; the order has {expected}")]
    AvailableLength {
        /// The candidate.
        node_id: NodeId,
        /// Lines of the order.
        expected: usize,
        /// Lines the candidate speaks of.
        got: usize,
    },
    /// A price or distance below zero.
    #[error("{node_id} has a price or a distance below zero")]
    NegativeNode {
        /// The candidate.
        node_id: NodeId,
    },
    /// A weight below zero.
    #[error("line {line_no} has a weight below zero")]
    NegativeWeight {
        /// The line.
        line_no: u32,
    },
    /// The same node twice: its stock would count twice.
    #[error("{node_id} is a candidate twice")]
    RepeatedNode {
        /// The candidate.
        node_id: NodeId,
    },
    /// The same line number twice: a plan could not say which it means.
    #[error("line {line_no} is there twice")]
    RepeatedLine {
        /// The line.
        line_no: u32,
    },
    /// Prices, weights and quantities so great that the cost of a plan would not fit.
    #[error("the cost of this order would not fit a 64-bit integer")]
    TooLarge,
}
