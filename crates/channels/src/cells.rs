//! The rows of one order, read cell by cell with every trouble kept.

use jiff::fmt::strtime::BrokenDownTime;
use kernel::{Address, Currency, Date, Money, Place, Quantity, Timestamp};
use serde_json::{Map, Value};

use crate::order::PromisedBy;
use crate::problem::{Problem, RowError};
use crate::table::{Header, Row};

/// The longest code: reference, SKU, currency and the like.
const CODE_CHARS: usize = 255;
/// The longest name, street or title.
pub(crate) const TEXT_CHARS: usize = 1_000;
/// The longest note.
pub(crate) const NOTE_CHARS: usize = 10_000;
/// The most of one line.
const QUANTITY: i64 = 1_000_000;
/// The most errors that are kept of one order.
pub(crate) const ERRORS: usize = 100;
/// The largest amount, so that sums of many lines stay far from the end of an `i64`.
pub(crate) const AMOUNT_MINOR: i64 = 1_000_000_000_000;

/// One cell and where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cell<'a> {
    row: u64,
    column: &'a str,
    /// Trimmed.
    pub(crate) text: &'a str,
}

/// The rows of one order while they are read. What cannot be read becomes an error and a harmless value.
pub(crate) struct OrderCells<'a> {
    header: &'a Header,
    rows: &'a [Row],
    /// `12,50` is an amount where a comma does not end the cell.
    has_decimal_comma: bool,
    /// Up to [`ERRORS`].
    errors: Vec<RowError>,
    /// How many more there were.
    more: usize,
}

impl<'a> OrderCells<'a> {
    pub(crate) fn new(header: &'a Header, rows: &'a [Row], delimiter: u8) -> OrderCells<'a> {
        let mut cells =
            OrderCells { header, rows, has_decimal_comma: delimiter != b',', errors: Vec::new(), more: 0 };
        for error in rows.iter().flat_map(|row| &row.errors) {
            cells.keep(error.clone());
        }
        cells
    }

    /// What was wrong, row by row, and how many more errors there were than are kept.
    pub(crate) fn into_errors(mut self) -> (Vec<RowError>, usize) {
        self.errors.sort_by_key(|error| error.row);
        (self.errors, self.more)
    }

    pub(crate) fn rows(&self) -> &'a [Row] {
        self.rows
    }

    pub(crate) fn refuse(&mut self, cell: Cell<'_>, problem: Problem) {
        self.keep(RowError::new(cell.row, cell.column, cell.text, problem));
    }

    /// Refuses the order as a whole.
    pub(crate) fn refuse_order(&mut self, problem: Problem) {
        self.keep(RowError::new(self.rows[0].number, "", "", problem));
    }

    fn keep(&mut self, error: RowError) {
        if self.errors.len() < ERRORS {
            self.errors.push(error);
        } else {
            self.more += 1;
        }
    }

    /// A cell of a line; empty if the file has no such column.
    pub(crate) fn line(&self, row: &'a Row, column: &'a str) -> Cell<'a> {
        match self.header.find(column) {
            Some(place) => {
                Cell { row: row.number, column: &self.header.names()[place], text: row.cells[place].trim() }
            }
            None => Cell { row: row.number, column, text: "" },
        }
    }

    /// A cell of the whole order: it stands on the first row, and again or not on the others.
    pub(crate) fn order(&mut self, column: &'a str) -> Cell<'a> {
        let (first, others) = self.rows.split_first().expect("an order has at least one row");
        let cell = self.line(first, column);
        for row in others {
            let again = self.line(row, column);
            if !again.text.is_empty() && again.text != cell.text {
                self.refuse(again, Problem::Contradiction { row: cell.row });
            }
        }
        cell
    }

    /// Text up to a length.
    pub(crate) fn text(&mut self, cell: Cell<'_>, limit: usize) -> String {
        if cell.text.chars().count() > limit {
            self.refuse(cell, Problem::TooLong { limit });
            return String::new();
        }
        cell.text.to_owned()
    }

    /// Text of the whole order.
    pub(crate) fn order_text(&mut self, column: &'a str) -> String {
        let cell = self.order(column);
        self.text(cell, TEXT_CHARS)
    }

    /// A code: text that a spreadsheet may have spoilt.
    pub(crate) fn code(&mut self, cell: Cell<'_>) -> String {
        if is_spreadsheet_number(cell.text) {
            self.refuse(cell, Problem::SpreadsheetNumber);
        }
        self.text(cell, CODE_CHARS)
    }

    /// A code of the whole order, such as a telephone number, which spreadsheets like to spoil too. Shops guard
    /// such cells against spreadsheets with an apostrophe in front, which is no part of them.
    pub(crate) fn order_code(&mut self, column: &'a str) -> String {
        let mut cell = self.order(column);
        cell.text = cell.text.strip_prefix('\'').unwrap_or(cell.text);
        self.code(cell)
    }

    /// A code that must be there.
    pub(crate) fn required_code(&mut self, cell: Cell<'_>) -> String {
        if cell.text.is_empty() {
            self.refuse(cell, Problem::Missing);
        }
        self.code(cell)
    }

    pub(crate) fn currency(&mut self, column: &'a str) -> Option<Currency> {
        let cell = self.order(column);
        let problem = match Currency::parse(&cell.text.to_ascii_uppercase()) {
            Ok(currency) => return Some(currency),
            Err(_) if cell.text.is_empty() => Problem::Missing,
            Err(_) => Problem::NotACurrency,
        };
        self.refuse(cell, problem);
        None
    }

    /// An amount that is not negative; empty is none. Without a currency nothing can be said about it.
    pub(crate) fn amount(&mut self, cell: Cell<'_>, currency: Option<Currency>) -> Option<i64> {
        let currency = currency?;
        if cell.text.is_empty() {
            return None;
        }
        let with_point;
        let text = if self.has_decimal_comma && !cell.text.contains('.') {
            with_point = cell.text.replacen(',', ".", 1);
            &with_point
        } else {
            cell.text
        };
        let problem = match Money::parse_decimal(text, currency) {
            Ok(amount) if amount.minor < 0 => Problem::NegativeAmount,
            Ok(amount) if amount.minor > AMOUNT_MINOR => Problem::AmountTooLarge { max_minor: AMOUNT_MINOR },
            Ok(amount) => return Some(amount.minor),
            Err(_) => Problem::NotAnAmount { currency },
        };
        self.refuse(cell, problem);
        None
    }

    pub(crate) fn quantity(&mut self, cell: Cell<'_>) -> Quantity {
        let digits = cell.text.strip_prefix(['-', '+']).unwrap_or(cell.text);
        let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        let problem = match cell.text.parse::<i64>() {
            Ok(units) if (1..=QUANTITY).contains(&units) => {
                return Quantity::new(units).expect("a million is a quantity");
            }
            _ if cell.text.is_empty() => Problem::Missing,
            _ if is_whole => Problem::QuantityOutOfRange { max: QUANTITY },
            _ => Problem::NotAQuantity { max: QUANTITY },
        };
        self.refuse(cell, problem);
        Quantity::ZERO
    }

    /// An instant of the whole order, in RFC 3339 or in `format` if there is one; empty is none.
    pub(crate) fn instant(&mut self, column: &'a str, format: Option<&'static str>) -> Option<Timestamp> {
        let cell = self.order(column);
        if cell.text.is_empty() {
            return None;
        }
        let at = match format {
            Some(format) => {
                BrokenDownTime::parse(format, cell.text).and_then(|time| time.to_timestamp()).ok()
            }
            None => cell.text.parse().ok(),
        };
        let at = at.filter(|at| *at >= Timestamp::UNIX_EPOCH).map(kernel::time::to_micros);
        if at.is_none() {
            let example = match format {
                Some(_) => "2026-11-29 09:12:33 +0200",
                None => "2026-11-29T09:12:33+02:00",
            };
            self.refuse(cell, Problem::NotAnInstant { example });
        }
        at
    }

    /// A day or an instant of the whole order; empty is none.
    pub(crate) fn promise(&mut self, column: &'a str) -> Option<PromisedBy> {
        let cell = self.order(column);
        if cell.text.is_empty() {
            return None;
        }
        // A day is ten characters; anything longer must be an instant, whose day alone would not be all it says.
        let promise = if cell.text.len() == 10 {
            cell.text.parse::<Date>().ok().map(PromisedBy::EndOf)
        } else {
            let at = cell.text.parse::<Timestamp>().ok().filter(|at| *at >= Timestamp::UNIX_EPOCH);
            at.map(|at| PromisedBy::At(kernel::time::to_micros(at)))
        };
        if promise.is_none() {
            self.refuse(cell, Problem::NotADay);
        }
        promise
    }

    /// Yes or no; empty is none.
    pub(crate) fn boolean(&mut self, cell: Cell<'_>) -> Option<bool> {
        match cell.text.to_ascii_lowercase().as_str() {
            "" => None,
            "true" | "yes" | "1" => Some(true),
            "false" | "no" | "0" => Some(false),
            _ => {
                self.refuse(cell, Problem::NotABoolean);
                None
            }
        }
    }

    /// The country of the address; it may be missing only if nothing is sent.
    pub(crate) fn country(&mut self, column: &'a str, needs_shipping: bool) -> String {
        let cell = self.order(column);
        let country = cell.text.to_ascii_uppercase();
        if country.is_empty() {
            if needs_shipping {
                self.refuse(cell, Problem::Missing);
            }
        } else if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
            self.refuse(cell, Problem::NotACountry);
        }
        country
    }

    /// A point in degrees, from two columns.
    pub(crate) fn place(&mut self, latitude: &'a str, longitude: &'a str) -> Option<Place> {
        let (north, east) = (self.order(latitude), self.order(longitude));
        if north.text.is_empty() && east.text.is_empty() {
            return None;
        }
        let place = match (north.text.parse(), east.text.parse()) {
            (Ok(north), Ok(east)) => Place::from_degrees(north, east).ok(),
            _ => None,
        };
        if place.is_none() {
            self.refuse(north, Problem::NotAPlace);
        }
        place
    }

    /// Every cell that is not empty, row by row, under the file's own names.
    pub(crate) fn raw(&self) -> Value {
        let rows = self.rows.iter().map(|row| {
            let mut cells = Map::new();
            for (place, (name, cell)) in self.header.names().iter().zip(&row.cells).enumerate() {
                if cell.is_empty() {
                    continue;
                }
                let is_free = !name.is_empty() && !cells.contains_key(name);
                let name = if is_free { name.clone() } else { format!("{name}#{}", place + 1) };
                cells.insert(name, Value::String(cell.clone()));
            }
            Value::Object(cells)
        });
        Value::Array(rows.collect())
    }
}

/// Where to send an order, from the columns of one format.
pub(crate) struct AddressColumns {
    pub(crate) name: &'static str,
    pub(crate) line1: &'static str,
    pub(crate) line2: &'static str,
    pub(crate) postal_code: &'static str,
    pub(crate) city: &'static str,
    pub(crate) region: &'static str,
    pub(crate) country: &'static str,
    pub(crate) phone: &'static str,
}

impl AddressColumns {
    pub(crate) fn read(&self, cells: &mut OrderCells<'_>, needs_shipping: bool) -> Address {
        Address {
            name: cells.order_text(self.name),
            line1: cells.order_text(self.line1),
            line2: cells.order_text(self.line2),
            postal_code: cells.order_code(self.postal_code),
            city: cells.order_text(self.city),
            region: cells.order_text(self.region),
            country: cells.country(self.country, needs_shipping),
            phone: cells.order_code(self.phone),
            place: None,
        }
    }
}

/// `5.01E+12` or `5,01E+12`: what a spreadsheet leaves of a long code.
fn is_spreadsheet_number(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once("E+").or_else(|| text.split_once("e+")) else {
        return false;
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    is_digits(whole) && is_digits(part) && is_digits(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spoilt_code_is_told_from_a_good_one() {
        for text in ["5.01E+12", "5,01E+12", "1E+10", "5.01234e+12"] {
            assert!(is_spreadsheet_number(text), "{text}");
        }
        for text in ["", "5012345678900", "E+12", "TEA-1E", "1E+", "MUG.E+1", "5.E+12", "1E-5"] {
            assert!(!is_spreadsheet_number(text), "{text}");
        }
    }
}
