//! Cells out.

use std::io::{self, Read, Write};

use rust_xlsxwriter::{Workbook, XlsxError};

use crate::guard::{guarded, unguarded};

/// A cell that is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Text of anybody's: guarded.
    Text(String),
    /// A whole number; nobody's text, so a minus is a minus.
    Number(i64),
    /// Nothing.
    Empty,
}

impl From<&str> for Cell {
    fn from(text: &str) -> Cell {
        Cell::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Cell {
        Cell::Text(text)
    }
}

impl From<i64> for Cell {
    fn from(number: i64) -> Cell {
        Cell::Number(number)
    }
}

/// Writes CSV after RFC 4180, in UTF-8.
pub struct CsvWriter<W: Write> {
    csv: csv::Writer<W>,
}

impl<W: Write> CsvWriter<W> {
    /// A file from its beginning: a mark that spreadsheets know UTF-8 by, then the header.
    pub fn begin(mut out: W, header: &[&str]) -> io::Result<CsvWriter<W>> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut writer = CsvWriter::go_on(out);
        writer.csv.write_record(header)?;
        Ok(writer)
    }

    /// More rows of a file that was begun before.
    pub fn go_on(out: W) -> CsvWriter<W> {
        let csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(out);
        CsvWriter { csv }
    }

    /// One row.
    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        for cell in cells {
            match cell {
                Cell::Text(text) => self.csv.write_field(guarded(text).as_bytes())?,
                Cell::Number(number) => self.csv.write_field(number.to_string())?,
                Cell::Empty => self.csv.write_field("")?,
            }
        }
        self.csv.write_record(None::<&[u8]>)?;
        Ok(())
    }

    /// What it was written to.
    pub fn finish(self) -> io::Result<W> {
        self.csv.into_inner().map_err(|error| io::Error::other(error.to_string()))
    }
}

/// The most rows of one sheet, by the format.
const SHEET_ROWS: u32 = 1_048_576;
/// The most characters of one cell, by the format.
const CELL_CHARS: usize = 32_767;
/// A spreadsheet's numbers are floats: from here on they lose digits.
const EXACT: i64 = 1 << 53;

/// Writes a CSV of ours as XLSX. Cells of the `numbers` columns become numbers; all others are text by their type,
/// which no spreadsheet runs, so the guard is taken off. What one sheet cannot hold goes on in the next.
pub fn write_xlsx<R: Read, W: Write + Send>(csv: R, numbers: &[bool], out: W) -> Result<(), XlsxError> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv);
    let mut book = Workbook::new();
    let mut records = reader.byte_records();
    let wrong = |error: csv::Error| XlsxError::IoError(io::Error::other(error));
    let Some(header) = records.next().transpose().map_err(wrong)? else {
        book.add_worksheet();
        return book.save_to_writer(out);
    };
    let mut next = records.next().transpose().map_err(wrong)?;
    loop {
        let sheet = book.add_worksheet_with_constant_memory()?;
        for (column, name) in header.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            sheet.write_string(0, column as u16, name.trim_start_matches('\u{feff}'))?;
        }
        let mut row = 1;
        while row < SHEET_ROWS
            && let Some(record) = &next
        {
            for (column, cell) in record.iter().enumerate() {
                let text = String::from_utf8_lossy(cell);
                let number = numbers.get(column).filter(|is_number| **is_number);
                let number = number.and_then(|_| text.parse::<i64>().ok()).filter(|n| n.abs() < EXACT);
                match number {
                    Some(number) => sheet.write_number(row, column as u16, number as f64)?,
                    None if text.is_empty() => continue,
                    None => {
                        let text: String = unguarded(&text).chars().take(CELL_CHARS).collect();
                        sheet.write_string(row, column as u16, text)?
                    }
                };
            }
            row += 1;
            next = records.next().transpose().map_err(wrong)?;
        }
        if next.is_none() {
            return book.save_to_writer(out);
        }
    }
}
