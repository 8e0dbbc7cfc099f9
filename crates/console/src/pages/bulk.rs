//! Many orders cancelled: what would become of each, before anything is done.

use askama::Template;
use kernel::Money;

use crate::i18n::Texts;
use crate::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "bulk.html")]
pub struct Bulk {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The list it came from.
    pub back: String,
    /// Orders that would be cancelled in full.
    pub whole: i64,
    /// Orders of which some units have left, which stay.
    pub partly: i64,
    /// Units that would be cancelled.
    pub units: i64,
    /// Orders that would be refused, because everything has left.
    pub too_late: i64,
    /// Orders that were cancelled before.
    pub before: i64,
    /// What would become of each, what stays first; as many as a page shows.
    pub rows: Vec<BulkRow>,
    /// True where more match than are done at a time.
    pub is_cut: bool,
    /// The orders that would be cancelled.
    pub order_ids: Vec<String>,
    /// The key of the form.
    pub command: String,
}

impl Bulk {
    fn orders(&self) -> i64 {
        self.whole + self.partly
    }

    fn is_shortened(&self) -> bool {
        (self.rows.len() as i64) < self.orders() + self.too_late + self.before
    }
}

/// What would become of an order.
#[derive(Debug, Clone)]
pub struct BulkRow {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Units that would be cancelled.
    pub units: i64,
    /// Units that have left.
    pub left: i64,
    /// What would go back to the customer.
    pub refund: Option<Money>,
    /// The key of the reason for which it would stay as it is.
    pub stays: Option<&'static str>,
}
