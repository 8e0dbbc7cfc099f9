//! Files as people bring them and take them away.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::io::{Cursor, Write};

use proptest::prelude::*;
use sheets::{BringError, Cell, CsvWriter, as_csv, guard::unguarded, write_xlsx};

fn brought(bytes: &[u8]) -> Result<String, BringError> {
    let mut out = Vec::new();
    as_csv(Cursor::new(bytes), &mut out).map(|()| String::from_utf8(out).unwrap())
}

/// Rows as CSV of ours.
fn csv_of(rows: &[Vec<Cell>]) -> Vec<u8> {
    let mut writer = CsvWriter::begin(Vec::new(), &["code", "quantity"]).unwrap();
    rows.iter().for_each(|row| writer.row(row).unwrap());
    writer.finish().unwrap()
}

/// The cells of a CSV below its header, as importers read them.
fn read(csv: &[u8]) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv);
    let rows =
        reader.records().map(|row| row.unwrap().iter().map(|cell| unguarded(cell).to_owned()).collect());
    rows.collect()
}

#[test]
fn c13_a_minus_of_a_number_stays_and_one_of_a_text_is_guarded() {
    let csv = csv_of(&[vec!["-5".into(), Cell::Number(-5)], vec!["=A1".into(), Cell::Empty]]);
    assert_eq!(String::from_utf8(csv).unwrap(), "\u{feff}code,quantity\r\n'-5,-5\r\n'=A1,\r\n");
}

#[test]
fn c13_in_a_workbook_a_text_is_text_by_its_type() {
    let csv = csv_of(&[vec!["=1+1".into(), Cell::Number(-5)], vec!["0012345678905".into(), Cell::Number(7)]]);
    let mut book = Cursor::new(Vec::new());
    write_xlsx(csv.as_slice(), &[false, true], &mut book).unwrap();
    let book = book.into_inner();
    let mut archive = zip::ZipArchive::new(Cursor::new(&book)).unwrap();
    let mut sheet = String::new();
    std::io::Read::read_to_string(&mut archive.by_name("xl/worksheets/sheet1.xml").unwrap(), &mut sheet)
        .unwrap();
    assert!(!sheet.contains("<f>"), "no formula: {sheet}");
    assert!(sheet.contains("<v>-5</v>"), "a number is a number: {sheet}");
    let back = brought(&book).unwrap();
    assert_eq!(read(back.as_bytes()), [["=1+1", "-5"], ["0012345678905", "7"]]);
}

#[test]
fn a_text_in_utf_16_is_read() {
    let text = "\u{feff}sku;title\nTEA;Чай\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for bytes in [little, big] {
        assert_eq!(brought(&bytes).unwrap(), "sku;title\nTEA;Чай\n");
    }
}

#[test]
fn what_is_no_table_is_refused() {
    assert!(matches!(brought(b"PK\x03\x04 and nothing more"), Err(BringError::Workbook(_))));
    assert!(matches!(brought(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), Err(BringError::OldWorkbook)));
}

#[test]
fn a_zip_bomb_is_refused_before_it_goes_off() {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let deflated =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("xl/sharedStrings.xml", deflated).unwrap();
    let zeros = vec![b' '; 1_000_000];
    for _ in 0..65 {
        archive.write_all(&zeros).unwrap();
    }
    let bomb = archive.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000, "{}", bomb.len());
    assert!(matches!(brought(&bomb), Err(BringError::TooLarge { max: 64 })));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    /// No text is changed on its way through either format.
    #[test]
    fn c13_what_goes_out_comes_back(texts in proptest::collection::vec("['=+@a0,;\"＝\n-]{0,5}[a-z]", 1..6)) {
        let rows: Vec<Vec<Cell>> = texts.iter().map(|text| vec![text.as_str().into(), Cell::Number(1)]).collect();
        let csv = csv_of(&rows);
        let wanted: Vec<Vec<String>> = texts.iter().map(|text| vec![text.clone(), "1".to_owned()]).collect();
        prop_assert_eq!(&read(&csv), &wanted);
        let mut book = Cursor::new(Vec::new());
        write_xlsx(csv.as_slice(), &[false, true], &mut book).unwrap();
        let back = brought(&book.into_inner()).unwrap();
        prop_assert_eq!(&read(back.as_bytes()), &wanted);
    }
}
