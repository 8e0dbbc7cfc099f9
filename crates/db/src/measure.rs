//! How long transactions wait and are held, for whoever watches.

use std::time::Instant;

/// Notes how long somebody waited for a thread or a connection.
pub(crate) fn waited(since: Instant) {
    metrics::histogram!("quartermaster_database_wait_seconds").record(since.elapsed());
}

/// A transaction that is held, until it is dropped.
pub(crate) struct Held {
    since: Instant,
    mode: &'static str,
}

impl Held {
    pub(crate) fn begin(mode: &'static str) -> Held {
        Held { since: Instant::now(), mode }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        metrics::histogram!("quartermaster_transaction_seconds", "mode" => self.mode)
            .record(self.since.elapsed());
    }
}
