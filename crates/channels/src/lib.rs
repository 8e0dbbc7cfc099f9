//! Floor 2: what selling surfaces send, turned into one canonical [`ChannelOrder`]. Nothing is decided here: no
//! listing is looked up, no stock is asked for, and what a channel said is kept beside what we understood.
//!
//! - [`order`]: the canonical order.
//! - [`reader`]: a file of orders read as a stream, one order at a time; a bad order names every bad row and the
//!   next order is read as if nothing had happened.
//! - [`shopify_csv`] and [`orders_csv`]: the formats.
//! - [`table`]: any CSV, safely: encodings, delimiters, open quotes, limits.
//!
//! **Invariant:** memory does not grow with the file, only with its longest order.

mod cells;
pub mod order;
pub mod orders_csv;
pub mod problem;
pub mod reader;
mod records;
pub mod shopify_csv;
pub mod table;

pub use order::{ChannelCustomer, ChannelLine, ChannelOrder, PromisedBy};
pub use problem::{Problem, RowError};
pub use reader::{Format, OrderError, OrdersReader, RefusedOrder};
pub use table::TableError;
