//! What differs between the book and the world.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::words::{Difference, DifferenceState};

/// The page.
#[derive(Debug, Template)]
#[template(path = "discrepancies.html")]
pub struct DiscrepanciesPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// True where only those are shown that are not settled.
    pub is_open: bool,
    /// True where the reader may settle them.
    pub can_resolve: bool,
    /// What differs, newest first.
    pub rows: Vec<DifferenceLine>,
    /// Where older ones are, if there are any.
    pub next: Option<String>,
}

/// Two numbers that should be one.
#[derive(Debug, Clone)]
pub struct DifferenceLine {
    /// Its id.
    pub id: String,
    /// What differs.
    pub kind: Difference,
    /// The item's name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// The ledger behind it.
    pub ledger: String,
    /// The node's or the channel's name.
    pub place: String,
    /// The order that lost units, by its reference and where it is shown.
    pub order: Option<(String, String)>,
    /// What the book says.
    pub expected: i64,
    /// What was found.
    pub found: i64,
    /// What brought it up, in people's words.
    pub cause: String,
    /// How far it is.
    pub state: DifferenceState,
    /// Since when.
    pub at: Timestamp,
    /// Who found it.
    pub by: String,
    /// How it was settled, in their words.
    pub reason: String,
    /// The key under which it is settled once; none where it is.
    pub command: Option<String>,
}
