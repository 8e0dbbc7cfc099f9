//! A file of orders as a stream of orders.

use std::io::Read;

use crate::cells::OrderCells;
use crate::order::ChannelOrder;
use crate::problem::{Problem, RowError};
use crate::table::{Header, Row, Table, TableError};
use crate::{orders_csv, shopify_csv};

/// A format of files of orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Shopify's export of orders ([`shopify_csv`]).
    ShopifyCsv,
    /// Our own ([`orders_csv`]).
    OrdersCsv,
}

impl Format {
    /// The format of a file with this header, if it is one we know.
    pub fn detect(header: &Header) -> Option<Format> {
        if header.has_all(&[shopify_csv::KEY, "lineitem quantity"]) {
            Some(Format::ShopifyCsv)
        } else if header.has_all(&[orders_csv::KEY, "external_code"]) {
            Some(Format::OrdersCsv)
        } else {
            None
        }
    }

    fn key(self) -> &'static str {
        match self {
            Format::ShopifyCsv => shopify_csv::KEY,
            Format::OrdersCsv => orders_csv::KEY,
        }
    }

    fn check(self, header: &Header) -> Result<(), TableError> {
        match self {
            Format::ShopifyCsv => header.check(&shopify_csv::REQUIRED, &shopify_csv::KNOWN),
            Format::OrdersCsv => header.check(&orders_csv::REQUIRED, &orders_csv::KNOWN),
        }
    }
}

/// The most lines of one order.
pub const LINES: usize = 10_000;
/// The most text of one order.
pub const ORDER_BYTES: usize = 16 * 1024 * 1024;

/// An order that cannot be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("order `{external_reference}` in row {row}: {}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
pub struct RefusedOrder {
    /// As the file has it, which may be nothing.
    pub external_reference: String,
    /// Its first row.
    pub row: u64,
    /// Everything that is wrong, row by row, up to a hundred.
    pub errors: Vec<RowError>,
    /// How many more errors there were.
    pub more: usize,
}

/// What stands in the way of an order.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// This order is bad; the next may be good.
    #[error(transparent)]
    Refused(#[from] RefusedOrder),
    /// The file cannot be read further: the last thing the reader says. The order before it may be incomplete and
    /// is not given.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Orders read from a file, each with its first row. Rows of one order stand together.
#[derive(Debug)]
pub struct OrdersReader<R> {
    table: Table<R>,
    format: Format,
    key: usize,
    /// The first row of the next order, read already to know that the last one had ended.
    ahead: Option<Row>,
    is_over: bool,
}

impl<R: Read> OrdersReader<R> {
    /// Reads the header and checks that it is of this format.
    pub fn new(input: R, format: Format) -> Result<OrdersReader<R>, TableError> {
        OrdersReader::of_table(Table::open(input)?, format)
    }

    /// Reads the header and finds out the format.
    pub fn detect(input: R) -> Result<OrdersReader<R>, TableError> {
        let table = Table::open(input)?;
        let format = Format::detect(table.header()).ok_or(TableError::UnknownFormat)?;
        OrdersReader::of_table(table, format)
    }

    fn of_table(table: Table<R>, format: Format) -> Result<OrdersReader<R>, TableError> {
        format.check(table.header())?;
        let key = table.header().find(format.key()).expect("the format's check has seen its key");
        Ok(OrdersReader { table, format, key, ahead: None, is_over: false })
    }

    /// What the file is read as.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The rows of the next order, and whether some were dropped because they are too many.
    fn next_rows(&mut self) -> Result<Option<(Vec<Row>, bool)>, TableError> {
        let first = match self.ahead.take() {
            Some(row) => row,
            None => match self.table.next_row()? {
                Some(row) => row,
                None => return Ok(None),
            },
        };
        let mut bytes = 0;
        let mut rows = vec![first];
        let mut is_cut = false;
        while let Some(row) = self.table.next_row()? {
            let (key, last) = (row.cells[self.key].trim(), rows[0].cells[self.key].trim());
            // Rows that name no order do not belong together.
            if key != last || key.is_empty() {
                self.ahead = Some(row);
                break;
            }
            bytes += row.cells.iter().map(String::len).sum::<usize>();
            if rows.len() < LINES && bytes < ORDER_BYTES {
                rows.push(row);
            } else {
                is_cut = true;
            }
        }
        Ok(Some((rows, is_cut)))
    }

    fn read(&self, rows: &[Row], is_cut: bool) -> Result<(u64, ChannelOrder), RefusedOrder> {
        let row = rows[0].number;
        let mut cells = OrderCells::new(self.table.header(), rows, self.table.delimiter());
        if is_cut {
            cells.refuse_order(Problem::OrderTooLarge { lines: LINES, bytes: ORDER_BYTES });
        }
        let order = match self.format {
            Format::ShopifyCsv => shopify_csv::read(&mut cells),
            Format::OrdersCsv => orders_csv::read(&mut cells),
        };
        match (order, cells.into_errors()) {
            (Some(order), (errors, _)) if errors.is_empty() => Ok((row, order)),
            (_, (errors, more)) => {
                let reference = rows[0].cells[self.key].trim().chars().take(RowError::VALUE_CHARS);
                Err(RefusedOrder { external_reference: reference.collect(), row, errors, more })
            }
        }
    }
}

impl<R: Read> Iterator for OrdersReader<R> {
    type Item = Result<(u64, ChannelOrder), OrderError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        match self.next_rows() {
            Ok(Some((rows, is_cut))) => Some(self.read(&rows, is_cut).map_err(OrderError::from)),
            Ok(None) => {
                self.is_over = true;
                None
            }
            Err(error) => {
                self.is_over = true;
                Some(Err(error.into()))
            }
        }
    }
}
