//! One order: its units, its promise, the nodes that work on it, its parcels, its money, its history, and why.

use askama::Template;
use kernel::{Money, Timestamp};

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::{Lifeline, StateStrip, UnitCount};
use crate::words::{CancelReason, CostTerm, DecisionCause, Exclusion, Happening, Method, Milestone, Work};

/// The page.
#[derive(Debug, Template)]
#[template(path = "order.html")]
pub struct OrderPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Its id.
    pub id: String,
    /// Its number as the customer knows it.
    pub number: String,
    /// Where it was sold.
    pub channel: String,
    /// The channel's own reference.
    pub external_ref: String,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Its units by state.
    pub units: Vec<UnitCount>,
    /// What the customer was told.
    pub promised_by: Option<Timestamp>,
    /// Its life so far.
    pub lifeline: Lifeline,
    /// Its lines.
    pub lines: Vec<Line>,
    /// To whom it goes, for who may know.
    pub customer: Option<Customer>,
    /// What each node does for it.
    pub fulfilments: Vec<Fulfilment>,
    /// The boxes.
    pub parcels: Vec<Parcel>,
    /// The money, for who may know.
    pub money: Option<Ledger>,
    /// What happened, newest first.
    pub timeline: Vec<Entry>,
    /// The sourcing decisions, newest first; they compare costs, so none for who may not know those.
    pub decisions: Option<Vec<Decision>>,
    /// The order as the channel sent it.
    pub raw: Option<String>,
    /// The customer's page, by signed link.
    pub tracking_href: Option<String>,
}

/// A line with its units.
#[derive(Debug)]
pub struct Line {
    /// Its number in the order.
    pub number: i64,
    /// The seller's code.
    pub sku: String,
    /// The item's name.
    pub name: String,
    /// The channel's code, where it is one of a kit.
    pub kit: Option<String>,
    /// How many were ordered.
    pub ordered: i64,
    /// Of those, how many may still be cancelled.
    pub cancellable: i64,
    /// Its units by state.
    pub units: Vec<UnitCount>,
    /// The same as a picture.
    pub strip: StateStrip,
    /// The price of one, for who may know.
    pub price: Option<Money>,
}

/// Who gets it.
#[derive(Debug, Clone)]
pub struct Customer {
    /// The name.
    pub name: String,
    /// The e-mail address, or nothing.
    pub email: String,
    /// The telephone number, or nothing.
    pub phone: String,
    /// The address as on the label.
    pub address: Vec<String>,
}

/// The part that one node does by one method.
#[derive(Debug, Clone)]
pub struct Fulfilment {
    /// Its id.
    pub id: String,
    /// The node's id.
    pub node_id: String,
    /// The node's name.
    pub node: String,
    /// How it reaches the customer.
    pub method: Method,
    /// How far it is.
    pub work: Work,
    /// When the order is due.
    pub due: Option<Timestamp>,
    /// What is to be picked.
    pub picks: Vec<Pick>,
}

/// An item to be picked.
#[derive(Debug, Clone)]
pub struct Pick {
    /// The seller's code.
    pub sku: String,
    /// The item's name.
    pub name: String,
    /// How many are asked.
    pub asked: i64,
    /// How many are picked.
    pub picked: i64,
    /// How many could not be found.
    pub short: i64,
}

/// A box.
#[derive(Debug, Clone)]
pub struct Parcel {
    /// Its id.
    pub id: String,
    /// The carrier's name.
    pub carrier: String,
    /// The carrier's product.
    pub service: String,
    /// The carrier's number; nothing until there is a label.
    pub tracking_number: String,
    /// Its weight.
    pub weight_grams: i64,
    /// What the label cost.
    pub cost: Option<Money>,
    /// Its latest milestone; none before there is a label.
    pub milestone: Option<Milestone>,
    /// What the carrier reported, newest first.
    pub scans: Vec<Scan>,
    /// True when a label can be printed.
    pub has_label: bool,
}

/// A report of the carrier.
#[derive(Debug, Clone)]
pub struct Scan {
    /// When it happened.
    pub at: Timestamp,
    /// What it means.
    pub milestone: Milestone,
    /// Where, or nothing.
    pub place: String,
}

/// What was reserved, taken and given back.
#[derive(Debug, Clone, Copy)]
pub struct Ledger {
    /// What the order is worth.
    pub total: Money,
    /// What the customer's bank holds for us.
    pub authorised: Money,
    /// What was taken.
    pub captured: Money,
    /// What was given back.
    pub refunded: Money,
}

/// Something that happened to the order.
#[derive(Debug, Clone)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// About what exactly: units and item, parcel, node.
    pub detail: String,
    /// Who did it: a person's name or a part of the platform.
    pub actor: String,
}

/// A sourcing decision with what it weighed.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Its id.
    pub id: String,
    /// When it was taken.
    pub at: Timestamp,
    /// What for.
    pub cause: DecisionCause,
    /// True when no cheaper plan exists; false when the search ended at its limit.
    pub is_exact: bool,
    /// What the chosen plan costs, term by term.
    pub terms: Vec<(CostTerm, Money)>,
    /// The sum.
    pub total: Money,
    /// The nodes that were considered, the chosen first.
    pub candidates: Vec<Candidate>,
}

/// A node that was considered.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Its name.
    pub node: String,
    /// How far it is from the destination, if that is known.
    pub distance_km: Option<i64>,
    /// What became of it.
    pub verdict: Verdict,
}

/// Why a node serves, or why it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It serves this many units.
    Chosen {
        /// The units.
        units: i64,
    },
    /// A plan with it would cost more.
    Dearer {
        /// How much more; zero when it lost a tie.
        extra: Money,
        /// True when it would cost at least that much more.
        is_lower_bound: bool,
    },
    /// No plan with it serves as much.
    Incomplete,
    /// It has none of what the order wants.
    NoStock,
    /// The search ended before it could be ruled out.
    Unexplored,
    /// It may not serve this order.
    Excluded(Vec<Exclusion>),
}

impl Verdict {
    pub(crate) fn is_chosen(&self) -> bool {
        matches!(self, Verdict::Chosen { .. })
    }

    fn sentence(&self, t: &Texts) -> String {
        match self {
            Verdict::Chosen { units } => t.count("verdict-chosen", units),
            Verdict::Dearer { extra, .. } if extra.minor == 0 => t.text("verdict-tie"),
            Verdict::Dearer { extra, is_lower_bound: true } => {
                t.fill("verdict-at-least-dearer", "extra", t.money(extra))
            }
            Verdict::Dearer { extra, is_lower_bound: false } => {
                t.fill("verdict-dearer", "extra", t.money(extra))
            }
            Verdict::Incomplete => t.text("verdict-incomplete"),
            Verdict::NoStock => t.text("verdict-no-stock"),
            Verdict::Unexplored => t.text("verdict-unexplored"),
            Verdict::Excluded(reasons) => {
                let reasons: Vec<String> = reasons.iter().map(|reason| t.text(reason.key())).collect();
                reasons.join(" · ")
            }
        }
    }
}

impl OrderPage {
    fn can_cancel(&self) -> bool {
        self.lines.iter().any(|line| line.cancellable > 0)
    }
}

/// What cancelling would do, shown before it is done.
#[derive(Debug, Template)]
#[template(path = "cancel.html")]
pub struct CancelPreview {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The order's id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// The key under which this is done once.
    pub command: String,
    /// Why.
    pub reason: CancelReason,
    /// What would be cancelled.
    pub lines: Vec<CancelLine>,
    /// What the customer would get back.
    pub refund: Option<Money>,
    /// What would no longer be collected.
    pub released: Option<Money>,
    /// True when nothing of the order would be left.
    pub is_whole: bool,
}

/// Units of a line that would be cancelled.
#[derive(Debug, Clone)]
pub struct CancelLine {
    /// The line's number.
    pub number: i64,
    /// The item's name.
    pub name: String,
    /// How many.
    pub units: i64,
    /// The node that gets them back on its shelf, if one holds them.
    pub back_to: Option<String>,
}

impl CancelPreview {
    fn units(&self) -> i64 {
        self.lines.iter().map(|line| line.units).sum()
    }
}
