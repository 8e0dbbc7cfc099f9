//! Reading a history: file by file as a stream, or all of it.

use std::fs::File;
use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use csv::{ErrorKind, StringRecord};

use crate::History;
use crate::order::{Order, OrderLineRow, OrderRow};
use crate::parcel::{Handover, HandoverRow, ParcelLineRow};
use crate::problem::{HistoryError, Problem, Problems};
use crate::record;
use crate::rows::{Meta, Row};

/// A folder with a history, its files not read yet.
#[derive(Debug, Clone)]
pub struct Folder {
    path: PathBuf,
    meta: Meta,
}

impl Folder {
    /// Reads `history.csv`. The other files may be missing: then there is nothing of that kind.
    pub fn open(path: &Path) -> Result<Folder, HistoryError> {
        if !path.join(Meta::FILE).exists() {
            return Err(HistoryError::NotAHistory);
        }
        let is_bad = |problem| HistoryError::Bad { problems: vec![problem], more: 0 };
        let meta = match Rows::<Meta>::open(path)?.next() {
            Some(row) => row.map_err(is_bad)?.1,
            None => {
                let reason = "is missing".to_owned();
                return Err(is_bad(Problem::Row { file: Meta::FILE, row: 2, column: None, reason }));
            }
        };
        if meta.format_version != Meta::VERSION {
            return Err(HistoryError::UnknownVersion { found: meta.format_version, known: Meta::VERSION });
        }
        Ok(Folder { path: path.to_owned(), meta })
    }

    /// What the history is of.
    pub fn meta(&self) -> &Meta {
        &self.meta
    }

    /// The rows of one file, each with its number.
    pub fn rows<T: Row>(&self) -> Result<Rows<T>, HistoryError> {
        Rows::open(&self.path)
    }

    /// The orders with their lines, in the memory of one order.
    pub fn orders(&self) -> Result<impl Iterator<Item = Result<Order, Problem>>, HistoryError> {
        let mut pairs = Pairs::<OrderRow, OrderLineRow>::open(&self.path, |order, line| {
            order.channel == line.channel && order.external_reference == line.external_reference
        })?;
        Ok(std::iter::from_fn(move || {
            let (row, head, lines) = match pairs.next()? {
                Ok(pair) => pair,
                Err(problem) => return Some(Err(problem)),
            };
            Some(Order::of(head, lines).map_err(|bad| Problem::Row {
                file: OrderRow::FILE,
                row,
                column: None,
                reason: bad.to_string(),
            }))
        }))
    }

    /// The handovers with what was in each parcel, in the memory of one parcel.
    pub fn handovers(&self) -> Result<impl Iterator<Item = Result<Handover, Problem>>, HistoryError> {
        let pairs = Pairs::<HandoverRow, ParcelLineRow>::open(&self.path, |parcel, line| {
            parcel.channel == line.channel
                && parcel.external_reference == line.external_reference
                && parcel.parcel_no == line.parcel_no
        })?;
        Ok(pairs.map(|pair| pair.map(|(_, head, lines)| Handover::of(head, lines))))
    }
}

impl History {
    /// Reads a whole history, checks that all it names is in it, and sorts it as it is written.
    pub fn read(path: &Path) -> Result<History, HistoryError> {
        let folder = Folder::open(path)?;
        let mut problems = Problems::default();
        let mut history = History::new(folder.meta.clone());
        history.nodes = collect(folder.rows()?, &mut problems);
        history.channels = collect(folder.rows()?, &mut problems);
        history.items = collect(folder.rows()?, &mut problems);
        history.listings = collect(folder.rows()?, &mut problems);
        history.receipts = collect(folder.rows()?, &mut problems);
        history.orders = keep(folder.orders()?, &mut problems);
        history.cancellations = collect(folder.rows()?, &mut problems);
        history.handovers = keep(folder.handovers()?, &mut problems);
        history.tracking_events = collect(folder.rows()?, &mut problems);
        history.outcomes = collect(folder.rows()?, &mut problems);
        // What refers to a row that could not be read would be called unknown: first things first.
        problems.into_result()?;
        history.sort();
        history.check()?;
        Ok(history)
    }
}

fn collect<T: Row>(rows: Rows<T>, problems: &mut Problems) -> Vec<T> {
    keep(rows.map(|row| row.map(|(_, row)| row)), problems)
}

fn keep<T>(rows: impl Iterator<Item = Result<T, Problem>>, problems: &mut Problems) -> Vec<T> {
    let mut kept = Vec::new();
    for row in rows {
        match row {
            Ok(row) => kept.push(row),
            Err(problem) => problems.push(problem),
        }
    }
    kept
}

/// The rows of one file as a stream: `(row number, row)`. A bad row is told and the next one read.
#[derive(Debug)]
pub struct Rows<T> {
    /// None if there is no such file, or nothing more can be read from it.
    reader: Option<csv::Reader<File>>,
    header: StringRecord,
    record: StringRecord,
    row: u64,
    kind: PhantomData<T>,
}

impl<T: Row> Rows<T> {
    fn open(folder: &Path) -> Result<Rows<T>, HistoryError> {
        let mut rows = Rows {
            reader: None,
            header: StringRecord::new(),
            record: StringRecord::new(),
            row: 1,
            kind: PhantomData,
        };
        let io = |source| HistoryError::Io { file: T::FILE, source };
        let file = match File::open(folder.join(T::FILE)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(rows),
            Err(error) => return Err(io(error)),
        };
        let mut reader = csv::ReaderBuilder::new().buffer_capacity(64 * 1024).from_reader(file);
        rows.header = reader.headers().map_err(|error| io(error.into()))?.clone();
        rows.reader = Some(reader);
        Ok(rows)
    }

    fn problem(&self, column: Option<String>, reason: String) -> Problem {
        Problem::Row { file: T::FILE, row: self.row, column, reason }
    }

    /// What is wrong with a row that is no record of text.
    fn broken(&self, error: &csv::Error) -> Problem {
        match error.kind() {
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                self.problem(None, format!("has {len} cells, the header has {expected_len}"))
            }
            ErrorKind::Utf8 { err, .. } => {
                self.problem(self.header.get(err.field()).map(str::to_owned), "is not UTF-8".to_owned())
            }
            _ => self.problem(None, error.to_string()),
        }
    }
}

impl<T: Row> Iterator for Rows<T> {
    type Item = Result<(u64, T), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        let is_row = reader.read_record(&mut self.record);
        self.row += 1;
        match is_row {
            Ok(false) => {
                self.reader = None;
                None
            }
            Ok(true) => {
                let row = record::read(&self.header, &self.record);
                Some(row.map(|row| (self.row, row)).map_err(|error| self.problem(error.column, error.reason)))
            }
            Err(error) => {
                if error.is_io_error() {
                    self.reader = None;
                }
                Some(Err(self.broken(&error)))
            }
        }
    }
}

/// Two files read side by side: heads, and lines that follow the order of the heads.
struct Pairs<H: Row, L: Row> {
    heads: Rows<H>,
    lines: std::iter::Peekable<Rows<L>>,
    belongs: fn(&H, &L) -> bool,
    is_over: bool,
}

impl<H: Row, L: Row> Pairs<H, L> {
    fn open(folder: &Path, belongs: fn(&H, &L) -> bool) -> Result<Pairs<H, L>, HistoryError> {
        Ok(Pairs {
            heads: Rows::open(folder)?,
            lines: Rows::open(folder)?.peekable(),
            belongs,
            is_over: false,
        })
    }
}

impl<H: Row, L: Row> Iterator for Pairs<H, L> {
    type Item = Result<(u64, H, Vec<L>), Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let (row, head) = match self.heads.next() {
            Some(Ok(head)) => head,
            // Without its head, the lines that come next have no place: one bad row, one message.
            Some(Err(problem)) => {
                self.is_over = true;
                return Some(Err(problem));
            }
            None => {
                self.is_over = true;
                return match self.lines.next()? {
                    Ok((row, _)) => Some(Err(Problem::Stray { file: L::FILE, row, heads: H::FILE })),
                    Err(problem) => Some(Err(problem)),
                };
            }
        };
        let mut lines = Vec::new();
        let belongs = self.belongs;
        loop {
            match self.lines.next_if(|line| line.as_ref().map_or(true, |(_, line)| belongs(&head, line))) {
                Some(Ok((_, line))) => lines.push(line),
                Some(Err(problem)) => {
                    self.is_over = true;
                    return Some(Err(problem));
                }
                None => return Some(Ok((row, head, lines))),
            }
        }
    }
}
