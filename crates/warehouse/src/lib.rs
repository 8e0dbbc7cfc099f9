//! Floor 3b: work at the shelf and on the packing table, proven by scans.
//!
//! A **scan** says: I have these units in my hand. Whether they are the right ones is decided here, from the facts of
//! the work, and by nobody else. [`pick::decide`] judges at the shelf, [`pack::decide`] on the packing table; each
//! answers with the lines the units are for, or with a refusal that says what is wrong in terms of goods.
//!
//! Every scan is kept by [`record_scans`], the refused ones too: accuracy is counted from them.
//!
//! **Invariant:** what is decided here moves nothing. Stock and units are moved by whoever asked, together with the
//! record of the scan.

mod model;
pub mod pack;
pub mod pick;
mod record_scans;
mod store;
mod verify;

pub use model::{Confirmed, Goods, Scan, ScanRefusal, ScannedItem, Stage, Work, WorkLine};
pub use record_scans::{NewScan, record_scans};
pub use store::{RecordedScan, ScanCount, count_scans, list_scans};
pub use verify::INVARIANTS;
