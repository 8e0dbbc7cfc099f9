//! Any CSV as a stream of rows with a header: encoding, delimiter, limits, and whatever can be wrong with a row.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::{BufReader, Chain, Cursor, Read};

use crate::problem::{Problem, RowError};
use crate::records::{Broken, COLUMNS, ROW_BYTES, Record, Records};

/// Why a file cannot be read, or not further.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    /// The file itself could not be read.
    #[error("reading failed after row {row}")]
    Io {
        /// The last row that was read.
        row: u64,
        /// What the system says.
        source: std::io::Error,
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Two bytes a character, as some spreadsheets save `Unicode text`.
    #[error("the file is UTF-16; save it as `CSV UTF-8`")]
    Utf16,
    /// A header that is no UTF-8.
    #[error("the header is not UTF-8 at byte {byte}; save the file as `CSV UTF-8`")]
    HeaderNotUtf8 {
        /// From the start of the file.
        byte: u64,
    },
    /// More columns than any order has.
    #[error("the header has {found} columns; at most {COLUMNS} are read")]
    TooManyColumns {
        /// In the header.
        found: usize,
    },
    /// A quote that is never closed: where the row ends is anybody's guess.
    #[error("row {row} has a quote that is never closed")]
    OpenQuote {
        /// The row it began in.
        row: u64,
    },
    /// A row longer than a mebibyte, most often an open quote.
    #[error("row {row} is longer than {ROW_BYTES} bytes; is a quote left open?")]
    RowTooLong {
        /// Which.
        row: u64,
    },
    /// Columns that this format cannot do without.
    #[error("missing columns: {}", columns.join(", "))]
    MissingColumns {
        /// All of them.
        columns: Vec<&'static str>,
    },
    /// A column that we read stands there twice: which one is meant?
    #[error("the column `{column}` stands in the header twice")]
    RepeatedColumn {
        /// Its name.
        column: &'static str,
    },
    /// A header of no format we know.
    #[error("the header is of no known format of orders")]
    UnknownFormat,
}

/// The names of the columns, found without regard to case.
#[derive(Debug)]
pub struct Header {
    names: Vec<String>,
    places: HashMap<String, usize>,
    repeated: Vec<String>,
}

impl Header {
    fn new(names: Vec<String>) -> Header {
        let (mut places, mut repeated) = (HashMap::new(), Vec::new());
        for (place, name) in names.iter().enumerate() {
            let key = name.to_ascii_lowercase();
            match places.entry(key) {
                Entry::Vacant(vacant) => {
                    vacant.insert(place);
                }
                Entry::Occupied(occupied) => repeated.push(occupied.key().clone()),
            }
        }
        Header { names, places, repeated }
    }

    /// The names as the file has them, in its order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column is; `name` in lower case.
    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// True if all of `columns` (in lower case) are there.
    pub(crate) fn has_all(&self, columns: &[&str]) -> bool {
        columns.iter().all(|column| self.places.contains_key(*column))
    }

    /// Refuses a header without one of `required`, or with one of `known` twice.
    pub(crate) fn check(&self, required: &[&'static str], known: &[&'static str]) -> Result<(), TableError> {
        let columns: Vec<&'static str> =
            required.iter().copied().filter(|column| self.find(column).is_none()).collect();
        if !columns.is_empty() {
            return Err(TableError::MissingColumns { columns });
        }
        match known.iter().find(|column| self.repeated.iter().any(|name| name == *column)) {
            Some(column) => Err(TableError::RepeatedColumn { column }),
            None => Ok(()),
        }
    }
}

/// One row below the header.
#[derive(Debug)]
pub struct Row {
    /// As a spreadsheet counts: the header is row 1.
    pub number: u64,
    /// As many as the header has; missing ones are empty. Not trimmed.
    pub cells: Vec<String>,
    /// What is wrong with the row whatever its columns mean. Its cells are then good for messages only.
    pub errors: Vec<RowError>,
}

/// A CSV file read row by row.
#[derive(Debug)]
pub struct Table<R> {
    records: Records<BufReader<Chain<Cursor<Vec<u8>>, R>>>,
    header: Header,
    delimiter: u8,
    record: Record,
    row: u64,
}

/// How much of the file is looked at to guess its delimiter.
const HEAD_BYTES: u64 = 64 * 1024;
/// The most errors kept of one row.
const ROW_ERRORS: usize = 10;

impl<R: Read> Table<R> {
    /// Reads the header. The delimiter is whichever of `,`, `;` and tab stands most often in it.
    pub fn open(mut input: R) -> Result<Table<R>, TableError> {
        let mut head = Vec::new();
        (&mut input)
            .take(HEAD_BYTES)
            .read_to_end(&mut head)
            .map_err(|source| TableError::Io { row: 0, source })?;
        if head.starts_with(&[0xff, 0xfe])
            || head.starts_with(&[0xfe, 0xff])
            || head.iter().take(4).any(|b| *b == 0)
        {
            return Err(TableError::Utf16);
        }
        let mut start = if head.starts_with(&[0xef, 0xbb, 0xbf]) { 3 } else { 0 };
        // Excel's own first line `sep=;` is no header.
        let declared = declared_delimiter(&head[start..]);
        let mut row = 0;
        if let Some((_, length)) = declared {
            start += length;
            row = 1;
        }
        let delimiter = declared.map_or_else(|| likely_delimiter(&head[start..]), |(delimiter, _)| delimiter);

        let mut rest = Cursor::new(head);
        rest.set_position(start as u64);
        let mut records =
            Records::new(BufReader::with_capacity(64 * 1024, rest.chain(input)), delimiter, start as u64);
        let mut record = Record::default();
        loop {
            row += 1;
            let is_row = records.read(&mut record).map_err(|broken| broken.at(row))?;
            if !is_row {
                return Err(TableError::Empty);
            }
            if record.iter().any(|(cell, _)| !cell.trim_ascii().is_empty()) {
                break;
            }
        }
        if record.count > COLUMNS {
            return Err(TableError::TooManyColumns { found: record.count });
        }
        let mut names = Vec::with_capacity(record.count);
        for (cell, offset) in record.iter() {
            let name = std::str::from_utf8(cell)
                .map_err(|error| TableError::HeaderNotUtf8 { byte: offset + error.valid_up_to() as u64 })?;
            names.push(name.trim().to_owned());
        }
        Ok(Table { records, header: Header::new(names), delimiter, record, row })
    }

    /// The names of the columns.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// What stands between two cells.
    pub fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The next row that is not blank; none at the end. After an error there is nothing more to read.
    pub fn next_row(&mut self) -> Result<Option<Row>, TableError> {
        loop {
            if !self.records.read(&mut self.record).map_err(|broken| broken.at(self.row + 1))? {
                return Ok(None);
            }
            self.row += 1;
            if self.record.iter().any(|(cell, _)| !cell.trim_ascii().is_empty()) {
                return Ok(Some(self.row()));
            }
        }
    }

    fn row(&self) -> Row {
        let expected = self.header.names.len();
        let mut cells = Vec::with_capacity(expected);
        let mut errors = Vec::new();
        let mut has_text_beyond = self.record.count > COLUMNS;
        for (place, (bytes, offset)) in self.record.iter().enumerate() {
            let Some(column) = self.header.names.get(place) else {
                has_text_beyond |= !bytes.is_empty();
                continue;
            };
            let text = match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(error) => {
                    let text = String::from_utf8_lossy(bytes).into_owned();
                    let byte = offset + error.valid_up_to() as u64;
                    errors.push(RowError::new(self.row, column, &text, Problem::NotUtf8 { byte }));
                    text
                }
            };
            // No database keeps a NUL in text, and no name has an escape sequence.
            if text.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
                errors.push(RowError::new(self.row, column, &text, Problem::ControlCharacter));
            }
            if self.record.text_after_quote == Some(place) {
                errors.push(RowError::new(self.row, column, &text, Problem::TextAfterQuote));
            }
            cells.push(text);
        }
        // Spreadsheets pad rows with empty cells; a row that is short or has text beyond the header has slipped.
        if self.record.count < expected || has_text_beyond {
            let problem = Problem::CellCount { found: self.record.count, expected };
            errors.push(RowError::new(self.row, "", "", problem));
        }
        cells.resize(expected, String::new());
        errors.truncate(ROW_ERRORS);
        Row { number: self.row, cells, errors }
    }
}

impl Broken {
    fn at(self, row: u64) -> TableError {
        match self {
            Broken::Io(source) => TableError::Io { row: row - 1, source },
            Broken::TooLong => TableError::RowTooLong { row },
            Broken::OpenQuote => TableError::OpenQuote { row },
        }
    }
}

/// The delimiter of a first line `sep=;` and the length of that line.
fn declared_delimiter(head: &[u8]) -> Option<(u8, usize)> {
    let rest = head.strip_prefix(b"sep=").or_else(|| head.strip_prefix(b"\"sep="))?;
    let delimiter = *rest.first().filter(|byte| matches!(byte, b',' | b';' | b'\t'))?;
    let length = head.iter().position(|byte| *byte == b'\n')? + 1;
    Some((delimiter, length))
}

fn likely_delimiter(head: &[u8]) -> u8 {
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0)];
    let mut is_quoted = false;
    let mut is_begun = false;
    for &byte in head {
        match byte {
            b'"' => is_quoted = !is_quoted,
            b'\n' if !is_quoted && is_begun => break,
            _ if !is_quoted => {
                is_begun |= !byte.is_ascii_whitespace();
                for (delimiter, count) in &mut counts {
                    *count += i32::from(*delimiter == byte);
                }
            }
            _ => {}
        }
    }
    let most = counts.iter().map(|(_, count)| *count).max();
    counts.iter().find(|(_, count)| Some(*count) == most).map_or(b',', |(delimiter, _)| *delimiter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Row> {
        let mut table = Table::open(bytes).unwrap();
        std::iter::from_fn(|| table.next_row().unwrap()).collect()
    }

    #[test]
    fn a_file_is_read_however_a_spreadsheet_saved_it() {
        for bytes in [
            &b"a,b\n1,2\n"[..],
            b"\xef\xbb\xbfa,b\r\n1,2\r\n",
            b"a;b\r\n1;2",
            b"sep=;\r\na;b\r\n1;2\r\n",
            b"a\tb\n1\t2\n",
            b"\n\"a\",\"b\"\n\n1,2,,\n,,\n",
        ] {
            let rows = rows(bytes);
            assert_eq!(rows.len(), 1, "{}", bytes.escape_ascii());
            assert_eq!(rows[0].cells, ["1", "2"], "{}", bytes.escape_ascii());
            assert_eq!(rows[0].errors, []);
        }
    }

    #[test]
    fn rows_are_counted_as_a_spreadsheet_counts() {
        let rows = rows(b"a,b\n\n\"1\n1\",2\n3,4\n");
        assert_eq!(rows.iter().map(|row| row.number).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn utf_16_is_refused_with_or_without_its_mark() {
        for bytes in [&b"\xff\xfea\0,\0b\0"[..], b"\xfe\xff\0a\0,", b"a\0,\0b\0", b"\0a\0,\0b"] {
            assert!(matches!(Table::open(bytes), Err(TableError::Utf16)));
        }
        assert!(matches!(Table::open(&b""[..]), Err(TableError::Empty)));
        assert!(matches!(Table::open(&b"\n,,\n"[..]), Err(TableError::Empty)));
    }

    #[test]
    fn a_bad_row_names_its_column_and_byte() {
        let rows = rows(b"a,b\n1,caf\xe9\n1\n1,2,3\n\"1\"x,2\n1,\x1b[2J\n");
        let problems: Vec<String> = rows.iter().map(|row| row.errors[0].to_string()).collect();
        assert_eq!(
            problems,
            [
                "row 2, column `b`: not UTF-8 at byte 9 of the file; was it saved as Windows-1252? Save it as `CSV UTF-8` (here: `caf\u{fffd}`)",
                "row 3, column ``: has 1 cells, the header has 2",
                "row 4, column ``: has 3 cells, the header has 2",
                "row 5, column `a`: text after a closing quote; a quote inside a quoted cell is written twice (here: `1x`)",
                "row 6, column `b`: has a control character (here: `\u{fffd}[2J`)",
            ]
        );
    }

    #[test]
    fn an_open_quote_in_the_last_column_loses_nothing_silently() {
        let mut table = Table::open(&b"a,b\n1,2\n3,\"4\n5,6\n"[..]).unwrap();
        assert!(table.next_row().unwrap().is_some());
        assert!(matches!(table.next_row(), Err(TableError::OpenQuote { row: 3 })));
    }
}
