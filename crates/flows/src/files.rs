//! Files in and out: items, listings, nodes and stock as tables that people keep in spreadsheets. What [`export`] writes
//! [`import`] reads, and it changes nothing.

pub mod columns;
pub mod export;
pub mod import;
mod items;
mod line;
mod listings;
mod nodes;
mod rows;
mod stock;

use std::{
    fs::File,
    io::{self, Seek},
};

pub use columns::Kind;

/// A file as it came, as CSV in UTF-8, from its beginning.
pub fn bring(file: File) -> Result<File, sheets::BringError> {
    let mut csv = tempfile::tempfile()?;
    let mut out = io::BufWriter::new(&mut csv);
    sheets::as_csv(file, &mut out)?;
    io::Write::flush(&mut out)?;
    drop(out);
    csv.rewind()?;
    Ok(csv)
}
