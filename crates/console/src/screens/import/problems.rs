//! What is wrong with a file or an order of it, in words that have a text in every language.

use channels::{Problem, TableError};
use flows::import::{Fate, Told};
use flows::intake::Refused;
use orders::place::BadField;

use crate::i18n::Texts;
use crate::pages::import::RowError;
use crate::words::RowProblem;

/// What is wrong with a file as a whole.
pub(super) fn of_file(t: &Texts, error: &TableError) -> String {
    match error {
        TableError::Empty => t.text("file-empty"),
        TableError::Utf16 | TableError::HeaderNotUtf8 { .. } => t.text("file-encoding"),
        TableError::UnknownFormat | TableError::TooManyColumns { .. } => t.text("file-unknown"),
        TableError::MissingColumns { columns } => {
            t.fill("file-missing-columns", "columns", columns.join(", "))
        }
        TableError::RepeatedColumn { column } => t.fill("file-repeated-column", "column", column),
        TableError::OpenQuote { row } | TableError::RowTooLong { row } | TableError::Io { row, .. } => {
            t.fill("file-broken", "row", row.to_string())
        }
    }
}

/// What is wrong with an order; nothing where it was taken, or left out as the channel wants it.
pub(super) fn of_order(told: &Told) -> Vec<RowError> {
    let row = |line: u64, column: &str, value: &str, problem| RowError {
        line: i64::try_from(line).unwrap_or(i64::MAX),
        order: told.external_reference.clone(),
        column: column.to_owned(),
        value: value.to_owned(),
        problem,
    };
    let first = told.row;
    match &told.fate {
        Fate::Accepted(_) | Fate::Skipped(_) => Vec::new(),
        Fate::Lost(_) => vec![row(first, "", "", RowProblem::Lost)],
        Fate::Unreadable(unreadable) => {
            let errors = unreadable.errors.iter();
            errors.map(|error| row(error.row, &error.column, &error.value, of_cell(&error.problem))).collect()
        }
        Fate::Refused(Refused::BadFields { fields }) => {
            fields.iter().map(|field| row(first, &field.pointer, "", of_field(field))).collect()
        }
        Fate::Refused(Refused::UnknownChannel { channel }) => {
            vec![row(first, "", channel, RowProblem::UnknownChannel)]
        }
        Fate::Refused(Refused::UnknownListings { lines }) => {
            let lines = lines.iter();
            lines.map(|line| row(first, &line.pointer, quoted(line), RowProblem::UnknownItem)).collect()
        }
        Fate::Refused(Refused::Conflict { order_id }) => {
            vec![row(first, "", order_id.as_str(), RowProblem::Conflict)]
        }
        Fate::Refused(Refused::InsufficientStock { lines }) => {
            let lines = lines.iter().map(|line| {
                let value = format!("{}: {} > {}", line.external_code, line.asked, line.available);
                row(first, &format!("/lines/{}", line.line_no), &value, RowProblem::NoStock)
            });
            lines.collect()
        }
    }
}

/// The code that a refusal names between backticks.
fn quoted(field: &BadField) -> &str {
    field.message.split('`').nth(1).unwrap_or_default()
}

/// The intake's own checks, by the field they are about.
fn of_field(field: &BadField) -> RowProblem {
    let is_about = |name: &str| field.pointer.contains(name);
    if is_about("country") {
        RowProblem::BadAddress
    } else if is_about("quantity") {
        RowProblem::BadQuantity
    } else if is_about("_minor") {
        RowProblem::BadAmount
    } else if field.pointer == "/lines" {
        RowProblem::TooLarge
    } else {
        RowProblem::BadText
    }
}

fn of_cell(problem: &Problem) -> RowProblem {
    match problem {
        Problem::Missing => RowProblem::Missing,
        Problem::SpreadsheetNumber => RowProblem::BadCode,
        Problem::NotAQuantity { .. } | Problem::QuantityOutOfRange { .. } => RowProblem::BadQuantity,
        Problem::NotAnAmount { .. } | Problem::NegativeAmount | Problem::AmountTooLarge { .. } => {
            RowProblem::BadAmount
        }
        Problem::NotACurrency => RowProblem::BadCurrency,
        Problem::NotAnInstant { .. } | Problem::NotADay => RowProblem::BadTime,
        Problem::NotACountry | Problem::NotAPlace => RowProblem::BadAddress,
        Problem::NotABoolean => RowProblem::BadFlag,
        Problem::TooLong { .. } | Problem::ControlCharacter | Problem::NotUtf8 { .. } => RowProblem::BadText,
        Problem::TextAfterQuote | Problem::CellCount { .. } => RowProblem::BadRow,
        Problem::Contradiction { .. } => RowProblem::Contradiction,
        Problem::OrderTooLarge { .. } => RowProblem::TooLarge,
    }
}
