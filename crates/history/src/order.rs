//! Orders and their lines: `orders.csv` and `order_lines.csv`.

use kernel::time::to_text;
use kernel::{Address, Currency, Quantity, Timestamp};
use serde::{Deserialize, Serialize};

use crate::cells::{code, degrees, instant, optional_instant, text};
use crate::rows::{NotAPlace, Row, key_of, place_of};

/// What a customer ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// The channel's code.
    pub channel: String,
    /// The order's name on it.
    pub external_reference: String,
    /// When the customer ordered.
    pub placed_at: Timestamp,
    /// The end of the promise made to the customer, if one was made.
    pub promised_by: Option<Timestamp>,
    /// Of all its amounts.
    pub currency: Currency,
    /// Who ordered.
    pub customer_name: String,
    /// Who ordered.
    pub customer_email: String,
    /// Who ordered.
    pub customer_phone: String,
    /// Where it goes.
    pub ship_to: Address,
    /// What the customer pays for shipping.
    pub shipping_minor: i64,
    /// What the customer pays in all.
    pub total_minor: i64,
    /// Whether the money was there.
    pub is_paid: bool,
    /// The payment's name at the payment provider, or empty.
    pub payment_reference: String,
    /// The customer's or the seller's words.
    pub note: String,
    /// What was ordered, by `line_no`.
    pub lines: Vec<OrderLine>,
}

/// A line of an [`Order`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// Its number in the order, from 1.
    pub line_no: u32,
    /// The channel's code of what was sold: a listing.
    pub external_code: String,
    /// How many of what the channel sells.
    pub quantity: Quantity,
    /// Price of one.
    pub unit_price_minor: i64,
    /// The channel's name of it, or empty.
    pub title: String,
}

/// A row of `orders.csv`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderRow {
    #[serde(with = "code")]
    pub(crate) channel: String,
    #[serde(with = "code")]
    pub(crate) external_reference: String,
    #[serde(with = "instant")]
    placed_at: Timestamp,
    #[serde(with = "optional_instant", default)]
    promised_by: Option<Timestamp>,
    currency: Currency,
    #[serde(with = "text", default)]
    customer_name: String,
    #[serde(with = "text", default)]
    customer_email: String,
    #[serde(with = "text", default)]
    customer_phone: String,
    #[serde(with = "text", default)]
    ship_to_name: String,
    #[serde(with = "text", default)]
    ship_to_line1: String,
    #[serde(with = "text", default)]
    ship_to_line2: String,
    #[serde(with = "text", default)]
    ship_to_postal_code: String,
    #[serde(with = "text", default)]
    ship_to_city: String,
    #[serde(with = "text", default)]
    ship_to_region: String,
    #[serde(with = "code")]
    ship_to_country: String,
    #[serde(with = "text", default)]
    ship_to_phone: String,
    #[serde(with = "degrees", default)]
    ship_to_latitude: Option<i64>,
    #[serde(with = "degrees", default)]
    ship_to_longitude: Option<i64>,
    shipping_minor: i64,
    total_minor: i64,
    is_paid: bool,
    #[serde(with = "text", default)]
    payment_reference: String,
    #[serde(with = "text", default)]
    note: String,
}

impl Row for OrderRow {
    const FILE: &'static str = "orders.csv";
    const COLUMNS: &'static [&'static str] = &[
        "channel",
        "external_reference",
        "placed_at",
        "promised_by",
        "currency",
        "customer_name",
        "customer_email",
        "customer_phone",
        "ship_to_name",
        "ship_to_line1",
        "ship_to_line2",
        "ship_to_postal_code",
        "ship_to_city",
        "ship_to_region",
        "ship_to_country",
        "ship_to_phone",
        "ship_to_latitude",
        "ship_to_longitude",
        "shipping_minor",
        "total_minor",
        "is_paid",
        "payment_reference",
        "note",
    ];

    fn key(&self) -> String {
        key_of(&[&to_text(self.placed_at), &self.channel, &self.external_reference])
    }
}

/// A row of `order_lines.csv`.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct OrderLineRow {
    #[serde(with = "code")]
    pub(crate) channel: String,
    #[serde(with = "code")]
    pub(crate) external_reference: String,
    line_no: u32,
    #[serde(with = "code")]
    external_code: String,
    quantity: Quantity,
    unit_price_minor: i64,
    #[serde(with = "text", default)]
    title: String,
}

impl Row for OrderLineRow {
    const FILE: &'static str = "order_lines.csv";
    const COLUMNS: &'static [&'static str] = &[
        "channel",
        "external_reference",
        "line_no",
        "external_code",
        "quantity",
        "unit_price_minor",
        "title",
    ];

    /// Within its order; the writer keeps the orders' order.
    fn key(&self) -> String {
        format!("{:010}", self.line_no)
    }
}

impl Order {
    /// Orders are written by time, then by name.
    pub fn key(&self) -> String {
        key_of(&[&to_text(self.placed_at), &self.channel, &self.external_reference])
    }

    pub(crate) fn of(row: OrderRow, lines: Vec<OrderLineRow>) -> Result<Order, NotAPlace> {
        let lines = lines.into_iter().map(|line| OrderLine {
            line_no: line.line_no,
            external_code: line.external_code,
            quantity: line.quantity,
            unit_price_minor: line.unit_price_minor,
            title: line.title,
        });
        Ok(Order {
            channel: row.channel,
            external_reference: row.external_reference,
            placed_at: row.placed_at,
            promised_by: row.promised_by,
            currency: row.currency,
            customer_name: row.customer_name,
            customer_email: row.customer_email,
            customer_phone: row.customer_phone,
            ship_to: Address {
                name: row.ship_to_name,
                line1: row.ship_to_line1,
                line2: row.ship_to_line2,
                postal_code: row.ship_to_postal_code,
                city: row.ship_to_city,
                region: row.ship_to_region,
                country: row.ship_to_country,
                phone: row.ship_to_phone,
                place: place_of(row.ship_to_latitude, row.ship_to_longitude)?,
            },
            shipping_minor: row.shipping_minor,
            total_minor: row.total_minor,
            is_paid: row.is_paid,
            payment_reference: row.payment_reference,
            note: row.note,
            lines: lines.collect(),
        })
    }

    pub(crate) fn row(&self) -> OrderRow {
        let ship_to = self.ship_to.clone();
        OrderRow {
            channel: self.channel.clone(),
            external_reference: self.external_reference.clone(),
            placed_at: self.placed_at,
            promised_by: self.promised_by,
            currency: self.currency,
            customer_name: self.customer_name.clone(),
            customer_email: self.customer_email.clone(),
            customer_phone: self.customer_phone.clone(),
            ship_to_name: ship_to.name,
            ship_to_line1: ship_to.line1,
            ship_to_line2: ship_to.line2,
            ship_to_postal_code: ship_to.postal_code,
            ship_to_city: ship_to.city,
            ship_to_region: ship_to.region,
            ship_to_country: ship_to.country,
            ship_to_phone: ship_to.phone,
            ship_to_latitude: ship_to.place.map(|place| place.latitude_microdegrees),
            ship_to_longitude: ship_to.place.map(|place| place.longitude_microdegrees),
            shipping_minor: self.shipping_minor,
            total_minor: self.total_minor,
            is_paid: self.is_paid,
            payment_reference: self.payment_reference.clone(),
            note: self.note.clone(),
        }
    }

    pub(crate) fn line_rows(&self) -> impl Iterator<Item = OrderLineRow> {
        self.lines.iter().map(|line| OrderLineRow {
            channel: self.channel.clone(),
            external_reference: self.external_reference.clone(),
            line_no: line.line_no,
            external_code: line.external_code.clone(),
            quantity: line.quantity,
            unit_price_minor: line.unit_price_minor,
            title: line.title.clone(),
        })
    }
}
