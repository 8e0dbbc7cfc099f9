//! What is wrong with a file, in words that have a text in every language.

use channels::TableError;

use crate::i18n::Texts;

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
