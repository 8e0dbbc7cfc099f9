//! Floor 1: the history format, a folder of CSV files that tells what happened to a network of stock and orders.
//! `export history` writes it; `replay`, `simulate` and the learners read it; so can a spreadsheet or a notebook.
//! The guide to every file and column is `docs/guide/history-format.md`.
//!
//! - [`rows`]: the files with one row per thing; [`order`] and [`parcel`]: those whose lines have a file of their own.
//! - [`read`]: file by file as a stream, or the whole [`History`] with its references checked ([`check`]).
//! - [`write`](mod@write): in one order and with one spelling, so that equal histories are equal byte by byte.
//! - [`events`]: everything that happened, in the order of time.
//!
//! **Invariant:** no internal ids. Orders are known by channel and external reference, nodes by code, items by SKU,
//! so a history can be replayed into an empty installation and exported again as it was.

mod cells;
pub mod check;
pub mod events;
pub mod order;
pub mod parcel;
pub mod problem;
pub mod read;
mod record;
pub mod rows;
pub mod write;

pub use events::Event;
pub use order::{Order, OrderLine};
pub use parcel::{Handover, ParcelLine};
pub use problem::{HistoryError, Problem};
pub use read::Folder;
pub use rows::{
    Cancellation, Channel, Item, Listing, Meta, Node, Outcome, OutcomeKind, Receipt, TrackingEvent,
};
pub use write::Writer;

/// A whole history in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    /// What the history is of.
    pub meta: Meta,
    /// Places that hold stock and fulfil.
    pub nodes: Vec<Node>,
    /// Selling surfaces.
    pub channels: Vec<Channel>,
    /// Physical things.
    pub items: Vec<Item>,
    /// What is sold where, under which code.
    pub listings: Vec<Listing>,
    /// Stock that came in.
    pub receipts: Vec<Receipt>,
    /// What customers ordered.
    pub orders: Vec<Order>,
    /// Orders that were called off.
    pub cancellations: Vec<Cancellation>,
    /// Parcels given to carriers.
    pub handovers: Vec<Handover>,
    /// What carriers reported.
    pub tracking_events: Vec<TrackingEvent>,
    /// How orders ended.
    pub outcomes: Vec<Outcome>,
}

impl History {
    /// A history of nothing yet.
    pub fn new(meta: Meta) -> History {
        History {
            meta,
            nodes: Vec::new(),
            channels: Vec::new(),
            items: Vec::new(),
            listings: Vec::new(),
            receipts: Vec::new(),
            orders: Vec::new(),
            cancellations: Vec::new(),
            handovers: Vec::new(),
            tracking_events: Vec::new(),
            outcomes: Vec::new(),
        }
    }
}
