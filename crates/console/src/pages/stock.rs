//! The stock grid, item by node by state, and the ledger behind every number of it.

use askama::Template;
use kernel::Timestamp;

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::words::{StockState, Tone, TransferReason};

/// The grid.
#[derive(Debug, Template)]
#[template(path = "stock.html", blocks = ["grid"])]
pub struct StockGrid {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The search, or nothing.
    pub search: String,
    /// One node's id, or nothing for all.
    pub node: String,
    /// One item's id, or nothing for all.
    pub item: String,
    /// The cursor of this page, or nothing for the first.
    pub after: String,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The items of this page.
    pub items: Vec<ItemRows>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// An item with its balances at each node that has any.
#[derive(Debug, Clone)]
pub struct ItemRows {
    /// Its id.
    pub item: String,
    /// The seller's code.
    pub sku: String,
    /// Its name.
    pub name: String,
    /// Over all nodes.
    pub total: Balances,
    /// Node by node, those with the most first.
    pub nodes: Vec<NodeRow>,
    /// How many nodes are not shown here.
    pub more: i64,
}

/// The balances of an item at a node.
#[derive(Debug, Clone)]
pub struct NodeRow {
    /// The node's id.
    pub node: String,
    /// Its name.
    pub name: String,
    /// The balances.
    pub balances: Balances,
}

/// A balance for each state, as the ledger has them; the sums are the ledger's too.
#[derive(Debug, Clone, Copy, Default)]
pub struct Balances {
    /// Everything physically there.
    pub on_hand: i64,
    /// Free to be promised.
    pub available: i64,
    /// Held for carts.
    pub held: i64,
    /// Held for orders.
    pub allocated: i64,
    /// Taken from the shelf.
    pub picked: i64,
    /// In boxes.
    pub packed: i64,
    /// Not fit to send.
    pub damaged: i64,
    /// Expected.
    pub incoming: i64,
}

impl Balances {
    /// The balance of a state.
    pub fn of(&self, state: &StockState) -> i64 {
        match state {
            StockState::OnHand => self.on_hand,
            StockState::Available => self.available,
            StockState::Held => self.held,
            StockState::Allocated => self.allocated,
            StockState::Picked => self.picked,
            StockState::Packed => self.packed,
            StockState::Damaged => self.damaged,
            StockState::Incoming => self.incoming,
            // No columns of the grid: the ledger alone shows them.
            StockState::Staged
            | StockState::Quarantine
            | StockState::InTransit
            | StockState::Supplier
            | StockState::Customer
            | StockState::Production
            | StockState::Loss => 0,
        }
    }

    /// What a cell looks like: nothing stands back, damage and an empty shelf stand out.
    fn class(&self, state: &StockState) -> &'static str {
        match (state, self.of(state)) {
            (StockState::Available, 0) => Tone::Warn.class(),
            (_, 0) => "zero",
            (StockState::Damaged, _) => Tone::Bad.class(),
            _ => "",
        }
    }
}

impl StockGrid {
    fn page(&self, after: &str) -> String {
        href::with_query(href::STOCK, &[("q", &self.search), ("node", &self.node), ("after", after)])
    }

    fn is_narrowed(&self) -> bool {
        !(self.search.is_empty() && self.node.is_empty() && self.item.is_empty())
    }
}

/// The ledger of one balance: a page of its own, or the drawer beside the grid (its block `ledger`).
#[derive(Debug, Template)]
#[template(path = "ledger.html", blocks = ["ledger"])]
pub struct LedgerPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The item's name.
    pub item: String,
    /// The seller's code.
    pub sku: String,
    /// The node's name, or nothing for all nodes.
    pub node: Option<String>,
    /// The state.
    pub state: StockState,
    /// The balance now.
    pub balance: i64,
    /// The transfers, newest first.
    pub transfers: Vec<Transfer>,
    /// Where older ones are.
    pub older: Option<String>,
    /// The item's id.
    pub item_id: String,
    /// The node's id, or nothing for all nodes.
    pub node_id: String,
    /// The form that sets this balance, where the reader may.
    pub level: Option<LevelForm>,
}

/// A balance that is set to what was counted, from what was shown.
#[derive(Debug, Clone)]
pub struct LevelForm {
    /// The key under which it is set once.
    pub command: String,
    /// What the reader sees; it is set only from this.
    pub change_from: i64,
    /// What it is to be, as typed.
    pub quantity: String,
    /// The chosen reason.
    pub reason: String,
    /// The reasons to choose from.
    pub reasons: Vec<Choice>,
    /// More about it, as typed.
    pub note: String,
    /// Why it was not set, in the reader's language.
    pub error: Option<String>,
}

/// A movement between two accounts.
#[derive(Debug, Clone)]
pub struct Transfer {
    /// When.
    pub at: Timestamp,
    /// The account it left.
    pub from: Account,
    /// The account it went to.
    pub to: Account,
    /// What it did to this balance: more or less.
    pub change: i64,
    /// The balance after it.
    pub after: i64,
    /// Why.
    pub reason: TransferReason,
    /// What caused it: an order's number, a receipt.
    pub cause: String,
    /// The page of the cause, if it has one.
    pub cause_href: Option<String>,
    /// Who did it.
    pub actor: String,
}

/// One side of a transfer.
#[derive(Debug, Clone)]
pub struct Account {
    /// The state.
    pub state: StockState,
    /// The node's name; nothing in the outside world.
    pub node: Option<String>,
}
