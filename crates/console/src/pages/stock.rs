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
    /// True where the reader may take the list away.
    pub can_export: bool,
    /// The key of the form that has it written as a file.
    pub export: String,
    /// True where the reader may give another name.
    pub can_rename: bool,
    /// True where the reader may see who owns what for how much.
    pub can_see_money: bool,
    /// True where the reader may set some of them.
    pub can_set: bool,
    /// True where the reader may see what is held for carts.
    pub can_see_holds: bool,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The items of this page.
    pub items: Vec<ItemRows>,
    /// Of one item by itself: its balances by owner and lot, where there are several owners or any lot.
    pub shares: Vec<ShareRow>,
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

/// The balances of one owner's units of one lot at a node.
#[derive(Debug, Clone)]
pub struct ShareRow {
    /// The node's name.
    pub node: String,
    /// The owner's name.
    pub owner: String,
    /// The lot, or nothing where they are of none.
    pub lot: String,
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

    /// What is asked for, as the address has it.
    fn query(&self) -> String {
        let place = self.page("");
        place.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
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
    /// True where the reader might set it, if it were not of lots.
    pub is_by_lot: bool,
    /// Who holds it, those that end first, where it is held for carts and the reader may know.
    pub holds: Vec<HoldHere>,
}

/// A cart that holds some of a balance.
#[derive(Debug, Clone)]
pub struct HoldHere {
    /// The shop's own name for it.
    pub reference: String,
    /// How many units.
    pub quantity: i64,
    /// Until when.
    pub expires_at: Timestamp,
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
    /// True where somebody changed it meanwhile: theirs can be taken, or it is set all the same.
    pub is_stale: bool,
    /// The way back, where the reader has just set it and nobody has since.
    pub undo: Option<LevelUndo>,
}

/// What a balance was before it was set: it can be set back to that.
#[derive(Debug, Clone)]
pub struct LevelUndo {
    /// What it was.
    pub before: i64,
    /// The key under which it is set back once.
    pub command: String,
}

impl LedgerPage {
    fn was_set(&self, undo: &LevelUndo) -> String {
        let (before, after) = (self.t.number(undo.before), self.t.number(self.balance));
        self.t.fill2("level-was-set", ("before", before), ("after", after))
    }

    fn all_the_same(&self, level: &LevelForm) -> String {
        let present = self.t.number(level.change_from);
        self.t.fill2("level-again", ("present", present), ("asked", &level.quantity))
    }

    /// The movement that the reader had not seen.
    fn theirs(&self) -> Option<&Transfer> {
        self.level.as_ref().filter(|level| level.is_stale)?;
        self.transfers.first()
    }
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
