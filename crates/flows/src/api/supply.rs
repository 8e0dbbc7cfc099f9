//! Goods that are expected, and what can be promised of them.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::{
    expect::{Amendment, ExpectError, NewExpected},
    store::ExpectedFilter,
};
use kernel::{ExpectedReceiptId, ItemId, MerchantId, NodeId, Page, Quantity, Scope, time::Date};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{
    Command, Needs, PageQuery, Path, Permission, Problem, Query, Routes, Within, answered, page, problems,
};

use super::stock::StockQuery;
use crate::{
    Flows,
    supply::{Expected, ExpectedSeen, Promisable},
};

pub(super) fn routes() -> Routes<Flows> {
    let (see, receive) = (Needs::Within(Permission::StockRead), Needs::Within(Permission::StockReceive));
    Routes::new()
        .chapter("Supply", "Goods that are expected from suppliers, and what can be promised of them by date.")
        .post(
            "/v1/expected-receipts",
            receive
                .to("Tell of goods that will come")
                .about(
                    "A purchase order, or the notice of what was sent. Its goods are incoming until they are received: \
                     name it as `expected_receipt_id` in `/v1/receipts`.",
                )
                .command::<NewExpectedJson>()
                .gives::<Expected>(StatusCode::CREATED, "They are incoming.")
                .refuses(problems::DUPLICATE_CODE),
            post_expected,
        )
        .get(
            "/v1/expected-receipts",
            see.to("List goods that are expected")
                .asks::<ExpectedQuery>()
                .gives_page::<ExpectedSeen>("Open ones in the order of their days, with those that are late."),
            get_all_expected,
        )
        .get(
            "/v1/expected-receipts/{expected_receipt_id}",
            see.to("See goods that are expected")
                .gives::<ExpectedSeen>(StatusCode::OK, "They, with what has come of them."),
            get_expected,
        )
        .post(
            "/v1/expected-receipts/{expected_receipt_id}/amendments",
            receive
                .to("Change what is expected")
                .about("Another day, or other quantities.")
                .command::<AmendmentJson>()
                .gives::<Expected>(StatusCode::OK, "Changed.")
                .refuses(problems::NOT_EXPECTED),
            post_amendment,
        )
        .post(
            "/v1/expected-receipts/{expected_receipt_id}/close",
            receive
                .to("Expect no more of them")
                .about("What is outstanding is incoming no more. It is cancelled where nothing came.")
                .command::<()>()
                .gives::<Expected>(StatusCode::OK, "Closed.")
                .refuses(problems::NOT_EXPECTED),
            post_close,
        )
        .get(
            "/v1/available-to-promise",
            see.to("See what can be promised of an item by date")
                .asks::<StockQuery>()
                .gives_all::<Promisable>("Node by node: what is available, and from each day on which some is expected.")
                .refuses(problems::UNKNOWN_ITEM),
            get_promisable,
        )
}

/// The most lines of one expectation.
const LINES_MAX: usize = 2_000;

/// Goods that will come. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExpectedReceipt)]
pub(super) struct NewExpectedJson {
    /// The number of the purchase order or of the notice: one at a node.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
    /// Code or id.
    node: String,
    /// Who sends them.
    #[serde(default)]
    #[schema(max_length = 200)]
    supplier: String,
    /// The day, by the node's calendar.
    #[schema(format = Date, example = "2026-03-02")]
    expected_on: String,
    #[schema(min_items = 1, max_items = 2_000)]
    lines: Vec<LineJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewExpectedReceiptLine)]
struct LineJson {
    /// SKU, barcode or id.
    item: String,
    /// How many units in all.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
}

/// What is wrong with a request, field by field.
#[derive(Default)]
struct Wrong(Option<Problem>);

impl Wrong {
    fn at(&mut self, pointer: impl std::fmt::Display, message: &str) {
        let begun = self
            .0
            .take()
            .unwrap_or_else(|| Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed."));
        self.0 = Some(begun.at(pointer, "invalid", message));
    }
}

/// The lines with their items, all of one owner.
async fn read_lines(
    flows: &Flows,
    scope: &Scope,
    node: &str,
    lines: Vec<LineJson>,
    wrong: &mut Wrong,
) -> Result<(Option<NodeId>, Option<MerchantId>, Vec<(ItemId, Quantity)>), Problem> {
    let mut places: Vec<(String, String)> =
        lines.iter().map(|line| (node.to_owned(), line.item.clone())).collect();
    places.push((node.to_owned(), String::new()));
    let mut known = flows.find_places_within(scope, places).await?;
    let alone = known.pop().and_then(|(node_id, _)| node_id);
    let node_id = known.iter().find_map(|(node_id, _)| node_id.clone()).or(alone);
    let mut owner: Option<MerchantId> = None;
    let mut read = Vec::with_capacity(lines.len());
    for (place, (line, (_, item))) in lines.into_iter().zip(known).enumerate() {
        let quantity = Quantity::new(line.quantity);
        if quantity.is_err() {
            wrong.at(format!("/lines/{place}/quantity"), "a whole number from 0 to 1,000,000,000,000");
        }
        let Some((item_id, owner_id)) = item else {
            wrong.at(format!("/lines/{place}/item"), "there is no such item");
            continue;
        };
        if *owner.get_or_insert_with(|| owner_id.clone()) != owner_id {
            wrong.at(format!("/lines/{place}/item"), "is another merchant's than the first: expect it apart");
        }
        if let Ok(quantity) = quantity {
            read.push((item_id, quantity));
        }
    }
    Ok((node_id, owner, read))
}

fn read_day(text: &str, wrong: &mut Wrong) -> Option<Date> {
    let day: Option<Date> = text.parse().ok().filter(|day: &Date| (2000..2200).contains(&day.year()));
    if day.is_none() {
        wrong.at("/expected_on", "a day such as 2026-03-02");
    }
    day
}

fn is_text(text: &str, least: usize) -> bool {
    (least..=200).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// Goods are expected.
pub(super) async fn post_expected(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<NewExpectedJson>,
) -> Result<Response, Problem> {
    let NewExpectedJson { reference, node, supplier, expected_on, lines } = command.body;
    let (reference, supplier) = (reference.trim().to_owned(), supplier.trim().to_owned());
    let mut wrong = Wrong::default();
    if lines.is_empty() || lines.len() > LINES_MAX {
        let says = "Send from 1 to 2,000 lines.";
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says).at("/lines", "invalid", says));
    }
    if lines.iter().all(|line| line.quantity == 0) {
        wrong.at("/lines", "at least one unit of something");
    }
    if !is_text(&reference, 1) {
        wrong.at("/reference", "1 to 200 characters are good: the number of the purchase order");
    }
    if !is_text(&supplier, 0) {
        wrong.at("/supplier", "up to 200 characters are good");
    }
    let day = read_day(&expected_on, &mut wrong);
    let (node_id, owner, lines) = read_lines(&flows, &scope, &node, lines, &mut wrong).await?;
    if node_id.is_none() {
        wrong.at("/node", "there is no such node");
    }
    match (wrong.0, node_id, owner, day) {
        (None, Some(node_id), Some(owner_id), Some(expected_on)) => {
            let new = NewExpected { node_id, owner_id, reference, supplier, expected_on, lines };
            let answer = flows.expect(command.call, new).await.map_err(refused)?;
            answered(StatusCode::CREATED, answer)
        }
        (Some(problem), ..) => Err(problem),
        (None, ..) => Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")),
    }
}

/// Which.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct ExpectedQuery {
    /// Only at this node.
    node_id: Option<NodeId>,
    /// Also those of which nothing more is expected: then the newest first.
    #[serde(default)]
    closed: bool,
}

/// A page of them.
pub(super) async fn get_all_expected(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<ExpectedQuery>,
) -> Result<Response, Problem> {
    let filter = ExpectedFilter { node_id: query.node_id, has_closed: query.closed };
    let rows: Page<ExpectedSeen> = flows.list_expected(scope, filter, paging.request.clone()).await?;
    Ok(page(&paging, rows))
}

/// One of them.
pub(super) async fn get_expected(
    State(flows): State<Flows>,
    Path(id): Path<ExpectedReceiptId>,
) -> Result<Response, Problem> {
    let found = flows.find_expected(id.clone()).await?;
    let found = found.ok_or_else(|| refused(ExpectError::NoSuch(id)))?;
    Ok(Json(found).into_response())
}

/// What is expected from now on. What is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ExpectedReceiptAmendment)]
pub(super) struct AmendmentJson {
    /// Another day.
    #[serde(default)]
    #[schema(format = Date)]
    expected_on: Option<String>,
    /// How many of these items in all, those that have come among them; 0 for none.
    #[serde(default)]
    #[schema(max_items = 2_000)]
    lines: Vec<LineJson>,
}

/// They come on another day, or in other quantities.
pub(super) async fn post_amendment(
    State(flows): State<Flows>,
    Within(scope): Within,
    Path(id): Path<ExpectedReceiptId>,
    command: Command<AmendmentJson>,
) -> Result<Response, Problem> {
    let AmendmentJson { expected_on, lines } = command.body;
    let mut wrong = Wrong::default();
    if lines.len() > LINES_MAX {
        let says = "Send up to 2,000 lines.";
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says).at("/lines", "invalid", says));
    }
    let found = flows.find_expected(id.clone()).await?;
    let found = found.ok_or_else(|| refused(ExpectError::NoSuch(id.clone())))?;
    let day = expected_on.and_then(|day| read_day(&day, &mut wrong));
    let (_, owner, lines) = read_lines(&flows, &scope, found.node_id.as_str(), lines, &mut wrong).await?;
    if owner.is_some_and(|owner_id| owner_id != found.owner_id) {
        wrong.at("/lines", "are of another merchant than what is expected");
    }
    if let Some(problem) = wrong.0 {
        return Err(problem);
    }
    let amendment = Amendment { expected_on: day, lines };
    let answer = flows.amend_expected(command.call, id, amendment).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

/// Nothing more of them comes.
pub(super) async fn post_close(
    State(flows): State<Flows>,
    Path(id): Path<ExpectedReceiptId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = flows.close_expected(command.call, id).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

/// What can be promised of an item.
pub(super) async fn get_promisable(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<StockQuery>,
) -> Result<Response, Problem> {
    let (item_id, _) = flows.find_item(&scope, &query.item).await?;
    let rows = flows.available_to_promise(scope, item_id).await?;
    Ok(Json(Page { rows, next: None }).into_response())
}

/// Why it stays as it is.
fn refused(error: ExpectError) -> Problem {
    match error {
        ExpectError::Known(_) => Problem::conflict(problems::DUPLICATE_CODE, &error),
        ExpectError::NoSuch(_) => Problem::not_found(problems::NOT_FOUND, &error),
        ExpectError::Ended { ref state } => {
            Problem::conflict(problems::NOT_EXPECTED, &error).with("state", json!(state))
        }
        ExpectError::Fault(fault) => Problem::fault(fault),
    }
}
