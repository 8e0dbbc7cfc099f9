//! The orders as a work queue: saved views with their counts, the filters in the address, pages by cursor.

use askama::Template;
use kernel::{Money, Timestamp};

use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::svg::UnitCount;
use crate::words::Queue;

/// What the address asks for.
#[derive(Debug, Clone)]
pub struct Filter {
    /// The saved view.
    pub queue: Queue,
    /// The search, or nothing.
    pub search: String,
    /// One channel's id, or nothing for all.
    pub channel: String,
    /// One node's id, or nothing for all.
    pub node: String,
    /// The cursor of the page, or nothing for the first.
    pub after: String,
}

impl Filter {
    /// The address of this filter.
    pub fn href(&self) -> String {
        href::with_query(
            href::ORDERS,
            &[
                ("view", self.queue.code()),
                ("q", &self.search),
                ("channel", &self.channel),
                ("node", &self.node),
                ("after", &self.after),
            ],
        )
    }

    /// The first page of another view, with the rest of the filter kept.
    fn with_queue(&self, queue: &Queue) -> String {
        Filter { queue: *queue, after: String::new(), ..self.clone() }.href()
    }

    /// Another page of the same rows.
    fn with_after(&self, after: &str) -> String {
        Filter { after: after.to_owned(), ..self.clone() }.href()
    }

    fn is_narrowed(&self) -> bool {
        !(self.search.is_empty() && self.channel.is_empty() && self.node.is_empty())
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
    /// How many orders are in each view now.
    pub counts: Vec<(Queue, i64)>,
    /// The channels to choose from.
    pub channels: Vec<Choice>,
    /// The nodes to choose from.
    pub nodes: Vec<Choice>,
    /// The orders of this page.
    pub rows: Vec<OrderRow>,
    /// The cursor of the next page.
    pub next: Option<String>,
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
    /// What it is worth.
    pub total: Money,
}

impl OrderRow {
    fn is_late(&self, now: &Timestamp) -> bool {
        self.due.is_some_and(|by| by < *now)
    }
}
