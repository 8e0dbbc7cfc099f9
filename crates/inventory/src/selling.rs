//! What each channel may sell of the one pool.
//!
//! - A **policy** says from which nodes a channel sells, how many units it does not see (**buffer**), and whether it
//!   sells at all. An item's own policy replaces the channel's general one.
//! - A **quota** dedicates units of an item to a channel; what is left of it is *set aside* from every other channel.
//! - **Beyond** what is free a channel sells what a policy lets wait: [`beyond`].
//! - **ATS**, available to sell, is what both leave: see [`Rules::sellable`].
//!
//! **Invariant:** a quota is never overdrawn, and what channels with quotas may sell and what any one other may sell is
//! together never more than there is (I10).

mod aside;
pub mod beyond;
mod clear;
mod move_quota;
mod policy;
mod set_policy;
mod set_quota;
pub(crate) mod store;

use std::collections::{BTreeMap, HashMap};

use kernel::{ChannelId, ItemId, NodeId};
use serde::{Deserialize, Serialize};

use aside::Aside;
pub use clear::clear_policy;
pub use move_quota::{MoveQuota, MoveQuotaError, QuotaMoved, move_quota};
pub use policy::{Beyond, Nodes, Policy};
pub use set_policy::{PolicyProblem, set_policy};
pub use set_quota::{NewQuota, SetQuotaError, set_quotas};
pub use store::{
    PolicyRow, QuotaRow, QuotaUse, charge, find_rules, give_back, list_policies, list_quotas, lock_rules,
};

/// Units dedicated to a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Quota {
    /// How many in all.
    pub quantity: i64,
    /// How many of them are sold.
    pub used: i64,
}

impl Quota {
    /// How many are still to be sold.
    pub fn left(self) -> i64 {
        self.quantity - self.used
    }
}

/// What is free of an item, by node.
pub type Free = BTreeMap<NodeId, i64>;

/// Policies and quotas of some items.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    general: HashMap<ChannelId, Policy>,
    own: HashMap<(ItemId, ChannelId), Policy>,
    quotas: HashMap<ItemId, BTreeMap<ChannelId, Quota>>,
}

/// What keeps a channel from selling all there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// It does not sell the item now.
    Off,
    /// Some of it lies where the channel does not sell from.
    Nodes,
    /// Some of it is set aside for other channels.
    SetAside,
    /// Some of it is hidden from the channel.
    Buffer,
    /// The channel's quota has no more.
    Quota,
    /// Some of it expires too soon for the channel.
    Life,
}

impl Limit {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Limit::Off => "off",
            Limit::Nodes => "nodes",
            Limit::SetAside => "set_aside",
            Limit::Buffer => "buffer",
            Limit::Quota => "quota",
            Limit::Life => "life",
        }
    }
}

/// What a channel may sell of an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sellable {
    /// Available to sell: units.
    pub ats: i64,
    /// From where, at most so many from each.
    pub by_node: Free,
    /// Why not all that is free: the narrowest of the reasons.
    pub limit: Option<Limit>,
    /// The channel's quota.
    pub quota: Option<Quota>,
}

impl Sellable {
    /// The same, told of goods that last long enough, where so many units are free in all.
    pub fn out_of(self, free: i64) -> Sellable {
        let limit = self.limit.or((self.ats < free).then_some(Limit::Life));
        Sellable { limit, ..self }
    }
}

impl Rules {
    /// The rules of these policies (an item's own, or in general) and quotas.
    pub fn new(
        policies: impl IntoIterator<Item = (ChannelId, Option<ItemId>, Policy)>,
        quotas: impl IntoIterator<Item = (ItemId, ChannelId, Quota)>,
    ) -> Rules {
        let mut rules = Rules::default();
        for (channel_id, item_id, policy) in policies {
            match item_id {
                Some(item_id) => rules.own.insert((item_id, channel_id), policy),
                None => rules.general.insert(channel_id, policy),
            };
        }
        for (item_id, channel_id, quota) in quotas {
            rules.quotas.entry(item_id).or_default().insert(channel_id, quota);
        }
        rules
    }

    /// True where nothing is ruled.
    pub fn is_empty(&self) -> bool {
        self.general.is_empty() && self.own.is_empty() && self.quotas.is_empty()
    }

    /// The policy of a channel for an item; none where none was ever set.
    pub fn policy(&self, channel_id: &ChannelId, item_id: &ItemId) -> Option<&Policy> {
        self.own.get(&(item_id.clone(), channel_id.clone())).or_else(|| self.general.get(channel_id))
    }

    /// The days of life that goods must have left when a channel sells them.
    pub fn min_life_days(&self, channel_id: &ChannelId, item_id: &ItemId) -> i64 {
        if self.is_empty() {
            return 0;
        }
        self.policy(channel_id, item_id).map_or(0, |policy| policy.min_life_days)
    }

    /// True where some channel may sell the item beyond what is free.
    pub fn let_wait(&self, item_id: &ItemId) -> bool {
        let waits = |policy: &Policy| policy.beyond != Beyond::Nothing;
        self.general.values().any(waits)
            || self.own.iter().any(|((of, _), policy)| of == item_id && waits(policy))
    }

    /// The quota of a channel of an item.
    pub fn quota(&self, channel_id: &ChannelId, item_id: &ItemId) -> Option<Quota> {
        self.quotas.get(item_id)?.get(channel_id).copied()
    }

    /// True where a channel may sell all that is free of the item.
    pub fn are_silent(&self, channel_id: &ChannelId, item_id: &ItemId) -> bool {
        !self.quotas.contains_key(item_id) && self.policy(channel_id, item_id).is_none()
    }

    /// Uses units of a quota up, if there is one; gives whether there is.
    pub fn charge(&mut self, channel_id: &ChannelId, item_id: &ItemId, units: i64) -> bool {
        let quota = self.quotas.get_mut(item_id).and_then(|quotas| quotas.get_mut(channel_id));
        quota.map(|quota| quota.used += units).is_some()
    }

    /// What a channel may sell of what is free of an item:
    ///
    /// `ATS = min(S − buffer, left of its quota)`, at least 0, where `S` is what is free at its nodes less what is set
    /// aside there for channels with nodes of their own, and never more than all that is free less all that is set
    /// aside for others.
    pub fn sellable(&self, channel_id: &ChannelId, item_id: &ItemId, free: &Free) -> Sellable {
        let total: i64 = free.values().sum();
        let quota = self.quota(channel_id, item_id);
        let everything = Policy::default();
        let policy = self.policy(channel_id, item_id).unwrap_or(&everything);
        if !policy.is_on {
            return Sellable { ats: 0, by_node: Free::new(), limit: Some(Limit::Off), quota };
        }
        let mut by_node: Free = free
            .iter()
            .filter(|(node_id, _)| policy.nodes.has(node_id))
            .map(|(node_id, units)| (node_id.clone(), *units))
            .collect();
        let (mut ats, mut limit) = (total, None);
        let mut narrow = |to: i64, why: Limit| {
            // Of two reasons that say the same the channel's own quota is the one it can do something about.
            if to < ats || (why == Limit::Quota && limit.is_some() && to == ats) {
                (ats, limit) = (to.max(0), Some(why));
            }
            ats
        };
        narrow(by_node.values().sum(), Limit::Nodes);
        let aside = self.set_aside(item_id, free);
        for (node_id, units) in aside.pinned_for_others(channel_id) {
            if let Some(left) = by_node.get_mut(node_id) {
                *left -= units;
            }
        }
        let unpromised = total - aside.covered_for_others(channel_id);
        let seen = narrow(by_node.values().sum::<i64>().min(unpromised), Limit::SetAside);
        narrow(seen - policy.buffer, Limit::Buffer);
        if let Some(quota) = quota {
            narrow(quota.left(), Limit::Quota);
        }
        by_node.retain(|_, units| *units > 0);
        Sellable { ats, by_node, limit, quota }
    }

    /// How many units the open quota of each channel has behind it.
    pub fn covered(&self, item_id: &ItemId, free: &Free) -> BTreeMap<ChannelId, i64> {
        self.set_aside(item_id, free).into_covers()
    }

    fn set_aside(&self, item_id: &ItemId, free: &Free) -> Aside {
        let open = self.quotas.get(item_id).into_iter().flatten().filter_map(|(channel_id, quota)| {
            let policy = self.policy(channel_id, item_id);
            let is_on = policy.is_none_or(|policy| policy.is_on);
            let nodes = policy.map_or(&Nodes::All, |policy| &policy.nodes);
            (is_on && quota.left() > 0).then(|| (channel_id.clone(), quota.left(), nodes))
        });
        Aside::of(open, free)
    }
}

#[cfg(test)]
mod tests;
