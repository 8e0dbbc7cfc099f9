//! Stories from order to door, each on both engines.

#![expect(clippy::unwrap_used, reason = "a story says what went wrong by panicking")]

mod bulk;
mod cancelling;
mod channel_stock;
mod channels;
mod flash_sale;
mod forgetting;
mod holds;
mod levels;
mod lots;
mod outside;
mod ownership;
mod proof;
mod random_days;
mod statements;
mod station;
mod supply;
mod telling;
