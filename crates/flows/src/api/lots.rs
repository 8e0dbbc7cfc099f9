//! Goods by lot.

use axum::{extract::State, response::Response};
use kernel::NodeId;
use serde::Deserialize;
use utoipa::IntoParams;
use web::{Needs, PageQuery, Permission, Problem, Query, Routes, Within, page, problems};

use crate::{
    Flows,
    lots::{LotSeen, WITHIN_MAX, Wanted, list_lots},
};

pub(super) fn routes() -> Routes<Flows> {
    Routes::new()
        .chapter("Lots", "Goods that expire, and which of them leave first: docs/guide/lots.md.")
        .get(
            "/v1/lots",
            Needs::Within(Permission::StockRead)
                .to("List goods by lot")
                .about("Each lot at each node, by state, with the channels that it does not last long enough for any more.")
                .asks::<LotsQuery>()
                .gives_page::<LotSeen>("Lots, those that expire first first.")
                .refuses(problems::INVALID_FIELD)
                .refuses(problems::UNKNOWN_ITEM),
            get_lots,
        )
}

/// Which lots.
#[derive(Debug, Deserialize, IntoParams)]
struct LotsQuery {
    /// Only those that expire within so many days from now, and those that are expired.
    within_days: Option<i64>,
    /// SKU, barcode or id: only of this item.
    item: Option<String>,
    /// Only at this node.
    node_id: Option<NodeId>,
}

async fn get_lots(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<LotsQuery>,
) -> Result<Response, Problem> {
    if query.within_days.is_some_and(|days| !(0..=WITHIN_MAX).contains(&days)) {
        let says = format!("from 0 to {WITHIN_MAX} days are good");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, &says).at(
            "within_days",
            "invalid",
            &says,
        ));
    }
    let item_id = match &query.item {
        Some(code) => Some(flows.find_item(&scope, code).await?.0),
        None => None,
    };
    let wanted = Wanted { item_id, node_id: query.node_id, within_days: query.within_days };
    let found = list_lots(&flows.runtime, scope, wanted, paging.request.clone()).await?;
    Ok(page(&paging, found))
}
