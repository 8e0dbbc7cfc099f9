//! What tests stand on. A dev-dependency only: nothing that ships may use it.
//!
//! [`both_engines!`] writes a test once and runs it on SQLite and on PostgreSQL, each time with a [`TestDb`] of
//! its own that has today's schema and nothing else.
//!
//! A run of tests shares one throw-away PostgreSQL cluster, started by the first test that asks for it and
//! stopped when the run ends ([`shared`]). A test that kills the server, or counts on what a crash leaves
//! behind, starts a durable cluster of its own ([`Cluster::durable`]).

#![cfg(unix)]

mod both_engines;
mod cluster;
mod programs;
pub mod shared;
mod test_db;

pub use both_engines::{on_postgres, on_sqlite, skip_or_fail};
pub use cluster::{Cluster, Trouble};
pub use test_db::{TestDb, count_rows};
