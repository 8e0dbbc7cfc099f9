//! What tills tell of.

use axum::{extract::State, http::StatusCode, response::Response};
use inventory::{
    State as Stock,
    till::{TillEvent, TillKind},
};
use kernel::{Quantity, Timestamp};
use runtime::Answer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Needs, Permission, Problem, Routes, Within, answered, problems};

use super::refusals::outrun;
use crate::{
    Flows,
    till::{TillDone, TillError},
};

/// The most events of one request: a busy day of a small shop.
const EVENTS_MAX: usize = 500;

pub(super) fn routes() -> Routes<Flows> {
    Routes::new()
        .chapter("Tills", "Shops sell of the one pool, offline too: docs/guide/tills.md.")
        .post(
            "/v1/till-events",
            Needs::Within(Permission::OrdersWrite)
                .to("Tell what was sold or came back at a till")
                .about(
                    "It has happened, so it is booked whatever the book says; each event once under the till's own key, \
                     in any sequence. Units that are not free are taken from carts, then from the orders it harms \
                     least; what nobody has is found and sold. Each such thing is kept as a discrepancy.",
                )
                .command::<TillJson>()
                .gives::<TillAnswer>(StatusCode::OK, "What became of each event."),
            post_events,
        )
}

/// Events as they are sent. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TillEvents)]
pub(super) struct TillJson {
    #[schema(min_items = 1, max_items = 500)]
    events: Vec<EventJson>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = TillEventKind)]
enum KindJson {
    Sale,
    Return,
}

/// What goods that came back are fit for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TillCondition {
    /// They are sold again.
    #[default]
    Sellable,
    /// They are not.
    Damaged,
    /// Somebody must look at them.
    Inspect,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = TillEvent)]
struct EventJson {
    /// The till's own key of the line: one at its node.
    #[schema(min_length = 1, max_length = 200)]
    key: String,
    kind: KindJson,
    /// Code or id.
    node: String,
    /// SKU, barcode or id.
    item: String,
    #[schema(minimum = 1, maximum = 1_000_000_i64)]
    quantity: i64,
    /// When; a clock that is fast is taken as now.
    happened_at: Timestamp,
    /// Of goods that came back: of which lot they are, if it is known.
    #[serde(default)]
    lot: String,
    /// Of goods that came back.
    #[serde(default)]
    condition: TillCondition,
}

/// What became of each event, in their sequence.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = TillEventsDone)]
pub(super) struct TillAnswer {
    events: Vec<TillDone>,
}

/// Books events of tills.
pub(super) async fn post_events(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<TillJson>,
) -> Result<Response, Problem> {
    let asked = command.body.events;
    if asked.is_empty() || asked.len() > EVENTS_MAX {
        let says = format!("Send from 1 to {EVENTS_MAX} events at a time.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, &says).at("/events", "invalid", &says));
    }
    let places = asked.iter().map(|event| (event.node.clone(), event.item.clone())).collect();
    let known = flows.find_places_within(&scope, places).await?;
    let now = flows.runtime.now();
    let mut problem: Option<Problem> = None;
    let mut events = Vec::with_capacity(asked.len());
    for (place, (event, (node_id, item))) in asked.into_iter().zip(known).enumerate() {
        let key = event.key.trim().to_owned();
        let is_key = (1..=200).contains(&key.chars().count()) && !key.chars().any(char::is_control);
        let quantity = Quantity::new(event.quantity).ok();
        let quantity = quantity.filter(|quantity| (1..=1_000_000).contains(&quantity.units()));
        // What is sold leaves the shelf by expiry, whatever the till believes.
        let lot = if event.kind == KindJson::Return { event.lot } else { String::new() };
        for (is_wrong, field, message) in [
            (!is_key, "key", "1 to 200 characters are good: the till's own key"),
            (node_id.is_none(), "node", "there is no such node"),
            (item.is_none(), "item", "there is no such item"),
            (quantity.is_none(), "quantity", "a whole number from 1 to 1,000,000"),
        ] {
            if is_wrong {
                let begun = problem.take().unwrap_or_else(|| {
                    Problem::unprocessable(problems::INVALID_FIELD, "Nothing was booked.")
                });
                problem = Some(begun.at(format!("/events/{place}/{field}"), "invalid", message));
            }
        }
        if let (Some(node_id), Some((item_id, owner_id)), Some(quantity)) = (node_id, item, quantity) {
            let kind = match (event.kind, event.condition) {
                (KindJson::Sale, _) => TillKind::Sale,
                (KindJson::Return, TillCondition::Sellable) => TillKind::Return(Stock::Available),
                (KindJson::Return, TillCondition::Damaged) => TillKind::Return(Stock::Damaged),
                (KindJson::Return, TillCondition::Inspect) => TillKind::Return(Stock::Quarantine),
            };
            let happened_at = event.happened_at.min(now);
            events.push(TillEvent { key, kind, node_id, item_id, owner_id, lot, quantity, happened_at });
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let answer = match flows.ring_up(command.call, events).await? {
        Answer::Done(events) => Answer::Done(TillAnswer { events }),
        Answer::Replayed(events) => Answer::Replayed(TillAnswer { events }),
        Answer::KeyReused => Answer::KeyReused,
    };
    answered(StatusCode::OK, answer)
}

impl From<TillError> for Problem {
    fn from(error: TillError) -> Problem {
        match error {
            TillError::Outrun => outrun(&error),
            TillError::Fault(fault) => Problem::fault(fault),
        }
    }
}
