//! Sourcing again: orders with units that no node has get nodes, in the order in which they are given, in one
//! transaction of set-based statements.

use std::collections::{BTreeSet, HashMap, HashSet};

use algo_sourcing::{Budget, Plan};
use inventory::{
    Account, State, Transfer,
    ownership::{self, NewSettlementLine},
    selling::{self, Rules, beyond::Claim},
    store as stock,
};
use kernel::{Address, DecisionId, ItemId, MerchantId, NodeId, Quantity, time::to_date};
use network::Node;
use orders::{
    Stage,
    advance::{Step, advance},
    fulfil::NewFulfilment,
    read::{LineRow, OrderRow},
};
use runtime::Cx;
use serde_json::json;
use sourcing::NewDecision;

use crate::{
    Flows,
    intake::AcceptedPart,
    resale::{self, Lent},
    source::{self, Pool},
    station::StationError,
};

/// Why nodes are looked for again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Again {
    /// Units were missed at the shelf. A node that has just given up units of the order is not asked again.
    ReSource,
    /// Goods came, or were set free: those who wait get them.
    Restock,
}

impl Again {
    const fn name(self) -> &'static str {
        match self {
            Again::ReSource => "re_source",
            Again::Restock => "restock",
        }
    }
}

/// What an order got.
#[derive(Debug, Default)]
pub(crate) struct Sourced {
    /// Who sends what.
    pub(crate) parts: Vec<AcceptedPart>,
    /// Units that still have no node.
    pub(crate) waiting: i64,
    /// The items whose units were looked for.
    pub(crate) items: BTreeSet<ItemId>,
}

/// Units of a line that have no node.
struct Wanted<'a> {
    line_no: i64,
    item_id: &'a ItemId,
    unallocated: i64,
    backordered: i64,
}

impl Wanted<'_> {
    fn units(&self) -> i64 {
        self.unallocated + self.backordered
    }
}

/// What is to be written.
#[derive(Default)]
struct Written {
    fulfilments: Vec<NewFulfilment>,
    steps: Vec<Step>,
    transfers: Vec<Transfer>,
    bought: Vec<NewSettlementLine>,
    decisions: Vec<NewDecision>,
    claims: Vec<Claim>,
}

/// What all of them share.
struct Facts {
    pool: Pool,
    lent: Lent,
    rules: Rules,
    nodes: HashMap<NodeId, Node>,
    items: HashMap<ItemId, catalogue::Item>,
}

impl Flows {
    /// Finds nodes for the units of orders that have none; gives for each what it got. Some units now are better than
    /// none: the rest wait.
    pub(crate) async fn source_again(
        &self,
        cx: &mut Cx<'_>,
        orders: &[OrderRow],
        again: Again,
    ) -> Result<Vec<Sourced>, StationError> {
        let organisation_id = cx.organisation_id.clone();
        let ids = || orders.iter().map(|order| &order.order_id);
        let lines = orders::store::lines_of_orders(cx.tx, &organisation_id, ids()).await?;
        let mut rejected: HashMap<&kernel::OrderId, HashSet<NodeId>> = HashMap::new();
        if again == Again::ReSource {
            let held = orders::store::fulfilment_lines_of_orders(cx.tx, &organisation_id, ids()).await?;
            for order_id in ids() {
                let gave_up = held.get(order_id).into_iter().flatten();
                let gave_up = gave_up.filter(|part| part.units().get(Stage::Unallocated) > 0);
                rejected.insert(order_id, gave_up.map(|part| part.node_id.clone()).collect());
            }
        }
        let wanted: Vec<Vec<Wanted<'_>>> = orders
            .iter()
            .map(|order| wanted(lines.get(&order.order_id).map_or(&[], Vec::as_slice), again))
            .collect();
        let item_ids: BTreeSet<&ItemId> = wanted.iter().flatten().map(|wanted| wanted.item_id).collect();
        if item_ids.is_empty() {
            return Ok(orders.iter().map(|_| Sourced::default()).collect());
        }
        let mut facts = self.find_facts(cx, orders, &item_ids).await?;
        let mut written = Written::default();
        let mut all = Vec::with_capacity(orders.len());
        let none = HashSet::new();
        for (order, wanted) in orders.iter().zip(&wanted) {
            let rejected = rejected.get(&order.order_id).unwrap_or(&none);
            let parts = self.source_one(cx, order, wanted, again, rejected, &mut facts, &mut written);
            let got: i64 = parts.iter().map(|part| part.units).sum();
            let waiting = wanted.iter().map(Wanted::units).sum::<i64>() - got;
            if got > 0 {
                cx.tell(
                    "order.sourced_again",
                    order.order_id.as_str(),
                    json!({ "cause": again.name(), "parts": parts, "unallocated": waiting }),
                );
            }
            let items = wanted.iter().map(|wanted| wanted.item_id.clone()).collect();
            all.push(Sourced { parts, waiting, items });
        }
        if !written.steps.is_empty() {
            orders::store::insert_fulfilments(cx.tx, &organisation_id, &written.fulfilments).await?;
            advance(cx, &written.steps).await?;
            inventory::post(cx, &written.transfers).await?;
            ownership::settle(cx, &written.bought).await?;
            selling::beyond::give_back(cx.tx, &organisation_id, &written.claims).await?;
            sourcing::store::insert_decisions(cx.tx, &organisation_id, &written.decisions).await?;
        }
        Ok(all)
    }

    async fn find_facts(
        &self,
        cx: &Cx<'_>,
        orders: &[OrderRow],
        item_ids: &BTreeSet<&ItemId>,
    ) -> Result<Facts, StationError> {
        let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
        let available = stock::lock_available(tx, organisation_id, item_ids.iter().copied()).await?;
        let rules = selling::find_rules(tx, organisation_id, item_ids.iter().copied()).await?;
        let ids: Vec<ItemId> = item_ids.iter().map(|item_id| (*item_id).clone()).collect();
        let items = catalogue::items_by_id(tx, organisation_id, &ids).await?;
        let node_ids: BTreeSet<NodeId> = available.iter().map(|row| row.node_id.clone()).collect();
        let node_ids: Vec<NodeId> = node_ids.into_iter().collect();
        let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
        let sellers = orders.iter().map(|order| &order.merchant_id);
        let lent = Lent::gather(cx, sellers, &available, true).await?;
        Ok(Facts { pool: Pool::new(available, to_date(cx.now)), lent, rules, nodes, items })
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "what is known, and what is to be written, are each one argument"
    )]
    fn source_one(
        &self,
        cx: &mut Cx<'_>,
        order: &OrderRow,
        wanted: &[Wanted<'_>],
        again: Again,
        rejected: &HashSet<NodeId>,
        facts: &mut Facts,
        written: &mut Written,
    ) -> Vec<AcceptedPart> {
        let seller_id = &order.merchant_id;
        let Given { pool: own, most, lasts } = facts.given(order, wanted);
        let open: Vec<(i64, &ItemId, i64)> = within(wanted, most);
        if open.is_empty() {
            return Vec::new();
        }
        let units = open.iter().map(|(_, item_id, units)| (*item_id, *units));
        let demands = source::demands(units, &facts.items, &self.outside);
        let destination = serde_json::from_value::<Address>(order.ship_to.clone()).ok();
        let destination = destination.and_then(|address| address.place);
        let now = cx.now;
        let ask = |pool: &Pool| {
            let mut problem = source::problem(
                &demands,
                pool,
                &facts.nodes,
                seller_id,
                destination,
                &self.policy,
                &self.outside.rate_cards,
                now,
                rejected,
            );
            problem.allow_partial = true;
            problem
        };
        let mut problem = ask(&own);
        let mut solved = algo_sourcing::solve(&problem, Budget::default());
        let mut joined = None;
        if !lasts && !solved.as_ref().is_ok_and(Plan::serves_all) {
            joined = facts.lent.join(&own, seller_id, &demands);
            if let Some(joined) = &joined {
                problem = ask(&joined.pool);
                solved = algo_sourcing::solve(&problem, Budget::default());
            }
        }
        let Ok(plan) = solved else { return Vec::new() };
        let parts = source::parts(cx, &order.order_id, &plan, &open);
        if parts.is_empty() {
            return Vec::new();
        }
        let mut given_up: HashMap<i64, i64> =
            wanted.iter().map(|wanted| (wanted.line_no, wanted.unallocated)).collect();
        for (part, line) in parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line))) {
            let left = given_up.entry(line.line_no).or_default();
            let first = line.quantity.units().min(*left);
            *left -= first;
            for (from, units) in
                [(Stage::Unallocated, first), (Stage::Backordered, line.quantity.units() - first)]
            {
                let Some(quantity) = Quantity::new(units).ok().filter(|units| !units.is_zero()) else {
                    continue;
                };
                written.steps.push(Step {
                    order_id: order.order_id.clone(),
                    line_no: line.line_no,
                    fulfilment_order_id: None,
                    from,
                    to: Stage::Allocated,
                    quantity,
                });
                if from == Stage::Backordered {
                    let channel_id = order.channel_id.clone();
                    written.claims.push(Claim { item_id: line.item_id.clone(), channel_id, units });
                }
            }
            let (item_id, node_id, pool) = (&line.item_id, &part.node_id, &mut facts.pool);
            let taken = if let Some(joined) = &mut joined {
                let (taken, trades) =
                    facts.lent.take(joined, pool, seller_id, item_id, node_id, line.quantity);
                let lines = resale::lines_of(cx, &order.order_id, trades);
                written.transfers.extend(lines.iter().map(NewSettlementLine::transfer));
                written.bought.extend(lines);
                taken
            } else {
                let min_days = facts.rules.min_life_days(&order.channel_id, item_id);
                pool.take(item_id, node_id, seller_id, line.quantity, min_days)
            };
            let account = |state| Account::at(item_id, seller_id, node_id, state);
            written.transfers.extend(taken.into_iter().map(|(lot, quantity)| {
                let transfer = Transfer {
                    from: account(State::Available),
                    to: account(State::Allocated),
                    quantity,
                    reason: "allocate".into(),
                    cause_id: order.order_id.as_str().to_owned(),
                    happened_at: now,
                };
                transfer.of_lot(&lot.code)
            }));
        }
        written.decisions.push(NewDecision {
            decision_id: DecisionId::from_body(&cx.fresh()),
            order_id: order.order_id.clone(),
            cause: again.name().into(),
            cost_minor: plan.cost.total_minor(),
            nodes: parts.len() as i64,
            is_exact: plan.is_exact,
            receipt: source::receipt(&problem, &plan, &self.policy, &demands),
            decided_at: now,
        });
        let summary = parts.iter().map(|part| AcceptedPart {
            fulfilment_order_id: part.fulfilment_order_id.clone(),
            node_id: part.node_id.clone(),
            units: part.lines.iter().map(|line| line.quantity.units()).sum(),
        });
        let summary = summary.collect();
        written.fulfilments.extend(parts);
        summary
    }
}

/// What an order may be given.
struct Given {
    pool: Pool,
    /// Units of each item at most.
    most: HashMap<ItemId, i64>,
    /// True where its channel asks for days of life.
    lasts: bool,
}

impl Facts {
    /// What was promised from stock is kept, whatever became of quotas and buffers; what was promised beyond it is given
    /// within them. Both from nodes that the channel sells from, and of goods that last as long as it asks for.
    fn given(&mut self, order: &OrderRow, wanted: &[Wanted<'_>]) -> Given {
        let (channel_id, seller_id) = (&order.channel_id, &order.merchant_id);
        let mut given = Given { pool: self.pool.empty(), most: HashMap::new(), lasts: false };
        for item_id in wanted.iter().map(|wanted| wanted.item_id).collect::<BTreeSet<_>>() {
            let min_days = self.rules.min_life_days(channel_id, item_id);
            given.lasts |= min_days > 0;
            let policy = self.rules.policy(channel_id, item_id);
            let owners: BTreeSet<MerchantId> = self.pool.owners(item_id).cloned().collect();
            for owner_id in owners {
                let mut free = self.pool.free_of(item_id, &owner_id, min_days);
                free.retain(|node_id, _| policy.is_none_or(|policy| policy.nodes.has(node_id)));
                given.pool.put(item_id, &owner_id, free);
            }
            let of_item = || wanted.iter().filter(|wanted| wanted.item_id == item_id);
            let backordered: i64 = of_item().map(|wanted| wanted.backordered).sum();
            let unallocated: i64 = of_item().map(|wanted| wanted.unallocated).sum();
            let mut most = i64::MAX;
            if backordered > 0 && !self.rules.are_silent(channel_id, item_id) {
                let mut free = self.pool.free_of(item_id, seller_id, min_days);
                free.retain(|node_id, _| self.nodes.get(node_id).is_some_and(Node::may_sell));
                // The quota was charged when it was promised.
                self.rules.charge(channel_id, item_id, -backordered);
                let sellable = self.rules.sellable(channel_id, item_id, &free);
                self.rules.charge(channel_id, item_id, backordered);
                most = unallocated + sellable.ats;
                if unallocated == 0 {
                    given.pool.put(item_id, seller_id, sellable.by_node);
                }
            }
            given.most.insert(item_id.clone(), most);
        }
        given
    }
}

fn wanted(lines: &[LineRow], again: Again) -> Vec<Wanted<'_>> {
    let wanted = lines.iter().map(|line| Wanted {
        line_no: line.line_no,
        item_id: &line.item_id,
        unallocated: line.units().get(Stage::Unallocated),
        // They wait for their turn.
        backordered: match again {
            Again::ReSource => 0,
            Again::Restock => line.units().get(Stage::Backordered),
        },
    });
    wanted.filter(|wanted| wanted.units() > 0).collect()
}

/// The lines with as many of their units as the order may be given of each item.
fn within<'w>(wanted: &[Wanted<'w>], mut most: HashMap<ItemId, i64>) -> Vec<(i64, &'w ItemId, i64)> {
    let lines = wanted.iter().map(|wanted| {
        let left = most.get_mut(wanted.item_id);
        let units = left.map_or(wanted.units(), |left| {
            let units = wanted.units().min(*left).max(0);
            *left -= units;
            units
        });
        (wanted.line_no, wanted.item_id, units)
    });
    lines.filter(|(_, _, units)| *units > 0).collect()
}
