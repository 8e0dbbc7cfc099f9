//! Orders from a file: choose it, watch it, and get back the rows that were refused.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
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
    /// Rows in the file.
    pub rows: i64,
    /// Rows read so far.
    pub read: i64,
    /// Orders made.
    pub placed: i64,
    /// Orders that were there already, and stay as they are.
    pub repeated: i64,
    /// Rows refused.
    pub refused: i64,
}

impl Progress {
    fn is_finished(&self) -> bool {
        self.read >= self.rows
    }
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
