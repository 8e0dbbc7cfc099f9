//! One node is changed as it was seen.

use kernel::NodeId;
use runtime::Cx;
use serde_json::{Value as Json, json};

use crate::{
    model::{NewNode, Node, NodeChange, NodeProblem, check},
    store,
};

/// Why a node is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AmendNodeError {
    /// There is no such node.
    #[error("there is no node {node_id}")]
    UnknownNode {
        /// Which.
        node_id: NodeId,
    },
    /// Somebody changed it after it was seen.
    #[error("the node is at version {present}, not at {seen}")]
    Stale {
        /// The version that was seen.
        seen: i64,
        /// The version it is at.
        present: i64,
    },
    /// It cannot be so.
    #[error("the node cannot be so: {0}")]
    Refused(NodeProblem),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(AmendNodeError);

/// Changes a node that is at the version that was `seen`; whatever its version where none is given. Gives the node as it
/// is from then on. A change that changes nothing leaves the version too. Work under way there goes on as it was
/// planned; what is planned from now on goes by the new facts.
pub async fn amend_node(
    cx: &mut Cx<'_>,
    node_id: &NodeId,
    seen: Option<i64>,
    change: &NodeChange,
) -> Result<Node, AmendNodeError> {
    let unknown = || AmendNodeError::UnknownNode { node_id: node_id.clone() };
    let node = store::lock_node(cx.tx, &cx.organisation_id, node_id).await?.ok_or_else(unknown)?;
    let stale = |seen| AmendNodeError::Stale { seen, present: node.version };
    let (was, wanted) = (node.facts(), apply(node.facts(), change));
    // What cannot be is refused before what was seen is asked for (RFC 9110, 13.2.1).
    check(&wanted).map_err(AmendNodeError::Refused)?;
    if let Some(seen) = seen.filter(|seen| *seen != node.version) {
        return Err(stale(seen));
    }
    if was == wanted {
        return Ok(node);
    }
    // The bound is the write's own: without the lock above it would hold as well.
    if !store::update_node_at(cx.tx, &cx.organisation_id, (node_id, node.version), &wanted).await? {
        return Err(stale(seen.unwrap_or(node.version)));
    }
    let data = json!({ "code": wanted.code, "name": wanted.name, "kind": wanted.kind.as_str() });
    cx.record("node.amended", node_id.as_str(), data, facts(&was), facts(&wanted));
    store::lock_node(cx.tx, &cx.organisation_id, node_id).await?.ok_or_else(unknown)
}

/// The node as it is to be.
fn apply(node: NewNode, change: &NodeChange) -> NewNode {
    let NodeChange { name, kind, address, place, zone, time_zone, can_ship, can_pickup } = change.clone();
    NewNode {
        name: name.unwrap_or(node.name),
        kind: kind.unwrap_or(node.kind),
        address: address.unwrap_or(node.address),
        place: place.unwrap_or(node.place),
        zone: zone.unwrap_or(node.zone),
        time_zone: time_zone.unwrap_or(node.time_zone),
        can_ship: can_ship.unwrap_or(node.can_ship),
        can_pickup: can_pickup.unwrap_or(node.can_pickup),
        code: node.code,
    }
}

/// What can be changed, for whoever asks later what was.
fn facts(node: &NewNode) -> Json {
    json!({
        "name": node.name,
        "kind": node.kind.as_str(),
        "address": node.address,
        "place": node.place,
        "zone": node.zone,
        "time_zone": node.time_zone,
        "can_ship": node.can_ship,
        "can_pickup": node.can_pickup,
    })
}
