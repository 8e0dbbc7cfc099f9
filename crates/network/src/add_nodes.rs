//! Nodes become known. The same code again is the same node.

use std::collections::HashMap;

use kernel::NodeId;
use runtime::Cx;
use serde_json::json;

use crate::{
    model::{NewNode, Node, NodeProblem, check},
    store,
};

/// Why nodes were not taken. None of them was.
#[derive(Debug, thiserror::Error)]
pub enum AddNodesError {
    /// One of them cannot be a node.
    #[error("node {index}: {problem}")]
    BadNode {
        /// Its place among those given, from 0.
        index: usize,
        /// What is wrong with it.
        problem: NodeProblem,
    },
    /// The code is another node's.
    #[error("node {index}: the code {code} is another node's")]
    DuplicateCode {
        /// Its place among those given, from 0.
        index: usize,
        /// The code.
        code: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] db::Fault),
}
runtime::has_fault!(AddNodesError);

/// Adds nodes, all or none; gives their ids in the order given. A new node is active.
pub async fn add_nodes(cx: &mut Cx<'_>, nodes: &[NewNode]) -> Result<Vec<NodeId>, AddNodesError> {
    let codes: Vec<String> = nodes.iter().map(|node| node.code.clone()).collect();
    let known = store::find_nodes_by_code(cx.tx, &cx.organisation_id, &codes).await?;
    let fresh = decide(nodes, &known)?;
    let mut ids: HashMap<&str, NodeId> =
        known.iter().map(|(code, node)| (code.as_str(), node.node_id.clone())).collect();
    let mut rows = Vec::with_capacity(fresh.len());
    for node in fresh {
        let node_id = NodeId::from_body(&cx.fresh());
        let facts = json!({ "code": node.code, "name": node.name, "kind": node.kind.as_str() });
        cx.tell("node.added", node_id.as_str(), facts);
        ids.insert(&node.code, node_id.clone());
        rows.push(node.becomes(node_id, cx.now));
    }
    store::insert_nodes(cx.tx, &cx.organisation_id, &rows).await?;
    Ok(nodes.iter().map(|node| ids[node.code.as_str()].clone()).collect())
}

/// Those that are not known yet, each once.
fn decide<'a>(
    nodes: &'a [NewNode],
    known: &HashMap<String, Node>,
) -> Result<Vec<&'a NewNode>, AddNodesError> {
    let mut fresh: Vec<&NewNode> = Vec::new();
    for (index, node) in nodes.iter().enumerate() {
        check(node).map_err(|problem| AddNodesError::BadNode { index, problem })?;
        let duplicate = || AddNodesError::DuplicateCode { index, code: node.code.clone() };
        if let Some(known) = known.get(&node.code) {
            // Whether it is active was decided since, and says nothing about being the same.
            if known.facts() != *node {
                return Err(duplicate());
            }
        } else if let Some(earlier) = fresh.iter().find(|earlier| earlier.code == node.code) {
            if *earlier != node {
                return Err(duplicate());
            }
        } else {
            fresh.push(node);
        }
    }
    Ok(fresh)
}

#[cfg(test)]
mod tests {
    use kernel::{Address, Place, Timestamp};

    use super::*;
    use crate::model::NodeKind;

    fn node(code: &str) -> NewNode {
        NewNode {
            code: code.into(),
            name: "Sofia".into(),
            kind: NodeKind::RegionalCentre,
            address: Address { country: "BG".into(), ..Address::default() },
            place: Place::from_degrees(42.7, 23.3).unwrap(),
            zone: "east".into(),
            time_zone: "Europe/Sofia".into(),
            can_ship: true,
            can_pickup: false,
        }
    }

    #[test]
    fn a_code_means_one_node_whether_it_is_active_or_not() {
        let (sofia, store) = (node("SOF"), NewNode { kind: NodeKind::Store, ..node("SOF") });
        let known = sofia.becomes(NodeId::from_body("sof"), Timestamp::UNIX_EPOCH);
        let known = HashMap::from([("SOF".to_owned(), Node { is_active: false, ..known })]);
        assert!(decide(&[sofia], &known).unwrap().is_empty());
        assert!(matches!(decide(&[store], &known), Err(AddNodesError::DuplicateCode { index: 0, .. })));
        let (a, b) = (node("A"), node("B"));
        assert_eq!(decide(&[a.clone(), b.clone(), a.clone()], &known).unwrap(), [&a, &b]);
    }

    #[test]
    fn what_is_wrong_with_a_node_is_said() {
        let nowhere = Place { latitude_microdegrees: 91_000_000, longitude_microdegrees: 0 };
        let table = [
            (
                NewNode { code: String::new(), ..node("A") },
                "node 0: `code` should have 1 to 200 plain characters",
            ),
            (
                NewNode { zone: " x".into(), ..node("A") },
                "node 0: `zone` should have 1 to 200 plain characters",
            ),
            (
                NewNode { address: Address::default(), ..node("A") },
                "node 0: `` is no country code: two capital letters such as NL",
            ),
            (NewNode { place: nowhere, ..node("A") }, "node 0: `place` is not on earth"),
            (
                NewNode { time_zone: "Mars/Olympus".into(), ..node("A") },
                "node 0: `Mars/Olympus` is no time zone: a name such as Europe/Sofia",
            ),
        ];
        for (node, says) in table {
            assert_eq!(decide(&[node], &HashMap::new()).unwrap_err().to_string(), says);
        }
    }
}
