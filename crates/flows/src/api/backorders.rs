//! Those who wait for supply.

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::OrderId;
use orders::move_up::MoveUpError;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{
    Command, Needs, PageQuery, Path, Permission, Problem, Query, Routes, Within, answered, page, problems,
};

use crate::{
    Flows,
    waiting::{MovedUp, WaitingSeen, list_waiting},
};

pub(super) fn routes() -> Routes<Flows> {
    Routes::new()
        .chapter("Backorders", "Units that were sold beyond what is free, and who gets first what comes: docs/guide/backorders.md.")
        .get(
            "/v1/backorders",
            Needs::Within(Permission::OrdersRead)
                .to("List who waits for supply")
                .about("Lines with units that wait, with the day on which these will be there as far as it is known.")
                .asks::<BackordersQuery>()
                .gives_page::<WaitingSeen>("In their turn: who was moved up, then who ordered first.")
                .refuses(problems::UNKNOWN_ITEM),
            get_backorders,
        )
        .post(
            "/v1/orders/{order_id}/move-up",
            Needs::Within(Permission::OrdersCancel)
                .to("Put an order that waits before all others")
                .about("In every queue it waits in. Who did it and why is kept; somebody moved up later goes before it.")
                .command::<MoveUpJson>()
                .gives::<MovedUp>(StatusCode::OK, "It gets first what comes.")
                .refuses(problems::NOT_WAITING),
            post_move_up,
        )
}

/// Who waits for what.
#[derive(Debug, Deserialize, IntoParams)]
struct BackordersQuery {
    /// SKU, barcode or id: only for this item.
    item: Option<String>,
}

async fn get_backorders(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<BackordersQuery>,
) -> Result<Response, Problem> {
    let item_id = match &query.item {
        Some(code) => Some(flows.find_item(&scope, code).await?.0),
        None => None,
    };
    let found = list_waiting(&flows.runtime, scope, item_id, paging.request.clone()).await?;
    Ok(page(&paging, found))
}

/// Why an order goes before the others.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MoveUpJson {
    /// In a few words: it is kept.
    #[schema(min_length = 1, max_length = 200)]
    reason: String,
}

async fn post_move_up(
    State(flows): State<Flows>,
    Path(order_id): Path<OrderId>,
    command: Command<MoveUpJson>,
) -> Result<Response, Problem> {
    let answer = flows.move_up(command.call, order_id, command.body.reason).await.map_err(refused)?;
    answered(StatusCode::OK, answer)
}

fn refused(error: MoveUpError) -> Problem {
    match error {
        MoveUpError::NotWaiting(_) => Problem::conflict(problems::NOT_WAITING, &error),
        MoveUpError::NoReason => Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")
            .at("/reason", "invalid", &error),
        MoveUpError::Fault(fault) => Problem::fault(fault),
    }
}
