//! Orders come in, and some are cancelled.

use ::orders::place::NewOrder;
use axum::{extract::State, http::StatusCode, response::Response};
use kernel::OrderId;
use runtime::Answer;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Command, Path, Problem, Within, answered, problems, refused_again};

use super::refusals::refused_order;
use crate::{
    Flows,
    cancel::CancelOrder,
    intake::{PlaceCommand, PlaceOutcome},
    reach,
};

/// Takes an order: 201 when it is new, 200 when the channel had sent it before.
pub(super) async fn post_order(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<NewOrder>,
) -> Result<Response, Problem> {
    if !reach::is_channel_within(&flows.runtime.beside(), scope, &command.body.channel).await? {
        let says = format!("There is no channel `{}`.", command.body.channel);
        return Err(Problem::unprocessable(problems::UNKNOWN_CHANNEL, &says).at(
            "/channel",
            problems::UNKNOWN_CHANNEL.slug(),
            &says,
        ));
    }
    let raw = serde_json::to_string(&command.body).expect("an order is plain data");
    let place = PlaceCommand { call: command.call, order: command.body, raw };
    match flows.place(place).await? {
        Answer::Done(PlaceOutcome::Accepted(accepted)) => {
            let status = if accepted.is_repeat { StatusCode::OK } else { StatusCode::CREATED };
            answered(status, Answer::Done(accepted))
        }
        Answer::Replayed(PlaceOutcome::Accepted(accepted)) => {
            let status = if accepted.is_repeat { StatusCode::OK } else { StatusCode::CREATED };
            answered(status, Answer::Replayed(accepted))
        }
        Answer::Done(PlaceOutcome::Refused(refused)) => Err(refused_order(&refused)),
        Answer::Replayed(PlaceOutcome::Refused(refused)) => Ok(refused_again(refused_order(&refused))),
        Answer::KeyReused => answered(StatusCode::OK, Answer::<()>::KeyReused),
    }
}

/// What to cancel, as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CancellationJson {
    /// Which of its lines; all where none are named.
    #[serde(default)]
    line_nos: Vec<i64>,
    /// Why. What is longer than 500 characters is cut.
    reason: String,
}

/// Cancels an order, or some of its lines.
pub(super) async fn post_cancellation(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
    command: Command<CancellationJson>,
) -> Result<Response, Problem> {
    let CancellationJson { line_nos, reason } = command.body;
    let reason = reason.chars().take(500).collect();
    let answer = flows.cancel(command.call, CancelOrder { order_id, line_nos, reason }).await?;
    answered(StatusCode::CREATED, answer)
}
