//! What is held for carts: until when, and where.

use askama::Template;
use kernel::Timestamp;

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "holds.html")]
pub struct HoldsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// One channel's id, or nothing for all.
    pub channel: String,
    /// The channels to choose from.
    pub channels: Vec<Choice>,
    /// One item's id, or nothing for all.
    pub item: String,
    /// That item's name.
    pub item_name: String,
    /// True where the reader may give holds up.
    pub can_release: bool,
    /// The holds, newest first.
    pub rows: Vec<HoldLine>,
    /// Where older ones are, if there are any.
    pub next: Option<String>,
}

impl HoldsPage {
    fn is_narrowed(&self) -> bool {
        !(self.channel.is_empty() && self.item.is_empty())
    }
}

/// An open hold.
#[derive(Debug, Clone)]
pub struct HoldLine {
    /// Its id.
    pub id: String,
    /// The shop's own name for it.
    pub reference: String,
    /// The channel's name.
    pub channel: String,
    /// What it holds.
    pub parts: Vec<HoldPart>,
    /// Since when.
    pub placed_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// The key under which it is given up once.
    pub command: String,
}

/// Units of an item that a hold holds at a node.
#[derive(Debug, Clone)]
pub struct HoldPart {
    /// The item's id.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The node's id.
    pub node_id: String,
    /// The node's name.
    pub node: String,
    /// How many units.
    pub quantity: i64,
}

impl HoldPart {
    fn href(&self) -> String {
        href::ledger(&self.item, &self.node_id, "held")
    }
}
