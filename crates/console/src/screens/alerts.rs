//! What will be sold out and what is too much.

use axum::extract::State;
use axum::response::Response;
use flows::outlook::{AlertSeen, stock_alerts};
use inventory::outlook::AlertKind;
use kernel::{Page, PageRequest};
use serde::Deserialize;
use web::{Needs, Permission, Query, Routes, Within};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::alerts::{AlertLine, AlertsPage};
use crate::shell::Section;
use crate::svg::Outlook;

/// Alerts on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::ALERTS, Needs::Within(Permission::StockRead), get_alerts)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AlertsQuery {
    after: String,
}

async fn get_alerts(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<AlertsQuery>,
) -> Result<Response, Upset> {
    let wanted = PageRequest::new(Some(query.after).filter(|after| !after.is_empty()), Some(LISTED));
    let Page { rows, next } = stock_alerts(&console.flows.runtime, scope, None, wanted).await?;
    let line = |seen: AlertSeen| {
        let AlertSeen { kind, node_id, node, item_id, sku, title, outlook, .. } = seen;
        let is_stockout = kind == AlertKind::Stockout;
        let out = outlook.days_left.filter(|_| is_stockout);
        AlertLine {
            item: item_id.to_string(),
            name: title,
            sku,
            node_id: node_id.to_string(),
            node,
            free: outlook.free,
            per_hundred_days: outlook.per_hundred_days,
            expected: outlook.expected,
            sold_out_on: outlook.stockout_on.filter(|_| is_stockout).map(|day| day.to_string()),
            excess: outlook.excess,
            picture: Outlook::of(&desk.t, outlook.free, &outlook.left, out),
        }
    };
    page(&AlertsPage {
        rows: rows.into_iter().map(line).collect(),
        next: next.map(|after| href::with_query(href::ALERTS, &[("after", &after)])),
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
    })
}
