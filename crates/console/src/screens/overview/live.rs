//! The live stream: the overview's blocks again whenever something new has happened, at most once a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use db::Fault;
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep, timeout_at};

use super::Facts;
use crate::desk::{Console, Desk};
use crate::shell::Section;

/// The pause before what happened is told: what happens together is told together.
const PAUSE: Duration = Duration::from_secs(1);

/// How long a stream lasts. The browser then asks anew, and is asked anew who it is.
const LASTS: Duration = Duration::from_secs(600);

struct Listener {
    console: Console,
    desk: Desk,
    head: Option<i64>,
    ends: Instant,
}

pub(super) async fn get_live(State(console): State<Console>, desk: Desk) -> impl IntoResponse {
    let ends = Instant::now() + LASTS;
    Sse::new(messages(Listener { console, desk, head: None, ends })).keep_alive(KeepAlive::default())
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, async |mut listener| match timeout_at(listener.ends, listener.next()).await {
        Ok(Ok(Some(message))) => Some((Ok(Event::default().data(message)), listener)),
        Ok(Ok(None)) | Err(_) => None,
        Ok(Err(fault)) => {
            tracing::warn!(error = &fault as &dyn std::error::Error, "the live stream ends");
            None
        }
    })
}

impl Listener {
    /// The next message; none when the house closes, or whoever listens may no longer look. The first comes at once:
    /// between the page and its stream something may have happened.
    async fn next(&mut self) -> Result<Option<String>, Fault> {
        let runtime = self.console.flows.runtime.clone();
        if let Some(head) = self.head {
            if runtime.news(head).await?.is_none() {
                return Ok(None);
            }
            sleep(PAUSE).await;
        }
        let access = people::access_of(&runtime, &self.desk.caller.session_id).await?;
        if !Section::Overview.is_open_to(&access) {
            return Ok(None);
        }
        let now = runtime.now();
        let facts = Facts::read(&self.console, now, &self.desk.t.zone, &access).await?;
        self.head = Some(facts.head);
        let mut shell = self.desk.shell(Section::Overview, None);
        shell.now = now;
        Ok(facts.dashboard(self.desk.t.clone(), shell).live().ok())
    }
}
