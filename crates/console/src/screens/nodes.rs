//! The nodes on a map and in a table, and one node with its work.

use std::collections::HashMap;

use axum::extract::State;
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{NodeId, OrganisationId, Timestamp};
use network::Node;
use web::{Needs, Path, Permission, Routes, Within};

use super::command::fresh_command;
use super::queue::list_queue;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::nodes::{NodePage, NodeSummary, Nodes, QueueRow};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::svg::{Map, MapNode, MapSize};
use crate::words::{Capability, NodeKind, Work};

/// The states of work that waits at a node.
const WAITING: [Work; 3] = [Work::ToPick, Work::ToPack, Work::ToShip];

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::NetworkRead);
    Routes::new().get(href::NODES, needs, get_nodes).get("/nodes/{node_id}", needs, get_node)
}

/// What a node has and what waits there, in units.
#[derive(Debug, Clone, Copy, Default)]
struct Load {
    backlog: i64,
    late: i64,
    on_hand: i64,
}

async fn get_nodes(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, now) = (runtime.organisation_id.clone(), desk.now);
    let (nodes, loads) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let nodes = network::list_nodes(tx, &organisation_id, &scope).await?;
                let loads = list_loads(tx, &organisation_id, now).await?;
                Ok::<_, Fault>((nodes, loads))
            })
        })
        .await?;
    let load = |node: &Node| loads.get(&node.node_id).copied().unwrap_or_default();
    let dots: Vec<MapNode> = nodes
        .iter()
        .map(|node| MapNode {
            id: node.node_id.to_string(),
            name: node.name.clone(),
            kind: kind(node),
            place: node.place,
            backlog: load(node).backlog,
            late: load(node).late,
        })
        .collect();
    page(&Nodes {
        map: Map::of(&desk.t, &dots, MapSize::Full),
        small_map: Map::of(&desk.t, &dots, MapSize::Thumbnail),
        rows: nodes.iter().map(|node| summary(node, load(node))).collect(),
        can_export: desk.caller.access.may_throughout(Permission::DataExport),
        export: fresh_command(),
        t: desk.t.clone(),
        shell: desk.shell(Section::Nodes, None),
    })
}

struct AtNode {
    node: Node,
    load: Load,
    counts: Vec<(NodeId, String, i64)>,
    queue: Vec<QueueRow>,
}

async fn get_node(
    State(console): State<Console>,
    desk: Desk,
    Path(node_id): Path<NodeId>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, now) = (runtime.organisation_id.clone(), desk.now);
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                let Some(node) = network::find_node(tx, &organisation_id, &node_id).await? else {
                    return Ok(None);
                };
                let loads = list_loads(tx, &organisation_id, now).await?;
                let load = loads.get(&node_id).copied().unwrap_or_default();
                let counts = orders::store::count_work_by_node(tx, &organisation_id).await?;
                let queue = list_queue(tx, &organisation_id, &node_id, &WAITING).await?;
                Ok::<_, Fault>(Some(AtNode { node, load, counts, queue }))
            })
        })
        .await?
        .ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let desk = desk.at_node(&found.node.time_zone);
    let node_id = &found.node.node_id;
    let stage = |work: Work| {
        let here = found.counts.iter().find(|(at, status, _)| at == node_id && status == work.code());
        (work, here.map_or(0, |(_, _, count)| *count))
    };
    page(&NodePage {
        stages: WAITING.into_iter().map(stage).collect(),
        node: summary(&found.node, found.load),
        can_rename: desk.caller.access.may(Permission::NetworkWrite),
        zone: found.node.time_zone.clone(),
        queue: found.queue,
        t: desk.t.clone(),
        shell: desk.shell(Section::Nodes, None),
    })
}

async fn list_loads(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<HashMap<NodeId, Load>, Fault> {
    let mut loads: HashMap<NodeId, Load> = HashMap::new();
    for (node_id, backlog, late) in orders::store::list_backlog_by_node(tx, organisation_id, now).await? {
        loads.insert(node_id, Load { backlog, late, on_hand: 0 });
    }
    for stock in inventory::store::list_stock_by_node(tx, organisation_id).await? {
        loads.entry(stock.node_id).or_default().on_hand = stock.on_hand;
    }
    Ok(loads)
}

/// The word for what a node is.
fn kind(node: &Node) -> NodeKind {
    match node.kind {
        network::NodeKind::RegionalCentre => NodeKind::RegionalCentre,
        network::NodeKind::Store => NodeKind::Store,
        network::NodeKind::Vendor => NodeKind::Vendor,
        network::NodeKind::Partner => NodeKind::Partner,
    }
}

fn summary(node: &Node, load: Load) -> NodeSummary {
    let city = [node.address.city.as_str(), node.address.country.as_str()];
    let place: Vec<&str> = city.into_iter().filter(|part| !part.is_empty()).collect();
    let can = [(node.can_ship, Capability::Ship), (node.can_pickup, Capability::Pickup)];
    NodeSummary {
        id: node.node_id.to_string(),
        code: node.code.clone(),
        name: node.name.clone(),
        kind: kind(node),
        place: place.join(", "),
        capabilities: can.into_iter().filter_map(|(is_so, can)| is_so.then_some(can)).collect(),
        backlog: load.backlog,
        late: load.late,
        on_hand: load.on_hand,
    }
}
