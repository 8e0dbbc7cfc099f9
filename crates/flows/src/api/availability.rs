//! What channels may sell, for product pages; what would sell elsewhere; and the routes of it all.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::selling::QuotaMoved;
use kernel::{ChannelId, ItemId, Page, Place};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{Command, Json, Needs, Permission, Problem, Query, Routes, Within, answered, problems};

use super::availability_changes::{self as changes, AvailabilityChangesJson, AvailabilityChangesQuery};
use super::selling::{
    self, ChannelQuery, MANY, MoveJson, PolicyJson, PolicyRowJson, QuotaRowJson, QuotasJson, refused,
};
use crate::{
    Flows,
    availability::{Availability, Goods, Question},
    proposals::{AcceptError, DAYS_MOST, Proposal},
    selling::RulesSet,
};

/// The longest code: 200 characters of four bytes.
const CODE_BYTES: usize = 800;

/// `/v1/availability`, and the rules behind it.
pub(super) fn routes() -> Routes<Flows> {
    let (see, rule) = (Needs::Within(Permission::StockRead), Needs::Within(Permission::CatalogueWrite));
    Routes::new()
        .chapter("Availability", "What each channel may sell of the one pool: docs/guide/channel-stock.md.")
        .post(
            "/v1/availability",
            see.to("See what channels may sell")
                .about(
                    "Up to 250 goods on any channels in one question. It is true at `as_of`, with everything in it that \
                     happened up to `position`. It changes nothing and takes no key.",
                )
                .body::<QuestionJson>()
                .gives::<Availability>(StatusCode::OK, "What is available to sell."),
            post_availability,
        )
        .get(
            "/v1/availability/changes",
            see.to("Follow what channels may sell")
                .about(
                    "The newest numbers of each item that changed after a position of the stream, each item once however \
                     often it changed; everything that was committed before the question is in it. With `wait` the answer \
                     comes as soon as there is something. From 0 it begins with all items that can be sold.",
                )
                .asks::<AvailabilityChangesQuery>()
                .gives::<AvailabilityChangesJson>(StatusCode::OK, "What changed."),
            changes::get_availability_changes,
        )
        .post(
            "/v1/channel-policies",
            rule.to("Rule what a channel may sell")
                .about("From which nodes, how many units it does not see, and whether at all.")
                .command::<PolicyJson>()
                .gives::<RulesSet>(StatusCode::OK, "It is so from now on.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_ITEM),
            selling::post_policy,
        )
        .get(
            "/v1/channel-policies",
            see.to("See what channels may sell by rule")
                .asks::<ChannelQuery>()
                .gives_page::<PolicyRowJson>("Policies, general ones first."),
            selling::get_policies,
        )
        .post(
            "/v1/channel-quotas",
            rule.to("Dedicate units to channels")
                .about("All or none. What is left of a channel's quota is set aside from every other channel.")
                .command::<QuotasJson>()
                .gives::<RulesSet>(StatusCode::OK, "It is so from now on.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_ITEM)
                .refuses(problems::QUOTA_TOO_SMALL),
            selling::post_quotas,
        )
        .get(
            "/v1/channel-quotas",
            see.to("See what is dedicated to channels")
                .asks::<ChannelQuery>()
                .gives_page::<QuotaRowJson>("Quotas, by item."),
            selling::get_quotas,
        )
        .post(
            "/v1/quota-moves",
            rule.to("Move quota to another channel")
                .about("What one channel has left falls by the units, the other's rises by them; the pool stays as it is.")
                .command::<MoveJson>()
                .gives::<QuotaMoved>(StatusCode::OK, "Moved.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_ITEM)
                .refuses(problems::NO_QUOTA)
                .refuses(problems::QUOTA_TOO_SMALL),
            selling::post_move,
        )
        .get(
            "/v1/quota-proposals",
            see.to("See what would sell elsewhere")
                .about("Units of quotas of which a channel sold none in so many days, while another sold the item.")
                .asks::<DaysQuery>()
                .gives_all::<Proposal>("Proposals, by item."),
            get_quota_proposals,
        )
        .post(
            "/v1/quota-proposals/acceptances",
            rule.to("Do what is proposed")
                .about("As it is proposed now: the units go to the other channel's quota, or to the pool it sells from.")
                .command::<QuotaAcceptanceJson>()
                .gives::<Proposal>(StatusCode::OK, "Done.")
                .refuses(problems::QUOTA_TOO_SMALL),
            post_quota_acceptance,
        )
}

/// How long a channel has sold nothing.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct DaysQuery {
    /// From 1 to 90; 30 where it is left out.
    days: Option<i64>,
}

/// A proposal that somebody agrees to.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuotaAcceptanceJson {
    item_id: ItemId,
    from: ChannelId,
    to: ChannelId,
    /// As it was asked for: from 1 to 90; 30 where it is left out.
    #[schema(minimum = 1, maximum = 90)]
    days: Option<i64>,
}

fn days_of(days: Option<i64>) -> Result<i64, Problem> {
    let days = days.unwrap_or(30);
    if (1..=DAYS_MOST).contains(&days) {
        return Ok(days);
    }
    let says = format!("`days` is from 1 to {DAYS_MOST}.");
    Err(Problem::unprocessable(problems::INVALID_FIELD, &says).at("/days", "invalid", &says))
}

/// What would be better sold on another channel.
pub(super) async fn get_quota_proposals(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<DaysQuery>,
) -> Result<Response, Problem> {
    let days = query.days.unwrap_or(30);
    if !(1..=DAYS_MOST).contains(&days) {
        let says = format!("`days` is from 1 to {DAYS_MOST}.");
        return Err(Problem::bad_request(problems::INVALID_QUERY, says));
    }
    let rows: Vec<Proposal> = flows.proposals(&scope, days).await?;
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

/// Does what is proposed.
pub(super) async fn post_quota_acceptance(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<QuotaAcceptanceJson>,
) -> Result<Response, Problem> {
    let QuotaAcceptanceJson { item_id, from, to, days } = command.body;
    let wanted = (item_id, from, to);
    let answer = flows.accept_proposal(command.call, scope, days_of(days)?, wanted).await;
    let answer = answer.map_err(|error| match error {
        AcceptError::Gone => Problem::conflict(problems::QUOTA_TOO_SMALL, &error),
        AcceptError::Selling(error) => refused("", error),
        AcceptError::Fault(fault) => Problem::fault(fault),
    })?;
    answered(StatusCode::OK, answer)
}

/// What somebody wants to know of availability.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct QuestionJson {
    /// SKUs, barcodes or ids.
    #[serde(default)]
    #[schema(max_items = 250)]
    items: Vec<String>,
    /// Channels' own codes.
    #[serde(default)]
    #[schema(max_items = 250)]
    external_codes: Vec<String>,
    /// Codes or ids; each channel where none is named.
    #[serde(default)]
    #[schema(max_items = 100)]
    channels: Vec<String>,
    /// Also from which nodes.
    #[serde(default)]
    by_node: bool,
    /// Also from which nodes near this place, and how far they are.
    destination: Option<Place>,
}

/// Tells what channels may sell.
pub(super) async fn post_availability(
    State(flows): State<Flows>,
    Within(scope): Within,
    Json(asked): Json<QuestionJson>,
) -> Result<Response, Problem> {
    let QuestionJson { items, external_codes, channels, by_node, destination } = asked;
    let count = items.len() + external_codes.len();
    if count == 0 || count > MANY || channels.len() > 100 {
        let says = format!("Ask for 1 to {MANY} goods at a time, on up to 100 channels.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says));
    }
    for (list, codes) in [("items", &items), ("external_codes", &external_codes)] {
        if let Some(place) = codes.iter().position(|code| code.len() > CODE_BYTES) {
            let says = format!("No code is longer than {CODE_BYTES} bytes.");
            let problem = Problem::unprocessable(problems::INVALID_FIELD, &says);
            return Err(problem.at(format!("/{list}/{place}"), "invalid", &says));
        }
    }
    if destination.is_some_and(|place| !place.is_on_earth()) {
        let says = "That is no place on earth.";
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says).at(
            "/destination",
            "invalid",
            says,
        ));
    }
    let goods = items.into_iter().map(Goods::Item).chain(external_codes.into_iter().map(Goods::Listing));
    let question = Question { goods: goods.collect(), channels, by_node, near: destination };
    Ok(axum::Json(flows.availability(&scope, question).await?).into_response())
}
