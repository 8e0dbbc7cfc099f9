//! Our own CSV of orders: one row per line, columns in `snake_case`. Its guide is `docs/guide/orders-csv.md`.

use kernel::Address;

use crate::cells::{AMOUNT_MINOR, AddressColumns, NOTE_CHARS, OrderCells, TEXT_CHARS};
use crate::order::{ChannelCustomer, ChannelLine, ChannelOrder};
use crate::problem::Problem;

/// Rows with the same text here, one after another, are one order.
pub(crate) const KEY: &str = "external_reference";

/// Columns without which nothing can be taken.
pub(crate) const REQUIRED: [&str; 6] =
    [KEY, "currency", "ship_to_country", "external_code", "quantity", "unit_price"];

/// All columns that mean something.
pub(crate) const KNOWN: [&str; 26] = [
    KEY,
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
    "shipping",
    "total",
    "is_paid",
    "payment_reference",
    "note",
    "external_code",
    "quantity",
    "unit_price",
    "title",
];

const SHIP_TO: AddressColumns = AddressColumns {
    name: "ship_to_name",
    line1: "ship_to_line1",
    line2: "ship_to_line2",
    postal_code: "ship_to_postal_code",
    city: "ship_to_city",
    region: "ship_to_region",
    country: "ship_to_country",
    phone: "ship_to_phone",
};

/// Every column that means something, and whether a file must have it.
pub fn columns() -> impl Iterator<Item = (&'static str, bool)> {
    KNOWN.into_iter().map(|column| (column, REQUIRED.contains(&column)))
}

/// The order of these rows. What is wrong with it stays in `cells`.
pub(crate) fn read(cells: &mut OrderCells<'_>) -> Option<ChannelOrder> {
    let reference = cells.order(KEY);
    let external_reference = cells.required_code(reference);
    let currency = cells.currency("currency");

    let mut lines = Vec::with_capacity(cells.rows().len());
    for row in cells.rows() {
        let external_code = cells.required_code(cells.line(row, "external_code"));
        let quantity = cells.quantity(cells.line(row, "quantity"));
        let price = cells.line(row, "unit_price");
        if price.text.is_empty() {
            cells.refuse(price, Problem::Missing);
        }
        let unit_price_minor = cells.amount(price, currency).unwrap_or(0);
        let title = cells.text(cells.line(row, "title"), TEXT_CHARS);
        lines.push(ChannelLine { external_code, quantity, unit_price_minor, title, needs_shipping: true });
    }

    let shipping = cells.order("shipping");
    let shipping_minor = cells.amount(shipping, currency).unwrap_or(0);
    let total = cells.order("total");
    let total_minor = cells.amount(total, currency).or_else(|| {
        let sum = sum_minor(&lines, shipping_minor);
        if sum.is_none() {
            cells.refuse(total, Problem::AmountTooLarge { max_minor: AMOUNT_MINOR });
        }
        sum
    });
    let is_paid = cells.order("is_paid");
    let note = cells.order("note");
    let order = ChannelOrder {
        external_reference,
        placed_at: cells.instant("placed_at", None),
        currency: currency?,
        customer: ChannelCustomer {
            name: cells.order_text("customer_name"),
            email: cells.order_text("customer_email"),
            phone: cells.order_code("customer_phone"),
        },
        ship_to: Address {
            place: cells.place("ship_to_latitude", "ship_to_longitude"),
            ..SHIP_TO.read(cells, true)
        },
        lines,
        shipping_minor,
        total_minor: total_minor?,
        // Silence is not money: an order is paid only if the file says so.
        is_paid: cells.boolean(is_paid).unwrap_or(false),
        payment_reference: cells.order_code("payment_reference"),
        promised_by: cells.promise("promised_by"),
        cancelled_at: None,
        is_fulfilled: false,
        note: cells.text(note, NOTE_CHARS),
        raw: cells.raw(),
    };
    Some(order)
}

fn sum_minor(lines: &[ChannelLine], shipping_minor: i64) -> Option<i64> {
    let mut sum = shipping_minor;
    for line in lines {
        sum = sum.checked_add(line.unit_price_minor.checked_mul(line.quantity.units())?)?;
    }
    (sum <= AMOUNT_MINOR).then_some(sum)
}
