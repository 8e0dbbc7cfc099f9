//! Files that nobody should send, and very long ones.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use channels::{Format, OrdersReader};
use proptest::prelude::*;

use crate::read;

const HEADER: &str = "external_reference,currency,ship_to_country,external_code,quantity,unit_price,title\n";

/// A file that is made while it is read, so that only the reader can be what keeps it in memory.
struct Made {
    row: u64,
    rows: u64,
    chunk: Vec<u8>,
    at: usize,
    given: Rc<Cell<u64>>,
}

impl Read for Made {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.chunk.len() {
            if self.row == self.rows {
                return Ok(0);
            }
            let padding = "x".repeat(200);
            let order = self.row / 2;
            self.chunk = format!("O-{order},EUR,BG,SKU-{},1,9.99,{padding}\n", self.row % 97).into_bytes();
            self.at = 0;
            self.row += 1;
        }
        let length = buffer.len().min(self.chunk.len() - self.at);
        buffer[..length].copy_from_slice(&self.chunk[self.at..self.at + length]);
        self.at += length;
        self.given.set(self.given.get() + length as u64);
        Ok(length)
    }
}

/// The most memory this process ever had, where the system tells and no other test lives in the process.
fn peak_kib() -> Option<u64> {
    std::env::var_os("NEXTEST")?;
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn a_file_of_a_hundred_thousand_rows_is_read_in_the_memory_of_a_few() {
    let given = Rc::new(Cell::new(0));
    let made = Made { row: 0, rows: 100_000, chunk: HEADER.into(), at: 0, given: Rc::clone(&given) };
    let before = peak_kib();
    let mut orders = 0;
    let mut taken = HEADER.len() as u64;
    for order in OrdersReader::new(made, Format::OrdersCsv).unwrap() {
        let (row, order) = order.unwrap();
        assert_eq!(row, 2 + orders * 2);
        assert_eq!(order.lines.len(), 2);
        orders += 1;
        taken += 2 * 200;
        // What was read and not given yet is a buffer or two, not the rest of the file.
        assert!(
            given.get() < taken + orders * 100 + 256 * 1024,
            "{} read after {orders} orders",
            given.get()
        );
    }
    assert_eq!(orders, 50_000);
    assert!(given.get() > 20_000_000);
    if let (Some(before), Some(after)) = (before, peak_kib()) {
        assert!(after - before < 8 * 1024, "memory grew by {} KiB", after - before);
    }
}

#[test]
fn an_order_without_end_is_refused_and_the_next_one_taken() {
    let mut file = String::from(HEADER);
    for _ in 0..10_050 {
        file += "ENDLESS,EUR,BG,TEA,1,1.00,\n";
    }
    file += "NEXT,EUR,BG,TEA,1,1.00,\n";
    let found = read(file.as_bytes());
    assert!(found[0].as_ref().unwrap_err().contains("at most 10000 lines"));
    assert_eq!(found[1].as_ref().unwrap().external_reference, "NEXT");
}

#[test]
fn a_hundred_errors_of_an_order_are_told_and_the_rest_counted() {
    let mut file = String::from(HEADER);
    for _ in 0..1_000 {
        file += "BAD,EUR,BG,TEA,0,x,\n";
    }
    let mut reader = OrdersReader::detect(file.as_bytes()).unwrap();
    let Some(Err(channels::OrderError::Refused(refused))) = reader.next() else { panic!("all rows are bad") };
    assert_eq!((refused.errors.len(), refused.more), (100, 1_900));
}

#[test]
fn an_open_quote_ends_the_file_with_its_row() {
    let file =
        format!("{HEADER}A1,EUR,BG,TEA,1,1.00,ok\nA2,EUR,BG,TEA,1,1.00,\"open\nA3,EUR,BG,TEA,1,1.00,ok\n");
    let found = read(file.as_bytes());
    // A1 may have had more rows: it is not given as if it were whole.
    assert_eq!(found, [Err("row 3 has a quote that is never closed".to_owned())]);
}

#[test]
fn formulas_and_markup_come_through_as_text() {
    let file = format!("{HEADER}A1,EUR,BG,TEA,1,1.00,\"=cmd|' /C calc'!A0 <script>alert(1)</script>\"\n");
    let found = read(file.as_bytes());
    assert_eq!(found[0].as_ref().unwrap().lines[0].title, "=cmd|' /C calc'!A0 <script>alert(1)</script>");
}

#[test]
fn bad_bytes_refuse_one_order_only() {
    let mut file = HEADER.as_bytes().to_vec();
    file.extend(b"A1,EUR,BG,TEA,1,1.00,caf\xe9\nA2,EUR,BG,TEA,1,1.00,\0\nA3,EUR,BG,TEA,1,1.00,ok\n");
    let byte = file.iter().position(|byte| *byte == 0xe9).unwrap();
    let found = read(&file);
    assert!(found[0].as_ref().unwrap_err().contains(&format!("not UTF-8 at byte {byte} ")), "{found:?}");
    assert!(found[1].as_ref().unwrap_err().contains("control character"));
    assert!(found[2].is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = read(&bytes);
    }

    #[test]
    fn no_rows_make_the_reader_panic(rows in "[A-C,;\"\n\r0-9.E+\\-=' éa]{0,300}", is_shopify: bool) {
        let header = if is_shopify {
            "Name,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem price,Lineitem sku,Shipping Country\n"
        } else {
            HEADER
        };
        let _ = read(format!("{header}{rows}").as_bytes());
    }

    #[test]
    fn a_cell_comes_back_as_it_was_written(title in "[^\\p{Cc}]{0,60}", reference in "[A-Z]{1,5}") {
        let quoted = title.replace('"', "\"\"");
        let file = format!("{HEADER}{reference},EUR,BG,TEA,1,1.00,\"{quoted}\"\n");
        let found = read(file.as_bytes());
        prop_assert_eq!(&found[0].as_ref().unwrap().lines[0].title, title.trim());
    }
}
