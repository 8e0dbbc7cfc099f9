//! Orders from a file: choose it, watch it, and get back the rows that were refused.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::shell::Shell;
use crate::words::RowProblem;

/// The form, with the imports there were.
#[derive(Debug, Template)]
#[template(path = "import.html")]
pub struct ImportPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The key under which the file is taken once.
    pub command: String,
    /// Why the last file was not taken at all, in the reader's language.
    pub file_error: Option<String>,
    /// The channels the orders may have come from.
    pub channels: Vec<Choice>,
    /// The columns a file may have: the name, and whether it must be there.
    pub columns: Vec<(String, bool)>,
    /// The imports, newest first.
    pub imports: Vec<Progress>,
}

/// How far an import is.
#[derive(Debug, Clone)]
pub struct Progress {
    /// Its id.
    pub id: String,
    /// The file's name.
    pub file: String,
    /// When it was sent.
    pub at: Timestamp,
    /// Who sent it.
    pub actor: String,
    /// Orders in the file.
    pub total: i64,
    /// Orders that have their answer.
    pub read: i64,
    /// Orders made.
    pub placed: i64,
    /// Orders that were there already, and stay as they are.
    pub repeated: i64,
    /// Orders that the channel does not want from us any more.
    pub skipped: i64,
    /// Orders refused.
    pub refused: i64,
    /// True when nothing more of it will be read.
    pub is_finished: bool,
    /// True where the file could not be read to its end.
    pub is_broken_off: bool,
}

/// One import.
#[derive(Debug, Template)]
#[template(path = "import_progress.html", blocks = ["progress"])]
pub struct ImportProgress {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// How far it is.
    pub import: Progress,
    /// The first of the refused rows.
    pub errors: Vec<RowError>,
}

/// What is wrong with a row.
#[derive(Debug, Clone)]
pub struct RowError {
    /// The line of the file, as an editor counts it.
    pub line: i64,
    /// The order's reference in it, or nothing.
    pub order: String,
    /// The column.
    pub column: String,
    /// What stands there.
    pub value: String,
    /// What is wrong.
    pub problem: RowProblem,
}
