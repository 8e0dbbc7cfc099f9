//! Orders from a file: choose it, and see what became of those before.

use askama::Template;

use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::operations::OperationLine;
use crate::shell::Shell;
use crate::words::ImportKind;

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
    /// What a file may bring.
    pub kinds: Vec<Choice>,
    /// What can be taken away as a file.
    pub exports: Vec<Choice>,
    /// The columns a file may have: the name, and whether it must be there.
    pub columns: Vec<(String, bool)>,
    /// The imports, newest first.
    pub imports: Vec<OperationLine>,
}

/// A table that was brought: which of its columns mean what.
#[derive(Debug, Template)]
#[template(path = "import_table.html")]
pub struct TablePage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The key under which it is taken once.
    pub command: String,
    /// The file's id.
    pub file: String,
    /// Its name.
    pub name: String,
    /// What it brings.
    pub kind: ImportKind,
    /// Our columns.
    pub columns: Vec<ColumnChoice>,
    /// The names in the file's header.
    pub header: Vec<String>,
    /// The first lines.
    pub lines: Vec<Vec<String>>,
    /// Whose items they are, where the file does not say.
    pub merchants: Vec<Choice>,
    /// What is wrong with the file or its header, in the reader's language.
    pub error: Option<String>,
}

/// One of our columns, and which of the file's it is.
#[derive(Debug, Clone)]
pub struct ColumnChoice {
    /// Our name.
    pub name: String,
    /// True where no file can do without it.
    pub is_required: bool,
    /// The file's name for it, or nothing.
    pub chosen: String,
}
