//! What was counted, and corrections that wait for somebody's yes.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::{
    count::Count,
    propose::ProposalError,
    store::{ProposedRow, find_proposed},
};
use kernel::{MerchantId, ProposedAdjustmentId, Quantity, Scope};
use runtime::Answer;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{
    Command, Needs, PageQuery, Path, Permission, Problem, Query, Routes, Within, answered, page, problems,
};

use super::refusals::outrun;
use crate::{
    Flows,
    approvals::{ApprovalLimit, Decided, list_proposals},
    counts::{CountError, Counted},
};

/// The most counts of one request.
const COUNTS_MAX: usize = 250;

pub(super) fn routes() -> Routes<Flows> {
    let (see, approve) = (Needs::Within(Permission::StockRead), Needs::Within(Permission::StockApprove));
    Routes::new()
        .chapter("Counts", "What was counted, and corrections that take two: docs/guide/counts.md.")
        .post(
            "/v1/stock-counts",
            Needs::Within(Permission::StockAdjust)
                .to("Book what was counted")
                .about(
                    "All or none. Good units on the shelf: free, held for carts and promised, not those that are picked, \
                     packed, damaged or in quarantine. The difference is taken against the ledger as it is when the count \
                     is booked. Orders whose units are not there are sourced again.",
                )
                .command::<CountsJson>()
                .gives::<CountsBooked>(StatusCode::OK, "Booked, or waiting for somebody's yes."),
            post_counts,
        )
        .get(
            "/v1/proposed-adjustments",
            see.to("List corrections that wait for somebody's yes")
                .asks::<ProposedQuery>()
                .gives_page::<ProposedRow>("Proposed adjustments, newest first."),
            get_all_proposed,
        )
        .get(
            "/v1/proposed-adjustments/{proposed_adjustment_id}",
            see.to("See a proposed adjustment").gives::<ProposedRow>(StatusCode::OK, "It, with its answer."),
            get_proposed,
        )
        .post(
            "/v1/proposed-adjustments/{proposed_adjustment_id}/approval",
            approve
                .to("Approve a proposed adjustment")
                .about("The book is corrected. Not by its author.")
                .command::<AnswerJson>()
                .gives::<Decided>(StatusCode::OK, "The book is corrected.")
                .refuses(problems::OWN_PROPOSAL)
                .refuses(problems::ALREADY_DECIDED)
                .refuses(problems::INSUFFICIENT_STOCK),
            post_approval,
        )
        .post(
            "/v1/proposed-adjustments/{proposed_adjustment_id}/rejection",
            approve
                .to("Reject a proposed adjustment")
                .about("The book stays as it is. Not by its author.")
                .command::<AnswerJson>()
                .gives::<Decided>(StatusCode::OK, "The book stays as it is.")
                .refuses(problems::OWN_PROPOSAL)
                .refuses(problems::ALREADY_DECIDED),
            post_rejection,
        )
        .get(
            "/v1/stock-approval",
            Needs::Throughout(Permission::StockRead)
                .to("See how many units anybody may correct alone")
                .gives::<ApprovalLimit>(StatusCode::OK, "The limit."),
            get_limit,
        )
        .post(
            "/v1/stock-approval",
            Needs::Throughout(Permission::SettingsWrite)
                .to("Set how many units anybody may correct alone")
                .about("It holds for adjustments, levels, counts and files from now on. What waits goes on waiting.")
                .command::<ApprovalLimit>()
                .gives::<ApprovalLimit>(StatusCode::OK, "The limit."),
            post_limit,
        )
}

/// Counts as they are sent. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockCounts)]
pub(super) struct CountsJson {
    #[schema(min_items = 1, max_items = 250)]
    counts: Vec<CountJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = StockCount)]
struct CountJson {
    /// Code or id.
    node: String,
    /// SKU, barcode or id.
    item: String,
    /// Of which lot; left out for units of none. An item that is tracked by lots needs it.
    #[serde(default)]
    lot: String,
    /// How many good units lie there.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    counted: i64,
    /// Whose units were counted; the item's merchant's where it is left out.
    owner_id: Option<MerchantId>,
    /// More about it. What is longer than 200 characters is cut.
    #[serde(default)]
    note: String,
}

/// What counts came to, in their sequence.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = StockCountsBooked)]
pub(super) struct CountsBooked {
    counts: Vec<Counted>,
}

/// A note as it is kept.
pub(super) fn note_of(text: &str) -> String {
    text.trim().chars().filter(|c| !c.is_control()).take(200).collect()
}

fn may_count(scope: &Scope, owner_id: &MerchantId, count: &Count) -> bool {
    scope.has_merchant(owner_id) || scope.has_node(&count.node_id)
}

/// Books all counts or none.
pub(super) async fn post_counts(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<CountsJson>,
) -> Result<Response, Problem> {
    let asked = command.body.counts;
    if asked.is_empty() || asked.len() > COUNTS_MAX {
        let says = format!("Send from 1 to {COUNTS_MAX} counts at a time.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, &says).at("/counts", "invalid", &says));
    }
    let places = asked.iter().map(|count| (count.node.clone(), count.item.clone())).collect();
    let known = flows.find_places_within(&scope, places).await?;
    let mut problem: Option<Problem> = None;
    let mut counts = Vec::with_capacity(asked.len());
    for (place, (count, (node_id, item))) in asked.into_iter().zip(known).enumerate() {
        let mut bad = |field: &str, message: &str| {
            let begun = problem
                .take()
                .unwrap_or_else(|| Problem::unprocessable(problems::INVALID_FIELD, "Nothing was booked."));
            problem = Some(begun.at(format!("/counts/{place}/{field}"), "invalid", message));
        };
        let counted = Quantity::new(count.counted).ok();
        for (is_wrong, field, message) in [
            (node_id.is_none(), "node", "there is no such node"),
            (item.is_none(), "item", "there is no such item"),
            (counted.is_none(), "counted", "a whole number from 0"),
        ] {
            if is_wrong {
                bad(field, message);
            }
        }
        if let (Some(node_id), Some((item_id, owner_id)), Some(counted)) = (node_id, item, counted) {
            let owner_id = count.owner_id.unwrap_or(owner_id);
            let (lot, note) = (count.lot, note_of(&count.note));
            let of = Count { node_id, item_id, owner_id: owner_id.clone(), lot, counted, note };
            if !may_count(&scope, &owner_id, &of) {
                bad("owner_id", "is not within what you may count");
            }
            counts.push(of);
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let answer = match flows.book_counts(command.call, counts).await? {
        Answer::Done(counts) => Answer::Done(CountsBooked { counts }),
        Answer::Replayed(counts) => Answer::Replayed(CountsBooked { counts }),
        Answer::KeyReused => Answer::KeyReused,
    };
    answered(StatusCode::OK, answer)
}

impl From<CountError> for Problem {
    fn from(error: CountError) -> Problem {
        match error {
            CountError::Refused { place, why } => Problem::unprocessable(problems::INVALID_FIELD, why).at(
                format!("/counts/{place}"),
                "refused",
                why,
            ),
            CountError::NeedsLot { place } => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
                format!("/counts/{place}/lot"),
                "missing",
                &error,
            ),
            CountError::Outrun => outrun(&error),
            CountError::Fault(fault) => Problem::fault(fault),
        }
    }
}

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ProposedQuery {
    /// Also those that had their answer.
    #[serde(default)]
    decided: bool,
}

/// A page of them.
pub(super) async fn get_all_proposed(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<ProposedQuery>,
) -> Result<Response, Problem> {
    let found = list_proposals(&flows.runtime, scope, !query.decided, paging.request.clone()).await?;
    Ok(page(&paging, found))
}

/// One of them.
pub(super) async fn get_proposed(
    State(flows): State<Flows>,
    Path(id): Path<ProposedAdjustmentId>,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let asked = id.clone();
    let found = flows
        .runtime
        .read(move |tx| Box::pin(async move { find_proposed(tx, &organisation_id, &asked).await }))
        .await?;
    let found = found.ok_or_else(|| refused(ProposalError::NoSuch(id)))?;
    Ok(Json(found).into_response())
}

/// A yes or a no.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ProposedAdjustmentAnswer)]
pub(super) struct AnswerJson {
    /// Why.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

/// What somebody says of why they do it.
pub(super) fn reason_of(text: &str) -> Result<String, Problem> {
    let reason = note_of(text);
    if !reason.is_empty() && text.trim().chars().count() <= 200 {
        return Ok(reason);
    }
    let says = "1 to 200 characters are good: why";
    Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")
        .at("/reason", "invalid", says))
}

/// The book is corrected.
pub(super) async fn post_approval(
    State(flows): State<Flows>,
    Path(id): Path<ProposedAdjustmentId>,
    command: Command<AnswerJson>,
) -> Result<Response, Problem> {
    let reason = reason_of(&command.body.reason)?;
    let answer = flows.decide_adjustment(command.call, id, true, reason).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

/// The book stays as it is.
pub(super) async fn post_rejection(
    State(flows): State<Flows>,
    Path(id): Path<ProposedAdjustmentId>,
    command: Command<AnswerJson>,
) -> Result<Response, Problem> {
    let reason = reason_of(&command.body.reason)?;
    let answer = flows.decide_adjustment(command.call, id, false, reason).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

/// Why it stays proposed.
fn refused(error: ProposalError) -> Problem {
    match error {
        ProposalError::NoSuch(_) => Problem::not_found(problems::NOT_FOUND, &error),
        ProposalError::Decided { ref state, ref by } => Problem::conflict(problems::ALREADY_DECIDED, &error)
            .with("state", json!(state))
            .with("decided_by", json!(by)),
        ProposalError::Own => Problem::forbidden(problems::OWN_PROPOSAL, &error),
        ProposalError::Short { present, asked, .. } => {
            Problem::conflict(problems::INSUFFICIENT_STOCK, &error)
                .with("present", json!(present))
                .with("asked", json!(asked))
        }
        ProposalError::Fault(fault) => Problem::fault(fault),
    }
}

/// How many units anybody may correct alone.
pub(super) async fn get_limit(State(flows): State<Flows>) -> Result<Response, Problem> {
    Ok(Json(flows.approval_limit().await?).into_response())
}

/// Sets it.
pub(super) async fn post_limit(
    State(flows): State<Flows>,
    command: Command<ApprovalLimit>,
) -> Result<Response, Problem> {
    let above = match command.body.above.map(Quantity::new).transpose() {
        Ok(above) => above,
        Err(error) => {
            return Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")
                .at("/above", "invalid", error));
        }
    };
    answered(StatusCode::OK, flows.set_approval_limit(command.call, above).await?)
}
