//! The orders of the Olist marketplace as a history. The rules for what the source does not say stand in
//! `docs/guide/history-format.md`.

mod source;
mod times;

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use anyhow::Context;
use history::{
    Cancellation, Channel, Handover, History, Item, Listing, Meta, Node, Order, OrderLine, Outcome,
    OutcomeKind, ParcelLine, Receipt, TrackingEvent,
};
use jiff::{SignedDuration, tz::TimeZone};
use kernel::{Address, Currency, Money, Quantity, Timestamp};

use source::{Source, SourceItem, SourceOrder};
use times::Times;

const CHANNEL: &str = "olist";
const ZONE: &str = "America/Sao_Paulo";
/// The source does not name its carriers; the built-in one understands `PU` and `DLV`.
const CARRIER: &str = "simulated";
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Writes the history of the data in `src` to the folder `out`, of the first `limit` orders if there is a limit, and
/// prints what it did.
pub fn olist(src: &Path, out: &Path, limit: Option<usize>) -> anyhow::Result<()> {
    let zone = TimeZone::get(ZONE)?;
    let source = Source::read(src)?;
    let (mut history, counts) = convert(&source, &zone, limit)?;
    history.check().context("the converted history does not hold together")?;
    history.write(out)?;
    println!("{}", summary(&history, &counts));
    println!("written to {}", out.display());
    Ok(())
}

/// What could not be taken as it was.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    without_items: usize,
    cancelled_after_handover: usize,
    moved_after_their_cause: usize,
    without_place: usize,
}

fn summary(history: &History, counts: &Counts) -> String {
    let units: i64 = history.receipts.iter().map(|receipt| receipt.quantity.units()).sum();
    let split = history.handovers.iter().filter(|handover| handover.parcel_no == 2).count();
    let delivered =
        history.outcomes.iter().filter(|outcome| outcome.outcome == OutcomeKind::Delivered).count();
    let span = match (history.orders.first(), history.orders.last()) {
        (Some(first), Some(last)) => format!("{} to {}", first.placed_at, last.placed_at),
        _ => "none".to_owned(),
    };
    let rows = [
        ("orders", history.orders.len()),
        ("  delivered", delivered),
        ("  cancelled", history.cancellations.len()),
        ("  of several parcels", split),
        ("  without coordinates", counts.without_place),
        ("  cancelled after handover, left open", counts.cancelled_after_handover),
        ("  with a time moved after its cause", counts.moved_after_their_cause),
        ("left out, without items", counts.without_items),
        ("order lines", history.orders.iter().map(|order| order.lines.len()).sum()),
        ("parcels", history.handovers.len()),
        ("nodes", history.nodes.len()),
        ("items", history.items.len()),
        ("receipts", history.receipts.len()),
    ];
    let mut text = format!("orders placed {span}\n");
    for (what, count) in rows {
        text += &format!("{count:>9}  {what}\n");
    }
    text + &format!("{units:>9}  units received")
}

fn convert(source: &Source, zone: &TimeZone, limit: Option<usize>) -> anyhow::Result<(History, Counts)> {
    let currency = Currency::parse("BRL")?;
    let mut history = History::new(Meta {
        format_version: Meta::VERSION,
        name: "Olist marketplace, Brazil".to_owned(),
        currency,
        time_zone: ZONE.to_owned(),
    });
    history.channels.push(Channel {
        code: CHANNEL.to_owned(),
        name: "Olist".to_owned(),
        kind: "marketplace".to_owned(),
    });

    let mut counts = Counts::default();
    let mut orders = Vec::with_capacity(source.orders.len());
    for order in &source.orders {
        match source.items.get(&order.order_id) {
            Some(items) => orders.push((Times::of(order, zone)?, order, items.as_slice())),
            None => counts.without_items += 1,
        }
    }
    orders.sort_by(|(a, one, _), (b, other, _)| {
        (a.placed_at, &one.order_id).cmp(&(b.placed_at, &other.order_id))
    });
    orders.truncate(limit.unwrap_or(usize::MAX));

    let mut sales = Sales::default();
    for (times, order, items) in &orders {
        sales.add(times.placed_at, items);
        let lines = Lines::of(items, currency)?;
        let placed = place(source, order, times, items, &lines, currency)?;
        counts.without_place += usize::from(placed.ship_to.place.is_none());
        counts.moved_after_their_cause += usize::from(times.is_moved);
        follow(&mut history, &mut counts, order, times, &lines);
        history.orders.push(placed);
    }
    sales.stock(&mut history, source)?;
    history.sort();
    Ok((history, counts))
}

/// Units of one product at one price are a line; units of one seller are a parcel.
struct Lines<'s> {
    /// Product, price, units.
    lines: Vec<(&'s str, i64, i64)>,
    /// Seller, and units by place of the line.
    parcels: Vec<(&'s str, BTreeMap<usize, i64>)>,
}

impl<'s> Lines<'s> {
    fn of(items: &'s [SourceItem], currency: Currency) -> anyhow::Result<Lines<'s>> {
        let (mut lines, mut parcels) = (Vec::<(&str, i64, i64)>::new(), Vec::<(&str, BTreeMap<_, _>)>::new());
        for item in items {
            let price = Money::parse_decimal(&item.price, currency)?.minor;
            let known = lines.iter().position(|(product, at, _)| *product == item.product_id && *at == price);
            let line = known.unwrap_or_else(|| {
                lines.push((&item.product_id, price, 0));
                lines.len() - 1
            });
            lines[line].2 += 1;
            let known = parcels.iter().position(|(seller, _)| *seller == item.seller_id);
            let parcel = known.unwrap_or_else(|| {
                parcels.push((&item.seller_id, BTreeMap::new()));
                parcels.len() - 1
            });
            *parcels[parcel].1.entry(line).or_insert(0) += 1;
        }
        Ok(Lines { lines, parcels })
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place + 1).expect("an order has fewer lines than a u32 counts")
}

fn place(
    source: &Source,
    order: &SourceOrder,
    times: &Times,
    items: &[SourceItem],
    lines: &Lines<'_>,
    currency: Currency,
) -> anyhow::Result<Order> {
    let customer = source
        .customers
        .get(&order.customer_id)
        .with_context(|| format!("order {} has no customer", order.order_id))?;
    let mut shipping_minor = 0;
    for item in items {
        shipping_minor += Money::parse_decimal(&item.freight, currency)?.minor;
    }
    let goods_minor: i64 = lines.lines.iter().map(|(_, price, units)| price * units).sum();
    let mut order_lines = Vec::with_capacity(lines.lines.len());
    for (place, (product, price, units)) in lines.lines.iter().enumerate() {
        order_lines.push(OrderLine {
            line_no: number(place),
            external_code: (*product).to_owned(),
            quantity: Quantity::new(*units)?,
            unit_price_minor: *price,
            title: source.title(product).to_owned(),
        });
    }
    Ok(Order {
        channel: CHANNEL.to_owned(),
        external_reference: order.order_id.clone(),
        placed_at: times.placed_at,
        promised_by: times.promised_by,
        currency,
        customer_name: customer.customer_unique_id.clone(),
        customer_email: String::new(),
        customer_phone: String::new(),
        ship_to: Address {
            name: customer.customer_unique_id.clone(),
            line1: "(street not published)".to_owned(),
            postal_code: customer.zip_prefix.clone(),
            city: customer.city.clone(),
            region: customer.state.clone(),
            country: "BR".to_owned(),
            place: source.place(&customer.zip_prefix),
            ..Address::default()
        },
        shipping_minor,
        total_minor: goods_minor + shipping_minor,
        is_paid: order.approved_date.is_some(),
        payment_reference: String::new(),
        note: String::new(),
        lines: order_lines,
    })
}

/// What happened to an order after it was placed.
fn follow(history: &mut History, counts: &mut Counts, order: &SourceOrder, times: &Times, lines: &Lines<'_>) {
    let name = || (CHANNEL.to_owned(), order.order_id.clone());
    let is_cancelled = matches!(order.status.as_str(), "canceled" | "unavailable");
    if is_cancelled && times.handed_over_at.is_none() {
        let at = times.placed_at + DAY;
        let reason = if order.status == "unavailable" { "out_of_stock" } else { "customer_request" };
        let (channel, external_reference) = name();
        history.cancellations.push(Cancellation {
            channel,
            external_reference,
            at,
            reason: reason.to_owned(),
            line_nos: Vec::new(),
        });
        let (channel, external_reference) = name();
        history.outcomes.push(Outcome { channel, external_reference, at, outcome: OutcomeKind::Cancelled });
    }
    counts.cancelled_after_handover += usize::from(is_cancelled && times.handed_over_at.is_some());

    let Some(handed_over_at) = times.handed_over_at else { return };
    // An order that was cancelled on the way has an unknown end, whatever its dates say.
    let delivered_at = times.delivered_at.filter(|_| !is_cancelled);
    for (place, (seller, content)) in lines.parcels.iter().enumerate() {
        let parcel_no = number(place);
        let (channel, external_reference) = name();
        history.handovers.push(Handover {
            channel,
            external_reference,
            parcel_no,
            at: handed_over_at,
            node: (*seller).to_owned(),
            carrier: CARRIER.to_owned(),
            service: String::new(),
            tracking_number: format!("OL-{}-{parcel_no}", order.order_id),
            weight_grams: None,
            lines: content
                .iter()
                .map(|(line, units)| ParcelLine {
                    line_no: number(*line),
                    quantity: Quantity::new(*units).expect("a count of rows is a quantity"),
                })
                .collect(),
        });
        let reports = [("PU", "picked_up", Some(handed_over_at)), ("DLV", "delivered", delivered_at)];
        for (status, milestone, at) in reports {
            let Some(at) = at else { continue };
            let (channel, external_reference) = name();
            history.tracking_events.push(TrackingEvent {
                channel,
                carrier_event_id: format!("{external_reference}-{parcel_no}-{status}"),
                external_reference,
                parcel_no,
                status: status.to_owned(),
                milestone: milestone.to_owned(),
                happened_at: at,
                received_at: at,
                place: String::new(),
            });
        }
    }
    if let Some(at) = delivered_at {
        let (channel, external_reference) = name();
        history.outcomes.push(Outcome { channel, external_reference, at, outcome: OutcomeKind::Delivered });
    }
}

/// What each seller sold of each product: first when, and how many in all.
#[derive(Default)]
struct Sales<'s> {
    sold: HashMap<(&'s str, &'s str), (Timestamp, i64)>,
}

impl<'s> Sales<'s> {
    /// Orders come by time, so the first one seen is the first sale.
    fn add(&mut self, at: Timestamp, items: &'s [SourceItem]) {
        for item in items {
            let key = (item.seller_id.as_str(), item.product_id.as_str());
            self.sold.entry(key).or_insert((at, 0)).1 += 1;
        }
    }

    /// Nodes, items, listings and receipts of what was sold.
    fn stock(self, history: &mut History, source: &Source) -> anyhow::Result<()> {
        let (mut nodes, mut items) = (BTreeMap::new(), BTreeMap::new());
        for ((seller, product), (first_sale, units)) in self.sold {
            history.receipts.push(Receipt {
                at: first_sale - DAY,
                node: seller.to_owned(),
                sku: product.to_owned(),
                quantity: Quantity::new(units)?,
                reference: "opening".to_owned(),
            });
            nodes.entry(seller).or_insert_with(|| source.node(seller));
            items.entry(product).or_insert_with(|| source.item(product));
        }
        history.listings.extend(items.keys().map(|product| Listing {
            channel: CHANNEL.to_owned(),
            external_code: (*product).to_owned(),
            sku: (*product).to_owned(),
            pack_factor: std::num::NonZeroU32::MIN,
        }));
        history.nodes.extend(nodes.into_values());
        history.items.extend(items.into_values());
        Ok(())
    }
}

impl Source {
    fn title(&self, product: &str) -> &str {
        let category = self.products.get(product).map_or("", |found| found.category.as_str());
        self.categories.get(category).map_or(category, String::as_str)
    }

    fn node(&self, seller: &str) -> Node {
        let found = self.sellers.get(seller);
        let (zip_prefix, city, state) =
            found.map_or(("", "", ""), |found| (&found.zip_prefix, &found.city, &found.state));
        Node {
            code: seller.to_owned(),
            name: format!("{seller} {city}").trim_end().to_owned(),
            kind: "vendor".to_owned(),
            time_zone: ZONE.to_owned(),
            line1: String::new(),
            postal_code: zip_prefix.to_owned(),
            city: city.to_owned(),
            region: state.to_owned(),
            country: "BR".to_owned(),
            place: self.place(zip_prefix),
            capabilities: vec!["ship".to_owned()],
        }
    }

    fn item(&self, product: &str) -> Item {
        let found = self.products.get(product);
        let millimetres =
            |centimetres: Option<i64>| centimetres.filter(|size| *size > 0).map(|size| size * 10);
        Item {
            sku: product.to_owned(),
            title: self.title(product).to_owned(),
            barcodes: Vec::new(),
            weight_grams: found.and_then(|found| found.weight_g).filter(|grams| *grams > 0),
            length_mm: millimetres(found.and_then(|found| found.length_cm)),
            width_mm: millimetres(found.and_then(|found| found.width_cm)),
            height_mm: millimetres(found.and_then(|found| found.height_cm)),
        }
    }
}

#[cfg(test)]
mod tests;
