//! The nodes on a map and in a table, and one node with its work.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::Map;
use crate::words::{Capability, NodeKind, Work};

/// All nodes.
#[derive(Debug, Template)]
#[template(path = "nodes.html")]
pub struct Nodes {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Where they are.
    pub map: Map,
    /// The same for a small screen, where fewer names fit.
    pub small_map: Map,
    /// The same in rows.
    pub rows: Vec<NodeSummary>,
    /// Whether the list can be had as a file.
    pub can_export: bool,
    /// The key of the form for that.
    pub export: String,
}

/// A node.
#[derive(Debug, Clone)]
pub struct NodeSummary {
    /// Its id.
    pub id: String,
    /// Its short code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What it is.
    pub kind: NodeKind,
    /// The city and country it is in.
    pub place: String,
    /// What it can do.
    pub capabilities: Vec<Capability>,
    /// Units that wait there.
    pub backlog: i64,
    /// Of those, units past their time.
    pub late: i64,
    /// Units on its shelves.
    pub on_hand: i64,
}

/// One node.
#[derive(Debug, Template)]
#[template(path = "node.html")]
pub struct NodePage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The node.
    pub node: NodeSummary,
    /// True where the reader may give another name.
    pub can_rename: bool,
    /// The name of its zone.
    pub zone: String,
    /// How many fulfilment orders are in each state.
    pub stages: Vec<(Work, i64)>,
    /// Its work, most urgent first.
    pub queue: Vec<QueueRow>,
}

/// A fulfilment order in the queue of a node.
#[derive(Debug, Clone)]
pub struct QueueRow {
    /// Its id.
    pub id: String,
    /// The order's id.
    pub order_id: String,
    /// The order's number.
    pub order: String,
    /// How far it is.
    pub work: Work,
    /// How many different items.
    pub lines: i64,
    /// How many units.
    pub units: i64,
    /// When the order is due.
    pub due: Option<Timestamp>,
}

impl QueueRow {
    pub(super) fn is_late(&self, now: &Timestamp) -> bool {
        self.due.is_some_and(|by| by < *now)
    }
}
