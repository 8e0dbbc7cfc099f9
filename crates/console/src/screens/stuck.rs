//! Stock that nobody moves.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use catalogue::Item;
use db::Fault;
use flows::stuck::{DAYS_MOST, StuckUnits, read_stuck};
use kernel::{ExpectedReceiptId, ItemId, NodeId, OrderId};
use network::Node;
use serde::Deserialize;
use web::{Needs, Permission, Query, Routes, Within};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::stuck::{StuckLine, StuckPage};
use crate::shell::Section;
use crate::words::StockState;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::STUCK, Needs::Within(Permission::StockRead), get_stuck)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StuckQuery {
    days: String,
}

async fn get_stuck(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<StuckQuery>,
) -> Result<Response, Upset> {
    let days = query.days.trim().parse().ok().filter(|days| (0..=DAYS_MOST).contains(days)).unwrap_or(3);
    let runtime = &console.flows.runtime;
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let (rows, items, nodes) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let rows = read_stuck(tx, &organisation_id, &scope, now, days).await?;
                let ids: Vec<ItemId> = rows.iter().map(|row| row.item_id.clone()).collect();
                let items = catalogue::items_by_id(tx, &organisation_id, &ids).await?;
                let ids: Vec<NodeId> = rows.iter().map(|row| row.node_id.clone()).collect();
                let nodes = network::nodes_by_id(tx, &organisation_id, &ids).await?;
                Ok::<_, Fault>((rows, items, nodes))
            })
        })
        .await?;
    page(&StuckPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        days: days.to_string(),
        rows: rows.iter().map(|row| line(row, &items, &nodes)).collect(),
    })
}

fn line(row: &StuckUnits, items: &HashMap<ItemId, Item>, nodes: &HashMap<NodeId, Node>) -> StuckLine {
    let item = items.get(&row.item_id);
    let state = StockState::parse(&row.state).unwrap_or(StockState::OnHand);
    let held = match (OrderId::parse(&row.held_by), ExpectedReceiptId::parse(&row.held_by)) {
        (Ok(order_id), _) => Some(href::order(order_id.as_str())),
        (_, Ok(id)) => Some(href::expected(id.as_str())),
        _ => None,
    };
    let freed = match state {
        StockState::Allocated | StockState::Picked | StockState::Packed => {
            href::station(row.node_id.as_str())
        }
        StockState::Incoming => href::expected(&row.held_by),
        _ => href::ledger(row.item_id.as_str(), row.node_id.as_str(), state.code()),
    };
    StuckLine {
        name: item.map_or_else(|| row.item_id.to_string(), |item| item.title.clone()),
        sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
        node: nodes.get(&row.node_id).map(|node| node.name.clone()).unwrap_or_default(),
        lot: row.lot.clone(),
        state,
        quantity: row.quantity,
        since: row.since,
        reference: row.reference.clone(),
        held,
        freed,
    }
}
