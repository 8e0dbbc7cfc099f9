//! Histories written, read back, and broken on purpose.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use history::{
    Cancellation, Channel, Event, Handover, History, HistoryError, Item, Listing, Meta, Node, Order,
    OrderLine, Outcome, OutcomeKind, ParcelLine, Receipt, TrackingEvent, Writer,
};
use kernel::{Address, Currency, Place, Quantity, Timestamp};
use proptest::prelude::*;

const FILES: [&str; 13] = [
    "history.csv",
    "nodes.csv",
    "channels.csv",
    "items.csv",
    "listings.csv",
    "receipts.csv",
    "orders.csv",
    "order_lines.csv",
    "cancellations.csv",
    "handovers.csv",
    "parcel_lines.csv",
    "tracking_events.csv",
    "outcomes.csv",
];

const GUIDE: &str = include_str!("../../../../docs/guide/history-format.md");

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn units(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

fn meta() -> Meta {
    Meta {
        format_version: Meta::VERSION,
        name: "Tea and mugs".to_owned(),
        currency: Currency::EUR,
        time_zone: "Europe/Sofia".to_owned(),
    }
}

fn order(reference: &str, placed_at: &str) -> Order {
    Order {
        channel: "web".to_owned(),
        external_reference: reference.to_owned(),
        placed_at: at(placed_at),
        promised_by: Some(at("2026-12-02T21:59:59Z")),
        currency: Currency::EUR,
        customer_name: "=Ana, \"the first\"".to_owned(),
        customer_email: "ana@example.com".to_owned(),
        customer_phone: "+359 88 123".to_owned(),
        ship_to: Address {
            name: "Ana".to_owned(),
            line1: "ul. Shipka 5".to_owned(),
            city: "Sofia".to_owned(),
            country: "BG".to_owned(),
            place: Some(Place::from_degrees(42.6977, -0.000_001).unwrap()),
            ..Address::default()
        },
        shipping_minor: 499,
        total_minor: 2999,
        is_paid: true,
        payment_reference: String::new(),
        note: "two\r\nlines".to_owned(),
        lines: vec![OrderLine {
            line_no: 1,
            external_code: "TEA-BOX".to_owned(),
            quantity: units(2),
            unit_price_minor: 1250,
            title: "Tea".to_owned(),
        }],
    }
}

/// Two orders, one of them delivered from two nodes and one cancelled.
fn history() -> History {
    let mut history = History::new(meta());
    for code in ["sofia", "plovdiv"] {
        history.nodes.push(Node {
            code: code.to_owned(),
            name: code.to_uppercase(),
            kind: "store".to_owned(),
            time_zone: String::new(),
            line1: String::new(),
            postal_code: "1000".to_owned(),
            city: code.to_owned(),
            region: String::new(),
            country: "BG".to_owned(),
            place: Some(Place::from_degrees(42.0, -23.5).unwrap()),
            capabilities: vec!["ship".to_owned(), "pickup".to_owned()],
        });
        history.receipts.push(Receipt {
            at: at("2026-11-01T08:00:00Z"),
            node: code.to_owned(),
            sku: "TEA".to_owned(),
            quantity: units(6),
            reference: "ASN-1".to_owned(),
        });
    }
    history.channels.push(Channel {
        code: "web".to_owned(),
        name: "Web shop".to_owned(),
        kind: "shop".to_owned(),
    });
    history.items.push(Item {
        sku: "TEA".to_owned(),
        title: "Green tea".to_owned(),
        barcodes: vec!["05012345678900".to_owned()],
        weight_grams: Some(60),
        length_mm: None,
        width_mm: Some(80),
        height_mm: Some(120),
    });
    history.listings.push(Listing {
        channel: "web".to_owned(),
        external_code: "TEA-BOX".to_owned(),
        sku: "TEA".to_owned(),
        pack_factor: 6.try_into().unwrap(),
    });
    history.orders = vec![order("#2", "2026-11-29T10:00:00Z"), order("#1", "2026-11-29T09:00:00.5Z")];
    history.cancellations.push(Cancellation {
        channel: "web".to_owned(),
        external_reference: "#2".to_owned(),
        at: at("2026-11-29T10:00:00Z"),
        reason: "customer_request".to_owned(),
        line_nos: vec![1],
    });
    for (parcel_no, node) in [(2, "plovdiv"), (1, "sofia")] {
        history.handovers.push(Handover {
            channel: "web".to_owned(),
            external_reference: "#1".to_owned(),
            parcel_no,
            at: at("2026-11-29T15:00:00Z"),
            node: node.to_owned(),
            carrier: "post".to_owned(),
            service: "standard".to_owned(),
            tracking_number: format!("RR{parcel_no}"),
            weight_grams: None,
            lines: vec![ParcelLine { line_no: 1, quantity: units(6) }],
        });
        history.tracking_events.push(TrackingEvent {
            channel: "web".to_owned(),
            external_reference: "#1".to_owned(),
            parcel_no,
            carrier_event_id: format!("e{parcel_no}"),
            status: "DLV".to_owned(),
            milestone: "delivered".to_owned(),
            happened_at: at("2026-12-01T09:00:00Z"),
            received_at: at("2026-12-01T09:30:00Z"),
            place: "Sofia".to_owned(),
        });
    }
    history.outcomes.push(Outcome {
        channel: "web".to_owned(),
        external_reference: "#1".to_owned(),
        at: at("2026-12-01T09:30:00Z"),
        outcome: OutcomeKind::Delivered,
    });
    history
}

/// Every file with its bytes.
fn bytes_of(folder: &Path) -> Vec<(&'static str, String)> {
    FILES.iter().map(|file| (*file, fs::read_to_string(folder.join(file)).unwrap())).collect()
}

fn problems(folder: &Path) -> String {
    match History::read(folder) {
        Err(error @ HistoryError::Bad { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// The folder of a good history with one file changed.
fn broken(file: &str, change: impl Fn(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    history().write(folder.path()).unwrap();
    let path = folder.path().join(file);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    folder
}

#[test]
fn a_history_comes_back_equal_and_is_written_again_byte_by_byte() {
    let folder = tempfile::tempdir().unwrap();
    let mut first = history();
    first.write(&folder.path().join("first")).unwrap();
    let mut second = History::read(&folder.path().join("first")).unwrap();
    assert_eq!(second, first, "what was written is sorted, and so is `first` now");
    second.write(&folder.path().join("second")).unwrap();
    assert_eq!(bytes_of(&folder.path().join("second")), bytes_of(&folder.path().join("first")));
}

#[test]
fn the_bytes_are_those_of_the_guide() {
    let folder = tempfile::tempdir().unwrap();
    history().write(folder.path()).unwrap();
    let files = bytes_of(folder.path());
    let nodes = &files[1].1;
    assert_eq!(
        nodes.lines().nth(1),
        Some("plovdiv,PLOVDIV,store,,,1000,plovdiv,,BG,42.000000,-23.500000,ship pickup")
    );
    let orders = &files[6].1;
    assert!(orders.contains(
        "web,#1,2026-11-29T09:00:00.500000Z,2026-12-02T21:59:59.000000Z,EUR,\"'=Ana, \"\"the first\"\"\""
    ));
    assert!(orders.contains(",'+359 88 123,"), "a telephone number is no formula");
    assert!(orders.contains("42.697700,-0.000001,499,2999,true,"));
    for (file, text) in &files {
        let header = text.lines().next().unwrap();
        assert!(GUIDE.contains(&format!("## `{file}`")), "{file}");
        let section = GUIDE.split(&format!("## `{file}`")).nth(1).unwrap().split("\n## ").next().unwrap();
        let documented: Vec<&str> =
            section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
        assert_eq!(documented.join(","), header, "{file}");
    }
}

#[test]
fn events_come_in_the_order_of_time_and_causes_first() {
    let history = history();
    let told: Vec<String> = history
        .events()
        .map(|event| match event {
            Event::Receipt(receipt) => format!("receipt {}", receipt.node),
            Event::Order(order) => format!("order {}", order.external_reference),
            Event::Cancellation(row) => format!("cancellation {}", row.external_reference),
            Event::Handover(parcel) => format!("handover {}", parcel.parcel_no),
            Event::Tracking(event) => format!("tracking {}", event.parcel_no),
            Event::Outcome(row) => format!("outcome {}", row.external_reference),
        })
        .collect();
    assert_eq!(
        told,
        [
            "receipt sofia",
            "receipt plovdiv",
            "order #1",
            "order #2",
            "cancellation #2",
            "handover 2",
            "handover 1",
            "tracking 2",
            "tracking 1",
            "outcome #1",
        ]
    );
}

#[test]
fn a_bad_row_is_named_by_file_row_and_column() {
    for (file, from, to, words) in [
        (
            "receipts.csv",
            ",6,",
            ",-6,",
            "receipts.csv: row 2, column `quantity`: a quantity is a whole number",
        ),
        ("items.csv", ",60,", ",heavy,", "items.csv: row 2, column `weight_grams`"),
        ("nodes.csv", "42.000000", "95.0", "nodes.csv: row 2: latitude and longitude"),
        (
            "nodes.csv",
            "42.000000",
            "north",
            "nodes.csv: row 2, column `latitude`: `north` is not a number of degrees",
        ),
        (
            "orders.csv",
            "2026-12-02T21:59:59.000000Z",
            "tomorrow",
            "orders.csv: row 2, column `promised_by`: `tomorrow`",
        ),
        ("orders.csv", ",EUR,", ",euro,", "orders.csv: row 2, column `currency`"),
        ("listings.csv", ",6\n", ",0\n", "listings.csv: row 2, column `pack_factor`"),
        ("channels.csv", "web,", ",", "channels.csv: row 2, column `code`: must not be empty"),
        ("channels.csv", "web,Web shop,shop", "web", "channels.csv: row 2: has 1 cells, the header has 3"),
        ("cancellations.csv", "request,1", "request,one", "cancellations.csv: row 2, column `line_nos`"),
        ("outcomes.csv", "delivered", "eaten", "outcomes.csv: row 2, column `outcome`"),
        ("channels.csv", "code,name", "cod,name", "channels.csv: row 2, column `code`: is missing"),
    ] {
        let folder = broken(file, |text| text.replace(from, to));
        let found = problems(folder.path());
        assert!(found.contains(words), "{file}: {found}");
    }
}

#[test]
fn a_name_that_nothing_has_is_told() {
    for (file, from, to, words) in [
        ("receipts.csv", "sofia", "varna", "names the node `varna`"),
        ("receipts.csv", "TEA", "MUG", "names the item `MUG`"),
        ("listings.csv", "TEA-BOX", "MUG-BOX", "names the listing `TEA-BOX`"),
        ("cancellations.csv", "#2", "#3", "names the order `#3`"),
        ("cancellations.csv", "request,1", "request,7", "names the line `7`"),
        ("tracking_events.csv", "web,#1,2", "web,#1,3", "names the parcel `3`"),
        ("parcel_lines.csv", "1,1,6", "1,7,6", "names the line `7`"),
        ("nodes.csv", "plovdiv", "sofia", "nodes.csv: sofia stands there twice"),
        ("outcomes.csv", "2026-12-01", "2025-12-01", "is earlier than its order"),
        (
            "order_lines.csv",
            "web,#2,1",
            "web,#9,1",
            "order_lines.csv: row 3 does not follow the order of orders.csv",
        ),
    ] {
        let folder = broken(file, |text| text.replace(from, to));
        let found = problems(folder.path());
        assert!(found.contains(words), "{file}: {found}");
    }
}

#[test]
fn files_may_be_missing_but_not_the_first() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(History::read(folder.path()), Err(HistoryError::NotAHistory)));
    fs::write(folder.path().join("history.csv"), "format_version,name,currency,time_zone\n").unwrap();
    assert_eq!(problems(folder.path()), "history.csv: row 2: is missing");
    fs::write(
        folder.path().join("history.csv"),
        "\u{feff}currency,time_zone,format_version,name,unknown\r\nEUR,UTC,1,Tea,x\r\n",
    )
    .unwrap();
    assert_eq!(History::read(folder.path()).unwrap().meta.name, "Tea");
    fs::write(folder.path().join("history.csv"), "format_version,name,currency,time_zone\n2,Tea,EUR,UTC\n")
        .unwrap();
    assert!(matches!(History::read(folder.path()), Err(HistoryError::UnknownVersion { found: 2, known: 1 })));
}

#[test]
fn an_interrupted_export_is_no_history_and_a_history_is_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    drop(Writer::create(folder.path(), &meta()).unwrap());
    assert!(matches!(History::read(folder.path()), Err(HistoryError::NotAHistory)));
    history().write(folder.path()).unwrap();
    assert!(matches!(history().write(folder.path()), Err(HistoryError::AlreadyThere)));
}

#[test]
fn the_writer_refuses_rows_out_of_order_or_twice() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::create(folder.path(), &meta()).unwrap();
    let nodes = history().nodes;
    writer.write(&nodes[0]).unwrap();
    for node in &nodes {
        let refused = writer.write(node).unwrap_err();
        assert!(matches!(refused, HistoryError::OutOfOrder { file: "nodes.csv", .. }), "{refused}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_comes_back(text in "[^\\x00]{0,40}", quotes in "['=+@\" ,\r\n-]{0,6}") {
        let folder = tempfile::tempdir().unwrap();
        let mut written = History::new(meta());
        written.channels.push(Channel { code: "web".to_owned(), name: text, kind: quotes });
        written.write(folder.path()).unwrap();
        prop_assert_eq!(History::read(folder.path()).unwrap(), written);
    }

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), file in 0..FILES.len()) {
        let folder = broken("history.csv", |text| text);
        let path = folder.path().join(FILES[file]);
        let mut text = fs::read(&path).unwrap();
        text.truncate(text.len() / 2);
        text.extend(bytes);
        fs::write(&path, text).unwrap();
        let _ = History::read(folder.path());
    }
}
