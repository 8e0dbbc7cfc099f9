//! What expires, those lots first that expire first.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use catalogue::{Channel, Item};
use db::Fault;
use flows::lots::{LotSeen, WITHIN_MAX, Wanted, read_lots};
use kernel::{ItemId, NodeId, Page, PageRequest, Scope, time::to_date};
use network::Node;
use serde::Deserialize;
use web::{Needs, Permission, Query, Routes, Within};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::lots::{LotLine, LotsPage};
use crate::shell::Section;
use crate::words::StockState;

/// Lots on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::LOTS, Needs::Within(Permission::StockRead), get_lots)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LotsQuery {
    days: String,
    node: String,
    after: String,
}

/// Lots with the words for what they name.
struct Named {
    lots: Page<LotSeen>,
    items: HashMap<ItemId, Item>,
    nodes: Vec<Node>,
    channels: Vec<Channel>,
}

async fn get_lots(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<LotsQuery>,
) -> Result<Response, Upset> {
    let days = query.days.trim().parse().ok().filter(|days| (0..=WITHIN_MAX).contains(days));
    let wanted = Wanted { item_id: None, node_id: NodeId::parse(&query.node).ok(), within_days: days };
    let found = read_named(&console, scope, wanted, &query.after).await?;
    let line = |lot: &LotSeen| {
        let node = found.nodes.iter().find(|node| node.node_id == lot.node_id);
        let name = |code: &String| {
            let channel = found.channels.iter().find(|channel| channel.code == *code);
            channel.map_or_else(|| code.clone(), |channel| channel.name.clone())
        };
        LotLine {
            item: lot.item_id.to_string(),
            name: found.items.get(&lot.item_id).map(|item| item.title.clone()).unwrap_or_default(),
            sku: lot.sku.clone(),
            lot: lot.lot.clone(),
            node_id: lot.node_id.to_string(),
            node: node.map(|node| node.name.clone()).unwrap_or_default(),
            state: StockState::parse(&lot.state).unwrap_or(StockState::OnHand),
            quantity: lot.quantity,
            expires_on: lot.expires_on.clone().unwrap_or_default(),
            days_left: lot.days_left,
            too_old_for: lot.too_old_for.iter().map(name).collect(),
        }
    };
    let next = found.lots.next.as_ref().map(|after| {
        let parts = [("days", query.days.as_str()), ("node", &query.node), ("after", after)];
        href::with_query(href::LOTS, &parts)
    });
    page(&LotsPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        nodes: found.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        rows: found.lots.rows.iter().map(line).collect(),
        days: days.map(|days: i64| days.to_string()).unwrap_or_default(),
        node: query.node,
        next,
    })
}

async fn read_named(console: &Console, scope: Scope, wanted: Wanted, after: &str) -> Result<Named, Upset> {
    let after = Some(after.to_owned()).filter(|after| !after.is_empty());
    let request = PageRequest::new(after, Some(LISTED));
    let runtime = &console.flows.runtime;
    let (organisation_id, today) = (runtime.organisation_id.clone(), to_date(runtime.now()));
    let named = runtime.read(move |tx| {
        Box::pin(async move {
            let lots = read_lots(tx, &organisation_id, &scope, &wanted, today, &request).await?;
            let item_ids: Vec<ItemId> = lots.rows.iter().map(|lot| lot.item_id.clone()).collect();
            let items = catalogue::items_by_id(tx, &organisation_id, &item_ids).await?;
            // Where a merchant's goods lie is no secret to the merchant.
            let places = if scope.merchant_ids().is_empty() { scope.clone() } else { Scope::EVERYTHING };
            let nodes = network::list_nodes(tx, &organisation_id, &places).await?;
            let channels = catalogue::list_channels(tx, &organisation_id, &scope).await?;
            Ok::<_, Fault>(Named { lots, items, nodes, channels })
        })
    });
    Ok(named.await?)
}
