//! Goods that suppliers said would come: the list by day, and one of them with what has come of it.

use askama::Template;

use crate::href;
use crate::i18n::Texts;
use crate::shell::Shell;

/// The list.
#[derive(Debug, Template)]
#[template(path = "expected.html")]
pub struct ExpectedPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// What is expected, by day.
    pub rows: Vec<ExpectedLine>,
    /// Where later ones are, if there are any.
    pub next: Option<String>,
}

/// Goods that are expected.
#[derive(Debug, Clone)]
pub struct ExpectedLine {
    /// Their id.
    pub id: String,
    /// The number of the purchase order.
    pub reference: String,
    /// Who sends them.
    pub supplier: String,
    /// The node's name.
    pub node: String,
    /// The day.
    pub day: String,
    /// True where the day is over.
    pub is_late: bool,
    /// How many units were expected.
    pub units: i64,
    /// How many are still to come.
    pub outstanding: i64,
}

/// One of them.
#[derive(Debug, Template)]
#[template(path = "expected_one.html")]
pub struct ExpectedOne {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// What is told of it.
    pub head: ExpectedLine,
    /// True where something may still come.
    pub is_open: bool,
    /// True where the reader may take it in.
    pub can_receive: bool,
    /// The delivery note, as typed.
    pub note: String,
    /// The key under which it is taken in once.
    pub command: String,
    /// The key under which no more of it is expected.
    pub close: String,
    /// Its items.
    pub lines: Vec<ItemLine>,
    /// Why nothing was taken in, in the reader's language.
    pub error: Option<String>,
}

/// An item of them.
#[derive(Debug, Clone)]
pub struct ItemLine {
    /// Its id.
    pub item: String,
    /// The seller's code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// How many were expected.
    pub quantity: i64,
    /// How many have come.
    pub received: i64,
    /// How many come now, as typed.
    pub now: String,
    /// True where they come in by lot only.
    pub needs_lot: bool,
    /// Of which lot, as typed.
    pub lot: String,
    /// Its last good day, as typed.
    pub expires_on: String,
}

impl ExpectedOne {
    /// True where something of it comes in by lot.
    fn has_lots(&self) -> bool {
        self.lines.iter().any(|line| line.needs_lot)
    }

    fn receive_href(&self) -> String {
        href::expected_receive(&self.head.id)
    }
}
