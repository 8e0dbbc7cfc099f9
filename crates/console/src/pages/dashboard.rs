//! The overview: what is going on now, kept current by the server.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::{Bars, Map};
use crate::words::{Happening, Queue, UnitState};

/// The page. Its blocks are sent again, one by one, when their facts change.
#[derive(Debug, Template)]
#[template(path = "dashboard.html", blocks = ["tiles", "stages", "hours", "recent", "nodes"])]
pub struct Dashboard {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The numbers of the day.
    pub today: Today,
    /// Units that wait, stage by stage.
    pub stages: Vec<Stage>,
    /// Orders by hour of the day.
    pub hours: Bars,
    /// What happened last, newest first.
    pub recent: Vec<Recent>,
    /// Where the nodes are.
    pub map: Map,
}

/// The numbers of the day, in the organisation's zone.
#[derive(Debug, Clone, Copy, Default)]
pub struct Today {
    /// Orders accepted.
    pub orders: i64,
    /// Orders accepted by this time yesterday.
    pub orders_yesterday: i64,
    /// Fulfilment orders past their time to ship.
    pub late: i64,
    /// Fulfilment orders whose time to ship comes within two hours.
    pub soon: i64,
    /// Orders refused.
    pub refused: i64,
    /// Things that wait for a person's decision.
    pub exceptions: i64,
}

/// Units in a state that somebody must move on from.
#[derive(Debug, Clone)]
pub struct Stage {
    /// The state.
    pub state: UnitState,
    /// The orders they belong to.
    pub queue: Queue,
    /// How many units.
    pub units: i64,
    /// Since when the oldest waits.
    pub oldest: Option<Timestamp>,
}

impl Stage {
    /// Its share of the fullest stage, in percent: the length of its bar.
    fn share(&self, stages: &[Stage]) -> i64 {
        let most = stages.iter().map(|stage| stage.units).max().unwrap_or(0).max(1);
        if self.units == 0 { 0 } else { (self.units * 100 / most).max(1) }
    }
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Recent {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
    /// To what: an order's number, an item's code.
    pub subject: String,
    /// The page that tells more.
    pub href: String,
}

impl Dashboard {
    /// The message of the live stream: every block with the place it goes to. The page's own address changes
    /// nothing here, so any reader of the same language may get the same text.
    pub fn live(&self) -> askama::Result<String> {
        let blocks = [
            ("tiles", self.as_tiles().render()?),
            ("stages", self.as_stages().render()?),
            ("hours", self.as_hours().render()?),
            ("recent", self.as_recent().render()?),
            ("nodes", self.as_nodes().render()?),
        ];
        let parts = blocks.iter().map(|(place, block)| {
            format!("<hx-partial hx-target=\"#{place}\" hx-swap=\"outerHTML\">{block}</hx-partial>")
        });
        Ok(parts.collect())
    }
}
