//! What channels may sell, for those who follow it.

use std::time::Duration;

use axum::{extract::State, response::Response};
use db::Fault;
use kernel::{ItemId, MerchantId, Scope, Timestamp};
use runtime::event::{self, Event};
use serde::{Deserialize, Serialize};
use tokio::time::{Instant, timeout_at};
use utoipa::{IntoParams, ToSchema};
use web::{PageQuery, Problem, Query, Within, linked, problems};

use crate::Flows;

/// The most items a page has.
const PAGE_MAX: i64 = 500;

/// The longest anybody waits for something to happen.
const WAIT_MOST: u64 = 30;

/// From where to follow.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct AvailabilityChangesQuery {
    /// The last position you know; from the beginning where it is left out.
    after: Option<i64>,
    /// How many items, up to 500; 100 where it is left out.
    limit: Option<i64>,
    /// Seconds to wait where nothing has changed yet, up to 30; 0 where it is left out.
    #[param(maximum = 30)]
    wait: Option<u64>,
}

/// What channels may sell of an item from a position on.
#[derive(Debug, Serialize, ToSchema)]
struct AvailabilityChangeJson {
    /// Its place in the stream of events.
    #[schema(minimum = 1)]
    position: i64,
    /// How far the stream went that is in it: the position of what changed it, or one after.
    cause: i64,
    item_id: ItemId,
    sku: String,
    /// Each channel that may sell it.
    channels: Vec<ChannelNowJson>,
    happened_at: Timestamp,
}

/// What a channel may sell.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct ChannelNowJson {
    /// Its code.
    channel: String,
    channel_id: String,
    /// Available to sell: base units, not how many more or fewer.
    ats: i64,
    /// From where, at most so many from each.
    nodes: Vec<NodeNowJson>,
}

/// From where a channel may sell.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct NodeNowJson {
    /// Its code.
    node: String,
    node_id: String,
    units: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AvailabilityChangesJson {
    rows: Vec<AvailabilityChangeJson>,
    /// Up to where the reader now knows the stream: ask from here on.
    after: i64,
    /// The last position there is.
    head: i64,
}

/// The facts of such an event.
#[derive(Deserialize)]
struct Word {
    sku: String,
    merchant_id: MerchantId,
    cause: i64,
    channels: Vec<ChannelNowJson>,
}

/// What changed after a position, newest numbers only.
pub(super) async fn get_availability_changes(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<AvailabilityChangesQuery>,
) -> Result<Response, Problem> {
    let wait = query.wait.unwrap_or(0);
    if wait > WAIT_MOST {
        let says = format!("`wait` is up to {WAIT_MOST} seconds.");
        return Err(Problem::bad_request(problems::INVALID_QUERY, says));
    }
    let ends = Instant::now() + Duration::from_secs(wait);
    let limit = query.limit.unwrap_or(100).clamp(1, PAGE_MAX);
    let mut after = query.after.unwrap_or(0).max(0);
    flows.follow_availability();
    loop {
        flows.tell_availability().await?;
        let (events, head) = read(&flows, after, limit).await?;
        let is_full = events.len() as i64 == limit;
        let known = events.last().filter(|_| is_full).map_or(after.max(head), |event| event.position);
        let rows: Vec<AvailabilityChangeJson> =
            events.into_iter().filter_map(|event| change(event, &scope)).collect();
        if rows.is_empty() && (is_full || Instant::now() < ends) {
            after = known;
            // Who waits is told of what happens to others by silence.
            if is_full || matches!(timeout_at(ends, flows.runtime.news(head)).await, Ok(Ok(Some(_)))) {
                continue;
            }
        }
        let next = (is_full && known < head).then(|| known.to_string());
        return Ok(linked(&paging, next.as_deref(), AvailabilityChangesJson { rows, after: known, head }));
    }
}

/// An event as its reader sees it; none where the item is of a merchant beyond their scope.
fn change(event: Event, scope: &Scope) -> Option<AvailabilityChangeJson> {
    let Word { sku, merchant_id, cause, channels } = serde_json::from_str(&event.data).ok()?;
    let item_id = ItemId::parse(&event.subject_id).ok()?;
    let (position, happened_at) = (event.position, event.happened_at);
    scope.has_merchant(&merchant_id).then_some(AvailabilityChangeJson {
        position,
        cause,
        item_id,
        sku,
        channels,
        happened_at,
    })
}

/// Unbound by what the asker may see, for the stream is told in one piece; rows are cut to their scope.
async fn read(flows: &Flows, after: i64, limit: i64) -> Result<(Vec<Event>, i64), Fault> {
    let runtime = flows.runtime.clone();
    let reading = tokio::spawn(async move {
        let organisation_id = runtime.organisation_id.clone();
        runtime
            .read(move |tx| {
                Box::pin(async move {
                    let head = event::head(tx, &organisation_id).await?;
                    Ok((event::list_availability(tx, &organisation_id, after, limit).await?, head))
                })
            })
            .await
    });
    reading.await.map_err(|_| Fault::Lost("reading what changed ended early"))?
}
