//! What became of an order of a file, as a row's result: codes that screens translate, and English for programs.

use channels::{OrderError, OrdersReader, Problem, RefusedOrder, TableError};
use operations::{Outcome, RowProblem, RowResult};
use orders::place::BadField;

use super::{Fate, Told};
use crate::intake::Refused;

/// The result of an order. Its row is the order's first.
pub(super) fn result_of(told: &Told) -> RowResult {
    let outcome = match &told.fate {
        Fate::Accepted(accepted) if accepted.is_repeat => Outcome::Unchanged,
        Fate::Accepted(_) => Outcome::Done,
        Fate::Skipped(_) => Outcome::Skipped,
        Fate::Refused(_) | Fate::Unreadable(_) | Fate::Lost(_) => Outcome::Failed,
    };
    RowResult {
        row_no: number(told.row),
        subject: told.external_reference.clone(),
        outcome,
        problems: problems_of(&told.fate),
    }
}

fn number(row: u64) -> i64 {
    i64::try_from(row).unwrap_or(i64::MAX)
}

fn problem(column: &str, value: &str, code: &str, message: impl ToString) -> RowProblem {
    RowProblem {
        row_no: None,
        column: column.to_owned(),
        value: value.to_owned(),
        code: code.to_owned(),
        message: message.to_string(),
    }
}

fn problems_of(fate: &Fate) -> Vec<RowProblem> {
    match fate {
        Fate::Accepted(_) => Vec::new(),
        Fate::Skipped(skip) => vec![problem("", "", "left_out", skip)],
        Fate::Lost(why) => vec![problem("", "", "lost", why)],
        Fate::Unreadable(unreadable) => of_cells(unreadable),
        Fate::Refused(Refused::BadFields { fields }) => {
            fields.iter().map(|field| problem(&field.pointer, "", of_field(field), &field.message)).collect()
        }
        Fate::Refused(Refused::UnknownChannel { channel }) => {
            vec![problem("", channel, "unknown_channel", format!("there is no channel {channel}"))]
        }
        Fate::Refused(Refused::UnknownListings { lines }) => lines
            .iter()
            .map(|line| problem(&line.pointer, quoted(line), "unknown_item", &line.message))
            .collect(),
        Fate::Refused(Refused::Conflict { order_id }) => {
            let message = format!("the channel sent another order under this reference before: {order_id}");
            vec![problem("", order_id.as_str(), "conflict", message)]
        }
        Fate::Refused(Refused::InsufficientStock { lines }) => lines
            .iter()
            .map(|line| {
                let value = format!("{}: {} > {}", line.external_code, line.asked, line.available);
                let message = format!(
                    "{} of `{}` asked for, {} free; {} of it would be taken now",
                    line.asked, line.external_code, line.available, line.possible_quantity
                );
                problem(&format!("/lines/{}", line.line_no), &value, "no_stock", message)
            })
            .collect(),
    }
}

fn of_cells(unreadable: &RefusedOrder) -> Vec<RowProblem> {
    let errors = unreadable.errors.iter().map(|error| RowProblem {
        row_no: Some(number(error.row)),
        ..problem(&error.column, &error.value, of_cell(&error.problem), &error.problem)
    });
    let more = (unreadable.more > 0)
        .then(|| problem("", "", "more_errors", format!("and {} errors more", unreadable.more)));
    errors.chain(more).collect()
}

/// The code that a refusal names between backticks.
fn quoted(field: &BadField) -> &str {
    field.message.split('`').nth(1).unwrap_or_default()
}

/// The intake's own checks, by the field they are about.
fn of_field(field: &BadField) -> &'static str {
    let is_about = |name: &str| field.pointer.contains(name);
    if is_about("country") {
        "bad_address"
    } else if is_about("quantity") {
        "bad_quantity"
    } else if is_about("_minor") {
        "bad_amount"
    } else if field.pointer == "/lines" {
        "too_large"
    } else {
        "bad_text"
    }
}

fn of_cell(problem: &Problem) -> &'static str {
    match problem {
        Problem::Missing => "missing",
        Problem::SpreadsheetNumber => "bad_code",
        Problem::NotAQuantity { .. } | Problem::QuantityOutOfRange { .. } => "bad_quantity",
        Problem::NotAnAmount { .. } | Problem::NegativeAmount | Problem::AmountTooLarge { .. } => {
            "bad_amount"
        }
        Problem::NotACurrency => "bad_currency",
        Problem::NotAnInstant { .. } | Problem::NotADay => "bad_time",
        Problem::NotACountry | Problem::NotAPlace => "bad_address",
        Problem::NotABoolean => "bad_flag",
        Problem::TooLong { .. } | Problem::ControlCharacter | Problem::NotUtf8 { .. } => "bad_text",
        Problem::TextAfterQuote | Problem::CellCount { .. } => "bad_row",
        Problem::Contradiction { .. } => "contradiction",
        Problem::OrderTooLarge { .. } => "too_large",
    }
}

/// Looks a file of orders through once: how many orders it has, or why it is none.
pub(super) fn count(file: impl std::io::Read) -> Result<i64, TableError> {
    let mut total = 0;
    for order in OrdersReader::detect(file)? {
        match order {
            Ok(_) | Err(OrderError::Refused(_)) => total += 1,
            Err(OrderError::Table(error)) => return Err(error),
        }
    }
    Ok(total)
}
