//! Bytes to records, strictly after RFC 4180.
//!
//! Written here because usual readers are kind: a quote that is never closed swallows the rest of the file into one
//! cell, without a word. That would lose orders, so here it is an error that names the row.

use std::io::{self, BufRead};

/// The longest row.
pub(crate) const ROW_BYTES: usize = 1024 * 1024;
/// The most cells of a row.
pub(crate) const COLUMNS: usize = 1_000;

/// The cells of one row as bytes, its memory used again for the next.
#[derive(Debug, Default)]
pub(crate) struct Record {
    bytes: Vec<u8>,
    /// Where each cell ends in `bytes` and how many source bytes stood before its first (for messages).
    cells: Vec<Cell>,
    /// How many cells there were, which may be more than are kept.
    pub(crate) count: usize,
    /// The first cell with text after its closing quote.
    pub(crate) text_after_quote: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    end: usize,
    source_start: u64,
}

impl Record {
    fn clear(&mut self) {
        self.bytes.clear();
        self.cells.clear();
        self.count = 0;
        self.text_after_quote = None;
    }

    /// The bytes of the kept cells, each with the offset in the file of where it begins.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let starts = std::iter::once(0).chain(self.cells.iter().map(|cell| cell.end));
        starts.zip(&self.cells).map(|(start, cell)| (&self.bytes[start..cell.end], cell.source_start))
    }

    fn close_cell(&mut self, source_start: u64) {
        self.count += 1;
        if self.count <= COLUMNS {
            self.cells.push(Cell { end: self.bytes.len(), source_start });
        }
    }
}

/// Why no further record can be read.
#[derive(Debug)]
pub(crate) enum Broken {
    Io(io::Error),
    TooLong,
    OpenQuote,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    CellStart,
    Plain,
    Quoted,
    /// After a quote inside a quoted cell: the end of the cell, or the first half of a doubled quote.
    QuoteSeen,
}

/// A reader of records.
#[derive(Debug)]
pub(crate) struct Records<B> {
    input: B,
    delimiter: u8,
    offset: u64,
}

impl<B: BufRead> Records<B> {
    /// Reads on from `offset` bytes into the file.
    pub(crate) fn new(input: B, delimiter: u8, offset: u64) -> Records<B> {
        Records { input, delimiter, offset }
    }

    /// The next record, blank lines included; false at the end of the file.
    pub(crate) fn read(&mut self, record: &mut Record) -> Result<bool, Broken> {
        record.clear();
        let mut state = State::CellStart;
        let row_start = self.offset;
        let mut cell_start = self.offset;
        loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Broken::Io(error)),
            };
            if chunk.is_empty() {
                if state == State::Quoted {
                    return Err(Broken::OpenQuote);
                }
                if self.offset == row_start {
                    return Ok(false);
                }
                end_row(record, state, cell_start);
                return Ok(true);
            }
            for (index, &byte) in chunk.iter().enumerate() {
                let at = self.offset + index as u64;
                if at - row_start >= ROW_BYTES as u64 {
                    return Err(Broken::TooLong);
                }
                match (state, byte) {
                    (State::Quoted, b'"') => state = State::QuoteSeen,
                    (State::Quoted, _) => record.bytes.push(byte),
                    (State::CellStart, b'"') => state = State::Quoted,
                    (State::QuoteSeen, b'"') => {
                        record.bytes.push(byte);
                        state = State::Quoted;
                    }
                    (_, b'\n') => {
                        end_row(record, state, cell_start);
                        self.input.consume(index + 1);
                        self.offset = at + 1;
                        return Ok(true);
                    }
                    (_, byte) if byte == self.delimiter => {
                        record.close_cell(cell_start);
                        cell_start = at + 1;
                        state = State::CellStart;
                    }
                    (State::QuoteSeen, b'\r') => {}
                    (State::QuoteSeen, _) => {
                        record.text_after_quote.get_or_insert(record.count);
                        record.bytes.push(byte);
                        state = State::Plain;
                    }
                    (State::CellStart | State::Plain, _) => {
                        record.bytes.push(byte);
                        state = State::Plain;
                    }
                }
            }
            let length = chunk.len();
            self.input.consume(length);
            self.offset += length as u64;
        }
    }
}

fn end_row(record: &mut Record, state: State, cell_start: u64) {
    // The carriage return of `\r\n` belongs to the line end, unless it was quoted.
    if state == State::Plain && record.bytes.last() == Some(&b'\r') {
        record.bytes.pop();
    }
    record.close_cell(cell_start);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_all(text: &str, buffer: usize) -> Result<Vec<Vec<String>>, Broken> {
        let mut records = Records::new(io::BufReader::with_capacity(buffer, text.as_bytes()), b',', 0);
        let (mut record, mut rows) = (Record::default(), Vec::new());
        while records.read(&mut record)? {
            rows.push(record.iter().map(|(cell, _)| String::from_utf8(cell.to_vec()).unwrap()).collect());
        }
        Ok(rows)
    }

    #[test]
    fn cells_are_read_as_rfc_4180_says_wherever_a_buffer_ends() {
        for (text, expected) in [
            ("", vec![]),
            ("a,b", vec![vec!["a", "b"]]),
            ("a,b\r\n", vec![vec!["a", "b"]]),
            ("a,\r\n,b\n", vec![vec!["a", ""], vec!["", "b"]]),
            ("\"a,b\",\"c\r\nd\"\r\n", vec![vec!["a,b", "c\r\nd"]]),
            ("\"say \"\"hi\"\"\",\"\"\n", vec![vec!["say \"hi\"", ""]]),
            ("5\" pipe,x\n", vec![vec!["5\" pipe", "x"]]),
            ("\n\na\n", vec![vec![""], vec![""], vec!["a"]]),
            ("\"a\r\"\r\n", vec![vec!["a\r"]]),
        ] {
            for buffer in [1, 2, 3, 64] {
                assert_eq!(read_all(text, buffer).unwrap(), expected, "{text:?} by {buffer}");
            }
        }
    }

    #[test]
    fn an_open_quote_is_not_swallowed() {
        assert!(matches!(read_all("a,\"b\nc,d\ne,f\n", 64), Err(Broken::OpenQuote)));
    }

    #[test]
    fn a_row_without_end_is_given_up() {
        let text = format!("a,{}\n", "x".repeat(ROW_BYTES));
        assert!(matches!(read_all(&text, 4096), Err(Broken::TooLong)));
    }
}
