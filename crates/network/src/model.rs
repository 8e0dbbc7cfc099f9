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
    /// Moved on by one with every change.
    pub version: i64,
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
        let (is_active, version, created_at) = (true, 1, now);
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
            version,
            created_at,
        }
    }
}

impl Node {
    /// True where orders can be sent from it now.
    pub fn may_sell(&self) -> bool {
        self.is_active && self.can_ship
    }

    /// What can be said of it beforehand.
    pub(crate) fn facts(&self) -> NewNode {
        NewNode {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind,
            address: self.address.clone(),
            place: self.place,
            zone: self.zone.clone(),
            time_zone: self.time_zone.clone(),
            can_ship: self.can_ship,
            can_pickup: self.can_pickup,
        }
    }
}

/// What is to be different about a node; what is none stays. The code is what makes it the same node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// Its name.
    pub name: Option<String>,
    /// What sort of place.
    pub kind: Option<NodeKind>,
    /// Where parcels leave from, as a carrier is told.
    pub address: Option<Address>,
    /// Where it is on earth.
    pub place: Option<Place>,
    /// The part of the network it belongs to.
    pub zone: Option<String>,
    /// The clock on its wall: an IANA name.
    pub time_zone: Option<String>,
    /// Whether parcels leave from here.
    pub can_ship: Option<bool>,
    /// Whether customers collect here.
    pub can_pickup: Option<bool>,
}

/// The longest code, name or zone.
const MAX_TEXT: usize = 200;

/// What is wrong with a node.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NodeProblem {
    /// A text that is empty, too long, or has control characters or space around it.
    #[error("`{field}` should have 1 to {MAX_TEXT} plain characters")]
    BadText {
        /// Which text.
        field: &'static str,
    },
    /// Not a country.
    #[error("`{country}` is no country code: two capital letters such as NL")]
    BadCountry {
        /// What was given.
        country: String,
    },
    /// Not a point on earth.
    #[error("`{field}` is not on earth")]
    BadPlace {
        /// Which point.
        field: &'static str,
    },
    /// A time zone nobody knows.
    #[error("`{time_zone}` is no time zone: a name such as Europe/Sofia")]
    BadTimeZone {
        /// What was given.
        time_zone: String,
    },
}

/// Finds what is wrong with a node.
pub(crate) fn check(node: &NewNode) -> Result<(), NodeProblem> {
    for (field, text) in [("code", &node.code), ("name", &node.name), ("zone", &node.zone)] {
        let length = text.chars().count();
        let is_plain = text.trim() == text && !text.chars().any(char::is_control);
        if !(1..=MAX_TEXT).contains(&length) || !is_plain {
            return Err(NodeProblem::BadText { field });
        }
    }
    let country = &node.address.country;
    if country.len() != 2 || !country.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Err(NodeProblem::BadCountry { country: country.chars().take(20).collect() });
    }
    for (field, place) in [("place", Some(node.place)), ("address/place", node.address.place)] {
        if place.is_some_and(|place| !place.is_on_earth()) {
            return Err(NodeProblem::BadPlace { field });
        }
    }
    if jiff::tz::TimeZone::get(&node.time_zone).is_err() {
        return Err(NodeProblem::BadTimeZone { time_zone: node.time_zone.chars().take(80).collect() });
    }
    Ok(())
}
