//! What expires: where it lies, how long it lasts, and who may not sell it any more.

use askama::Template;

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::words::{StockState, Tone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "lots.html")]
pub struct LotsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Within how many days, as asked; nothing for all.
    pub days: String,
    /// One node's id, or nothing for all.
    pub node: String,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The lots, those that expire first first.
    pub rows: Vec<LotLine>,
    /// Where those are that expire later, if there are any.
    pub next: Option<String>,
}

impl LotsPage {
    fn is_narrowed(&self) -> bool {
        !(self.days.is_empty() && self.node.is_empty())
    }
}

/// Units of a lot at a node, in a state.
#[derive(Debug, Clone)]
pub struct LotLine {
    /// The item's id.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// What is printed on the goods.
    pub lot: String,
    /// The node's id.
    pub node_id: String,
    /// The node's name.
    pub node: String,
    /// In which state.
    pub state: StockState,
    /// How many units.
    pub quantity: i64,
    /// The last good day, or nothing where they keep.
    pub expires_on: String,
    /// How many days they are good after today.
    pub days_left: Option<i64>,
    /// The channels that may not sell them any more, by name.
    pub too_old_for: Vec<String>,
}

impl LotLine {
    fn href(&self) -> String {
        href::ledger(&self.item, &self.node_id, self.state.code())
    }

    /// How long they last, in words that stand out where it is not long.
    fn life(&self, t: &Texts) -> (Tone, String) {
        match self.days_left {
            None => (Tone::Quiet, t.text("lot-keeps")),
            Some(days) if days < 0 => (Tone::Bad, t.text("lot-expired")),
            Some(0) => (Tone::Warn, t.text("lot-last-day")),
            Some(days) => {
                let tone = if self.too_old_for.is_empty() { Tone::Quiet } else { Tone::Warn };
                (tone, t.count("lot-days", days))
            }
        }
    }
}
