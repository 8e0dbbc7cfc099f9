//! The live stream: the overview's blocks again whenever something new has happened, at most once a second.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use db::Fault;
use futures_util::{Stream, stream};
use tokio::time::sleep;

use super::Facts;
use crate::desk::{Console, Desk};
use crate::shell::Section;

/// How often the stream looks.
const PAUSE: Duration = Duration::from_secs(1);

/// How often a stream looks before it ends. The browser then asks anew, and is asked anew who it is.
const LOOKS: u32 = 600;

struct Listener {
    console: Console,
    desk: Desk,
    head: Option<i64>,
    looks: u32,
}

pub(super) async fn get_live(State(console): State<Console>, desk: Desk) -> impl IntoResponse {
    Sse::new(messages(Listener { console, desk, head: None, looks: LOOKS })).keep_alive(KeepAlive::default())
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, async |mut listener| {
        while listener.looks > 0 {
            listener.looks -= 1;
            match listener.look().await {
                Ok(Some(message)) => return Some((Ok(Event::default().data(message)), listener)),
                Ok(None) => {}
                Err(fault) => {
                    tracing::warn!(error = &fault as &dyn std::error::Error, "the live stream ends");
                    return None;
                }
            }
            sleep(PAUSE).await;
        }
        None
    })
}

impl Listener {
    /// The message, if anything has happened since the last one. The first look always tells: between the page and
    /// its stream something may have happened.
    async fn look(&mut self) -> Result<Option<String>, Fault> {
        let organisation_id = self.console.organisation.organisation_id.clone();
        let runtime = &self.console.flows.runtime;
        let head: Result<i64, Fault> = runtime
            .read(move |tx| Box::pin(async move { runtime::event::head(tx, &organisation_id).await }))
            .await;
        if self.head == Some(head?) {
            return Ok(None);
        }
        if self.head.is_some() {
            // What happens together is told together.
            sleep(PAUSE).await;
        }
        let now = runtime.now();
        let facts = Facts::read(&self.console, now).await?;
        self.head = Some(facts.head);
        let mut shell = self.desk.shell(Section::Overview, None);
        shell.now = now;
        Ok(facts.dashboard(self.desk.t.clone(), shell).live().ok())
    }
}
