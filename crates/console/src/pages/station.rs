//! The pick and pack station: one loop, made for a hand-held scanner and a screen of 360 pixels.
//!
//! A scan is a form with `code` and `command`. The command is made by the device before it sends, and kept until
//! the server has answered, so a scan that was sent twice counts once. Without scripts the form posts and the page
//! comes back with its [`Outcome`]; with them only the block `work` is exchanged, and the outcome's word chooses
//! sound and vibration.

use askama::Template;
use kernel::Timestamp;

use crate::href;
use crate::i18n::Texts;
use crate::pages::nodes::QueueRow;
use crate::shell::Shell;
use crate::words::{Feedback, Work};

/// The choice of a node to work at.
#[derive(Debug, Template)]
#[template(path = "stations.html")]
pub struct Stations {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The nodes this person may work at.
    pub nodes: Vec<StationNode>,
}

/// A node with work.
#[derive(Debug, Clone)]
pub struct StationNode {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Fulfilment orders to pick.
    pub to_pick: i64,
    /// Fulfilment orders to pack.
    pub to_pack: i64,
}

/// The work of one node.
#[derive(Debug, Template)]
#[template(path = "station.html")]
pub struct Station {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The node's id.
    pub node_id: String,
    /// Its name.
    pub node: String,
    /// What waits, most urgent first.
    pub queue: Vec<QueueRow>,
}

/// Where somebody at a node does this work.
fn href_of(node_id: &str, row: &QueueRow) -> Option<String> {
    match row.work {
        Work::ToPick | Work::Picking => Some(href::pick(node_id, &row.id)),
        Work::ToPack => Some(href::pack(node_id, &row.id)),
        Work::ToShip | Work::Shipped | Work::Rejected | Work::Cancelled => None,
    }
}

impl Station {
    fn href(&self, row: &QueueRow) -> Option<String> {
        href_of(&self.node_id, row)
    }

    fn next(&self) -> Option<String> {
        self.queue.iter().find_map(|row| self.href(row))
    }
}

/// What became of the last scan.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The word.
    pub feedback: Feedback,
    /// What was scanned.
    pub code: String,
    /// What that is, in the reader's language: the item's name, the order it belongs to. Or nothing.
    pub about: String,
}

/// An item of the task.
#[derive(Debug, Clone)]
pub struct TaskLine {
    /// The line's number within the order.
    pub line_no: i64,
    /// The seller's code.
    pub sku: String,
    /// The item's name.
    pub name: String,
    /// Where it lies, or nothing.
    pub location: String,
    /// How many are asked.
    pub asked: i64,
    /// How many are scanned.
    pub scanned: i64,
    /// How many could not be found.
    pub short: i64,
    /// Which lots to take them from, those that go first first; empty where they are of none.
    pub lots: Vec<TaskLot>,
}

/// Units of a lot that an order gets.
#[derive(Debug, Clone)]
pub struct TaskLot {
    /// What is printed on the goods.
    pub code: String,
    /// Their last good day, or nothing where they keep.
    pub expires_on: String,
    /// How many.
    pub quantity: i64,
}

impl TaskLine {
    fn left(&self) -> i64 {
        (self.asked - self.scanned - self.short).max(0)
    }
}

/// Picking one fulfilment order.
#[derive(Debug, Template)]
#[template(path = "pick.html", blocks = ["work"])]
pub struct Pick {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The node's id.
    pub node_id: String,
    /// Its name.
    pub node: String,
    /// The fulfilment order.
    pub id: String,
    /// The order's number.
    pub order: String,
    /// When the order is due.
    pub due: Option<Timestamp>,
    /// The items in walking order.
    pub lines: Vec<TaskLine>,
    /// The last scan.
    pub outcome: Option<Outcome>,
    /// The key of the next scan, for devices without scripts.
    pub command: String,
}

impl Pick {
    fn current(&self) -> Option<&TaskLine> {
        self.lines.iter().find(|line| line.left() > 0)
    }
}

/// Packing one fulfilment order.
#[derive(Debug, Template)]
#[template(path = "pack.html", blocks = ["work"])]
pub struct Pack {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The node's id.
    pub node_id: String,
    /// Its name.
    pub node: String,
    /// The fulfilment order.
    pub id: String,
    /// The order's number.
    pub order: String,
    /// The items; `scanned` are those in a box, open or closed.
    pub lines: Vec<TaskLine>,
    /// Units in the open box.
    pub in_box: i64,
    /// The most urgent other task of the node, once nothing is left to scan here.
    pub next: Option<QueueRow>,
    /// The last scan.
    pub outcome: Option<Outcome>,
    /// What the goods in the box should weigh, if the items' weights are known.
    pub expected_grams: Option<i64>,
    /// What the box measures, to begin with: length, width and height.
    pub expected_size_mm: [i64; 3],
    /// The boxes closed so far.
    pub boxes: Vec<ClosedBox>,
    /// The key of the next scan or closing, for devices without scripts.
    pub command: String,
}

/// A closed box.
#[derive(Debug, Clone)]
pub struct ClosedBox {
    /// The parcel's id.
    pub parcel: String,
    /// How many units are in it.
    pub units: i64,
    /// Its weight.
    pub weight_grams: i64,
    /// The label, or what keeps it.
    pub label: BoxLabel,
}

/// Whether a box can be labelled yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BoxLabel {
    /// Asked for; the carrier has not answered.
    Waiting,
    /// Can be printed.
    Ready,
    /// Refused: why, in the reader's language.
    Failed(String),
}

impl Pack {
    fn left(&self) -> i64 {
        self.lines.iter().map(TaskLine::left).sum()
    }

    /// How much is in boxes, and of how much.
    fn packed(&self) -> (i64, i64) {
        let sum = |of: fn(&TaskLine) -> i64| self.lines.iter().map(of).sum();
        (sum(|line| line.scanned), sum(|line| line.asked))
    }

    /// The next task and where it is done.
    fn upcoming(&self) -> Option<(&QueueRow, String)> {
        let row = self.next.as_ref()?;
        Some((row, href_of(&self.node_id, row)?))
    }

    /// A label is on its way.
    fn is_waiting(&self) -> bool {
        self.boxes.iter().any(|closed| closed.label == BoxLabel::Waiting)
    }

    /// Nothing is left to scan and nothing lies in an open box.
    fn is_done(&self) -> bool {
        self.left() == 0 && self.in_box == 0 && !self.boxes.is_empty()
    }
}
