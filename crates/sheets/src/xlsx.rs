//! The first sheet of a workbook as CSV, a cell at a time. A workbook is a ZIP, which may hold a thousand times its own
//! length; so it is unpacked once into nothing, and counted, before anything of it is kept.

use std::io::{self, Read, Seek, Write};

use calamine::{DataRef, Reader, Xlsx};
use zip::ZipArchive;

use crate::{BringError, guard::guarded};

/// The longest workbook, unpacked.
const UNPACKED_MB: u64 = 512;
/// The longest table of shared texts, which is held in memory.
const SHARED_MB: u64 = 64;
/// The most parts of a workbook.
const PARTS: usize = 10_000;
/// The most columns that are read.
const COLUMNS: usize = 1_000;

pub(crate) fn as_csv<R: Read + Seek, W: Write>(mut input: R, out: W) -> Result<(), BringError> {
    measure(&mut input)?;
    input.rewind()?;
    let broken = |error: calamine::XlsxError| BringError::Workbook(error.to_string());
    let mut book = Xlsx::new(io::BufReader::new(input)).map_err(broken)?;
    let first = book.sheet_names().first().cloned();
    let first = first.ok_or_else(|| BringError::Workbook("it has no sheet".into()))?;
    let mut cells = book.worksheet_cells_reader(&first).map_err(broken)?;
    let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
    // As many cells as the first row that has any: a sheet keeps no empty ones.
    let (mut row, mut width, mut line): (u32, usize, Vec<String>) = (0, 0, Vec::new());
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (at, column) = cell.get_position();
        let column = column as usize;
        if column >= COLUMNS {
            continue;
        }
        while row < at {
            write(&mut csv, &mut line, &mut width)?;
            row += 1;
        }
        if line.len() <= column {
            line.resize(column + 1, String::new());
        }
        line[column] = text(cell.get_value());
    }
    write(&mut csv, &mut line, &mut width)?;
    csv.flush()?;
    Ok(())
}

/// Empty rows are written too, as one empty cell: rows keep their numbers.
fn write<W: Write>(csv: &mut csv::Writer<W>, line: &mut Vec<String>, width: &mut usize) -> io::Result<()> {
    if *width == 0 {
        *width = line.len();
    }
    if line.len() < (*width).max(1) {
        line.resize((*width).max(1), String::new());
    }
    csv.write_record(&*line)?;
    line.clear();
    Ok(())
}

/// A cell as its text in our CSV. Numbers that are whole are written without a point: barcodes keep their digits.
fn text(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty | DataRef::Error(_) => String::new(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => decimal(*number),
        DataRef::String(text) => guarded(text).into_owned(),
        DataRef::SharedString(text) => guarded(text).into_owned(),
        DataRef::Bool(is_true) => is_true.to_string(),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => text.clone(),
        DataRef::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}")
        }
    }
}

fn decimal(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0 {
        format!("{number:.0}")
    } else {
        number.to_string()
    }
}

fn measure<R: Read + Seek>(input: R) -> Result<(), BringError> {
    let broken = |error: zip::result::ZipError| BringError::Workbook(error.to_string());
    let mut archive = ZipArchive::new(io::BufReader::new(input)).map_err(broken)?;
    if archive.len() > PARTS {
        return Err(BringError::Workbook(format!("it has more than {PARTS} parts")));
    }
    let mut left = UNPACKED_MB * 1_000_000;
    for place in 0..archive.len() {
        let part = archive.by_index(place).map_err(broken)?;
        let is_shared = part.name().map_err(broken)?.ends_with("sharedStrings.xml");
        let bound = if is_shared { left.min(SHARED_MB * 1_000_000) } else { left };
        let length = io::copy(&mut part.take(bound + 1), &mut io::sink())
            .map_err(|error| BringError::Workbook(error.to_string()))?;
        if length > bound {
            let max = if is_shared { SHARED_MB } else { UNPACKED_MB };
            return Err(BringError::TooLarge { max });
        }
        left -= length;
    }
    Ok(())
}
