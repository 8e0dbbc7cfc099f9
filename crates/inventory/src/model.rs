//! The nouns: account, state, transfer.

use std::borrow::Cow;

use kernel::{ItemId, MerchantId, NodeId, Quantity, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// What units of an account are: present at a node, on their way, or outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Free to promise.
    Available,
    /// Held for a cart until a time.
    Held,
    /// Promised to an order at this node.
    Allocated,
    /// Taken from the shelf for an order.
    Picked,
    /// In a parcel.
    Packed,
    /// Waiting to be handed over.
    Staged,
    /// Present but not to be sold.
    Damaged,
    /// Present, to be inspected.
    Quarantine,
    /// Between two nodes.
    InTransit,
    /// Expected from a supplier.
    Incoming,
    /// Outside: where goods come from.
    Supplier,
    /// Outside: where goods go.
    Customer,
    /// Outside: made or used up in production.
    Production,
    /// Outside: written off or found.
    Loss,
}

impl State {
    const ALL: [State; 14] = [
        State::Available,
        State::Held,
        State::Allocated,
        State::Picked,
        State::Packed,
        State::Staged,
        State::Damaged,
        State::Quarantine,
        State::InTransit,
        State::Incoming,
        State::Supplier,
        State::Customer,
        State::Production,
        State::Loss,
    ];

    /// Those that are physically present: together, what is on hand.
    pub const ON_HAND: [State; 8] = [
        State::Available,
        State::Held,
        State::Allocated,
        State::Picked,
        State::Packed,
        State::Staged,
        State::Damaged,
        State::Quarantine,
    ];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            State::Available => "available",
            State::Held => "held",
            State::Allocated => "allocated",
            State::Picked => "picked",
            State::Packed => "packed",
            State::Staged => "staged",
            State::Damaged => "damaged",
            State::Quarantine => "quarantine",
            State::InTransit => "in_transit",
            State::Incoming => "incoming",
            State::Supplier => "supplier",
            State::Customer => "customer",
            State::Production => "production",
            State::Loss => "loss",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<State> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True for accounts of the outside world, which may go below zero: a supplier's is minus all it ever sent.
    pub const fn is_outside(self) -> bool {
        matches!(self, State::Supplier | State::Customer | State::Production | State::Loss)
    }
}

/// Where an account is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Spot {
    /// At a node.
    Node(NodeId),
    /// Outside the network.
    Outside,
}

impl Spot {
    /// The node's id, or empty text for outside, as stored.
    pub fn as_str(&self) -> &str {
        match self {
            Spot::Node(node_id) => node_id.as_str(),
            Spot::Outside => "",
        }
    }
}

/// Item × owner × place × lot × state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Account {
    /// The item.
    pub item_id: ItemId,
    /// Whose goods they are.
    pub owner_id: MerchantId,
    /// Where.
    pub spot: Spot,
    /// The lot, empty where lots are not kept.
    pub lot: String,
    /// In which state.
    pub state: State,
}

impl Account {
    /// An account at a node without a lot.
    pub fn at(item_id: &ItemId, owner_id: &MerchantId, node_id: &NodeId, state: State) -> Account {
        Account {
            item_id: item_id.clone(),
            owner_id: owner_id.clone(),
            spot: Spot::Node(node_id.clone()),
            lot: String::new(),
            state,
        }
    }

    /// An account of the outside world.
    pub fn outside(item_id: &ItemId, owner_id: &MerchantId, state: State) -> Account {
        Account {
            item_id: item_id.clone(),
            owner_id: owner_id.clone(),
            spot: Spot::Outside,
            lot: String::new(),
            state,
        }
    }

    /// The account's number: 63 bits of SHA-256 over its natural key. Two accounts with one number would be refused
    /// by the write (the natural key is compared too), never mixed up.
    pub fn account_id(&self) -> i64 {
        let mut hash = Sha256::new();
        for part in
            [self.item_id.as_str(), self.owner_id.as_str(), self.spot.as_str(), &self.lot, self.state.name()]
        {
            hash.update(part);
            hash.update([0]);
        }
        let digest = hash.finalize();
        let mut head = [0; 8];
        head.copy_from_slice(&digest[..8]);
        i64::from_be_bytes(head) & i64::MAX
    }
}

/// A quantity on its way from one account to another, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Where it is taken.
    pub from: Account,
    /// Where it is put. The same item.
    pub to: Account,
    /// How much; never nothing.
    pub quantity: Quantity,
    /// The kind of movement: `receipt`, `allocate`, `pick`, …
    pub reason: Cow<'static, str>,
    /// What caused it: an order, a receipt, a count.
    pub cause_id: String,
    /// When.
    pub happened_at: Timestamp,
}

impl Transfer {
    /// The same units, which are of a lot wherever they are in the network; outside nobody keeps lots.
    pub fn of_lot(mut self, lot: &str) -> Transfer {
        for account in [&mut self.from, &mut self.to] {
            if account.spot != Spot::Outside {
                lot.clone_into(&mut account.lot);
            }
        }
        self
    }
}

/// Units of one owner at one node that change their state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// The item.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Where.
    pub node_id: NodeId,
    /// Which state they leave.
    pub from: State,
    /// Which they enter; an outside state takes them out of the node.
    pub to: State,
    /// How many.
    pub quantity: Quantity,
}

impl Move {
    /// The transfer this is.
    pub fn into_transfer(self, reason: &'static str, cause_id: &str, happened_at: Timestamp) -> Transfer {
        let account = |state: State| {
            if state.is_outside() {
                Account::outside(&self.item_id, &self.owner_id, state)
            } else {
                Account::at(&self.item_id, &self.owner_id, &self.node_id, state)
            }
        };
        Transfer {
            from: account(self.from),
            to: account(self.to),
            quantity: self.quantity,
            reason: reason.into(),
            cause_id: cause_id.to_owned(),
            happened_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_that_differ_anywhere_have_other_numbers() {
        let item = ItemId::from_body("1");
        let owner = MerchantId::from_body("1");
        let node = NodeId::from_body("1");
        let account = Account::at(&item, &owner, &node, State::Available);
        let others = [
            Account::at(&ItemId::from_body("2"), &owner, &node, State::Available),
            Account::at(&item, &owner, &NodeId::from_body("2"), State::Available),
            Account::at(&item, &owner, &node, State::Allocated),
            Account { lot: "L1".into(), ..account.clone() },
            Account::outside(&item, &owner, State::Supplier),
        ];
        for other in others {
            assert_ne!(account.account_id(), other.account_id(), "{other:?}");
        }
        assert_eq!(account.account_id(), account.clone().account_id());
    }

    #[test]
    fn every_state_reads_back_by_its_name() {
        for state in State::ALL {
            assert_eq!(State::parse(state.name()), Some(state));
        }
    }
}
