//! Our own CSV of orders.

use channels::{Format, OrdersReader, PromisedBy, TableError};
use jiff::tz::TimeZone;

use crate::read;

const GUIDE: &str = include_str!("../../../../docs/guide/orders-csv.md");

/// The example that the guide shows.
fn example() -> &'static str {
    let (_, example) = GUIDE.split_once("```csv\n").expect("the guide shows a file");
    example.split_once("```").expect("the example ends").0
}

#[test]
fn the_example_of_the_guide_is_read() {
    let orders = read(example().as_bytes());
    let [Ok(first), Ok(second)] = &orders[..] else { panic!("{orders:?}") };
    assert_eq!(first.external_reference, "2026-0001");
    assert_eq!(first.placed_at.unwrap().to_string(), "2026-11-29T07:12:33Z");
    let lines: Vec<_> =
        first.lines.iter().map(|line| (line.external_code.as_str(), line.quantity.units())).collect();
    assert_eq!(lines, [("TEA-50", 2), ("MUG-BLUE", 1)]);
    assert_eq!((first.shipping_minor, first.total_minor, first.is_paid), (499, 2789, true));
    assert_eq!(first.ship_to.place.unwrap().latitude_microdegrees, 42_697_700);
    assert_eq!(first.raw[1]["external_code"], "MUG-BLUE");
    assert_eq!(second.promised_by, Some(PromisedBy::EndOf("2026-12-02".parse().unwrap())));
    assert_eq!(
        second.promised_by.unwrap().instant(&TimeZone::fixed(jiff::tz::offset(2))).to_string(),
        "2026-12-02T21:59:59Z"
    );
    assert_eq!(second.total_minor, 3 * 650, "no total given: lines and shipping");
}

#[test]
fn every_column_that_means_something_is_in_the_guide() {
    for column in [
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
        "shipping",
        "total",
        "is_paid",
        "payment_reference",
        "note",
        "external_code",
        "quantity",
        "unit_price",
        "title",
    ] {
        assert!(GUIDE.contains(&format!("| `{column}` |")), "{column}");
    }
}

/// A file with one order of one line.
fn one(column: &str, value: &str) -> Vec<u8> {
    let mut cells = vec![
        ("external_reference", "A1"),
        ("currency", "EUR"),
        ("ship_to_country", "BG"),
        ("external_code", "TEA"),
        ("quantity", "1"),
        ("unit_price", "1.00"),
    ];
    match cells.iter_mut().find(|(name, _)| *name == column) {
        Some(cell) => cell.1 = value,
        None => cells.push((column, value)),
    }
    let names: Vec<_> = cells.iter().map(|(name, _)| *name).collect();
    let values: Vec<_> = cells.iter().map(|(_, value)| format!("\"{value}\"")).collect();
    format!("{}\n{}\n", names.join(","), values.join(",")).into_bytes()
}

#[test]
fn a_bad_cell_is_refused_by_name() {
    for (column, value, words) in [
        ("quantity", "0", "from 1 to 1000000"),
        ("quantity", "-3", "from 1 to 1000000"),
        ("quantity", "1000001", "from 1 to 1000000"),
        ("quantity", "99999999999999999999999", "from 1 to 1000000"),
        ("quantity", "", "must not be empty"),
        ("quantity", "1.5", "not a quantity"),
        ("quantity", "two", "not a quantity"),
        ("quantity", "1e3", "not a quantity"),
        ("unit_price", "1,50", "not an amount in EUR"),
        ("unit_price", "1.505", "not an amount in EUR"),
        ("unit_price", "-1", "never negative"),
        ("unit_price", "99999999999.00", "at most 1000000000000 minor units"),
        ("unit_price", "", "must not be empty"),
        ("currency", "EURO", "not a currency"),
        ("currency", "", "must not be empty"),
        ("external_code", "5.01E+12", "a spreadsheet turned this code into a number"),
        ("external_code", " ", "must not be empty"),
        ("external_reference", "", "must not be empty"),
        ("ship_to_country", "Bulgaria", "not a country"),
        ("ship_to_country", "", "must not be empty"),
        ("placed_at", "2026-11-29 09:12:33", "not a time with its offset"),
        ("placed_at", "0026-11-29T09:12:33Z", "not a time with its offset"),
        ("promised_by", "29.11.2026", "not a day"),
        ("promised_by", "2026-13-01", "not a day"),
        ("is_paid", "maybe", "not `true` or `false`"),
        ("ship_to_latitude", "42.1", "not a place on earth"),
        ("customer_phone", "3.59888E+11", "a spreadsheet turned this code"),
    ] {
        let found = read(&one(column, value));
        let [Err(message)] = &found[..] else { panic!("{column}={value:?}: {found:?}") };
        assert!(message.contains(&format!("row 2, column `{column}`")), "{message}");
        assert!(message.contains(words), "{column}={value:?}: {message}");
    }
    assert!(read(&one("quantity", "1000000"))[0].is_ok());
}

#[test]
fn a_bad_row_refuses_its_order_and_the_next_order_is_read() {
    let found = read(
        b"external_reference,currency,ship_to_country,external_code,quantity,unit_price,note\n\
          A1,EUR,BG,TEA,1,1.00,\n\
          A1,,,MUG,-1,x,\n\
          A1,USD,,CUP,0,1.00,\n\
          A2,EUR,BG,TEA,1,1.00,\n",
    );
    let [Err(refused), Ok(taken)] = &found[..] else { panic!("{found:?}") };
    for part in [
        "order `A1` in row 2",
        "row 3, column `quantity`",
        "row 3, column `unit_price`",
        "row 4, column `currency`: differs from row 2",
        "row 4, column `quantity`",
    ] {
        assert!(refused.contains(part), "{refused}");
    }
    assert_eq!(taken.external_reference, "A2");
}

#[test]
fn a_european_spreadsheet_may_write_decimal_commas() {
    let found = read(
        b"external_reference;currency;ship_to_country;external_code;quantity;unit_price\r\nA1;EUR;BG;TEA;2;1,50\r\n",
    );
    assert_eq!(found[0].as_ref().unwrap().lines[0].unit_price_minor, 150);
}

#[test]
fn a_missing_or_repeated_column_is_named() {
    let open = |header: &'static str| OrdersReader::new(header.as_bytes(), Format::OrdersCsv).unwrap_err();
    let Err(TableError::MissingColumns { columns }) =
        OrdersReader::new(&b"external_reference,external_code\n"[..], Format::OrdersCsv)
    else {
        panic!("columns are missing")
    };
    assert_eq!(columns, ["currency", "ship_to_country", "quantity", "unit_price"]);
    let twice =
        open("external_reference,currency,ship_to_country,external_code,quantity,unit_price,Quantity\n");
    assert_eq!(twice.to_string(), "the column `quantity` stands in the header twice");
    assert_eq!(read(b"who,what\n1,2\n")[0], Err("the header is of no known format of orders".to_owned()));
}

#[test]
fn an_order_of_a_thousand_lines_is_one_order() {
    let mut file =
        String::from("external_reference,currency,ship_to_country,external_code,quantity,unit_price\n");
    for line in 0..1_500 {
        file += &format!("BIG,EUR,BG,SKU-{line},1,0.01\n");
    }
    let found = read(file.as_bytes());
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].as_ref().unwrap().lines.len(), 1_500);
}
