//! How whoever follows the stream waits for more of it, and hears that the house closes.

use std::time::Duration;

use db::Fault;
use tokio::sync::{Notify, watch};

use crate::{Runtime, event};

/// How often somebody who waits looks by himself: another process may have given positions.
const LOOK: Duration = Duration::from_secs(1);

/// What those who wait in this process are told.
#[derive(Default)]
pub(crate) struct Signals {
    news: Notify,
    closing: watch::Sender<bool>,
}

impl Signals {
    pub(crate) fn tell_news(&self) {
        self.news.notify_waiters();
    }
}

impl Runtime {
    /// Waits until the stream goes beyond position `seen`, and gives its last position; none when the house closes.
    pub async fn news(&self, seen: i64) -> Result<Option<i64>, Fault> {
        let beside = self.beside();
        let mut closing = self.signals.closing.subscribe();
        loop {
            // Before the look, so that what is told during it is not missed.
            let told = self.signals.news.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if *closing.borrow_and_update() {
                return Ok(None);
            }
            let organisation_id = self.organisation_id.clone();
            let head =
                beside.read(move |tx| Box::pin(async move { event::head(tx, &organisation_id).await }));
            let head: i64 = head.await?;
            if head > seen {
                return Ok(Some(head));
            }
            tokio::select! {
                () = told => {}
                () = tokio::time::sleep(LOOK) => {}
                _ = closing.changed() => {}
            }
        }
    }

    /// True when the house closes.
    pub fn is_closing(&self) -> bool {
        *self.signals.closing.borrow()
    }

    /// Tells all who wait that the house closes.
    pub fn close(&self) {
        self.signals.closing.send_replace(true);
    }
}
