//! A house for a history, and a history that is made up from a seed: small, with everything in it that histories have.

use std::num::NonZeroU32;

use carriers::{CarrierSetup, SimulatedCarrier};
use db::Db;
use flows::{Flows, Outside};
use history::{
    Cancellation, Channel, Handover, History, Item, Listing, Meta, Node, Order, OrderLine, Outcome,
    OutcomeKind, ParcelLine, Receipt, TrackingEvent,
};
use jiff::SignedDuration;
use kernel::{Address, Currency, MerchantId, Place, Quantity, Scope, Timestamp};
use payments::{ProviderSetup, SimulatedProvider};
use people::{NewOrganisation, Organisation};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use runtime::{Clock, Runtime};
use sourcing::Policy;

/// A house whose carrier no history names.
pub struct House {
    pub flows: Flows,
    pub organisation: Organisation,
    pub merchant_id: MerchantId,
}

pub async fn house(db: &Db) -> House {
    let new = NewOrganisation {
        name: "Made up".into(),
        currency: Currency::EUR,
        time_zone: "Europe/Sofia".into(),
        merchant: "Made up".into(),
    };
    let organisation = people::found(db, &Clock::System, new).await.unwrap().organisation;
    let clock = Clock::manual(Timestamp::UNIX_EPOCH);
    let organisation_id = organisation.organisation_id.clone();
    let runtime = Runtime::new(db.clone(), clock, organisation_id.clone(), None);
    let merchants = runtime
        .read(move |tx| {
            Box::pin(async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await })
        })
        .await
        .unwrap();
    let carrier = CarrierSetup { code: "(recorded)".into(), ..CarrierSetup::demo(0) };
    let outside =
        Outside::simulated(SimulatedCarrier::new(carrier), SimulatedProvider::new(ProviderSetup::demo(0)));
    let flows = Flows::start(runtime, outside, Policy::default());
    House { flows, organisation, merchant_id: merchants[0].merchant_id.clone() }
}

const NODES: [&str; 4] = ["EAST", "NORTH", "SHOP", "VENDOR"];
const CHANNELS: [&str; 2] = ["market", "web"];
const SKUS: [&str; 6] = ["CUP", "HAT", "INK", "MUG", "PEN", "TEA"];

/// A history of `orders` orders over about a week. The same seed is the same history.
pub fn history(seed: u64, orders: usize) -> History {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut history = History::new(Meta {
        format_version: Meta::VERSION,
        name: "Made up".into(),
        currency: Currency::EUR,
        time_zone: "Europe/Sofia".into(),
    });
    world(&mut history);
    let start: Timestamp = "2026-03-02T06:00:00Z".parse().unwrap();
    receipts(&mut history, &mut dice, start);
    for number in 0..orders {
        let placed_at = start + SignedDuration::from_secs(dice.random_range(86_400..6 * 86_400));
        order(&mut history, &mut dice, number, placed_at);
    }
    history.sort();
    history.check().unwrap();
    history
}

fn world(history: &mut History) {
    for (place, code) in NODES.iter().enumerate() {
        let known = Place::from_degrees(42.0 + place as f64 * 3.0, 23.0 - place as f64).unwrap();
        history.nodes.push(Node {
            code: (*code).into(),
            name: if place == 0 { String::new() } else { format!("Дом {code}") },
            kind: ["warehouse", "warehouse", "store", "vendor"][place].into(),
            time_zone: if place == 1 { "Europe/Berlin".into() } else { String::new() },
            line1: "ul. Shipka 5".into(),
            postal_code: "1504".into(),
            city: "Sofia".into(),
            region: String::new(),
            country: "BG".into(),
            place: (place != 3).then_some(known),
            capabilities: if place == 2 { vec!["ship".into(), "pickup".into()] } else { Vec::new() },
        });
    }
    for code in CHANNELS {
        history.channels.push(Channel { code: code.into(), name: String::new(), kind: String::new() });
    }
    for (place, sku) in SKUS.iter().enumerate() {
        history.items.push(Item {
            sku: (*sku).into(),
            title: if place == 3 { String::new() } else { format!("The {sku}") },
            barcodes: if place % 2 == 0 { vec![format!("CODE-{sku}")] } else { Vec::new() },
            weight_grams: (place != 1).then_some(200 * (place as i64 + 1)),
            length_mm: (place != 1).then_some(120),
            width_mm: (place != 1).then_some(90),
            height_mm: (place != 1).then_some(60),
        });
        for channel in CHANNELS {
            let listing = |external_code: String, pack_factor| Listing {
                channel: channel.into(),
                external_code,
                sku: (*sku).into(),
                pack_factor: NonZeroU32::new(pack_factor).unwrap(),
            };
            history.listings.push(listing((*sku).into(), 1));
            history.listings.push(listing(format!("{sku}-3"), 3));
        }
    }
}

fn receipts(history: &mut History, dice: &mut ChaCha8Rng, start: Timestamp) {
    for node in NODES {
        for sku in SKUS {
            for day in 0..3 {
                history.receipts.push(Receipt {
                    at: start + SignedDuration::from_hours(day * 40),
                    node: node.into(),
                    sku: sku.into(),
                    quantity: Quantity::new(dice.random_range(1..5)).unwrap(),
                    reference: if day == 2 { String::new() } else { "note 7:1".into() },
                });
            }
        }
    }
}

fn order(history: &mut History, dice: &mut ChaCha8Rng, number: usize, placed_at: Timestamp) {
    let channel = CHANNELS[dice.random_range(0..2)];
    let reference = format!("#{number}");
    let lines: Vec<OrderLine> = (1..=dice.random_range(1..=3))
        .map(|line_no| {
            let sku = SKUS[dice.random_range(0..SKUS.len())];
            let is_pack = dice.random_range(0..4) == 0;
            OrderLine {
                // Numbers need not be without gaps.
                line_no: line_no * 10,
                external_code: if is_pack { format!("{sku}-3") } else { sku.into() },
                quantity: Quantity::new(dice.random_range(1..=2)).unwrap(),
                unit_price_minor: dice.random_range(100..5_000),
                title: String::new(),
            }
        })
        .collect();
    let units = |line: &OrderLine| line.quantity.units() * if line.external_code.len() > 3 { 3 } else { 1 };
    let goods: i64 = lines.iter().map(|line| line.unit_price_minor * line.quantity.units()).sum();
    let is_paid = dice.random_range(0..3) > 0;
    history.orders.push(Order {
        channel: channel.into(),
        external_reference: reference.clone(),
        placed_at,
        promised_by: (dice.random_range(0..2) == 0).then(|| placed_at + SignedDuration::from_hours(72)),
        currency: Currency::EUR,
        customer_name: "Ана Петрова".into(),
        customer_email: "ana@example.com".into(),
        customer_phone: "+359 88 123".into(),
        ship_to: Address {
            name: "=Ana".into(),
            line1: "bul. Vitosha 89, \"B\"".into(),
            city: "Sofia".into(),
            country: "BG".into(),
            place: (dice.random_range(0..5) > 0).then(|| Place::from_degrees(43.0, 22.0).unwrap()),
            ..Address::default()
        },
        shipping_minor: 499,
        total_minor: goods + 499,
        is_paid,
        payment_reference: if is_paid { format!("pay-{number}") } else { String::new() },
        note: "线路".into(),
        lines: lines.clone(),
    });
    let name = || (channel.to_owned(), reference.clone());
    let hours = |hours: i64| placed_at + SignedDuration::from_hours(hours);
    if dice.random_range(0..8) == 0 {
        let (channel, external_reference) = name();
        history.cancellations.push(Cancellation {
            channel,
            external_reference,
            at: hours(2),
            reason: "customer".into(),
            line_nos: Vec::new(),
        });
        let (channel, external_reference) = name();
        let outcome = OutcomeKind::Cancelled;
        history.outcomes.push(Outcome { channel, external_reference, at: hours(2), outcome });
        return;
    }
    if dice.random_range(0..10) == 0 {
        return;
    }
    if lines.len() == 3 {
        let (channel, external_reference) = name();
        history.cancellations.push(Cancellation {
            channel,
            external_reference,
            at: hours(3),
            reason: "one less".into(),
            line_nos: vec![lines[2].line_no],
        });
    }
    let parcels = if lines.len() > 1 { 2 } else { 1 };
    for parcel_no in 1..=parcels {
        let (channel, external_reference) = name();
        let left_at = hours(20 + i64::from(parcel_no));
        // The first parcel has the first line; the last says nothing, and has the rest.
        let is_rest = parcel_no == parcels;
        history.handovers.push(Handover {
            channel,
            external_reference,
            parcel_no,
            at: left_at,
            node: if dice.random_range(0..2) == 0 {
                String::new()
            } else {
                NODES[dice.random_range(0..4)].into()
            },
            carrier: "post".into(),
            service: "".into(),
            tracking_number: format!("P{number}-{parcel_no}"),
            weight_grams: None,
            lines: if is_rest {
                Vec::new()
            } else {
                vec![ParcelLine {
                    line_no: lines[0].line_no,
                    quantity: Quantity::new(units(&lines[0])).unwrap(),
                }]
            },
        });
        let end = ["DLV", "DLV", "DLV", "EXC-90", "RTD", "arrived?"][dice.random_range(0..6)];
        for (place, status) in ["PU", end, "TR"].into_iter().enumerate() {
            let (channel, external_reference) = name();
            let happened_at = left_at + SignedDuration::from_hours([1, 30, 20][place]);
            history.tracking_events.push(TrackingEvent {
                channel,
                external_reference,
                parcel_no,
                carrier_event_id: format!("e{place}"),
                status: status.into(),
                milestone: String::new(),
                happened_at,
                // The hub's report comes after that of the door.
                received_at: left_at + SignedDuration::from_hours([1, 31, 32][place]),
                place: "Hub 1".into(),
            });
        }
    }
}
