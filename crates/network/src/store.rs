//! Every statement of this context.

use std::collections::HashMap;

use db::{Column, Fault, FromColumn, FromRow, Row, Tx, args, set};
use kernel::{Address, NodeId, OrganisationId, Place, Scope};

use crate::model::{NewNode, Node, NodeKind};

impl FromColumn for NodeKind {
    fn from_column(row: &Row, index: usize) -> Result<NodeKind, String> {
        let word = String::from_column(row, index)?;
        NodeKind::parse(&word).ok_or_else(|| format!("is no kind of node but {word}"))
    }
}

impl FromRow for Node {
    fn from_row(row: &Row) -> Result<Node, Fault> {
        let address: Address = serde_json::from_value(row.get("address")?)
            .map_err(|error| Fault::Shape { column: "address".into(), problem: error.to_string() })?;
        let place = Place {
            latitude_microdegrees: row.get("latitude_microdegrees")?,
            longitude_microdegrees: row.get("longitude_microdegrees")?,
        };
        Ok(Node {
            node_id: row.get("node_id")?,
            code: row.get("code")?,
            name: row.get("name")?,
            kind: row.get("kind")?,
            address,
            place,
            zone: row.get("zone")?,
            time_zone: row.get("time_zone")?,
            can_ship: row.get("can_ship")?,
            can_pickup: row.get("can_pickup")?,
            is_active: row.get("is_active")?,
            version: row.get("version")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// The node of this id.
pub async fn find_node(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
) -> Result<Option<Node>, Fault> {
    tx.query_optional(
        "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, time_zone, \
                can_ship, can_pickup, is_active, version, created_at \
           from node where organisation_id = $1 and node_id = $2",
        args![organisation_id, node_id],
    )
    .await
}

/// The node of this code.
pub async fn find_node_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    code: &str,
) -> Result<Option<Node>, Fault> {
    tx.query_optional(
        "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, time_zone, \
                can_ship, can_pickup, is_active, version, created_at \
           from node where organisation_id = $1 and code = $2",
        args![organisation_id, code],
    )
    .await
}

/// The nodes of these ids; those that are not known are left out.
pub async fn nodes_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_ids: &[NodeId],
) -> Result<HashMap<NodeId, Node>, Fault> {
    let nodes: Vec<Node> = tx
        .query(
            "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, \
                    time_zone, can_ship, can_pickup, is_active, version, created_at \
               from node where organisation_id = $1 and node_id {in $2}",
            args![organisation_id, Column::from_iter(node_ids)],
        )
        .await?;
    Ok(nodes.into_iter().map(|node| (node.node_id.clone(), node)).collect())
}

/// The nodes of these codes; those that are not known are left out.
pub async fn find_nodes_by_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    codes: &[String],
) -> Result<HashMap<String, Node>, Fault> {
    let nodes: Vec<Node> = tx
        .query(
            "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, \
                    time_zone, can_ship, can_pickup, is_active, version, created_at \
               from node where organisation_id = $1 and code {in $2}",
            args![organisation_id, Column::from_iter(codes)],
        )
        .await?;
    Ok(nodes.into_iter().map(|node| (node.code.clone(), node)).collect())
}

/// Every node, by code, those that are not active among them. A network has at most thousands.
pub async fn list_nodes(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
) -> Result<Vec<Node>, Fault> {
    tx.query(
        "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, time_zone, \
                can_ship, can_pickup, is_active, version, created_at \
           from node where organisation_id = $1 and ($2 = 1 or node_id {in $3}) order by code limit 10000",
        args![organisation_id, i64::from(scope.is_everything()), Column::from_iter(scope.node_ids())],
    )
    .await
}

pub(crate) async fn insert_nodes(
    tx: &Tx,
    organisation_id: &OrganisationId,
    nodes: &[Node],
) -> Result<(), Fault> {
    let addresses =
        nodes.iter().map(|node| serde_json::to_value(&node.address).expect("an address is plain data"));
    // Whoever adds the same code at the same moment makes this fall short, and then it is looked at again.
    tx.execute_guarded(
        "nodes added",
        "insert into node (organisation_id, node_id, code, name, kind, address, latitude_microdegrees, \
                           longitude_microdegrees, zone, time_zone, can_ship, can_pickup, is_active, created_at) \
         select $1, d.node_id, d.code, d.name, d.kind, d.address, d.north, d.east, d.zone, d.time_zone, d.can_ship, \
                d.can_pickup, d.is_active, d.created_at \
         {set d(node_id text, code text, name text, kind text, address json, north int, east int, zone text, \
                time_zone text, can_ship bool, can_pickup bool, is_active bool, created_at time)} \
          where true on conflict do nothing",
        &set![
            nodes.iter().map(|node| &node.node_id),
            nodes.iter().map(|node| &node.code),
            nodes.iter().map(|node| &node.name),
            nodes.iter().map(|node| node.kind.as_str()),
            addresses,
            nodes.iter().map(|node| node.place.latitude_microdegrees),
            nodes.iter().map(|node| node.place.longitude_microdegrees),
            nodes.iter().map(|node| &node.zone),
            nodes.iter().map(|node| &node.time_zone),
            nodes.iter().map(|node| node.can_ship),
            nodes.iter().map(|node| node.can_pickup),
            nodes.iter().map(|node| node.is_active),
            nodes.iter().map(|node| node.created_at),
        ],
        args![organisation_id],
    )
    .await
}

/// Gives false where it stood so already.
pub(crate) async fn update_is_active(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
    is_active: bool,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update node set is_active = $3, version = version + 1 \
              where organisation_id = $1 and node_id = $2 and is_active <> $3",
            args![organisation_id, node_id, is_active],
        )
        .await?;
    Ok(touched == 1)
}

/// The node of this id, which nobody else changes until the transaction ends.
pub(crate) async fn lock_node(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
) -> Result<Option<Node>, Fault> {
    tx.query_optional(
        "select node_id, code, name, kind, address, latitude_microdegrees, longitude_microdegrees, zone, time_zone, \
                can_ship, can_pickup, is_active, version, created_at \
           from node where organisation_id = $1 and node_id = $2 [pg: for update :]",
        args![organisation_id, node_id],
    )
    .await
}

/// Changes the node where it is at this version, and moves the version on; gives false where it is not.
pub(crate) async fn update_node_at(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (node_id, version): (&NodeId, i64),
    node: &NewNode,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update node set name = $4, kind = $5, address = $6, latitude_microdegrees = $7, \
                    longitude_microdegrees = $8, zone = $9, time_zone = $10, can_ship = $11, can_pickup = $12, \
                    version = version + 1 \
              where organisation_id = $1 and node_id = $2 and version = $3",
            args![
                organisation_id,
                node_id,
                version,
                &node.name,
                node.kind.as_str(),
                serde_json::to_value(&node.address).expect("an address is plain data"),
                node.place.latitude_microdegrees,
                node.place.longitude_microdegrees,
                &node.zone,
                &node.time_zone,
                node.can_ship,
                node.can_pickup
            ],
        )
        .await?;
    Ok(touched == 1)
}
