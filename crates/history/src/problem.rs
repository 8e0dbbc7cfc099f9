//! What can be wrong with a history.

use std::io;

/// Why a history cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file could not be read or written.
    #[error("{file}: the file cannot be used")]
    Io {
        /// Its name in the folder.
        file: &'static str,
        /// What the system says.
        source: io::Error,
    },
    /// A folder without `history.csv`, or an export that was interrupted.
    #[error("not a history: there is no history.csv")]
    NotAHistory,
    /// Written by a later release.
    #[error("the history has format version {found}; this release reads version {known}")]
    UnknownVersion {
        /// In the folder.
        found: u32,
        /// What we read.
        known: u32,
    },
    /// The folder to write into has a history already.
    #[error("there is a history in this folder already")]
    AlreadyThere,
    /// Rows were given to the writer in the wrong order, or twice.
    #[error("{file}: row {row} does not come after the row before it: {key}")]
    OutOfOrder {
        /// Its name in the folder.
        file: &'static str,
        /// As a spreadsheet counts: the header is row 1.
        row: u64,
        /// The row's sort key.
        key: String,
    },
    /// The history says things that are not so.
    #[error("{}{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"), more_text(*more))]
    Bad {
        /// What, up to a hundred.
        problems: Vec<Problem>,
        /// How many more there were.
        more: usize,
    },
}

fn more_text(more: usize) -> String {
    if more == 0 { String::new() } else { format!("\nand {more} more") }
}

/// One thing that is wrong in a history.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// A row that cannot be read.
    #[error("{file}: row {row}{}: {reason}", column.as_ref().map(|name| format!(", column `{name}`")).unwrap_or_default())]
    Row {
        /// The file.
        file: &'static str,
        /// As a spreadsheet counts: the header is row 1.
        row: u64,
        /// The column, if one is to blame.
        column: Option<String>,
        /// What is wrong.
        reason: String,
    },
    /// A line that does not stand where its order's or parcel's lines stand.
    #[error("{file}: row {row} does not follow the order of {heads}")]
    Stray {
        /// The file of lines.
        file: &'static str,
        /// The line.
        row: u64,
        /// The file whose order the lines follow.
        heads: &'static str,
    },
    /// Something is named that the history does not have.
    #[error("{file}: {subject} names the {kind} `{value}`, which is not in the history")]
    Unknown {
        /// The file with the name.
        file: &'static str,
        /// The row in its own words.
        subject: String,
        /// What should be there: a node, an item.
        kind: &'static str,
        /// Its name.
        value: String,
    },
    /// Two rows for one thing.
    #[error("{file}: {subject} stands there twice")]
    Repeated {
        /// The file.
        file: &'static str,
        /// The thing in its own words.
        subject: String,
    },
    /// Something happened to an order before there was one.
    #[error("{file}: {subject} is earlier than its order")]
    TooEarly {
        /// The file.
        file: &'static str,
        /// The thing in its own words.
        subject: String,
    },
    /// An order of nothing.
    #[error("orders.csv: order {subject} has no lines")]
    NoLines {
        /// The order.
        subject: String,
    },
}

/// Problems while they are found: a hundred are kept, all are counted.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    kept: Vec<Problem>,
    more: usize,
}

impl Problems {
    pub(crate) fn push(&mut self, problem: Problem) {
        if self.kept.len() < 100 {
            self.kept.push(problem);
        } else {
            self.more += 1;
        }
    }

    pub(crate) fn into_result(self) -> Result<(), HistoryError> {
        if self.kept.is_empty() {
            Ok(())
        } else {
            Err(HistoryError::Bad { problems: self.kept, more: self.more })
        }
    }
}
