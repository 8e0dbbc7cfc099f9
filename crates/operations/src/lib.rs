//! Floor 3b: long work that somebody asked for: files in and out, one thing done to many.
//!
//! An **operation** is a row that says what was asked, how far it is and what became of each row of it. Whoever works on
//! it holds the one job of it, and goes on chunk by chunk: what a chunk changed, its results and the place to go on from
//! are one transaction ([`advance`]), so a process that dies leaves nothing done twice and nothing forgotten.
//!
//! - Asking: [`start`], [`cancel`].
//! - Working: [`claim`], [`advance`], [`end`]; what each kind of work does is the business of `flows`.
//! - [`file`]: what was brought and what was made, kept for a week.
//!
//! **Invariant:** counts and rows are written only by [`advance`], under the fence of the job.

pub mod api;
mod cancel;
pub mod file;
mod forget;
mod model;
mod start;
mod store;
mod verify;
mod work;

pub use cancel::{CancelError, cancel};
pub use forget::forget;
pub use model::{Counts, Operation, Outcome, RowProblem, RowResult, State};
pub use start::{NewOperation, start};
pub use store::{find_operation, list_ended, list_operations, list_rows};
pub use verify::INVARIANTS;
pub use work::{End, JOB, Run, Step, advance, claim, end};
