//! The organisation's stream of events: a page at a time, and as it happens.

use std::{collections::VecDeque, convert::Infallible, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::{
        IntoResponse, Response,
        sse::{Event as Message, KeepAlive, Sse},
    },
};
use db::Fault;
use futures_util::{Stream, stream};
use kernel::{SessionId, Timestamp};
use runtime::{
    Runtime,
    event::{self, Event, Span},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};
use web::{Caller, PageQuery, Permission, Problem, Query, linked, problems};

use crate::Flows;

/// The most events a page has.
const PAGE_MAX: i64 = 1_000;

/// How many events a stream reads at once.
const READ: i64 = 200;

/// How long a stream lasts. Whoever follows connects anew, and is asked anew who they are.
const LASTS: Duration = Duration::from_secs(15 * 60);

/// Which part of the stream.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct EventsQuery {
    /// The last position you know; from the beginning where it is left out.
    after: Option<i64>,
    /// How many, up to 1,000; 100 where it is left out.
    limit: Option<i64>,
    /// Only these kinds, with commas between.
    #[serde(default)]
    kinds: String,
}

/// From where to follow.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct StreamQuery {
    /// The last position you know; from now on where it is left out.
    after: Option<i64>,
    /// Only these kinds, with commas between.
    #[serde(default)]
    kinds: String,
}

fn kinds_in(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|kind| !kind.is_empty()).map(str::to_owned).collect()
}

/// An event as readers outside see it.
#[derive(Debug, Serialize, ToSchema)]
struct EventJson {
    /// Its place in the stream: 1, 2, 3, … without gaps.
    #[schema(minimum = 1)]
    position: i64,
    /// What happened: `order.accepted`. More may come.
    kind: String,
    /// To what: an id.
    subject_id: String,
    /// The facts, as the guide to events has them for each kind.
    #[schema(value_type = Value)]
    data: Value,
    /// Who did it.
    actor: String,
    happened_at: Timestamp,
    /// SHA-256 over the hash before and this event.
    hash: String,
}

impl From<Event> for EventJson {
    fn from(event: Event) -> EventJson {
        let Event { position, kind, subject_id, data, actor, happened_at, hash } = event;
        let data = serde_json::from_str(&data).unwrap_or(Value::String(data));
        EventJson { position, kind, subject_id, data, actor, happened_at, hash }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct EventsJson {
    rows: Vec<EventJson>,
    /// Up to where the reader now knows the stream.
    after: i64,
    /// The last position there is.
    head: i64,
}

/// A page of the stream: positions without gaps, so that a reader can prove it missed nothing.
pub(super) async fn get_events(
    State(flows): State<Flows>,
    _: Caller,
    paging: PageQuery,
    Query(query): Query<EventsQuery>,
) -> Result<Response, Problem> {
    let limit = query.limit.unwrap_or(100).clamp(1, PAGE_MAX);
    let (after, kinds) = (query.after.unwrap_or(0), kinds_in(&query.kinds));
    let (rows, head) = read(&flows.runtime, after, kinds, limit).await?;
    let is_full = rows.len() as i64 == limit;
    let known = rows.last().filter(|_| is_full).map_or(after.max(head), |event| event.position);
    let next = (known < head).then(|| known.to_string());
    let rows = rows.into_iter().map(EventJson::from).collect();
    Ok(linked(&paging, next.as_deref(), EventsJson { rows, after: known, head }))
}

/// The stream as it happens, from `Last-Event-ID` or `after`, or from now on.
pub(super) async fn get_stream(
    State(flows): State<Flows>,
    caller: Caller,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let runtime = flows.runtime;
    let last = match headers.get("last-event-id").map(|value| value.to_str().ok()?.parse().ok()) {
        Some(Some(position)) => Some(position),
        Some(None) => {
            let refusal = "`Last-Event-ID` is the position of the last event that was read.";
            return Err(Problem::bad_request(problems::INVALID_QUERY, refusal));
        }
        None => query.after,
    };
    let after = match last {
        Some(position) => position,
        None => read(&runtime, i64::MAX, Vec::new(), 1).await?.1,
    };
    let follower = Follower {
        runtime,
        session_id: caller.session_id,
        kinds: kinds_in(&query.kinds),
        after,
        waiting: VecDeque::new(),
        ends: Instant::now() + LASTS,
    };
    Ok(Sse::new(messages(follower)).keep_alive(KeepAlive::default()).into_response())
}

/// Somebody who follows the stream.
struct Follower {
    runtime: Runtime,
    session_id: SessionId,
    kinds: Vec<String>,
    after: i64,
    waiting: VecDeque<Event>,
    ends: Instant,
}

fn messages(follower: Follower) -> impl Stream<Item = Result<Message, Infallible>> {
    stream::unfold(follower, async |mut follower| match timeout_at(follower.ends, follower.next()).await {
        Ok(Ok(Some(event))) => message(event).map(|message| (Ok(message), follower)),
        Ok(Ok(None)) | Err(_) => None,
        Ok(Err(fault)) => {
            tracing::warn!(error = &fault as &dyn std::error::Error, "a stream of events ends");
            None
        }
    })
}

fn message(event: Event) -> Option<Message> {
    let message = Message::default().id(event.position.to_string()).event(&event.kind);
    message.json_data(EventJson::from(event)).ok()
}

impl Follower {
    /// The next event; none when the house closes, or whoever follows may no longer read.
    async fn next(&mut self) -> Result<Option<Event>, Fault> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(Some(event));
            }
            if self.runtime.news(self.after).await?.is_none() {
                return Ok(None);
            }
            let access = people::access_of(&self.runtime, &self.session_id).await?;
            if !access.may_throughout(Permission::EventsRead) {
                return Ok(None);
            }
            let (rows, head) = read(&self.runtime, self.after, self.kinds.clone(), READ).await?;
            let is_full = rows.len() as i64 == READ;
            self.after = rows.last().filter(|_| is_full).map_or(head, |event| event.position);
            self.waiting = rows.into();
        }
    }
}

/// Events after a position and the last position there is, on one snapshot.
async fn read(
    runtime: &Runtime,
    after: i64,
    kinds: Vec<String>,
    limit: i64,
) -> Result<(Vec<Event>, i64), Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move {
                let head = event::head(tx, &organisation_id).await?;
                let span = Span { after, until: head, kinds };
                Ok((event::list_of_span(tx, &organisation_id, &span, limit).await?, head))
            })
        })
        .await
}
