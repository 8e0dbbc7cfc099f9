//! Long work: what there is, and one piece of it with its progress and the rows that were refused.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::words::OperationState;

/// All operations that the reader may see, newest first.
#[derive(Debug, Template)]
#[template(path = "operations.html")]
pub struct OperationsPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The operations.
    pub rows: Vec<OperationLine>,
    /// Where older ones are, if there are any.
    pub next: Option<String>,
}

/// How far an operation is.
#[derive(Debug, Clone)]
pub struct OperationLine {
    /// Its id.
    pub id: String,
    /// What kind of work, in the reader's language.
    pub kind: String,
    /// A file's name, or nothing.
    pub about: String,
    /// When it was asked for.
    pub at: Timestamp,
    /// Who asked.
    pub actor: String,
    /// How far it is.
    pub state: OperationState,
    /// Rows in all, where it is known.
    pub total: Option<i64>,
    /// Rows done.
    pub done: i64,
    /// Rows that were so already.
    pub unchanged: i64,
    /// Rows left out.
    pub skipped: i64,
    /// Rows refused.
    pub failed: i64,
}

impl OperationLine {
    /// What it is called: the file's name, or the kind of work.
    pub fn title(&self) -> &str {
        if self.about.is_empty() { &self.kind } else { &self.about }
    }

    /// Rows that have their answer.
    pub fn told(&self) -> i64 {
        self.done + self.unchanged + self.skipped + self.failed
    }

    /// True when nothing more will happen.
    pub fn is_over(&self) -> bool {
        !matches!(self.state, OperationState::Planned | OperationState::Running | OperationState::Stopping)
    }
}

/// One operation.
#[derive(Debug, Template)]
#[template(path = "operation.html", blocks = ["progress"])]
pub struct OperationPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The key under which it is stopped once.
    pub command: String,
    /// How far it is.
    pub operation: OperationLine,
    /// Why it failed, in the reader's language.
    pub problem: Option<String>,
    /// Where what it made is.
    pub file: Option<String>,
    /// Where the file is that tells what became of each row.
    pub results: Option<String>,
    /// Where a trial leads back to, to do it in earnest.
    pub trial: Option<String>,
    /// True where the reader may stop it.
    pub may_cancel: bool,
    /// The first of the refused rows.
    pub errors: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub struct RowError {
    /// The row, as a spreadsheet counts it.
    pub line: i64,
    /// What the row is about, or nothing.
    pub subject: String,
    /// The column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong, in the reader's language.
    pub problem: String,
}
