//! The nouns: nodes and what they can do.

use kernel::{Address, NodeId, Place, Timestamp};

/// What sort of place a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// A regional distribution centre.
    RegionalCentre,
    /// A shop with a counter.
    Store,
    /// A vendor who ships our orders from their own stock.
    Vendor,
    /// A third party that stores and ships for us.
    Partner,
}

impl NodeKind {
    /// Every kind.
    pub const ALL: [NodeKind; 4] =
        [NodeKind::RegionalCentre, NodeKind::Store, NodeKind::Vendor, NodeKind::Partner];

    /// The word for it in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            NodeKind::RegionalCentre => "regional_centre",
            NodeKind::Store => "store",
            NodeKind::Vendor => "vendor",
            NodeKind::Partner => "partner",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<NodeKind> {
        NodeKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

impl std::fmt::Display for NodeKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A place that holds stock and fulfils orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub node_id: NodeId,
    /// A short code, one of a kind in the organisation.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort of place.
    pub kind: NodeKind,
    /// Where parcels leave from, as a carrier is told.
    pub address: Address,
    /// Where it is on earth.
    pub place: Place,
    /// The part of the network it belongs to.
    pub zone: String,
    /// The clock on its wall: an IANA name.
    pub time_zone: String,
    /// Whether parcels leave from here.
    pub can_ship: bool,
    /// Whether customers collect here.
    pub can_pickup: bool,
    /// Whether it gets new work.
    pub is_active: bool,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// A node that is to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewNode {
    /// A short code: what makes it the same node.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort of place.
    pub kind: NodeKind,
    /// Where parcels leave from, as a carrier is told.
    pub address: Address,
    /// Where it is on earth.
    pub place: Place,
    /// The part of the network it belongs to.
    pub zone: String,
    /// The clock on its wall: an IANA name.
    pub time_zone: String,
    /// Whether parcels leave from here.
    pub can_ship: bool,
    /// Whether customers collect here.
    pub can_pickup: bool,
}

impl NewNode {
    /// The node it becomes.
    pub(crate) fn becomes(&self, node_id: NodeId, now: Timestamp) -> Node {
        let NewNode { code, name, kind, address, place, zone, time_zone, can_ship, can_pickup } =
            self.clone();
        let (is_active, created_at) = (true, now);
        Node {
            node_id,
            code,
            name,
            kind,
            address,
            place,
            zone,
            time_zone,
            can_ship,
            can_pickup,
            is_active,
            created_at,
        }
    }
}
