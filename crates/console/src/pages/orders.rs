//! The orders as a work queue: views with their counts, the whole filter in the address, pages by cursor.

use askama::Template;
use kernel::{Money, Timestamp};

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::svg::UnitCount;
use crate::words::{OrderColumn, OrderSort, Queue};

/// What the address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    /// The view it starts from.
    pub queue: Queue,
    /// The search, or nothing.
    pub search: String,
    /// One channel's id, or nothing for all.
    pub channel: String,
    /// One node's id, or nothing for all.
    pub node: String,
    /// The sequence.
    pub sort: OrderSort,
    /// The columns beside the order's number.
    pub columns: Vec<OrderColumn>,
    /// The cursor of the page, or nothing for the first.
    pub after: String,
}

impl Filter {
    /// The columns of whoever chose none.
    pub const COLUMNS: [OrderColumn; 5] =
        [OrderColumn::Customer, OrderColumn::Units, OrderColumn::Node, OrderColumn::Due, OrderColumn::Total];

    /// The address of this filter.
    pub fn href(&self) -> String {
        let columns: Vec<&str> = self.columns.iter().map(OrderColumn::code).collect();
        let columns = if self.columns == Filter::COLUMNS { String::new() } else { columns.join(".") };
        let sort = if self.sort == OrderSort::Newest { "" } else { self.sort.code() };
        href::with_query(
            href::ORDERS,
            &[
                ("view", self.queue.code()),
                ("q", &self.search),
                ("channel", &self.channel),
                ("node", &self.node),
                ("sort", sort),
                ("columns", &columns),
                ("after", &self.after),
            ],
        )
    }

    /// What a saved view keeps of the address.
    pub fn query(&self) -> String {
        let href = self.with_after("");
        href.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The first page of another view, with the rest of the filter kept.
    fn with_queue(&self, queue: &Queue) -> String {
        Filter { queue: *queue, after: String::new(), ..self.clone() }.href()
    }

    /// Another page of the same rows.
    fn with_after(&self, after: &str) -> String {
        Filter { after: after.to_owned(), ..self.clone() }.href()
    }

    /// The view with nothing else asked for.
    fn cleared(&self) -> String {
        href::with_query(href::ORDERS, &[("view", self.queue.code())])
    }

    /// What a phone keeps folded is asked for.
    fn is_beyond_search(&self) -> bool {
        !(self.channel.is_empty() && self.node.is_empty()) || self.sort != OrderSort::Newest
    }

    fn is_narrowed(&self) -> bool {
        !(self.search.is_empty() && self.channel.is_empty() && self.node.is_empty())
    }

    fn is_plain(&self) -> bool {
        !self.is_narrowed() && self.sort == OrderSort::Newest && self.columns == Filter::COLUMNS
    }

    fn has(&self, column: &OrderColumn) -> bool {
        self.columns.contains(column)
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "orders.html", blocks = ["rows"])]
pub struct Orders {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// What is asked for.
    pub filter: Filter,
    /// How many orders are in each view now, a thousand at most.
    pub counts: Vec<(Queue, i64)>,
    /// What this person and their colleagues keep, with their counts.
    pub saved: Vec<Saved>,
    /// The channels to choose from.
    pub channels: Vec<Choice>,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The orders of this page.
    pub rows: Vec<OrderRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// How many orders match what is asked for, a thousand at most.
    pub matching: i64,
    /// True where this person may cancel some of them.
    pub can_cancel: bool,
    /// True where the reader may take the list away.
    pub can_export: bool,
    /// The key of the form that has it written as a file.
    pub export: String,
    /// The key of the form that keeps this view.
    pub command: String,
}

impl Orders {
    /// The kept view that is open, where it is one's own to forget.
    fn own_open(&self) -> Option<&Saved> {
        self.saved.iter().find(|saved| saved.is_open && saved.is_own)
    }

    fn is_saved_open(&self) -> bool {
        self.saved.iter().any(|saved| saved.is_open)
    }
}

/// A view that somebody keeps.
#[derive(Debug, Clone)]
pub struct Saved {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Where it leads.
    pub href: String,
    /// How many orders are in it now, a thousand at most.
    pub count: i64,
    /// True for the reader's own.
    pub is_own: bool,
    /// True where colleagues see it.
    pub is_shared: bool,
    /// True where the page shows it.
    pub is_open: bool,
}

/// One order.
#[derive(Debug, Clone)]
pub struct OrderRow {
    /// Its id.
    pub id: String,
    /// Its number as the customer knows it.
    pub number: String,
    /// Where it was sold.
    pub channel: String,
    /// When.
    pub placed_at: Timestamp,
    /// To whom.
    pub customer: String,
    /// The city and country it goes to.
    pub destination: String,
    /// Its units by state.
    pub units: Vec<UnitCount>,
    /// The nodes that work on it.
    pub nodes: Vec<String>,
    /// When it is due, while it has not left.
    pub due: Option<Timestamp>,
    /// How many lines.
    pub lines: i64,
    /// What it is worth.
    pub total: Option<Money>,
}

impl OrderRow {
    fn is_late(&self, now: &Timestamp) -> bool {
        self.due.is_some_and(|by| by < *now)
    }
}
