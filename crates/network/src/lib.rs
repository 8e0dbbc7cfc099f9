//! Floor 3a: the places that hold stock and fulfil orders.
//!
//! A **node** is a regional centre, a store, a vendor or a partner's house: somewhere on earth, in a zone, with a time
//! zone of its own. It may ship, hand over to customers, or both; one that does neither only holds stock. A node that
//! is not active gets no new work.
//!
//! **Invariant:** nodes are never deleted, for stock and history refer to them.

mod add_nodes;
mod amend_node;
pub mod api;
mod model;
mod set_active;
mod store;
mod verify;

pub use add_nodes::{AddNodesError, add_nodes};
pub use amend_node::{AmendNodeError, amend_node};
pub use model::{NewNode, Node, NodeChange, NodeKind, NodeProblem};
pub use set_active::{SetActiveError, activate, deactivate};
pub use store::{find_node, find_node_by_code, find_nodes_by_code, list_nodes, nodes_by_id};
pub use verify::INVARIANTS;
