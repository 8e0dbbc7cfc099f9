//! The orders export of a Shopify shop: one row per line, what belongs to the order on its first row only.
//!
//! The reference is the order's `Name` (`#1001`): the only key that every row has. Shopify's numeric `Id` stands on
//! the first row and stays in `raw`.

use crate::cells::{AddressColumns, NOTE_CHARS, OrderCells, TEXT_CHARS};
use crate::order::{ChannelCustomer, ChannelLine, ChannelOrder};
use crate::problem::Problem;

/// Rows with the same text here, one after another, are one order.
pub(crate) const KEY: &str = "name";

/// Columns without which nothing can be taken.
pub(crate) const REQUIRED: [&str; 9] = [
    KEY,
    "financial status",
    "currency",
    "total",
    "created at",
    "lineitem quantity",
    "lineitem price",
    "lineitem sku",
    "shipping country",
];

/// All columns that mean something here; the others stay in `raw`.
pub(crate) const KNOWN: [&str; 27] = [
    KEY,
    "email",
    "phone",
    "financial status",
    "fulfillment status",
    "currency",
    "shipping",
    "total",
    "created at",
    "cancelled at",
    "lineitem quantity",
    "lineitem name",
    "lineitem price",
    "lineitem sku",
    "lineitem requires shipping",
    "billing name",
    "shipping name",
    "shipping address1",
    "shipping address2",
    "shipping city",
    "shipping zip",
    "shipping province",
    "shipping country",
    "shipping phone",
    "notes",
    "payment reference",
    "shipping company",
];

/// `2024-11-29 09:12:33 +0200`.
const TIME: &str = "%Y-%m-%d %H:%M:%S %z";

const SHIP_TO: AddressColumns = AddressColumns {
    name: "shipping name",
    line1: "shipping address1",
    line2: "shipping address2",
    postal_code: "shipping zip",
    city: "shipping city",
    region: "shipping province",
    country: "shipping country",
    phone: "shipping phone",
};

/// The order of these rows. What is wrong with it stays in `cells`.
pub(crate) fn read(cells: &mut OrderCells<'_>) -> Option<ChannelOrder> {
    let reference = cells.order(KEY);
    let external_reference = cells.required_code(reference);
    let currency = cells.currency("currency");

    let mut lines = Vec::with_capacity(cells.rows().len());
    for row in cells.rows() {
        let needs_shipping = cells.boolean(cells.line(row, "lineitem requires shipping")).unwrap_or(true);
        let sku = cells.line(row, "lineitem sku");
        // Gift cards and tips have no SKU, and nobody has to find them on a shelf.
        let external_code = if needs_shipping { cells.required_code(sku) } else { cells.code(sku) };
        let price = cells.line(row, "lineitem price");
        if price.text.is_empty() {
            cells.refuse(price, Problem::Missing);
        }
        lines.push(ChannelLine {
            external_code,
            quantity: cells.quantity(cells.line(row, "lineitem quantity")),
            unit_price_minor: cells.amount(price, currency).unwrap_or(0),
            title: cells.text(cells.line(row, "lineitem name"), TEXT_CHARS),
            needs_shipping,
        });
    }
    let needs_shipping = lines.iter().any(|line| line.needs_shipping);

    let total = cells.order("total");
    if total.text.is_empty() {
        cells.refuse(total, Problem::Missing);
    }
    let shipping = cells.order("shipping");
    let notes = cells.order("notes");
    let mut ship_to = SHIP_TO.read(cells, needs_shipping);
    let company = cells.order_text("shipping company");
    if !company.is_empty() {
        ship_to.line2 =
            if ship_to.line2.is_empty() { company } else { format!("{company}, {}", ship_to.line2) };
    }
    let order = ChannelOrder {
        external_reference,
        placed_at: cells.instant("created at", Some(TIME)),
        currency: currency?,
        customer: ChannelCustomer {
            name: cells.order_text("billing name"),
            email: cells.order_text("email"),
            phone: cells.order_code("phone"),
        },
        ship_to,
        lines,
        shipping_minor: cells.amount(shipping, currency).unwrap_or(0),
        total_minor: cells.amount(total, currency).unwrap_or(0),
        // A part given back was paid before. `authorized` is a promise of money, not money.
        is_paid: matches!(cells.order("financial status").text, "paid" | "partially_refunded"),
        payment_reference: cells.order_code("payment reference"),
        promised_by: None,
        cancelled_at: cells.instant("cancelled at", Some(TIME)),
        is_fulfilled: cells.order("fulfillment status").text == "fulfilled",
        note: cells.text(notes, NOTE_CHARS),
        raw: cells.raw(),
    };
    Some(order)
}
