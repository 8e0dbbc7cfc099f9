//! Stories from order to door, each on both engines.

#![expect(clippy::unwrap_used, reason = "a story says what went wrong by panicking")]

mod at_once;
mod bulk;
mod cancelling;
mod channel_stock;
mod channels;
mod feed;
mod flash_sale;
mod forgetting;
mod holds;
mod kits;
mod levels;
mod linear;
mod lots;
mod notebook;
mod outlook;
mod outside;
mod ownership;
mod programmes;
mod proof;
mod random_days;
mod refusals;
mod remembered;
mod statements;
mod station;
mod supply;
mod telling;
