//! Which part of an organisation somebody may see or touch.

use crate::{MerchantId, NodeId};

/// A part of an organisation: all of it, or what belongs to some merchants and what happens at some nodes. A row is
/// within where its merchant *or* its node is named. Store functions that list or find take one and say so in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    is_everything: bool,
    merchant_ids: Vec<MerchantId>,
    node_ids: Vec<NodeId>,
}

impl Scope {
    /// No part at all.
    pub const NOTHING: Scope = Scope { is_everything: false, merchant_ids: Vec::new(), node_ids: Vec::new() };

    /// The whole organisation: the house itself, and people who were trusted with all of it.
    pub const EVERYTHING: Scope =
        Scope { is_everything: true, merchant_ids: Vec::new(), node_ids: Vec::new() };

    /// This part and one merchant.
    pub fn with_merchant(mut self, merchant_id: MerchantId) -> Scope {
        if !self.has_merchant(&merchant_id) {
            self.merchant_ids.push(merchant_id);
        }
        self
    }

    /// This part and one node.
    pub fn with_node(mut self, node_id: NodeId) -> Scope {
        if !self.has_node(&node_id) {
            self.node_ids.push(node_id);
        }
        self
    }

    /// True for the whole organisation.
    pub fn is_everything(&self) -> bool {
        self.is_everything
    }

    /// The merchants that are named; none where it is everything.
    pub fn merchant_ids(&self) -> &[MerchantId] {
        &self.merchant_ids
    }

    /// The nodes that are named; none where it is everything.
    pub fn node_ids(&self) -> &[NodeId] {
        &self.node_ids
    }

    /// True where all that belongs to the merchant is within.
    pub fn has_merchant(&self, merchant_id: &MerchantId) -> bool {
        self.is_everything || self.merchant_ids.contains(merchant_id)
    }

    /// True where all that happens at the node is within.
    pub fn has_node(&self, node_id: &NodeId) -> bool {
        self.is_everything || self.node_ids.contains(node_id)
    }

    /// The part without its nodes: for changes that a node alone must not make, such as of a whole order.
    pub fn of_merchants(self) -> Scope {
        Scope { node_ids: Vec::new(), ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_has_what_it_names_and_everything_has_all() {
        let tea = MerchantId::parse("mer_tea").unwrap();
        let leeds = NodeId::parse("nod_leeds").unwrap();
        let part = Scope::NOTHING.with_merchant(tea.clone()).with_merchant(tea.clone());
        assert_eq!(part.merchant_ids(), std::slice::from_ref(&tea));
        assert!(part.has_merchant(&tea) && !part.has_node(&leeds) && !part.is_everything());
        let both = part.with_node(leeds.clone());
        assert!(both.has_node(&leeds));
        assert!(!both.of_merchants().has_node(&leeds));
        assert!(Scope::EVERYTHING.has_node(&leeds) && Scope::EVERYTHING.has_merchant(&tea));
        assert!(!Scope::NOTHING.has_node(&leeds));
    }
}
