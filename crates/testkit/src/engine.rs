//! The two engines every test of stored facts must pass on.

use std::env;

use crate::Trouble;

/// Where a test keeps its facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// A file of its own, in write-ahead mode, so that two connections are really two.
    Sqlite,
    /// A database of its own on the run's server.
    Postgres,
}

/// Says why PostgreSQL is not tested. On CI a test that did not run is a test that failed.
pub fn skip_or_fail(trouble: &Trouble) {
    let is_ci = env::var("CI").is_ok_and(|value| !value.is_empty() && value != "false");
    assert!(!is_ci, "PostgreSQL must be tested here: {trouble}");
    eprintln!("skipped on PostgreSQL: {trouble}");
}
