//! Whether a history holds together: everything named is there, once, and nothing happens to an order before it.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use kernel::Timestamp;

use crate::History;
use crate::order::{Order, OrderLineRow, OrderRow};
use crate::parcel::{HandoverRow, ParcelLineRow};
use crate::problem::{HistoryError, Problem, Problems};
use crate::rows::{Cancellation, Channel, Item, Listing, Node, Outcome, Receipt, Row, TrackingEvent};

/// An order's name: channel and external reference.
type Name<'h> = (&'h str, &'h str);

impl History {
    /// Finds everything that is named and missing, there twice, or earlier than its order.
    pub fn check(&self) -> Result<(), HistoryError> {
        let mut problems = Problems::default();
        let found = &mut problems;
        let nodes = once::<Node, _>(self.nodes.iter().map(|node| node.code.as_str()), str::to_owned, found);
        let channels = once::<Channel, _>(
            self.channels.iter().map(|channel| channel.code.as_str()),
            str::to_owned,
            found,
        );
        let skus = once::<Item, _>(self.items.iter().map(|item| item.sku.as_str()), str::to_owned, found);

        for listing in &self.listings {
            let subject = || shown((&listing.channel, &listing.external_code));
            known::<Listing>(&channels, "channel", &listing.channel, subject, found);
            known::<Listing>(&skus, "item", &listing.sku, subject, found);
        }
        for receipt in &self.receipts {
            let subject = || format!("the receipt of {} at {}", receipt.sku, receipt.at);
            known::<Receipt>(&nodes, "node", &receipt.node, subject, found);
            known::<Receipt>(&skus, "item", &receipt.sku, subject, found);
        }
        self.check_orders(&channels, found);
        self.check_what_followed(&nodes, found);
        problems.into_result()
    }

    fn check_orders(&self, channels: &HashSet<&str>, found: &mut Problems) {
        let listed: HashSet<Name<'_>> = self
            .listings
            .iter()
            .map(|listing| (listing.channel.as_str(), listing.external_code.as_str()))
            .collect();
        once::<OrderRow, _>(self.orders.iter().map(name), shown, found);
        for order in &self.orders {
            let subject = || shown(name(order));
            known::<OrderRow>(channels, "channel", &order.channel, subject, found);
            if order.lines.is_empty() {
                found.push(Problem::NoLines { subject: subject() });
            }
            once::<OrderLineRow, _>(
                order.lines.iter().map(|line| line.line_no),
                |line_no| format!("line {line_no} of {}", subject()),
                found,
            );
            for line in &order.lines {
                if !listed.contains(&(order.channel.as_str(), line.external_code.as_str())) {
                    found.push(Problem::Unknown {
                        file: OrderLineRow::FILE,
                        subject: subject(),
                        kind: "listing",
                        value: line.external_code.clone(),
                    });
                }
            }
        }
    }

    /// Cancellations, parcels, reports and outcomes belong to orders.
    fn check_what_followed(&self, nodes: &HashSet<&str>, found: &mut Problems) {
        let orders: HashMap<Name<'_>, &Order> =
            self.orders.iter().map(|order| (name(order), order)).collect();
        let follows = |file, order: Name<'_>, at: Timestamp, found: &mut Problems| match orders.get(&order) {
            None => found.push(unknown_order(file, order)),
            Some(placed) if at < placed.placed_at => {
                found.push(Problem::TooEarly { file, subject: shown(order) });
            }
            Some(_) => {}
        };
        for row in &self.cancellations {
            let order = (row.channel.as_str(), row.external_reference.as_str());
            follows(Cancellation::FILE, order, row.at, found);
            let Some(placed) = orders.get(&order) else { continue };
            for line_no in &row.line_nos {
                if !placed.lines.iter().any(|line| line.line_no == *line_no) {
                    found.push(Problem::Unknown {
                        file: Cancellation::FILE,
                        subject: shown(order),
                        kind: "line",
                        value: line_no.to_string(),
                    });
                }
            }
        }
        for row in &self.outcomes {
            follows(Outcome::FILE, (&row.channel, &row.external_reference), row.at, found);
        }
        let mut parcels = HashSet::new();
        for parcel in &self.handovers {
            let order = (parcel.channel.as_str(), parcel.external_reference.as_str());
            let subject = || format!("parcel {} of {}", parcel.parcel_no, shown(order));
            follows(HandoverRow::FILE, order, parcel.at, found);
            if !parcel.node.is_empty() {
                known::<HandoverRow>(nodes, "node", &parcel.node, subject, found);
            }
            if !parcels.insert((order, parcel.parcel_no)) {
                found.push(Problem::Repeated { file: HandoverRow::FILE, subject: subject() });
            }
            let Some(order) = orders.get(&order) else { continue };
            for line in &parcel.lines {
                if !order.lines.iter().any(|ordered| ordered.line_no == line.line_no) {
                    found.push(Problem::Unknown {
                        file: ParcelLineRow::FILE,
                        subject: subject(),
                        kind: "line",
                        value: line.line_no.to_string(),
                    });
                }
            }
        }
        for event in &self.tracking_events {
            let order = (event.channel.as_str(), event.external_reference.as_str());
            follows(TrackingEvent::FILE, order, event.received_at, found);
            if orders.contains_key(&order) && !parcels.contains(&(order, event.parcel_no)) {
                found.push(Problem::Unknown {
                    file: TrackingEvent::FILE,
                    subject: shown(order),
                    kind: "parcel",
                    value: event.parcel_no.to_string(),
                });
            }
        }
    }
}

fn name(order: &Order) -> Name<'_> {
    (&order.channel, &order.external_reference)
}

fn shown((channel, reference): Name<'_>) -> String {
    format!("`{channel}` `{reference}`")
}

fn unknown_order(file: &'static str, (channel, reference): Name<'_>) -> Problem {
    Problem::Unknown {
        file,
        subject: format!("a row of channel `{channel}`"),
        kind: "order",
        value: reference.to_owned(),
    }
}

/// The keys as a set; a key that comes again is a problem.
fn once<T: Row, K: Hash + Eq + Copy>(
    keys: impl Iterator<Item = K>,
    shown: impl Fn(K) -> String,
    found: &mut Problems,
) -> HashSet<K> {
    let mut seen = HashSet::new();
    for key in keys {
        if !seen.insert(key) {
            found.push(Problem::Repeated { file: T::FILE, subject: shown(key) });
        }
    }
    seen
}

fn known<T: Row>(
    names: &HashSet<&str>,
    kind: &'static str,
    value: &str,
    subject: impl Fn() -> String,
    found: &mut Problems,
) {
    if !names.contains(value) {
        found.push(Problem::Unknown { file: T::FILE, subject: subject(), kind, value: value.to_owned() });
    }
}
