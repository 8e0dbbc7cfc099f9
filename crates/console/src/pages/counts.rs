//! Counting, and corrections that wait for somebody's yes.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::words::{LevelCause, StockState};

/// The page.
#[derive(Debug, Template)]
#[template(path = "counts.html")]
pub struct CountsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Where can be counted.
    pub nodes: Vec<Choice>,
    /// What the form holds; none where the reader may not count.
    pub form: Option<CountForm>,
    /// True where the reader may answer.
    pub can_approve: bool,
    /// What waits, newest first.
    pub rows: Vec<ProposalLine>,
    /// Where older ones are, if there are any.
    pub next: Option<String>,
}

/// What was counted, as typed.
#[derive(Debug, Clone, Default)]
pub struct CountForm {
    /// The key under which it is booked once.
    pub command: String,
    /// The chosen node.
    pub node: String,
    /// The barcode or the seller's code.
    pub code: String,
    /// The lot, or nothing.
    pub lot: String,
    /// How many, as typed.
    pub counted: String,
    /// More about it.
    pub note: String,
    /// Why nothing was booked, in the reader's language.
    pub error: Option<String>,
}

/// A correction that waits.
#[derive(Debug, Clone)]
pub struct ProposalLine {
    /// Its id.
    pub id: String,
    /// The item's name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// The node's name.
    pub node: String,
    /// Of which lot; nothing for none.
    pub lot: String,
    /// The state the units would leave.
    pub from: StockState,
    /// The state they would enter.
    pub to: StockState,
    /// How many.
    pub quantity: i64,
    /// Why, if it is one of the common reasons.
    pub reason: Option<LevelCause>,
    /// More about it.
    pub note: String,
    /// Who says so.
    pub by: String,
    /// Since when.
    pub at: Timestamp,
    /// True where the reader says so.
    pub is_own: bool,
    /// The key under which it is answered once.
    pub command: String,
}
