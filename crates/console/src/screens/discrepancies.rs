//! What differs between the book and the world, and the form that settles it.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::response::Response;
use catalogue::{Channel, Item};
use db::Fault;
use flows::discrepancies::find_discrepancies;
use inventory::discrepancy::ResolveError;
use inventory::store::{DiscrepancyFilter, DiscrepancyRow};
use kernel::{DiscrepancyId, ItemId, NodeId, OrderId, Page, PageRequest, Scope};
use network::Node;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Query, Routes, Within};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::discrepancies::{DifferenceLine, DiscrepanciesPage};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::words::{Difference, DifferenceState};

/// Discrepancies on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::DISCREPANCIES, Needs::Within(Permission::StockRead), get_all).post(
        "/discrepancies/{discrepancy_id}/resolution",
        Needs::Within(Permission::StockAdjust),
        post_resolution,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    open: String,
    after: String,
}

struct Named {
    rows: Page<DiscrepancyRow>,
    items: HashMap<ItemId, Item>,
    nodes: HashMap<NodeId, Node>,
    channels: Vec<Channel>,
    orders: HashMap<OrderId, String>,
    actors: Actors,
}

async fn get_all(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<ListQuery>,
) -> Result<Response, Upset> {
    let is_open = !query.open.is_empty();
    let found = read(&console, scope, is_open, &query.after).await?;
    let next = found.rows.next.as_ref().map(|next| {
        let parts = [("open", query.open.as_str()), ("after", next)];
        href::with_query(href::DISCREPANCIES, &parts)
    });
    page(&DiscrepanciesPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        is_open,
        can_resolve: desk.caller.access.may(Permission::StockAdjust),
        rows: found.rows.rows.iter().map(|row| line(&desk, row, &found)).collect(),
        next,
    })
}

async fn read(console: &Console, scope: Scope, is_open: bool, after: &str) -> Result<Named, Upset> {
    let wanted = PageRequest::new(Some(after.to_owned()).filter(|after| !after.is_empty()), Some(LISTED));
    let runtime = &console.flows.runtime;
    let filter = DiscrepancyFilter { is_open, ..DiscrepancyFilter::default() };
    let rows = find_discrepancies(runtime, scope.clone(), filter, wanted).await?;
    let organisation_id = runtime.organisation_id.clone();
    let named = runtime.read(move |tx| {
        Box::pin(async move {
            let ids: Vec<ItemId> = rows.rows.iter().map(|row| row.item_id.clone()).collect();
            let items = catalogue::items_by_id(tx, &organisation_id, &ids).await?;
            let ids: Vec<NodeId> =
                rows.rows.iter().filter_map(|row| NodeId::parse(&row.node_id).ok()).collect();
            let nodes = network::nodes_by_id(tx, &organisation_id, &ids).await?;
            let channels = catalogue::list_channels(tx, &organisation_id, &scope).await?;
            let ids: Vec<OrderId> =
                rows.rows.iter().filter_map(|row| OrderId::parse(&row.order_id).ok()).collect();
            let orders = orders::store::references_of_orders(tx, &organisation_id, ids.iter()).await?;
            let finders = rows.rows.iter().map(|row| row.found_by.as_str());
            let actors = list_actors(tx, &organisation_id, finders).await?;
            Ok::<_, Fault>(Named { rows, items, nodes, channels, orders, actors })
        })
    });
    Ok(named.await?)
}

fn line(desk: &Desk, row: &DiscrepancyRow, found: &Named) -> DifferenceLine {
    let item = found.items.get(&row.item_id);
    let node = NodeId::parse(&row.node_id).ok().and_then(|node_id| found.nodes.get(&node_id));
    let channel = found.channels.iter().find(|channel| channel.channel_id.as_str() == row.channel_id);
    let order = OrderId::parse(&row.order_id).ok().and_then(|order_id| {
        let reference = found.orders.get(&order_id)?;
        Some((reference.clone(), href::order(order_id.as_str())))
    });
    let is_settled = row.settled_at.is_some();
    DifferenceLine {
        id: row.discrepancy_id.to_string(),
        kind: Difference::parse(&row.kind).unwrap_or(Difference::CountShort),
        name: item.map_or_else(|| row.item_id.to_string(), |item| item.title.clone()),
        sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
        ledger: href::ledger(row.item_id.as_str(), &row.node_id, "available"),
        place: node
            .map(|node| node.name.clone())
            .or_else(|| channel.map(|channel| format!("{} · {}", channel.name, row.external_code)))
            .unwrap_or_default(),
        order,
        expected: row.expected,
        found: row.found,
        cause: row.cause_id.split_once(':').map_or(&*row.cause_id, |(_, rest)| rest).to_owned(),
        state: DifferenceState::parse(&row.state).unwrap_or(DifferenceState::Open),
        at: row.found_at,
        by: found.actors.name(&desk.t, &row.found_by),
        reason: row.reason.clone(),
        command: (!is_settled).then(fresh_command),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ResolutionForm {
    command: String,
    reason: String,
}

async fn post_resolution(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<DiscrepancyId>,
    Form(sent): Form<ResolutionForm>,
) -> Result<Response, Upset> {
    let reason: String = sent.reason.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    if reason.is_empty() {
        return Err(Upset::of(Trouble::BadRequest));
    }
    let path = href::discrepancy_resolve(id.as_str());
    let call = desk.call(&sent.command, &path, &json!([id, reason]))?;
    match console.flows.resolve_discrepancy(call, id, reason).await {
        Ok(_) | Err(ResolveError::Settled { .. }) => Ok(see(href::DISCREPANCIES)),
        Err(ResolveError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(ResolveError::NoSuch(_)) => Err(Upset::of(Trouble::NotFound)),
    }
}
