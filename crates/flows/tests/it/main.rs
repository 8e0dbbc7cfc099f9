//! Processes over real databases, on both engines.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod files;
mod import;
mod made_up;
mod replay;
