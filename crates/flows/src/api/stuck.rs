//! Stock that nobody moves.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use kernel::Page;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Needs, Permission, Problem, Query, Routes, Within, problems};

use crate::{
    Flows,
    stuck::{DAYS_MOST, StuckUnits, list_stuck},
};

pub(super) fn routes() -> Routes<Flows> {
    Routes::new()
        .chapter("Discrepancies", "Where the book and the world differ, and why: docs/guide/discrepancies.md.")
        .get(
            "/v1/stuck-stock",
            Needs::Within(Permission::StockRead)
                .to("List stock that nobody moves")
                .about("Since when, what has it, and what would free it. Up to 250, what has waited longest first.")
                .asks::<StuckQuery>()
                .gives_all::<StuckUnits>("Units that have been in a state for long.")
                .refuses(problems::INVALID_QUERY),
            get_stuck,
        )
}

/// For how long.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct StuckQuery {
    /// Days, from 0 to 3,650; 3 where it is left out.
    days: Option<i64>,
}

/// What has not moved for so many days.
pub(super) async fn get_stuck(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<StuckQuery>,
) -> Result<Response, Problem> {
    let days = query.days.unwrap_or(3);
    if !(0..=DAYS_MOST).contains(&days) {
        return Err(Problem::bad_request(
            problems::INVALID_QUERY,
            format!("`days` is from 0 to {DAYS_MOST}."),
        ));
    }
    let rows = list_stuck(&flows.runtime, scope, days).await?;
    Ok(Json(Page { rows, next: None }).into_response())
}
