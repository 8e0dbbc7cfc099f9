//! A node begins or ends to take new work. What is under way there goes on.

use kernel::NodeId;
use runtime::Cx;
use serde_json::json;

use crate::store;

/// Why a node's readiness was not changed.
#[derive(Debug, thiserror::Error)]
pub enum SetActiveError {
    /// There is no such node.
    #[error("there is no node {node_id}")]
    UnknownNode {
        /// Which.
        node_id: NodeId,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(SetActiveError);

/// The node takes new work from now on; nothing changes where it did already.
pub async fn activate(cx: &mut Cx<'_>, node_id: &NodeId) -> Result<(), SetActiveError> {
    set(cx, node_id, true, "node.activated").await
}

/// The node takes no new work from now on; nothing changes where it took none already.
pub async fn deactivate(cx: &mut Cx<'_>, node_id: &NodeId) -> Result<(), SetActiveError> {
    set(cx, node_id, false, "node.deactivated").await
}

async fn set(
    cx: &mut Cx<'_>,
    node_id: &NodeId,
    is_active: bool,
    kind: &'static str,
) -> Result<(), SetActiveError> {
    let node = store::find_node(cx.tx, &cx.organisation_id, node_id).await?;
    let node = node.ok_or_else(|| SetActiveError::UnknownNode { node_id: node_id.clone() })?;
    if store::update_is_active(cx.tx, &cx.organisation_id, node_id, is_active).await? {
        cx.tell(kind, node_id.as_str(), json!({ "code": node.code }));
    }
    Ok(())
}
