//! Floor 1, pure: tables of cells as people keep them in spreadsheets: CSV and XLSX, in and out.
//!
//! - [`guard`]: what a spreadsheet would take for a formula is told from it, and told back.
//! - [`CsvWriter`] and [`write_xlsx`]: cells out, with types where a column has one.
//! - [`as_csv`]: whatever was brought, as CSV in UTF-8, which is then read row by row.
//!
//! **Invariant:** what is written here and read here again is the same text; memory grows with one row, and of an XLSX
//! file with its shared texts, which are bounded.

mod bring;
pub mod guard;
mod out;
mod xlsx;

pub use bring::{BringError, as_csv};
pub use out::{Cell, CsvWriter, write_xlsx};
