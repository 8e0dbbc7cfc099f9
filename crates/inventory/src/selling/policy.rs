//! The nouns: policies and the nodes they name.

use std::collections::BTreeSet;

use kernel::{NodeId, time::Date};

/// From which nodes a channel sells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Nodes {
    /// From each.
    #[default]
    All,
    /// From these and no other.
    Only(BTreeSet<NodeId>),
    /// From each but these.
    Except(BTreeSet<NodeId>),
}

impl Nodes {
    /// Reads what is stored and sent: a rule by its name, and nodes.
    pub fn parse(rule: &str, node_ids: BTreeSet<NodeId>) -> Option<Nodes> {
        match rule {
            "all" if node_ids.is_empty() => Some(Nodes::All),
            "only" => Some(Nodes::Only(node_ids)),
            "except" => Some(Nodes::Except(node_ids)),
            _ => None,
        }
    }

    /// The name of the rule.
    pub const fn rule(&self) -> &'static str {
        match self {
            Nodes::All => "all",
            Nodes::Only(_) => "only",
            Nodes::Except(_) => "except",
        }
    }

    /// The nodes it names.
    pub fn named(&self) -> impl Iterator<Item = &NodeId> {
        let named = match self {
            Nodes::All => None,
            Nodes::Only(nodes) | Nodes::Except(nodes) => Some(nodes),
        };
        named.into_iter().flatten()
    }

    /// True for a node the channel sells from.
    pub fn has(&self, node_id: &NodeId) -> bool {
        match self {
            Nodes::All => true,
            Nodes::Only(nodes) => nodes.contains(node_id),
            Nodes::Except(nodes) => !nodes.contains(node_id),
        }
    }
}

/// What a channel may sell of an item beyond what is free.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Beyond {
    /// Nothing.
    #[default]
    Nothing,
    /// What is expected on a day to come.
    Expected,
    /// So many units, expected or not.
    Any,
}

impl Beyond {
    /// Reads what is stored and sent.
    pub fn parse(name: &str) -> Option<Beyond> {
        [Beyond::Nothing, Beyond::Expected, Beyond::Any].into_iter().find(|beyond| beyond.name() == name)
    }

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Beyond::Nothing => "nothing",
            Beyond::Expected => "expected",
            Beyond::Any => "any",
        }
    }
}

/// What a channel may sell, quotas apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// False where it sells nothing now.
    pub is_on: bool,
    /// From where.
    pub nodes: Nodes,
    /// Units it does not see.
    pub buffer: i64,
    /// Days that goods must last when they are sold.
    pub min_life_days: i64,
    /// What it may sell beyond what is free.
    pub beyond: Beyond,
    /// How many units of an item may wait at once for its orders, if that is bounded.
    pub beyond_most: Option<i64>,
    /// From when on what was never there can be had.
    pub available_from: Option<Date>,
}

impl Default for Policy {
    fn default() -> Policy {
        Policy {
            is_on: true,
            nodes: Nodes::All,
            buffer: 0,
            min_life_days: 0,
            beyond: Beyond::Nothing,
            beyond_most: None,
            available_from: None,
        }
    }
}

impl Policy {
    /// The longest remaining life that may be asked for: ten years.
    pub const MAX_LIFE_DAYS: i64 = 3_650;
    /// The most units that may be hidden, and the most of a quota.
    pub const MAX_UNITS: i64 = 1_000_000_000_000;
}
