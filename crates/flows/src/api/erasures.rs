//! Customers are forgotten. A preview changes nothing; neither needs a key, for asked again they do what is left to do.

use axum::{Json, extract::State};
use kernel::OrderId;
use serde::Deserialize;
use serde_json::{Value, json};
use web::{Caller, Problem, problems};

use crate::{
    Flows,
    erase::{Erasure, Whom},
};

/// Whom to forget: by the one or the other.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct WhomJson {
    email: Option<String>,
    order_id: Option<OrderId>,
}

impl WhomJson {
    fn whom(self) -> Result<Whom, Problem> {
        match (self.email, self.order_id) {
            (None, Some(order_id)) => Ok(Whom::Order(order_id)),
            (Some(email), None) => match Whom::parse(&email) {
                Some(whom @ Whom::Email(_)) => Ok(whom),
                _ => Err(refused("/email", "That is no e-mail address.")),
            },
            _ => Err(refused("", "Name the customer by `email` or by `order_id`.")),
        }
    }
}

fn refused(pointer: &str, says: &str) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says).at(pointer, problems::INVALID_FIELD.slug(), says)
}

/// What an erasure would touch.
pub(super) async fn post_preview(
    State(flows): State<Flows>,
    web::Json(body): web::Json<WhomJson>,
) -> Result<Json<Value>, Problem> {
    let rows = flows.preview_erasure(body.whom()?).await?;
    Ok(Json(json!({ "rows": rows, "next": null })))
}

/// Erases what can be erased.
pub(super) async fn post_erasure(
    State(flows): State<Flows>,
    caller: Caller,
    web::Json(body): web::Json<WhomJson>,
) -> Result<Json<Erasure>, Problem> {
    Ok(Json(flows.erase(caller.call(), body.whom()?).await?))
}
