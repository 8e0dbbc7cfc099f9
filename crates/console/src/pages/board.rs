//! What channels may sell: the board of items by channel, and the rules of one channel.

use askama::Template;

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;

/// The board.
#[derive(Debug, Template)]
#[template(path = "board.html")]
pub struct Board {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The search, or nothing.
    pub search: String,
    /// The cursor of this page, or nothing for the first.
    pub after: String,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// Codes and names of the channels: the columns.
    pub channels: Vec<Choice>,
    /// How far the stream of events goes that is in the numbers.
    pub position: i64,
    /// The items: the rows.
    pub rows: Vec<BoardRow>,
    /// True where the reader may rule.
    pub can_rule: bool,
    /// The move as typed.
    pub form: MoveForm,
    /// The key under which units are moved once.
    pub move_command: String,
    /// The key under which a quota is set once.
    pub set_command: String,
}

/// An item and what each channel may sell of it.
#[derive(Debug, Clone)]
pub struct BoardRow {
    /// Its id.
    pub item: String,
    /// Its name.
    pub name: String,
    /// The seller's code.
    pub sku: String,
    /// A cell for each channel; none where the channel is another merchant's.
    pub cells: Vec<Option<Cell>>,
}

/// What a channel may sell of an item.
#[derive(Debug, Clone)]
pub struct Cell {
    /// Available to sell.
    pub ats: i64,
    /// What is left of its quota, and the quota; none where it shares the pool.
    pub quota: Option<(i64, i64)>,
    /// The key of the word for what keeps it from selling all that is free.
    pub limit: Option<&'static str>,
}

impl Cell {
    fn quota_text(&self, t: &Texts) -> String {
        match self.quota {
            Some((left, quantity)) => {
                t.fill2("board-left", ("left", t.number(left)), ("quantity", t.number(quantity)))
            }
            None => t.text("board-shared"),
        }
    }
}

/// Units that are to be moved.
#[derive(Debug, Clone, Default)]
pub struct MoveForm {
    /// The item's code, as typed.
    pub item: String,
    /// The channel that has them.
    pub from: String,
    /// The channel that is to have them.
    pub to: String,
    /// How many, as typed.
    pub units: String,
    /// Why, as typed.
    pub reason: String,
}

impl Board {
    fn page(&self, after: &str) -> String {
        href::with_query(href::BOARD, &[("q", &self.search), ("after", after)])
    }
}

/// The rules of one channel.
#[derive(Debug, Template)]
#[template(path = "channel_policy.html")]
pub struct PolicyPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The channel's code.
    pub channel: String,
    /// Its name.
    pub name: String,
    /// The rule that is looked at.
    pub form: PolicyForm,
    /// The key under which it is set once.
    pub command: String,
    /// Items with a rule of their own: code and name.
    pub own: Vec<Choice>,
    /// True where the reader may rule.
    pub can_rule: bool,
}

/// A rule, as it stands or as typed.
#[derive(Debug, Clone)]
pub struct PolicyForm {
    /// The item's code; empty for all that have no rule of their own.
    pub item: String,
    /// True where there is such a rule.
    pub is_there: bool,
    /// The channel sells.
    pub is_on: bool,
    /// `all`, `only`, `except`.
    pub node_rule: String,
    /// The nodes, and whether the rule names them.
    pub nodes: Vec<(Choice, bool)>,
    /// Units it does not see, as typed.
    pub buffer: String,
    /// Days that goods must last, as typed.
    pub min_life_days: String,
    /// What the channel may sell beyond what is free.
    pub beyond: String,
    /// How many units of an item may wait at once, as typed.
    pub beyond_most: String,
    /// From when on goods can be had that were never there, as typed.
    pub available_from: String,
}

/// What may be sold beyond what is free, with the keys of its words.
pub const BEYOND: [(&str, &str); 3] = [
    ("nothing", "policy-beyond-nothing"),
    ("expected", "policy-beyond-expected"),
    ("any", "policy-beyond-any"),
];

/// The rules about nodes, with the keys of their words.
pub const NODE_RULES: [(&str, &str); 3] =
    [("all", "policy-nodes-all"), ("only", "policy-nodes-only"), ("except", "policy-nodes-except")];
