//! Stock set to what was counted, from what the caller saw.

use axum::{extract::State, http::StatusCode, response::Response};
use inventory::set_levels::{Level, LevelReason, LevelRefusal, LevelSet, Measure};
use kernel::Quantity;
use runtime::Answer;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use web::{Command, Problem, Within, answered, problems};

use crate::{
    Flows,
    levels::{LevelsError, set_levels},
};

/// The most levels of one request.
const LEVELS_MAX: usize = 250;

/// Levels as they are sent. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LevelsJson {
    levels: Vec<LevelJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct LevelJson {
    node: String,
    item: String,
    /// Of which lot; left out for units of none.
    #[serde(default)]
    lot: String,
    #[serde(default = "available")]
    measure: String,
    quantity: i64,
    /// Null says in so many words that whatever stands there may be overwritten; leaving it out says nothing.
    #[serde(deserialize_with = "said")]
    #[schema(required = true)]
    change_from_quantity: Option<i64>,
    reason: String,
    #[serde(default)]
    note: String,
}

fn available() -> String {
    Measure::Available.name().to_owned()
}

fn said<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    Option::deserialize(from)
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct LevelsSet {
    levels: Vec<LevelSet>,
}

/// Sets all levels or none.
pub(super) async fn post_levels(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<LevelsJson>,
) -> Result<Response, Problem> {
    let asked = command.body.levels;
    if asked.is_empty() || asked.len() > LEVELS_MAX {
        let says = format!("Send from 1 to {LEVELS_MAX} levels at a time.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says));
    }
    let places = asked.iter().map(|level| (level.node.clone(), level.item.clone())).collect();
    let known = flows.find_places_within(&scope, places).await?;
    let mut problem: Option<Problem> = None;
    let mut levels = Vec::with_capacity(asked.len());
    for (place, (level, (node_id, item))) in asked.into_iter().zip(known).enumerate() {
        let mut bad = |field: &str, message: &str| {
            let begun = problem
                .take()
                .unwrap_or_else(|| Problem::unprocessable(problems::INVALID_FIELD, "Nothing was set."));
            problem = Some(begun.at(format!("/levels/{place}/{field}"), "invalid", message));
        };
        let quantity = |units: i64| Quantity::new(units).ok();
        let (measure, reason) = (Measure::parse(&level.measure), LevelReason::parse(&level.reason));
        let (to, from) = (quantity(level.quantity), level.change_from_quantity.map(quantity));
        for (is_wrong, field, message) in [
            (node_id.is_none(), "node", "there is no such node"),
            (item.is_none(), "item", "there is no such item"),
            (measure.is_none(), "measure", "one of on_hand, available, damaged, quarantine"),
            (to.is_none(), "quantity", "a whole number from 0"),
            (from == Some(None), "change_from_quantity", "a whole number from 0, or null"),
            (reason.is_none(), "reason", "one of count, correction, lost, found, broken, expired, used"),
        ] {
            if is_wrong {
                bad(field, message);
            }
        }
        if let (Some(node_id), Some((item_id, owner_id)), Some(measure), Some(quantity), Some(reason)) =
            (node_id, item, measure, to, reason)
        {
            let note = level.note.chars().filter(|c| !c.is_control()).take(200).collect();
            let change_from = from.flatten();
            let lot = level.lot;
            levels.push(Level {
                node_id,
                item_id,
                owner_id,
                lot,
                measure,
                quantity,
                change_from,
                reason,
                note,
            });
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let answer: Answer<LevelsSet> = flows
        .runtime
        .command(command.call, move |cx| {
            let levels = levels.clone();
            Box::pin(async move {
                let set = set_levels(cx, &levels).await?.into_iter().enumerate();
                let set = set.map(|(place, set)| set.map_err(|why| LevelsError::Refused { place, why }));
                Ok::<_, LevelsError>(LevelsSet { levels: set.collect::<Result<_, _>>()? })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

impl From<LevelsError> for Problem {
    fn from(error: LevelsError) -> Problem {
        match error {
            LevelsError::Refused { place, why } => {
                let problem = match why {
                    LevelRefusal::Stale { expected, present } => {
                        Problem::conflict(problems::STALE_QUANTITY, why)
                            .with("expected", json!(expected))
                            .with("present", json!(present))
                    }
                    LevelRefusal::Committed { committed, .. } => {
                        Problem::conflict(problems::INSUFFICIENT_STOCK, why)
                            .with("committed", json!(committed))
                    }
                    LevelRefusal::UnknownLot => {
                        let problem = Problem::unprocessable(problems::INVALID_FIELD, why);
                        return problem.at(format!("/levels/{place}/lot"), "unknown", why);
                    }
                    LevelRefusal::TooMany => Problem::unprocessable(problems::INVALID_FIELD, why),
                };
                problem.at(format!("/levels/{place}/quantity"), "refused", why)
            }
            LevelsError::Fault(fault) => Problem::fault(fault),
        }
    }
}
