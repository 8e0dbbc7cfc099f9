//! What tests stand on. A dev-dependency only: nothing that ships may use it.
//!
//! A run of tests shares one throw-away PostgreSQL cluster, started by the first test that asks for it and
//! stopped when the run ends ([`shared`]). A test that kills the server, or counts on what a crash leaves
//! behind, starts a durable cluster of its own ([`Cluster::durable`]).

#![cfg(unix)]

mod cluster;
mod engine;
mod programs;
pub mod shared;

pub use cluster::{Cluster, Trouble};
pub use engine::{Engine, skip_or_fail};
