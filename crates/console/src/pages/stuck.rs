//! Stock that nobody moves: since when, what has it, and what would free it.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::words::StockState;

/// The page.
#[derive(Debug, Template)]
#[template(path = "stuck.html")]
pub struct StuckPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// For how many days.
    pub days: String,
    /// What has not moved, the longest first.
    pub rows: Vec<StuckLine>,
}

/// Units that have been in a state for long.
#[derive(Debug, Clone)]
pub struct StuckLine {
    /// The item's name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// The node's name.
    pub node: String,
    /// Of which lot; nothing for none.
    pub lot: String,
    /// In which state.
    pub state: StockState,
    /// How many.
    pub quantity: i64,
    /// Since when.
    pub since: Timestamp,
    /// What has them, by its own reference.
    pub reference: String,
    /// Where that is shown.
    pub held: Option<String>,
    /// Where they are freed.
    pub freed: String,
}

impl StuckLine {
    /// What is to be done with them.
    fn verb(&self) -> &'static str {
        match self.state {
            StockState::Allocated => "stuck-pick",
            StockState::Picked => "stuck-pack",
            StockState::Packed => "stuck-hand-over",
            StockState::Incoming => "stuck-expect",
            _ => "stuck-inspect",
        }
    }
}
