//! Writing a history: rows in one order, values in one spelling.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use crate::History;
use crate::order::{Order, OrderLineRow, OrderRow};
use crate::parcel::{Handover, HandoverRow, ParcelLineRow};
use crate::problem::HistoryError;
use crate::rows::{Cancellation, Channel, Item, Listing, Meta, Node, Outcome, Receipt, Row, TrackingEvent};

/// Writes a history as it is told, file by file or all at once, in the memory of a row. Each file's rows come in the
/// order of their keys. `history.csv` is written last, so an export that was interrupted is no history.
#[derive(Debug)]
pub struct Writer {
    folder: PathBuf,
    meta: Meta,
    sheets: BTreeMap<&'static str, Sheet>,
}

/// A file on its way.
#[derive(Debug)]
struct Sheet {
    csv: csv::Writer<File>,
    row: u64,
    last_key: Option<String>,
}

impl Writer {
    /// Makes the folder if there is none, and every file with its header.
    pub fn create(folder: &Path, meta: &Meta) -> Result<Writer, HistoryError> {
        fs::create_dir_all(folder).map_err(|source| HistoryError::Io { file: Meta::FILE, source })?;
        if folder.join(Meta::FILE).exists() {
            return Err(HistoryError::AlreadyThere);
        }
        let mut writer = Writer { folder: folder.to_owned(), meta: meta.clone(), sheets: BTreeMap::new() };
        writer.add::<Node>()?;
        writer.add::<Channel>()?;
        writer.add::<Item>()?;
        writer.add::<Listing>()?;
        writer.add::<Receipt>()?;
        writer.add::<OrderRow>()?;
        writer.add::<OrderLineRow>()?;
        writer.add::<Cancellation>()?;
        writer.add::<HandoverRow>()?;
        writer.add::<ParcelLineRow>()?;
        writer.add::<TrackingEvent>()?;
        writer.add::<Outcome>()?;
        Ok(writer)
    }

    fn add<T: Row>(&mut self) -> Result<(), HistoryError> {
        let io = |source| HistoryError::Io { file: T::FILE, source };
        let file = File::create(self.folder.join(T::FILE)).map_err(io)?;
        let mut csv =
            csv::WriterBuilder::new().has_headers(false).buffer_capacity(64 * 1024).from_writer(file);
        csv.write_record(T::COLUMNS).map_err(|error| io(error.into()))?;
        self.sheets.insert(T::FILE, Sheet { csv, row: 1, last_key: None });
        Ok(())
    }

    /// Writes the next row of its file.
    pub fn write<T: Row>(&mut self, row: &T) -> Result<(), HistoryError> {
        let sheet = self.sheets.get_mut(T::FILE).expect("`create` makes a sheet for every kind of row");
        let key = row.key();
        sheet.row += 1;
        if let Some(last) = &sheet.last_key
            && (key < *last || (T::IS_UNIQUE && key == *last))
        {
            let key = key.replace('\0', " ");
            return Err(HistoryError::OutOfOrder { file: T::FILE, row: sheet.row, key });
        }
        sheet.last_key = Some(key);
        let written = sheet.csv.serialize(row);
        written.map_err(|error| HistoryError::Io { file: T::FILE, source: error.into() })
    }

    /// Writes the next order and its lines.
    pub fn write_order(&mut self, order: &Order) -> Result<(), HistoryError> {
        self.write(&order.row())?;
        self.begin_lines::<OrderLineRow>();
        for line in order.line_rows() {
            self.write(&line)?;
        }
        Ok(())
    }

    /// Writes the next handover and what was in the parcel.
    pub fn write_handover(&mut self, handover: &Handover) -> Result<(), HistoryError> {
        self.write(&handover.row())?;
        self.begin_lines::<ParcelLineRow>();
        for line in handover.line_rows() {
            self.write(&line)?;
        }
        Ok(())
    }

    /// Lines are numbered anew in each order and parcel.
    fn begin_lines<T: Row>(&mut self) {
        if let Some(sheet) = self.sheets.get_mut(T::FILE) {
            sheet.last_key = None;
        }
    }

    /// Brings everything to the disk, `history.csv` last.
    pub fn finish(mut self) -> Result<(), HistoryError> {
        for (file, sheet) in std::mem::take(&mut self.sheets) {
            close(sheet.csv).map_err(|source| HistoryError::Io { file, source })?;
        }
        self.add::<Meta>()?;
        let meta = self.meta.clone();
        self.write(&meta)?;
        for (file, sheet) in self.sheets {
            close(sheet.csv).map_err(|source| HistoryError::Io { file, source })?;
        }
        Ok(())
    }
}

fn close(csv: csv::Writer<File>) -> io::Result<()> {
    csv.into_inner().map_err(|error| error.into_error())?.sync_all()
}

impl History {
    /// Brings every file into the order in which it is written.
    pub fn sort(&mut self) {
        self.nodes.sort_by_cached_key(Row::key);
        self.channels.sort_by_cached_key(Row::key);
        self.items.sort_by_cached_key(Row::key);
        self.listings.sort_by_cached_key(Row::key);
        self.receipts.sort_by_cached_key(Row::key);
        self.orders.sort_by_cached_key(Order::key);
        for order in &mut self.orders {
            order.lines.sort_by_key(|line| line.line_no);
        }
        self.cancellations.sort_by_cached_key(Row::key);
        self.handovers.sort_by_cached_key(Handover::key);
        for handover in &mut self.handovers {
            handover.lines.sort_by_key(|line| line.line_no);
        }
        self.tracking_events.sort_by_cached_key(Row::key);
        self.outcomes.sort_by_cached_key(Row::key);
    }

    /// Sorts and writes all of it into a folder that has no history yet.
    pub fn write(&mut self, folder: &Path) -> Result<(), HistoryError> {
        self.sort();
        let mut writer = Writer::create(folder, &self.meta)?;
        write_all(&mut writer, &self.nodes)?;
        write_all(&mut writer, &self.channels)?;
        write_all(&mut writer, &self.items)?;
        write_all(&mut writer, &self.listings)?;
        write_all(&mut writer, &self.receipts)?;
        for order in &self.orders {
            writer.write_order(order)?;
        }
        write_all(&mut writer, &self.cancellations)?;
        for handover in &self.handovers {
            writer.write_handover(handover)?;
        }
        write_all(&mut writer, &self.tracking_events)?;
        write_all(&mut writer, &self.outcomes)?;
        writer.finish()
    }
}

fn write_all<T: Row>(writer: &mut Writer, rows: &[T]) -> Result<(), HistoryError> {
    rows.iter().try_for_each(|row| writer.write(row))
}
