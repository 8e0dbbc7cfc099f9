//! The edge as a caller meets it.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod limits;
mod once;
mod surroundings;
