//! Shopify's export of orders.

use crate::read;

/// The columns in the export's order, shortened to those with a meaning for orders and a few without.
const HEADER: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,\
    Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,\
    Lineitem name,Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Billing Name,\
    Shipping Name,Shipping Street,Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,\
    Shipping Province,Shipping Country,Shipping Phone,Notes,Cancelled at,Payment Method,Payment Reference,Id,Tags";

const FIRST: &str = "#1001,ana@example.com,paid,2024-11-29 09:12:40 +0200,unfulfilled,,no,EUR,37.00,4.99,7.00,41.99,,\
    0.00,Standard,2024-11-29 09:12:33 +0200,2,\"Green tea, 50 g\",12.50,,TEA-50,true,Ana Petrova,Ana Petrova,\
    \"ul. Shipka 5, 2\",ul. Shipka 5,2,,Sofia,'1504,BG-22,BG,'+359 88 123 456,Leave at the door,,Card,pay_77,5501,";

const SECOND: &str = "#1001,,,,,,,,,,,,,,,,1,Blue mug,12.00,,MUG-BLUE,true,,,,,,,,,,,,,,,,,";

fn file(rows: &[&str]) -> Vec<u8> {
    // The source lines above are indented; a file's lines are not.
    format!("{HEADER}\n{}\n", rows.join("\n")).into_bytes()
}

#[test]
fn an_order_of_two_rows_is_read_with_its_address_and_its_money() {
    let found = read(&file(&[FIRST, SECOND]));
    let [Ok(order)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(order.external_reference, "#1001");
    assert_eq!(order.placed_at.unwrap().to_string(), "2024-11-29T07:12:33Z");
    assert_eq!((order.shipping_minor, order.total_minor), (499, 4199));
    assert!(order.is_paid && !order.is_fulfilled && order.cancelled_at.is_none());
    assert_eq!(order.payment_reference, "pay_77");
    assert_eq!(order.ship_to.postal_code, "1504", "the shop's guard against spreadsheets is gone");
    assert_eq!(order.ship_to.phone, "+359 88 123 456");
    assert_eq!(order.ship_to.region, "BG-22");
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|l| (l.external_code.as_str(), l.quantity.units(), l.unit_price_minor))
        .collect();
    assert_eq!(lines, [("TEA-50", 2, 1250), ("MUG-BLUE", 1, 1200)]);
    assert_eq!(order.raw[0]["Id"], "5501");
    assert_eq!(order.raw[1].as_object().unwrap().len(), 6);
}

#[test]
fn columns_may_stand_in_any_order_and_be_unknown() {
    let found = read(
        b"Shipping Country,Moon phase,Lineitem sku,Lineitem price,Lineitem quantity,Created at,Total,Currency,Financial Status,Name\n\
          DE,full,A,1200,1,2024-01-01 00:00:00 -0500,1200,JPY,pending,#7\n",
    );
    let [Ok(order)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(order.total_minor, 1200, "a yen has no cents");
    assert!(!order.is_paid);
    assert_eq!(order.raw[0]["Moon phase"], "full");
}

#[test]
fn what_was_cancelled_or_sent_already_is_told() {
    let cancelled = FIRST.replace("door,,Card", "door,2024-11-30 10:00:00 +0200,Card");
    let fulfilled = FIRST.replace("unfulfilled", "fulfilled").replace("#1001", "#1002");
    let found = read(&file(&[&cancelled, &fulfilled]));
    let [Ok(cancelled), Ok(fulfilled)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(cancelled.cancelled_at.unwrap().to_string(), "2024-11-30T08:00:00Z");
    assert!(fulfilled.is_fulfilled);
}

#[test]
fn a_gift_card_needs_neither_code_nor_address() {
    let card =
        FIRST.replace("TEA-50,true", ",false").replace("Sofia,'1504,BG-22,BG,'+359 88 123 456", ",,,,");
    let found = read(&file(&[&card]));
    let [Ok(order)] = &found[..] else { panic!("{found:?}") };
    assert!(!order.lines[0].needs_shipping);
    let tea = card.replace(",false", ",true");
    let refused = read(&file(&[&tea]))[0].clone().unwrap_err();
    assert!(refused.contains("`Lineitem sku`: must not be empty"), "{refused}");
    assert!(refused.contains("`Shipping Country`: must not be empty"), "{refused}");
}

#[test]
fn rows_torn_from_their_order_are_not_taken_for_an_order() {
    let found = read(&file(&[FIRST, "#1002,,,,,,,,,,,,,,,,1,Cup,1.00,,CUP,true,,,,,,,,,,,,,,,,,"]));
    assert!(found[0].is_ok());
    assert!(found[1].as_ref().unwrap_err().contains("row 3, column `Currency`: must not be empty"));
}
