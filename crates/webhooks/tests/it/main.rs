//! Webhooks over real SQL and real HTTP, to receivers on this machine.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod changing;
mod doors;
mod house;
mod sealing;
mod sending;
