//! What a channel may sell, looked at as its orders are decided.

use std::collections::HashMap;

use catalogue::Channel;
use db::{Fault, Tx};
use inventory::selling::{self, Quota, Rules, Sellable};
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
    is_exceeded: bool,
}

impl Within {
    pub(super) fn of(
        rules: &Rules,
        pool: &Pool,
        nodes: &HashMap<NodeId, Node>,
        channel: &Channel,
        demands: &[Demand],
    ) -> Within {
        let mut within = Within::default();
        if rules.is_empty() {
            return within;
        }
        let mut given = Pool::default();
        for demand in demands {
            let item_id = &demand.item_id;
            if rules.are_silent(&channel.channel_id, item_id) {
                let free = pool.free_of(item_id, &channel.merchant_id, 0);
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
            within.is_exceeded |= demand.quantity.units() > sellable.ats;
            given.put(item_id, &channel.merchant_id, sellable.by_node.clone());
            within.ruled.insert(item_id.clone(), sellable);
        }
        within.pool = (!within.ruled.is_empty()).then_some(given);
        within
    }

    pub(super) fn pool<'p>(&'p self, all: &'p Pool) -> &'p Pool {
        self.pool.as_ref().unwrap_or(all)
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

/// The lines whose items the network has too few of; all of them where the items are there but no plan serves them.
pub(super) fn short_lines(
    asked: &[NewLine],
    lines: &[ResolvedLine],
    demands: &[Demand],
    pool: &Pool,
    channel: &Channel,
    within: &Within,
) -> Vec<ShortLine> {
    let all: Vec<ShortLine> = lines
        .iter()
        .zip(asked)
        .zip(1..)
        .map(|((resolved, line), line_no)| {
            let ResolvedLine { item_id, pack_factor, .. } = resolved;
            let asked = demands
                .iter()
                .find(|demand| demand.item_id == *item_id)
                .map_or(0, |demand| demand.quantity.units());
            let free = pool.total(item_id, &channel.merchant_id);
            let sellable = within.ruled.get(item_id).filter(|sellable| sellable.limit.is_some());
            let available = sellable.map_or(free, |sellable| sellable.ats);
            ShortLine {
                line_no,
                external_code: line.external_code.clone(),
                item_id: item_id.clone(),
                asked,
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
                possible_quantity: (available / pack_factor).min(line.quantity),
            }
        })
        .collect();
    let short: Vec<ShortLine> = all.iter().filter(|line| line.available < line.asked).cloned().collect();
    if short.is_empty() { all } else { short }
}
