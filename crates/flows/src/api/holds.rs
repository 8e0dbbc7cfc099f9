//! Stock held for carts.

use ::orders::place::NewLine;
use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::{
    hold::{HoldError, SECONDS},
    store::HoldFilter,
};
use kernel::{HoldId, Place, Timestamp};
use runtime::Answer;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{
    Caller, Command, Needs, PageQuery, Path, Permission, Problem, Query, Routes, Within, answered, page,
    problems, refused_again,
};

use super::refusals::refused_order;
use crate::{
    Flows,
    hold::{Held, HoldCommand, HoldOutcome, HoldSeen, bad_seconds, list_holds},
    intake::Refused,
    reach,
};

pub(super) fn routes() -> Routes<Flows> {
    let (see, place) = (Needs::Within(Permission::OrdersRead), Needs::Within(Permission::OrdersWrite));
    Routes::new()
        .chapter("Holds", "Stock held for a cart until a time: docs/guide/holds.md.")
        .post(
            "/v1/holds",
            place
                .to("Hold stock for a cart")
                .about(
                    "All or nothing, from the nodes an order would get. Name the hold in the order's `hold_id` and the \
                     order gets what is held; until then nobody else does. When its time is over, the stock is free.",
                )
                .command::<NewHoldJson>()
                .gives::<Held>(StatusCode::CREATED, "Held.")
                .gives::<Held>(StatusCode::OK, "It was held before; nothing was changed.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_LISTING)
                .refuses(problems::INSUFFICIENT_STOCK)
                .refuses(problems::HOLD_CONFLICT),
            post_hold,
        )
        .get(
            "/v1/holds",
            see.to("List holds").asks::<HoldsQuery>().gives_page::<HoldSeen>("Holds, newest first.").refuses(problems::UNKNOWN_CHANNEL).refuses(problems::UNKNOWN_ITEM),
            get_holds,
        )
        .get(
            "/v1/holds/{hold_id}",
            see.to("See a hold").gives::<HoldSeen>(StatusCode::OK, "The hold, whatever became of it."),
            get_hold,
        )
        .delete(
            "/v1/holds/{hold_id}",
            place
                .to("Give a hold up")
                .about("Its stock is free at once. Asked again it ends where it ended, so it takes no key.")
                .gives_nothing("Given up, or ended before.")
                .refuses(problems::HOLD_ENDED),
            delete_hold,
        )
        .post(
            "/v1/holds/{hold_id}/extensions",
            place
                .to("Let a hold last longer")
                .about("Counted from now, never shorter than it was; up to four hours in all.")
                .command::<ExtensionJson>()
                .gives::<ExtendedJson>(StatusCode::OK, "It lasts until then.")
                .refuses(problems::HOLD_ENDED),
            post_extension,
        )
}

/// A hold as it is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewHoldJson {
    /// The channel's code.
    #[schema(min_length = 1, max_length = 100)]
    channel: String,
    /// Your own name for it, such as the cart's. While its hold is open, the same again is a repeat.
    #[schema(min_length = 1, max_length = 200)]
    external_reference: String,
    #[schema(min_items = 1, max_items = 2_000)]
    lines: Vec<WantedJson>,
    /// How long it lasts.
    #[serde(default = "seconds")]
    #[schema(minimum = 1, maximum = 3_600, default = 900)]
    expires_in_seconds: u64,
    /// Where it would be sent, if you know: then the nodes are those that an order to there would get.
    #[serde(default)]
    place: Option<Place>,
}

fn seconds() -> u64 {
    SECONDS
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldWanted)]
struct WantedJson {
    /// The channel's code for it.
    external_code: String,
    /// How many packs.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

/// Holds stock: 201 when it is new, 200 when it was held before.
pub(super) async fn post_hold(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<NewHoldJson>,
) -> Result<Response, Problem> {
    let NewHoldJson { channel, external_reference, lines, expires_in_seconds, place } = command.body;
    if !reach::is_channel_within(&flows.runtime.beside(), scope, &channel).await? {
        let says = format!("There is no channel `{channel}`.");
        return Err(Problem::unprocessable(problems::UNKNOWN_CHANNEL, &says).at("/channel", "unknown", &says));
    }
    let line = |line: WantedJson| NewLine {
        external_code: line.external_code,
        quantity: line.quantity,
        unit_price_minor: 0,
        title: String::new(),
    };
    let hold = HoldCommand {
        call: command.call,
        channel,
        external_reference,
        lines: lines.into_iter().map(line).collect(),
        place,
        seconds: expires_in_seconds,
    };
    match flows.hold(hold).await? {
        Answer::Done(outcome) => {
            let (status, held) = held_of(&flows, outcome).await?;
            answered(status, Answer::Done(held))
        }
        Answer::Replayed(outcome) => match held_of(&flows, outcome).await {
            Ok((status, held)) => answered(status, Answer::Replayed(held)),
            Err(problem) => Ok(refused_again(problem)),
        },
        Answer::KeyReused => answered(StatusCode::OK, Answer::<()>::KeyReused),
    }
}

async fn held_of(flows: &Flows, outcome: HoldOutcome) -> Result<(StatusCode, Held), Problem> {
    match outcome {
        HoldOutcome::Held(held) => Ok((StatusCode::CREATED, held)),
        HoldOutcome::Repeated { hold_id } => {
            let hold = flows.find_hold(hold_id.clone()).await?.ok_or_else(|| nowhere(&hold_id))?;
            let held = Held {
                hold_id,
                channel: hold.channel,
                external_reference: hold.external_reference,
                expires_at: hold.expires_at,
                lines: hold.lines,
                parts: hold.parts,
            };
            Ok((StatusCode::OK, held))
        }
        HoldOutcome::Conflict { hold_id } => Err(Problem::conflict(
            problems::HOLD_CONFLICT,
            format!("The channel holds something else under this reference: {hold_id}."),
        )
        .with("hold_id", json!(hold_id))),
        HoldOutcome::Refused(Refused::BadFields { fields }) => {
            let problem = Problem::unprocessable(problems::INVALID_FIELD, "Nothing is held.");
            Err(fields
                .iter()
                .fold(problem, |problem, field| problem.at(&field.pointer, "invalid", &field.message)))
        }
        HoldOutcome::Refused(refused) => Err(refused_order(&refused)),
    }
}

fn nowhere(hold_id: &HoldId) -> Problem {
    Problem::not_found(problems::NOT_FOUND, format!("There is no hold {hold_id}."))
}

/// Which holds.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct HoldsQuery {
    /// Also those that have ended.
    #[serde(default)]
    ended: bool,
    /// Only of the channel of this code.
    #[serde(default)]
    channel: String,
    /// Only with this item: SKU, barcode or id.
    #[serde(default)]
    item: String,
    /// Only under this reference.
    #[serde(default)]
    external_reference: String,
}

/// A page of holds, newest first.
pub(super) async fn get_holds(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<HoldsQuery>,
) -> Result<Response, Problem> {
    let HoldsQuery { ended, channel, item, external_reference } = query;
    let mut filter = HoldFilter { is_open: !ended, ..HoldFilter::default() };
    if !channel.is_empty() {
        let (organisation_id, code) = (flows.runtime.organisation_id.clone(), channel.clone());
        let found: Result<_, db::Fault> = flows
            .runtime
            .read(move |tx| {
                Box::pin(async move { catalogue::find_channel_by_code(tx, &organisation_id, &code).await })
            })
            .await;
        let says = format!("There is no channel `{channel}`.");
        let found = found?.filter(|channel| scope.has_merchant(&channel.merchant_id));
        let found = found.ok_or_else(|| Problem::unprocessable(problems::UNKNOWN_CHANNEL, says))?;
        filter.channel_id = Some(found.channel_id);
    }
    if !item.is_empty() {
        filter.item_id = Some(flows.find_item(&scope, &item).await?.0);
    }
    filter.external_reference = Some(external_reference).filter(|reference| !reference.is_empty());
    let rows = list_holds(&flows.runtime, scope, filter, paging.request.clone()).await?;
    Ok(page(&paging, rows))
}

/// One hold.
pub(super) async fn get_hold(
    State(flows): State<Flows>,
    Path(hold_id): Path<HoldId>,
) -> Result<Response, Problem> {
    let hold = flows.find_hold(hold_id.clone()).await?.ok_or_else(|| nowhere(&hold_id))?;
    Ok(Json(hold).into_response())
}

/// Gives a hold up.
pub(super) async fn delete_hold(
    State(flows): State<Flows>,
    caller: Caller,
    Path(hold_id): Path<HoldId>,
) -> Result<StatusCode, Problem> {
    flows.release_hold(caller.call(), hold_id).await.map_err(refused_hold)?;
    Ok(StatusCode::NO_CONTENT)
}

/// How much longer.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = HoldExtension)]
pub(super) struct ExtensionJson {
    /// From now on.
    #[serde(default = "seconds")]
    #[schema(minimum = 1, maximum = 3_600, default = 900)]
    expires_in_seconds: u64,
}

/// Until when a hold lasts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = HoldExtended)]
pub(super) struct ExtendedJson {
    hold_id: HoldId,
    expires_at: Timestamp,
}

/// Lets a hold last longer.
pub(super) async fn post_extension(
    State(flows): State<Flows>,
    Path(hold_id): Path<HoldId>,
    command: Command<ExtensionJson>,
) -> Result<Response, Problem> {
    let seconds = command.body.expires_in_seconds;
    if let Some(message) = bad_seconds(seconds) {
        return Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.").at(
            "/expires_in_seconds",
            "invalid",
            &message,
        ));
    }
    let json = |expires_at| ExtendedJson { hold_id: hold_id.clone(), expires_at };
    let answer =
        match flows.extend_hold(command.call, hold_id.clone(), seconds).await.map_err(refused_hold)? {
            Answer::Done(at) => Answer::Done(json(at)),
            Answer::Replayed(at) => Answer::Replayed(json(at)),
            Answer::KeyReused => Answer::KeyReused,
        };
    answered(StatusCode::OK, answer)
}

/// Why a hold stays as it is.
fn refused_hold(error: HoldError) -> Problem {
    match error {
        HoldError::NoSuchHold(ref hold_id) => nowhere(hold_id),
        HoldError::Ended { state } => {
            Problem::conflict(problems::HOLD_ENDED, &error).with("state", json!(state))
        }
        HoldError::TooLong { latest } => Problem::unprocessable(problems::INVALID_FIELD, &error)
            .at("/expires_in_seconds", "invalid", &error)
            .with("latest", json!(latest)),
        HoldError::Fault(fault) => Problem::fault(fault),
    }
}
