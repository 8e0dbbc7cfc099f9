//! The bell's stream: the bell again whenever there is more or less to read.

use std::convert::Infallible;
use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use db::Fault;
use futures_util::{Stream, stream};
use tokio::time::{Instant, sleep, timeout_at};
use web::Permission;

use crate::desk::{Console, Desk};
use crate::pages::notifications::Bell;
use crate::unread::{self, Reader};

/// The pause before it is counted again: every open page has a bell, and nobody reads faster.
const PAUSE: Duration = Duration::from_secs(3);

/// How long a stream lasts: longer than a session, so that listening alone keeps none alive.
const LASTS: Duration = Duration::from_secs(13 * 3600);

/// How long a browser waits before it asks anew.
const AGAIN: Duration = Duration::from_secs(30);

struct Listener {
    console: Console,
    desk: Desk,
    head: Option<i64>,
    told: Option<i64>,
    ends: Instant,
}

pub(super) async fn get_live(State(console): State<Console>, desk: Desk) -> impl IntoResponse {
    let ends = Instant::now() + LASTS;
    let listener = Listener { console, desk, head: None, told: None, ends };
    Sse::new(messages(listener)).keep_alive(KeepAlive::default())
}

fn messages(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    stream::unfold(listener, async |mut listener| match timeout_at(listener.ends, listener.next()).await {
        Ok(Ok(Some(bell))) => Some((Ok(Event::default().retry(AGAIN).data(bell)), listener)),
        Ok(Ok(None)) | Err(_) => None,
        Ok(Err(fault)) => {
            tracing::warn!(error = &fault as &dyn std::error::Error, "the stream of a bell ends");
            None
        }
    })
}

impl Listener {
    /// The next bell; none when the house closes, or the session of whoever listens is over. The first comes at once.
    async fn next(&mut self) -> Result<Option<String>, Fault> {
        let runtime = self.console.flows.runtime.clone();
        loop {
            if let Some(head) = self.head {
                match runtime.news(head).await? {
                    Some(_) => sleep(PAUSE).await,
                    None => return Ok(None),
                }
            }
            let Some(access) = people::find_access(&runtime, &self.desk.caller.session_id).await? else {
                return Ok(None);
            };
            let Some(user_id) = self.desk.caller.user_id.clone() else { return Ok(None) };
            let reader = Reader {
                user_id,
                actor: self.desk.caller.actor.clone(),
                hears_all: access.may_throughout(Permission::OrdersRead),
            };
            let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
            let (head, unread) = runtime
                .read::<_, Fault, _>(move |tx| {
                    Box::pin(async move {
                        let head = runtime::event::head(tx, &organisation_id).await?;
                        Ok((head, unread::count(tx, &organisation_id, &reader, now).await?))
                    })
                })
                .await?;
            self.head = Some(head);
            if self.told.replace(unread) == Some(unread) {
                continue;
            }
            return Ok(Bell { unread, t: self.desk.t.clone() }.render().ok().map(one_line));
        }
    }
}

/// A message of a stream is made of lines: one is enough.
fn one_line(text: String) -> String {
    text.replace(['\r', '\n'], " ")
}
