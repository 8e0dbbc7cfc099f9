//! The customer's page, by signed link: no account, no script, and no more of the person than the link's holder
//! needs to recognise the parcel.

use askama::Template;
use kernel::{Date, Timestamp};

use crate::i18n::Texts;
use crate::look::Look;
use crate::preferences::Theme;
use crate::words::{Milestone, Tone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "tracking.html")]
pub struct TrackingPage {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path, with the signature.
    pub path: String,
    /// Who sells.
    pub shop: String,
    /// How they look.
    pub look: Look,
    /// Whom to ask.
    pub support: Support,
    /// The order's number.
    pub number: String,
    /// The initial of the first name, and the city: "M., Sofia".
    pub recipient: String,
    /// The one sentence.
    pub promise: Promise,
    /// The boxes.
    pub parcels: Vec<TrackedParcel>,
    /// Units that are not in a box yet.
    pub units_in_preparation: i64,
    /// When anything last changed.
    pub updated_at: Timestamp,
}

/// Whom a customer asks; empty where there is no such way.
#[derive(Debug, Clone, Default)]
pub struct Support {
    /// By mail.
    pub email: String,
    /// By telephone.
    pub phone: String,
    /// On a page.
    pub link: String,
}

impl Support {
    /// True where there is a way.
    pub fn is_there(&self) -> bool {
        !(self.email.is_empty() && self.phone.is_empty() && self.link.is_empty())
    }

    /// The number as telephones take it.
    pub fn dialled(&self) -> String {
        self.phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect()
    }

    /// Where the page is, for people to see.
    pub fn host(&self) -> &str {
        let rest = self.link.trim_start_matches("https://");
        rest.split(['/', '?', '#']).next().unwrap_or(rest)
    }
}

/// What is told at the top.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// Arrives between these days; the same day twice is that day.
    Arrives {
        /// The earliest day.
        from: Date,
        /// The latest day.
        to: Date,
    },
    /// Later than was said; the new days.
    Delayed {
        /// The earliest day.
        from: Date,
        /// The latest day.
        to: Date,
    },
    /// No day can be told yet.
    Unknown,
    /// Arrived on this day.
    Delivered(Date),
    /// Cancelled.
    Cancelled,
}

impl Promise {
    fn sentence(&self, t: &Texts) -> String {
        let days = |one: &str, range: &str, from: &Date, to: &Date| {
            if from == to {
                t.fill(one, "day", t.date(*from))
            } else {
                t.fill2(range, ("from", t.date(*from)), ("to", t.date(*to)))
            }
        };
        match self {
            Promise::Arrives { from, to } => days("arrives-on", "arrives-between", from, to),
            Promise::Delayed { from, to } => days("delayed-to", "delayed-between", from, to),
            Promise::Unknown => t.text("arrives-unknown"),
            Promise::Delivered(day) => t.fill("delivered-on", "day", t.date(*day)),
            Promise::Cancelled => t.text("tracking-cancelled"),
        }
    }

    fn tone(&self) -> Tone {
        match self {
            Promise::Arrives { .. } => Tone::Busy,
            Promise::Delayed { .. } => Tone::Warn,
            Promise::Unknown | Promise::Cancelled => Tone::Quiet,
            Promise::Delivered(_) => Tone::Good,
        }
    }
}

/// A box on its way.
#[derive(Debug, Clone)]
pub struct TrackedParcel {
    /// The carrier's name.
    pub carrier: String,
    /// The carrier's number, or nothing.
    pub tracking_number: String,
    /// Its latest milestone.
    pub milestone: Milestone,
    /// What is in it: how many, and the item's name.
    pub contents: Vec<(i64, String)>,
    /// What the carrier reported, newest first.
    pub scans: Vec<TrackedScan>,
}

/// A report of the carrier in plain words.
#[derive(Debug, Clone)]
pub struct TrackedScan {
    /// When.
    pub at: Timestamp,
    /// What it means.
    pub milestone: Milestone,
    /// Where, or nothing.
    pub place: String,
}

/// The way of a parcel that goes well.
const STEPS: [Milestone; 5] = [
    Milestone::LabelCreated,
    Milestone::PickedUp,
    Milestone::InTransit,
    Milestone::OutForDelivery,
    Milestone::Delivered,
];

impl TrackedParcel {
    /// The steps with whether each is behind, here or ahead. A parcel in trouble stands where it last went well.
    fn steps(&self) -> Vec<(Milestone, &'static str)> {
        let place = |milestone: &Milestone| STEPS.iter().position(|step| step == milestone);
        let here = place(&self.milestone)
            .or_else(|| self.scans.iter().filter_map(|scan| place(&scan.milestone)).max())
            .unwrap_or(match self.milestone {
                Milestone::ReadyForPickup | Milestone::AttemptFailed => 3,
                _ => 0,
            });
        STEPS
            .iter()
            .enumerate()
            .map(|(step, milestone)| {
                let class = match step.cmp(&here) {
                    std::cmp::Ordering::Less => "behind",
                    std::cmp::Ordering::Equal => "here",
                    std::cmp::Ordering::Greater => "ahead",
                };
                (*milestone, class)
            })
            .collect()
    }
}
