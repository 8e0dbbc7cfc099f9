//! What a channel may sell, looked at as its orders are decided.

use std::collections::HashMap;

use catalogue::Channel;
use db::{Fault, Tx};
use inventory::selling::{self, Free, Quota, Rules, Sellable};
use kernel::{ItemId, NodeId, OrganisationId};
use network::Node;
use orders::place::NewLine;

use super::{ChannelLimit, ShortLine};
use crate::source::{Demand, Pool, ResolvedLine};

/// The rules that bind these channels; asks nothing where nothing was ever ruled.
pub(super) async fn find(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: &HashMap<String, Channel>,
    items: impl Iterator<Item = &ItemId> + Clone,
) -> Result<Rules, Fault> {
    if channels.values().any(|channel| channel.has_stock_rules) {
        selling::find_rules(tx, organisation_id, items).await
    } else {
        Ok(Rules::default())
    }
}

/// What one order may have.
#[derive(Default)]
pub(super) struct Within {
    /// What its channel may sell of items that something is ruled on.
    ruled: HashMap<ItemId, Sellable>,
    /// The stock it may be given; none where it may be given any.
    pool: Option<Pool>,
    /// Units of each item that it may have at once, where something is ruled on any.
    most: HashMap<ItemId, i64>,
    /// Units of each item that are first of those who wait for it.
    owed: HashMap<ItemId, i64>,
    is_exceeded: bool,
}

impl Within {
    pub(super) fn of(
        rules: &Rules,
        pool: &Pool,
        nodes: &HashMap<NodeId, Node>,
        channel: &Channel,
        demands: &[Demand],
        owed: &HashMap<ItemId, i64>,
    ) -> Within {
        let mut within = Within::default();
        if rules.is_empty() {
            return within;
        }
        let mut given = Pool::default();
        for demand in demands {
            let item_id = &demand.item_id;
            // While it is shared out, what came is first of those who wait for it.
            let owed = owed.get(item_id).copied().unwrap_or(0);
            within.owed.insert(item_id.clone(), owed);
            if rules.are_silent(&channel.channel_id, item_id) {
                let free = pool.free_of(item_id, &channel.merchant_id, 0);
                let most = free.values().sum::<i64>() - owed;
                within.is_exceeded |= owed > 0 && demand.quantity.units() > most;
                within.most.insert(item_id.clone(), most);
                given.put(item_id, &channel.merchant_id, free);
                continue;
            }
            let lasting = |min_life_days| {
                let mut free = pool.free_of(item_id, &channel.merchant_id, min_life_days);
                free.retain(|node_id, _| nodes.get(node_id).is_some_and(Node::may_sell));
                free
            };
            let free = lasting(rules.min_life_days(&channel.channel_id, item_id));
            let sellable =
                rules.sellable(&channel.channel_id, item_id, &free).out_of(lasting(0).values().sum());
            let most = sellable.ats - owed;
            within.is_exceeded |= demand.quantity.units() > most;
            within.most.insert(item_id.clone(), most);
            given.put(item_id, &channel.merchant_id, sellable.by_node.clone());
            within.ruled.insert(item_id.clone(), sellable);
        }
        within.pool = (!within.ruled.is_empty()).then_some(given);
        within
    }

    pub(super) fn pool<'p>(&'p self, all: &'p Pool) -> &'p Pool {
        self.pool.as_ref().unwrap_or(all)
    }

    /// Units of an item that it may have at once.
    pub(super) fn most(&self, item_id: &ItemId) -> i64 {
        self.most.get(item_id).copied().unwrap_or(0).max(0)
    }

    /// True where something is ruled on what it wants.
    pub(super) fn is_ruled(&self) -> bool {
        self.pool.is_some()
    }

    /// True where the order wants more of something than its channel may sell.
    pub(super) fn is_exceeded(&self) -> bool {
        self.is_exceeded
    }
}

/// The stock that a refused order may be told of.
pub(super) struct Stock<'a> {
    pub(super) pool: &'a Pool,
    pub(super) nodes: &'a HashMap<NodeId, Node>,
    /// How many nodes may share an order.
    pub(super) max_nodes: usize,
}

impl Stock<'_> {
    /// What there is of an item where it may be sold from.
    fn by_node(&self, item_id: &ItemId, channel: &Channel) -> Free {
        let mut free = self.pool.free_of(item_id, &channel.merchant_id, 0);
        free.retain(|node_id, _| self.nodes.get(node_id).is_some_and(Node::may_sell));
        free
    }

    /// How many of these units one order may get: not so many nodes share it as there may be.
    fn of_one_order(&self, by_node: &Free) -> i64 {
        let mut units: Vec<i64> = by_node.values().copied().collect();
        units.sort_unstable_by_key(|units| std::cmp::Reverse(*units));
        units.iter().take(self.max_nodes).sum()
    }
}

/// The lines whose items the network has too few of; all of them where the items are there but no plan serves them. Of a
/// kit it tells of the item that fewest of it can be made of. What is possible is so for all lines together: an order of
/// the same lines with those quantities would be accepted.
pub(super) fn short_lines(
    asked: &[NewLine],
    lines: &[ResolvedLine],
    demands: &[Demand],
    stock: &Stock<'_>,
    channel: &Channel,
    within: &Within,
) -> Vec<ShortLine> {
    let mut left: HashMap<&ItemId, i64> = HashMap::new();
    let mut all: Vec<ShortLine> = Vec::with_capacity(asked.len());
    for (parts, line) in lines.chunk_by(|one, next| one.asked == next.asked).zip(asked) {
        let mut told: Vec<ShortLine> = Vec::with_capacity(parts.len());
        for part in parts {
            let ResolvedLine { item_id, pack_factor, .. } = part;
            let demand = demands.iter().find(|demand| demand.item_id == *item_id);
            let by_node = stock.by_node(item_id, channel);
            let free = by_node.values().sum();
            let sellable = within.ruled.get(item_id).filter(|sellable| sellable.limit.is_some());
            let owed = within.owed.get(item_id).copied().unwrap_or(0);
            let available = (sellable.map_or(free, |sellable| sellable.ats) - owed).max(0);
            let left = left.entry(item_id).or_insert_with(|| {
                stock.of_one_order(sellable.map_or(&by_node, |sellable| &sellable.by_node)).min(available)
            });
            told.push(ShortLine {
                line_no: part.asked as i64 + 1,
                external_code: line.external_code.clone(),
                item_id: item_id.clone(),
                asked: demand.map_or(0, |demand| demand.quantity.units()),
                available,
                limit: sellable.and_then(|sellable| {
                    sellable.limit.map(|why| ChannelLimit {
                        why,
                        free,
                        quota_left: sellable.quota.map(Quota::left),
                    })
                }),
                held_by: Vec::new(),
                holding_orders: Vec::new(),
                holding_carts: Vec::new(),
                possible_quantity: (*left / pack_factor).min(line.quantity),
                possible_later: None,
                later_on: None,
            });
        }
        let possible_quantity = told.iter().map(|line| line.possible_quantity).min().unwrap_or(0);
        let scarcest = |line: &ShortLine| (line.available >= line.asked, line.possible_quantity);
        let Some(told) = told.into_iter().min_by_key(scarcest) else { continue };
        let told = ShortLine { possible_quantity, ..told };
        for part in parts {
            left.entry(&part.item_id).and_modify(|left| *left -= told.possible_quantity * part.pack_factor);
        }
        all.push(told);
    }
    let short: Vec<ShortLine> = all.iter().filter(|line| line.available < line.asked).cloned().collect();
    if !short.is_empty() {
        return short;
    }
    if all.iter().zip(asked).all(|(line, asked)| line.possible_quantity == asked.quantity) {
        // Each item is within reach of one order, and all of them together are not.
        all.iter_mut().skip(1).for_each(|line| line.possible_quantity = 0);
    }
    all
}
