//! What somebody should look at before it is sold out, or because there is too much of it.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::outlook::{AlertKind, Limits};
use kernel::Page;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use web::{Command, Needs, PageQuery, Permission, Problem, Query, Routes, Within, answered, page, problems};

use crate::{
    Flows,
    outlook::{AlertSeen, OutlookRule, RuleError, stock_alerts},
};

pub(super) fn routes() -> Routes<Flows> {
    let see = Needs::Within(Permission::StockRead);
    Routes::new()
        .chapter("Outlook", "What becomes of the stock if it goes on selling as it does: docs/guide/outlook.md.")
        .get(
            "/v1/stock-alerts",
            see.to("See what will be sold out, and what is too much")
                .about("A row as long as it is so. It is looked at every hour, and when other goods are expected.")
                .asks::<AlertsQuery>()
                .gives_page::<AlertSeen>("Alerts, by node and item."),
            get_alerts,
        )
        .post(
            "/v1/outlook-rules",
            Needs::Within(Permission::CatalogueWrite)
                .to("Rule what counts as soon and as much")
                .about("How many days it takes until goods come, and how many days of stock are too many; in general, or of one item.")
                .command::<RuleJson>()
                .gives::<OutlookRule>(StatusCode::OK, "It is so from the next look on.")
                .refuses(problems::UNKNOWN_ITEM),
            post_rule,
        )
        .get(
            "/v1/outlook-rules",
            see.to("See what counts as soon and as much")
                .gives_all::<OutlookRule>("The general rule first."),
            get_rules,
        )
}

/// Which alerts.
#[derive(Debug, Deserialize, IntoParams)]
struct AlertsQuery {
    /// Only these.
    kind: Option<AlertKind>,
}

/// A rule for an item, or in general.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOutlookRule)]
struct RuleJson {
    /// SKU, barcode or id; all items without a rule of their own where it is left out.
    item: Option<String>,
    /// Days from ordering goods to selling them.
    #[schema(minimum = 0, maximum = 365)]
    lead_days: i64,
    /// More days of stock than these are too many.
    #[schema(minimum = 1, maximum = 3_650)]
    excess_days: i64,
}

async fn get_alerts(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<AlertsQuery>,
) -> Result<Response, Problem> {
    let found = stock_alerts(&flows.runtime, scope, query.kind, paging.request.clone()).await?;
    Ok(page(&paging, found))
}

async fn post_rule(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<RuleJson>,
) -> Result<Response, Problem> {
    let RuleJson { item, lead_days, excess_days } = command.body;
    // What holds for all is not for those who see a part.
    if item.is_none() && !scope.is_everything() {
        let says = "A rule for all items is for those who work for the whole organisation; name an `item`.";
        return Err(Problem::unprocessable(problems::INVALID_FIELD, says).at("/item", "missing", says));
    }
    let limits = Limits { lead_days, excess_days };
    let answer = flows.rule_outlook(command.call, scope, item, limits).await;
    let answer = answer.map_err(|error| match error {
        RuleError::UnknownItem(_) => {
            Problem::unprocessable(problems::UNKNOWN_ITEM, &error).at("/item", "unknown", &error)
        }
        RuleError::BadDays => {
            let field = if (0..=365).contains(&lead_days) { "/excess_days" } else { "/lead_days" };
            Problem::unprocessable(problems::INVALID_FIELD, &error).at(field, "invalid", &error)
        }
        RuleError::Fault(fault) => Problem::fault(fault),
    })?;
    answered(StatusCode::OK, answer)
}

async fn get_rules(State(flows): State<Flows>, Within(_): Within) -> Result<Response, Problem> {
    Ok(axum::Json(Page { rows: flows.outlook_rules().await?, next: None }).into_response())
}
