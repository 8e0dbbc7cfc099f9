//! Stories from order to door, each on both engines.

#![expect(clippy::unwrap_used, reason = "a story says what went wrong by panicking")]

mod at_once;
mod backorders;
mod bulk;
mod cancelling;
mod channel_stock;
mod channels;
mod counts;
mod feed;
mod filing;
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
mod reconciling;
mod refusals;
mod remembered;
mod statements;
mod station;
mod stuck;
mod supply;
mod telling;
mod tills;
