//! What can be wrong with a cell or a row, as facts.

use kernel::Currency;

/// A row of a file that cannot be taken, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("row {row}, column `{column}`: {problem}{}", shown(value))]
pub struct RowError {
    /// As a spreadsheet counts: the header is row 1.
    pub row: u64,
    /// The column's name as the file has it, or empty if the whole row is meant.
    pub column: String,
    /// What stands there, cut to 80 characters.
    pub value: String,
    /// What is wrong with it.
    pub problem: Problem,
}

fn shown(value: &str) -> String {
    if value.is_empty() { String::new() } else { format!(" (here: `{value}`)") }
}

impl RowError {
    /// How much of a bad value is kept.
    pub const VALUE_CHARS: usize = 80;

    pub(crate) fn new(row: u64, column: &str, value: &str, problem: Problem) -> RowError {
        // What is bad may be hostile too, and will be shown in a terminal or in a log.
        let value = value
            .chars()
            .take(RowError::VALUE_CHARS)
            .map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c })
            .collect();
        RowError { row, column: column.to_owned(), value, problem }
    }
}

/// What is wrong with a cell or a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Nothing where something must be.
    #[error("must not be empty")]
    Missing,
    /// `5.01E+12`: the digits are gone.
    #[error("a spreadsheet turned this code into a number; format the column as text and export again")]
    SpreadsheetNumber,
    /// No whole number.
    #[error("not a quantity: a whole number from 1 to {max}")]
    NotAQuantity {
        /// The largest quantity of a line.
        max: i64,
    },
    /// A whole number, but zero, negative or too large.
    #[error("a quantity is from 1 to {max}")]
    QuantityOutOfRange {
        /// The largest quantity of a line.
        max: i64,
    },
    /// No decimal amount of this currency.
    #[error("not an amount in {currency}: digits, then at most {} decimals after a point", currency.decimals())]
    NotAnAmount {
        /// Of the order.
        currency: Currency,
    },
    /// An amount below zero.
    #[error("an amount here is never negative")]
    NegativeAmount,
    /// An amount that no order has.
    #[error("an amount here is at most {max_minor} minor units")]
    AmountTooLarge {
        /// The largest amount.
        max_minor: i64,
    },
    /// No currency code.
    #[error("not a currency: three capital letters such as EUR")]
    NotACurrency,
    /// No instant, or one without its offset, or before 1970.
    #[error("not a time with its offset from UTC, such as {example}")]
    NotAnInstant {
        /// How this format writes one.
        example: &'static str,
    },
    /// No day and no instant.
    #[error("not a day such as 2026-11-29 or a time with its offset such as 2026-11-29T18:00:00Z")]
    NotADay,
    /// No country code.
    #[error("not a country: two capital letters such as BG")]
    NotACountry,
    /// Neither yes nor no.
    #[error("not `true` or `false`")]
    NotABoolean,
    /// No point on earth, or half of one.
    #[error(
        "not a place on earth: latitude from -90 to 90 and longitude from -180 to 180, in degrees, both or none"
    )]
    NotAPlace,
    /// More text than fits.
    #[error("longer than {limit} characters")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// A character that no text has.
    #[error("has a control character")]
    ControlCharacter,
    /// Bytes that are no UTF-8.
    #[error("not UTF-8 at byte {byte} of the file; was it saved as Windows-1252? Save it as `CSV UTF-8`")]
    NotUtf8 {
        /// From the start of the file, from 0.
        byte: u64,
    },
    /// `"abc"def`.
    #[error("text after a closing quote; a quote inside a quoted cell is written twice")]
    TextAfterQuote,
    /// More or fewer cells than the header.
    #[error("has {found} cells, the header has {expected}")]
    CellCount {
        /// In this row.
        found: usize,
        /// In the header.
        expected: usize,
    },
    /// An order's rows contradict each other.
    #[error("differs from row {row} of the same order")]
    Contradiction {
        /// The order's first row.
        row: u64,
    },
    /// An order without end.
    #[error("an order has at most {lines} lines and {bytes} bytes")]
    OrderTooLarge {
        /// The most lines.
        lines: usize,
        /// The most text.
        bytes: usize,
    },
}
