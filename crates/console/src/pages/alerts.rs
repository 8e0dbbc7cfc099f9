//! What will be sold out and what is too much.

use askama::Template;

use crate::href;
use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::Outlook;
use crate::words::{StockState, Tone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "alerts.html")]
pub struct AlertsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// What somebody should look at, by node and item.
    pub rows: Vec<AlertLine>,
    /// Where the next ones are, if there are any.
    pub next: Option<String>,
}

/// An item at a node.
#[derive(Debug, Clone)]
pub struct AlertLine {
    /// The item's id.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// The node's id.
    pub node_id: String,
    /// Its code.
    pub node: String,
    /// How many units are free.
    pub free: i64,
    /// How many units sell in a hundred days.
    pub per_hundred_days: i64,
    /// How many units are expected.
    pub expected: i64,
    /// The day on which it is sold out; nothing where it is too much.
    pub sold_out_on: Option<String>,
    /// How many units are too much.
    pub excess: i64,
    /// What is left, day by day.
    pub picture: Outlook,
}

impl AlertLine {
    fn href(&self) -> String {
        href::ledger(&self.item, &self.node_id, StockState::Available.code())
    }

    fn says(&self, t: &Texts) -> (Tone, String) {
        match &self.sold_out_on {
            Some(day) => (Tone::Bad, t.fill("alert-stockout", "day", day.as_str())),
            None => (Tone::Warn, t.fill("alert-excess", "units", t.number(self.excess))),
        }
    }
}
