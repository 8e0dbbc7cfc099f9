//! Orders from a file: choose it, and see what became of those before.

use askama::Template;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::operations::OperationLine;
use crate::shell::Shell;

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
    pub imports: Vec<OperationLine>,
}
