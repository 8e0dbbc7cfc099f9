//! What differs between the book and the world.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::{
    discrepancy::{DiscrepancyKind, ResolveError},
    store::{DiscrepancyFilter, DiscrepancyRow, find_discrepancy},
};
use kernel::{DiscrepancyId, NodeId};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{
    Command, Needs, PageQuery, Path, Permission, Problem, Query, Routes, Within, answered, page, problems,
};

use super::counts::reason_of;
use crate::{
    Flows,
    discrepancies::{Resolved, find_discrepancies},
};

pub(super) fn routes() -> Routes<Flows> {
    let see = Needs::Within(Permission::StockRead);
    Routes::new()
        .chapter(
            "Discrepancies",
            "Where the book and the world differ, and why: docs/guide/discrepancies.md.",
        )
        .get(
            "/v1/discrepancies",
            see.to("List what differs")
                .asks::<DiscrepanciesQuery>()
                .gives_page::<DiscrepancyRow>("Discrepancies, newest first.")
                .refuses(problems::INVALID_QUERY),
            get_all,
        )
        .get(
            "/v1/discrepancies/{discrepancy_id}",
            see.to("See what differs")
                .gives::<DiscrepancyRow>(StatusCode::OK, "It, with how it was settled."),
            get_one,
        )
        .post(
            "/v1/discrepancies/{discrepancy_id}/resolution",
            Needs::Within(Permission::StockAdjust)
                .to("Settle a discrepancy by hand")
                .about("It changes no stock: count or correct first, and say here how it was settled.")
                .command::<ResolutionJson>()
                .gives::<Resolved>(StatusCode::OK, "It needs nobody any more.")
                .refuses(problems::ALREADY_SETTLED),
            post_resolution,
        )
}

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct DiscrepanciesQuery {
    /// Only those that are not settled.
    #[serde(default)]
    unsettled: bool,
    /// Only of this kind: `count_short`, `till_took_promised`, `till_unbooked`, `channel_differs`.
    kind: Option<String>,
    /// Only at this node.
    node_id: Option<NodeId>,
}

/// A page of them.
pub(super) async fn get_all(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<DiscrepanciesQuery>,
) -> Result<Response, Problem> {
    let kind = query.kind.unwrap_or_default();
    if !kind.is_empty() && DiscrepancyKind::parse(&kind).is_none() {
        let says = "`kind` is one of count_short, till_took_promised, till_unbooked, channel_differs.";
        return Err(Problem::bad_request(problems::INVALID_QUERY, says));
    }
    let filter = DiscrepancyFilter { is_open: query.unsettled, kind, node_id: query.node_id };
    let found = find_discrepancies(&flows.runtime, scope, filter, paging.request.clone()).await?;
    Ok(page(&paging, found))
}

/// One of them.
pub(super) async fn get_one(
    State(flows): State<Flows>,
    Path(id): Path<DiscrepancyId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let asked = id.clone();
    let found = flows
        .runtime
        .read(move |tx| Box::pin(async move { find_discrepancy(tx, &organisation_id, &asked).await }))
        .await?;
    let found = found.ok_or_else(|| refused(ResolveError::NoSuch(id)))?;
    Ok(Json(found).into_response())
}

/// How it was settled.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DiscrepancyResolution)]
pub(super) struct ResolutionJson {
    /// How, in your words.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// Settles it by hand.
pub(super) async fn post_resolution(
    State(flows): State<Flows>,
    Path(id): Path<DiscrepancyId>,
    command: Command<ResolutionJson>,
) -> Result<Response, Problem> {
    let reason = reason_of(&command.body.reason)?;
    let answer = flows.resolve_discrepancy(command.call, id, reason).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

/// Why it stays as it is.
fn refused(error: ResolveError) -> Problem {
    match error {
        ResolveError::NoSuch(_) => Problem::not_found(problems::NOT_FOUND, &error),
        ResolveError::Settled { ref state } => {
            Problem::conflict(problems::ALREADY_SETTLED, &error).with("state", json!(state))
        }
        ResolveError::Fault(fault) => Problem::fault(fault),
    }
}
