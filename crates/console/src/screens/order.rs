//! One order: everything about it on one page.

mod decisions;
mod timeline;

use std::collections::HashMap;

use axum::extract::{Path, Query, State};
use axum::response::Response;
use catalogue::{Channel, Item};
use db::{Fault, Tx};
use kernel::{Address, ItemId, Money, NodeId, OrderId, OrganisationId, Timestamp};
use network::Node;
use orders::read::{FulfilmentLineRow, FulfilmentRow, LineRow, OrderRow, PaymentRow};
use orders::{Stage, Status, Units, store};
use runtime::event::{self, SubjectEvent};
use serde::Deserialize;
use shipping::{Parcel, ParcelStatus};
use sourcing::Decision;
use tracking::{Tracker, TrackingEvent};
use web::{Needs, Permission, Routes};

use super::actors::{Actors, list_actors};
use super::orders::unit_counts;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::order::{self as view, OrderPage};
use crate::pages::problem::Trouble;
use crate::shell::{Notice, Section};
use crate::svg::{Lifeline, StateStrip};
use crate::words::{Method, Milestone, Tone, Work};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get("/orders/{order_id}", Needs::Within(Permission::OrdersRead), get_order)
}

/// What was just done to the order, to tell once.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    cancelled: Option<i64>,
}

async fn get_order(
    State(console): State<Console>,
    desk: Desk,
    Path(order_id): Path<String>,
    Query(told): Query<Told>,
) -> Result<Response, Upset> {
    let order_id = OrderId::parse(&order_id).map_err(|_| Upset::of(Trouble::NotFound))?;
    let organisation_id = console.organisation.organisation_id.clone();
    let facts = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { Facts::gather(tx, &organisation_id, &order_id).await }))
        .await?;
    let facts = facts.ok_or(Upset::of(Trouble::NotFound))?;
    page(&facts.page(&console, desk, told))
}

/// All that is known of an order.
struct Facts {
    order: OrderRow,
    lines: Vec<LineRow>,
    parts: Vec<FulfilmentRow>,
    part_lines: Vec<FulfilmentLineRow>,
    payment: Option<PaymentRow>,
    parcels: Vec<Parcel>,
    trackers: Vec<Tracker>,
    scans: HashMap<String, Vec<TrackingEvent>>,
    decisions: Vec<Decision>,
    events: Vec<SubjectEvent>,
    channels: HashMap<kernel::ChannelId, Channel>,
    nodes: HashMap<NodeId, Node>,
    items: HashMap<ItemId, Item>,
    actors: Actors,
}

impl Facts {
    async fn gather(tx: &Tx, organisation_id: &OrganisationId, id: &OrderId) -> Result<Option<Facts>, Fault> {
        let Some(order) = store::find_order(tx, organisation_id, id).await? else { return Ok(None) };
        let lines = store::list_lines(tx, organisation_id, id).await?;
        let parts = store::list_fulfilments(tx, organisation_id, id).await?;
        let parcels = shipping::list_parcels(tx, organisation_id, id).await?;
        let decisions = sourcing::store::list_decisions(tx, organisation_id, id).await?;
        let events = event::list_of_subject(tx, organisation_id, id.as_str()).await?;
        let numbers: Vec<String> =
            parcels.iter().filter_map(|parcel| parcel.tracking_number.clone()).collect();
        let item_ids: Vec<ItemId> = lines.iter().map(|line| line.item_id.clone()).collect();
        let considered = decisions.iter().flat_map(decisions::considered);
        let mut node_ids: Vec<NodeId> =
            parts.iter().map(|part| part.node_id.clone()).chain(considered).collect();
        node_ids.sort_unstable();
        node_ids.dedup();
        Ok(Some(Facts {
            part_lines: store::list_fulfilment_lines(tx, organisation_id, id).await?,
            payment: store::find_payment(tx, organisation_id, id).await?,
            trackers: tracking::list_trackers(tx, organisation_id, id).await?,
            scans: tracking::events_by_number(tx, organisation_id, &numbers).await?,
            channels: catalogue::channels_by_id(tx, organisation_id, std::slice::from_ref(&order.channel_id))
                .await?,
            nodes: network::nodes_by_id(tx, organisation_id, &node_ids).await?,
            items: catalogue::items_by_id(tx, organisation_id, &item_ids).await?,
            actors: list_actors(tx, organisation_id, events.iter().map(|event| event.actor.as_str())).await?,
            order,
            lines,
            parts,
            parcels,
            decisions,
            events,
        }))
    }

    fn page(self, console: &Console, desk: Desk, told: Told) -> OrderPage {
        let t = desk.t.clone();
        let shows_money = desk.shows_money();
        let shows_all = shows_money && desk.shows_customers();
        let order = &self.order;
        let units = self.lines.iter().fold(Units::NONE, |sum, line| sum.plus(line.units()));
        let channel = self.channels.get(&order.channel_id);
        let marks = timeline::marks(&self.events);
        let notice =
            told.cancelled.map(|units| Notice { tone: Tone::Good, text: t.count("cancel-done", units) });
        let token = people::link::sign(&console.organisation.signing_key, &order.order_id);
        OrderPage {
            shell: desk.shell(Section::Orders, notice),
            id: order.order_id.to_string(),
            number: order.external_reference.clone(),
            channel: channel.map(|channel| channel.name.clone()).unwrap_or_default(),
            external_ref: order.order_id.to_string(),
            placed_at: order.placed_at,
            units: unit_counts(&units),
            promised_by: order.promised_by,
            lifeline: Lifeline::of(&t, &marks, order.promised_by, self.arrived(), desk.now),
            lines: self.lines.iter().map(|line| self.line(&t, line, shows_money)).collect(),
            customer: desk.shows_customers().then(|| customer(order)),
            fulfilments: self.parts.iter().map(|part| self.fulfilment(part)).collect(),
            parcels: self
                .parcels
                .iter()
                .rev()
                .filter(|parcel| parcel.status != ParcelStatus::Cancelled)
                .map(|parcel| self.parcel(console, parcel, shows_money))
                .collect(),
            money: shows_money.then(|| self.money()),
            timeline: timeline::entries(&t, &self.events, &self.nodes, &self.actors),
            decisions: shows_money.then(|| {
                self.decisions.iter().rev().filter_map(|decision| self.decision(decision)).collect()
            }),
            // As it came, which is with everything.
            raw: Some(order.raw.clone()).filter(|raw| !raw.is_empty() && shows_all),
            tracking_href: desk.shows_customers().then(|| href::tracking(&token)),
            t,
        }
    }

    /// When the last parcel arrived, once nothing is left to arrive.
    fn arrived(&self) -> Option<Timestamp> {
        let is_delivered = self.order.status == Status::Delivered.name();
        let last = self.parcels.iter().filter_map(|parcel| parcel.delivered_at).max();
        last.filter(|_| is_delivered)
    }

    fn line(&self, t: &crate::Texts, line: &LineRow, shows_money: bool) -> view::Line {
        let units = line.units();
        let counts = unit_counts(&units);
        let item = self.items.get(&line.item_id);
        let inside = [Stage::Unallocated, Stage::Backordered, Stage::Allocated, Stage::Picked, Stage::Packed];
        view::Line {
            number: line.line_no,
            sku: item.map_or_else(|| line.external_code.clone(), |item| item.sku.clone()),
            name: line.title.clone(),
            kit: self.is_of_kit(line).then(|| line.external_code.clone()),
            ordered: line.quantity,
            cancellable: inside.into_iter().map(|stage| units.get(stage)).sum(),
            strip: StateStrip::of(t, &counts),
            units: counts,
            price: shows_money.then(|| Money::new(line.pack_price_minor, self.order.currency)),
        }
    }

    fn is_of_kit(&self, line: &LineRow) -> bool {
        let same = |other: &&LineRow| other.channel_line_no == line.channel_line_no;
        self.lines.iter().filter(same).nth(1).is_some()
    }

    fn fulfilment(&self, part: &FulfilmentRow) -> view::Fulfilment {
        let node = self.nodes.get(&part.node_id);
        let picks = self
            .part_lines
            .iter()
            .filter(|line| line.fulfilment_order_id == part.fulfilment_order_id)
            .map(|line| self.pick(line))
            .collect();
        view::Fulfilment {
            id: part.fulfilment_order_id.to_string(),
            node_id: part.node_id.to_string(),
            node: node.map_or_else(|| part.node_id.to_string(), |node| node.name.clone()),
            method: Method::parse(&part.method).unwrap_or(Method::Ship),
            work: work(&part.status),
            due: part.promised_by,
            picks,
        }
    }

    fn pick(&self, part: &FulfilmentLineRow) -> view::Pick {
        let units = part.units();
        let item = self.items.get(&part.item_id);
        let picked = [Stage::Picked, Stage::Packed, Stage::Shipped, Stage::ReadyForPickup, Stage::Delivered]
            .into_iter()
            .map(|stage| units.get(stage))
            .sum();
        let title =
            self.lines.iter().find(|line| line.line_no == part.line_no).map(|line| line.title.clone());
        view::Pick {
            sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
            name: title.unwrap_or_default(),
            asked: part.quantity,
            picked,
            // What the node gave up.
            short: units.get(Stage::Unallocated),
        }
    }

    fn parcel(&self, console: &Console, parcel: &Parcel, shows_money: bool) -> view::Parcel {
        let tracker = self.trackers.iter().find(|tracker| tracker.parcel_id == parcel.parcel_id);
        let number = parcel.tracking_number.clone().unwrap_or_default();
        let scans = self.scans.get(&number).into_iter().flatten().map(|scan| view::Scan {
            at: scan.happened_at,
            milestone: milestone(scan.milestone),
            place: scan.place.clone(),
        });
        let (carrier, service) = carrier_of(console, parcel);
        view::Parcel {
            id: parcel.parcel_id.to_string(),
            carrier,
            service,
            weight_grams: parcel.size.weight_grams,
            cost: parcel.price.filter(|_| shows_money),
            milestone: tracker
                .map(|tracker| milestone(tracker.milestone))
                .or_else(|| parcel.tracking_number.is_some().then_some(Milestone::LabelCreated)),
            scans: scans.collect(),
            has_label: parcel.tracking_number.is_some(),
            tracking_number: number,
        }
    }

    fn decision(&self, row: &Decision) -> Option<view::Decision> {
        // Parts are opened in the transaction of their decision, at the same instant.
        let is_of = |part: &FulfilmentRow, node_id: &NodeId| {
            part.node_id == *node_id && part.created_at == row.decided_at
        };
        decisions::decision(row, self.order.currency, &self.nodes, |node_id| {
            let parts = self.parts.iter().filter(|part| is_of(part, node_id));
            let lines = parts.flat_map(|part| {
                self.part_lines.iter().filter(|line| line.fulfilment_order_id == part.fulfilment_order_id)
            });
            lines.map(|line| line.quantity).sum()
        })
    }

    fn money(&self) -> view::Ledger {
        let money = |minor| Money::new(minor, self.order.currency);
        let payment = self.payment.as_ref();
        view::Ledger {
            total: money(self.order.total_minor),
            authorised: money(payment.map_or(0, |payment| payment.authorised_minor)),
            captured: money(payment.map_or(0, |payment| payment.captured_minor)),
            refunded: money(payment.map_or(0, |payment| payment.refunded_minor)),
        }
    }
}

fn customer(order: &OrderRow) -> view::Customer {
    let address: Address = serde_json::from_value(order.ship_to.clone()).unwrap_or_default();
    let town = [address.postal_code.as_str(), address.city.as_str(), address.region.as_str()];
    let town = town.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
    let lines = [address.line1, address.line2, town, address.country];
    view::Customer {
        name: order.customer_name.clone(),
        email: order.customer_email.clone(),
        phone: address.phone,
        address: lines.into_iter().filter(|line| !line.is_empty()).collect(),
    }
}

/// A fulfilment order's status as a word.
pub(super) fn work(status: &str) -> Work {
    match Work::parse(status) {
        Some(work) => work,
        // Gone from the node's hands, however it fared.
        None if [
            Status::OnTheWay.name(),
            Status::Delivered.name(),
            Status::Returned.name(),
            Status::Lost.name(),
        ]
        .contains(&status) =>
        {
            Work::Shipped
        }
        None => Work::Rejected,
    }
}

/// The carrier's milestone as a word.
pub(super) fn milestone(milestone: carriers::Milestone) -> Milestone {
    Milestone::parse(milestone.as_str()).unwrap_or(Milestone::Unknown)
}

/// The names of a parcel's carrier and service.
pub(super) fn carrier_of(console: &Console, parcel: &Parcel) -> (String, String) {
    let setup = console.flows.outside.carrier.setup();
    let code = parcel.service_code.as_deref().unwrap_or_default();
    let card = setup.rate_cards.iter().find(|card| card.service_code == code);
    (setup.name.clone(), card.map_or_else(|| code.to_owned(), |card| card.service_name.clone()))
}
