//! Sourcing: facts in the engine's words, and its plan in ours.

use std::collections::{BTreeMap, HashMap, HashSet};

use algo_sourcing::{Candidate, Line, Plan, Problem};
use carriers::RateCard;
use catalogue::Item;
use inventory::{
    lot::{Life, Lot, Lots},
    selling::Free,
    store::{Available, Part},
};
use kernel::{
    FulfilmentOrderId, ItemId, MerchantId, NodeId, OrderId, Place, Quantity, Timestamp, time::Date,
};
use network::Node;
use orders::fulfil::{NewFulfilment, NewFulfilmentLine};
use runtime::Cx;
use serde::{Deserialize, Serialize};
use sourcing::{
    Policy,
    receipt::{Receipt, Wanted, Weighed},
};

use crate::Outside;

/// An item's units that an order wants, over all its lines: the engine never sees one item twice (F2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Demand {
    /// The item.
    pub item_id: ItemId,
    /// How many units.
    pub quantity: Quantity,
    /// What a carrier bills one by.
    pub billed_grams: i64,
}

/// A line whose code is known; where the code means a kit, the line of one of its items.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolvedLine {
    /// The place of the line that was asked, from 0.
    pub asked: usize,
    /// The item.
    pub item_id: ItemId,
    /// Base units: packs times the factor.
    pub units: i64,
    /// Base units in a pack.
    pub pack_factor: i64,
    /// What a pack costs: of a kit's price, this item's share.
    pub pack_price_minor: i64,
    /// What to call it.
    pub title: String,
}

/// What each item of a kit is of its price: as many parts as units, and what cannot be divided goes to the first, so that
/// the shares are the price to the minor unit.
pub fn shares(price_minor: i64, units: &[i64]) -> Vec<i64> {
    let all: i128 = units.iter().map(|units| i128::from(*units)).sum::<i128>().max(1);
    let share = |units: &i64| i64::try_from(i128::from(price_minor) * i128::from(*units) / all).unwrap_or(0);
    let mut shares: Vec<i64> = units.iter().map(share).collect();
    let rest = price_minor - shares.iter().sum::<i64>();
    if let Some(first) = shares.first_mut() {
        *first += rest;
    }
    shares
}

/// What is free, as a batch of decisions uses it up. Expired goods are not.
#[derive(Debug, Clone, Default)]
pub struct Pool {
    today: Date,
    free: HashMap<ItemId, BTreeMap<(NodeId, MerchantId), i64>>,
    /// Of which lots, where they are of any.
    lots: HashMap<ItemId, BTreeMap<(NodeId, MerchantId), Lots>>,
}

impl Pool {
    /// The pool of these rows as it is on a day.
    pub fn new(rows: Vec<Available>, today: Date) -> Pool {
        let mut pool = Pool { today, ..Pool::default() };
        for Available { item_id, owner_id, node_id, lot, quantity } in rows {
            pool.change(&item_id, (node_id, owner_id), &lot, quantity.units());
        }
        pool
    }

    /// Units that were held are free.
    pub fn add<'p>(&mut self, parts: impl Iterator<Item = &'p Part>) {
        for part in parts {
            let at = (part.node_id.clone(), part.owner_id.clone());
            self.change(&part.item_id, at, &part.lot, part.quantity.units());
        }
    }

    /// They are held as before.
    pub fn remove<'p>(&mut self, parts: impl Iterator<Item = &'p Part>) {
        for part in parts {
            let at = (part.node_id.clone(), part.owner_id.clone());
            self.change(&part.item_id, at, &part.lot, -part.quantity.units());
        }
    }

    fn change(&mut self, item_id: &ItemId, at: (NodeId, MerchantId), lot: &Lot, units: i64) {
        if !lot.code.is_empty() {
            let lots = self.lots.entry(item_id.clone()).or_default().entry(at.clone()).or_default();
            lots.add(lot.clone(), units);
        }
        if self.life(0).is_in(lot.expires_on) {
            *self.free.entry(item_id.clone()).or_default().entry(at).or_default() += units;
        }
    }

    fn life(&self, min_days: i64) -> Life {
        Life { today: self.today, min_days }
    }

    /// The day it is of.
    pub fn today(&self) -> Date {
        self.today
    }

    /// Uses units up that have so many days of life left. Gives the lots they are of: first those that expire first, last
    /// what is of none.
    pub fn take(
        &mut self,
        item_id: &ItemId,
        node_id: &NodeId,
        owner_id: &MerchantId,
        quantity: Quantity,
        min_life_days: i64,
    ) -> Vec<(Lot, Quantity)> {
        let (at, mut left) = ((node_id.clone(), owner_id.clone()), quantity.units());
        if let Some(free) = self.free.get_mut(item_id).and_then(|nodes| nodes.get_mut(&at)) {
            *free -= left;
        }
        let life = self.life(min_life_days);
        let mut taken = Vec::new();
        if let Some(lots) = self.lots.get_mut(item_id).and_then(|nodes| nodes.get_mut(&at)) {
            for (lot, units) in lots.take(life, left) {
                left -= units;
                taken.push((lot, Quantity::new(units).unwrap_or(Quantity::ZERO)));
            }
        }
        if left > 0 {
            taken.push((Lot::default(), Quantity::new(left).unwrap_or(Quantity::ZERO)));
        }
        taken
    }

    /// What one owner has free of an item with so many days of life left, by node.
    pub fn free_of(&self, item_id: &ItemId, owner_id: &MerchantId, min_life_days: i64) -> Free {
        let lots = self.lots.get(item_id).filter(|_| min_life_days > 0);
        let too_short = |node_id: &NodeId| {
            let lots = lots.and_then(|nodes| nodes.get(&(node_id.clone(), owner_id.clone())));
            lots.map_or(0, |lots| lots.units(self.life(0)) - lots.units(self.life(min_life_days)))
        };
        let free =
            self.of(item_id, owner_id).map(|(node_id, units)| (node_id.clone(), units - too_short(node_id)));
        free.filter(|(_, units)| *units > 0).collect()
    }

    /// A pool of the same day without anything in it.
    pub fn empty(&self) -> Pool {
        Pool { today: self.today, ..Pool::default() }
    }

    /// Who has an item free somewhere.
    pub fn owners(&self, item_id: &ItemId) -> impl Iterator<Item = &MerchantId> {
        self.free.get(item_id).into_iter().flatten().map(|((_, owner_id), _)| owner_id)
    }

    /// Makes that what one owner has free of an item.
    pub fn put(&mut self, item_id: &ItemId, owner_id: &MerchantId, free: Free) {
        let entry = self.free.entry(item_id.clone()).or_default();
        entry.retain(|(_, owner), _| owner != owner_id);
        entry.extend(free.into_iter().map(|(node_id, units)| ((node_id, owner_id.clone()), units)));
    }

    /// How many units of an item one owner has free in the network.
    pub fn total(&self, item_id: &ItemId, owner_id: &MerchantId) -> i64 {
        self.of(item_id, owner_id).map(|(_, quantity)| quantity).sum()
    }

    /// How many units of an item one owner has free at a node.
    pub fn at(&self, item_id: &ItemId, node_id: &NodeId, owner_id: &MerchantId) -> i64 {
        let nodes = self.free.get(item_id);
        nodes.and_then(|nodes| nodes.get(&(node_id.clone(), owner_id.clone()))).copied().unwrap_or(0)
    }

    /// The nodes where one owner has an item free, and how many units.
    pub fn of<'p>(
        &'p self,
        item_id: &ItemId,
        owner_id: &'p MerchantId,
    ) -> impl Iterator<Item = (&'p NodeId, i64)> + 'p {
        let nodes = self.free.get(item_id).into_iter().flatten();
        nodes
            .filter(move |((_, owner), quantity)| owner == owner_id && **quantity > 0)
            .map(|((node_id, _), quantity)| (node_id, *quantity))
    }
}

/// The demand of units of items, items in the order they first appear.
pub fn demands<'l>(
    wanted: impl Iterator<Item = (&'l ItemId, i64)>,
    items: &HashMap<ItemId, Item>,
    outside: &Outside,
) -> Vec<Demand> {
    let divisor = outside.rate_cards.first().and_then(|card| card.dim_divisor_cm3_per_kg);
    let mut demands: Vec<Demand> = Vec::new();
    let mut places: HashMap<&ItemId, usize> = HashMap::new();
    for (item_id, units) in wanted {
        let units = Quantity::new(units).unwrap_or(Quantity::MAX);
        if let Some(place) = places.get(item_id) {
            let demand = &mut demands[*place];
            demand.quantity = demand.quantity.plus(units).unwrap_or(Quantity::MAX);
        } else {
            places.insert(item_id, demands.len());
            let billed_grams = items.get(item_id).map_or(0, |item| item.billed_grams(divisor));
            demands.push(Demand { item_id: item_id.clone(), quantity: units, billed_grams });
        }
    }
    demands
}

/// The problem of one order. Nodes in `rejected` said they cannot.
#[expect(
    clippy::too_many_arguments,
    reason = "these are the facts of a decision; a struct would only rename them"
)]
pub fn problem(
    demands: &[Demand],
    pool: &Pool,
    nodes: &HashMap<NodeId, Node>,
    owner_id: &MerchantId,
    destination: Option<Place>,
    policy: &Policy,
    cards: &[RateCard],
    now: Timestamp,
    rejected: &HashSet<NodeId>,
) -> Problem {
    let mut available: BTreeMap<&NodeId, Vec<Quantity>> = BTreeMap::new();
    for (place, demand) in demands.iter().enumerate() {
        for (node_id, free) in pool.of(&demand.item_id, owner_id) {
            let row = available.entry(node_id).or_insert_with(|| vec![Quantity::ZERO; demands.len()]);
            row[place] = Quantity::new(free).unwrap_or(Quantity::MAX);
        }
    }
    let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
    let candidates: Vec<Candidate> = available
        .into_iter()
        .filter_map(|(node_id, row)| nodes.get(node_id).map(|node| (node, row)))
        .map(|(node, row)| {
            policy.candidate(node, destination, cards, date, row, rejected.contains(&node.node_id))
        })
        .collect();
    let lines = demands
        .iter()
        .zip(0..)
        .map(|(demand, line_no)| Line {
            line_no,
            quantity: demand.quantity,
            unit_weight_grams: demand.billed_grams,
        })
        .collect();
    Problem { lines, candidates, max_nodes: policy.max_nodes, allow_partial: false }
}

/// The plan as fulfilment orders for lines given as number, item and units: the units of each item go to its lines in
/// their order. The engine's line numbers are places among the distinct items, in the order they first appear.
pub fn parts(
    cx: &mut Cx<'_>,
    order_id: &OrderId,
    plan: &Plan,
    lines: &[(i64, &ItemId, i64)],
) -> Vec<NewFulfilment> {
    let mut distinct: Vec<&ItemId> = Vec::new();
    let mut open: Vec<Vec<(i64, i64)>> = Vec::new();
    let mut places: HashMap<&ItemId, usize> = HashMap::new();
    for (line_no, item_id, units) in lines {
        let place = *places.entry(item_id).or_insert_with(|| {
            distinct.push(item_id);
            open.push(Vec::new());
            distinct.len() - 1
        });
        open[place].push((*line_no, *units));
    }
    for queue in &mut open {
        queue.reverse();
    }
    plan.shipments
        .iter()
        .map(|shipment| {
            let mut part = Vec::new();
            for units in &shipment.units {
                let place = units.line_no as usize;
                let mut left = units.quantity.units();
                while left > 0 {
                    let Some((line_no, wanted)) = open[place].pop() else { break };
                    let taken = wanted.min(left);
                    left -= taken;
                    part.push(NewFulfilmentLine {
                        line_no,
                        item_id: distinct[place].clone(),
                        quantity: Quantity::new(taken).unwrap_or(Quantity::ZERO),
                    });
                    if wanted > taken {
                        open[place].push((line_no, wanted - taken));
                    }
                }
            }
            part.sort_by_key(|line| line.line_no);
            NewFulfilment {
                fulfilment_order_id: FulfilmentOrderId::from_body(&cx.fresh()),
                order_id: order_id.clone(),
                node_id: shipment.node_id.clone(),
                method: "ship".into(),
                created_at: cx.now,
                lines: part,
            }
        })
        .collect()
}

/// What is kept of a decision: the policy, what each candidate would have cost and why it was not chosen, at most the
/// forty nearest.
pub fn receipt(problem: &Problem, plan: &Plan, policy: &Policy, demands: &[Demand]) -> Receipt {
    let candidates = plan.considered.iter().take(40).map(|considered| {
        let facts = problem.candidates.iter().find(|candidate| candidate.node_id == considered.node_id);
        Weighed {
            node_id: considered.node_id.clone(),
            outcome: considered.outcome.clone(),
            distance_metres: facts.and_then(|candidate| candidate.distance_metres),
            package_minor: facts.map(|candidate| candidate.package_minor),
            per_kg_minor: facts.map(|candidate| candidate.per_kg_minor),
            per_line_minor: facts.map(|candidate| candidate.per_line_minor),
        }
    });
    let items = demands.iter().take(100).map(|demand| Wanted {
        item_id: demand.item_id.clone(),
        quantity: demand.quantity,
        billed_grams: demand.billed_grams,
    });
    Receipt {
        policy: policy.name.clone(),
        items: items.collect(),
        cost: plan.cost,
        is_exact: plan.is_exact,
        considered: plan.considered.len(),
        candidates: candidates.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_of_a_kit_are_its_price() {
        assert_eq!(shares(1_000, &[1, 2]), [334, 666]);
        assert_eq!(shares(999, &[5]), [999]);
        for price in [0, 1, 7, 99, 1_000_003, i64::MAX] {
            for units in [vec![1, 1, 1], vec![7, 11, 13, 1_000_000], vec![3; 50]] {
                let shares = shares(price, &units);
                assert_eq!(shares.iter().map(|share| i128::from(*share)).sum::<i128>(), i128::from(price));
                assert!(shares.iter().all(|share| *share >= 0), "{price} over {units:?}: {shares:?}");
            }
        }
    }
}
