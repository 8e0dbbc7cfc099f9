//! Who waits for supply, in their turn, and when it comes.

use askama::Template;
use kernel::{Date, Timestamp};

use crate::href;
use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::Cover;

/// The page.
#[derive(Debug, Template)]
#[template(path = "backorders.html")]
pub struct BackordersPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// One item's code, or nothing for all.
    pub item: String,
    /// That item's name.
    pub item_name: String,
    /// Supply against those who wait, of one item.
    pub cover: Option<Cover>,
    /// True where the reader may move somebody up.
    pub can_move: bool,
    /// Who waits, in their turn.
    pub rows: Vec<BackorderLine>,
    /// Where those are who come after them, if there are any.
    pub next: Option<String>,
}

/// Units of an order's line that wait.
#[derive(Debug, Clone)]
pub struct BackorderLine {
    /// The order's id.
    pub order_id: String,
    /// The channel's name for it.
    pub reference: String,
    /// The channel's name.
    pub channel: String,
    /// The item's name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// How many units.
    pub units: i64,
    /// Since when.
    pub placed_at: Timestamp,
    /// When they will be there, as far as it is known.
    pub expected_on: Option<Date>,
    /// True where that is too late for what the customer was promised.
    pub is_late: bool,
    /// True where somebody moved it up.
    pub is_moved_up: bool,
    /// The key under which it is moved up once.
    pub command: String,
}

impl BackorderLine {
    fn href(&self) -> String {
        href::order(&self.order_id)
    }

    fn queue_href(&self) -> String {
        href::with_query(href::BACKORDERS, &[("item", self.sku.as_str())])
    }
}
