//! Short: units that a node cannot find or cannot sell. It gives them up, and the next best node gets them at once.

use std::collections::{BTreeSet, HashSet};

use algo_sourcing::{Budget, Plan};
use inventory::{
    Move, State,
    lot::Life,
    ownership::{self, NewSettlementLine},
    selling, store as stock,
};
use kernel::{DecisionId, FulfilmentOrderId, ItemId, MerchantId, NodeId, Quantity, time::to_date};
use orders::{
    Stage,
    advance::{Step, advance},
    read::OrderRow,
};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use serde_json::json;
use sourcing::NewDecision;

use crate::{
    Flows,
    intake::AcceptedPart,
    lots,
    resale::{self, Lent},
    source,
    station::{StationError, open_work},
};

/// The cause of a decision after units were missed at the shelf.
pub(crate) const RE_SOURCE: &str = "re_source";

/// Units that are not where the book says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShortPick {
    /// What is worked on.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Which line.
    pub line_no: i64,
    /// How many units are missing.
    pub quantity: i64,
    /// What is wrong with them.
    pub reason: ShortReason,
}

/// Why units cannot be picked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShortReason {
    /// They are not there.
    NotFound,
    /// They are not fit to be sold.
    Damaged,
}

/// What became of missing units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ShortDone {
    /// Who sends them instead.
    pub re_sourced: Vec<AcceptedPart>,
    /// Units that nobody has now; they wait for stock.
    pub unallocated: i64,
}

/// Units that a node gives up for an order that was promised them.
pub(crate) struct GivenUp<'a> {
    pub fulfilment_order_id: &'a FulfilmentOrderId,
    pub node_id: &'a NodeId,
    pub line_no: i64,
    pub item_id: &'a ItemId,
    pub quantity: Quantity,
    /// Where they are instead.
    pub to: State,
    /// As the ledger calls it.
    pub reason: &'static str,
    /// As the event says it.
    pub says: &'static str,
}

/// Takes units from an order that nobody has picked yet: they are elsewhere, and its line waits for others. The order is
/// locked.
pub(crate) async fn give_up(
    cx: &mut Cx<'_>,
    order: &OrderRow,
    given: &GivenUp<'_>,
) -> Result<(), StationError> {
    let GivenUp { item_id, node_id, quantity, to, reason, .. } = *given;
    let (order_id, owner_id) = (&order.order_id, &order.merchant_id);
    let moved = |owner_id: &MerchantId, from, to, quantity| Move {
        item_id: item_id.clone(),
        owner_id: owner_id.clone(),
        node_id: node_id.clone(),
        from,
        to,
        quantity,
    };
    let mut transfers = Vec::new();
    // What was not there was not bought: the brand whose goods they were bears the loss.
    let given_back = resale::give_back(cx, order_id, [(item_id, node_id, quantity)].into_iter()).await?;
    if !given_back.is_empty() {
        // Locked as intake locks: balances before entitlements.
        stock::lock_available(cx.tx, &cx.organisation_id, [item_id].into_iter()).await?;
    }
    let mut own = quantity.units();
    for back in &given_back {
        let units = back.trade().quantity;
        own -= units.units();
        let freed = moved(owner_id, State::Allocated, State::Available, units);
        let lost = moved(&back.trade().taker_id, State::Available, to, units);
        transfers.push(freed.into_transfer(reason, order_id.as_str(), cx.now));
        transfers.push(back.transfer());
        transfers.push(lost.into_transfer(reason, order_id.as_str(), cx.now));
    }
    if let Some(own) = Quantity::new(own).ok().filter(|own| !own.is_zero()) {
        let lost = moved(owner_id, State::Allocated, to, own);
        transfers.push(lost.into_transfer(reason, order_id.as_str(), cx.now));
    }
    let transfers = lots::of_order(cx, order_id, transfers).await?;
    inventory::post(cx, &transfers).await?;
    ownership::settle(cx, &given_back).await?;
    advance(
        cx,
        &[Step {
            order_id: order_id.clone(),
            line_no: given.line_no,
            fulfilment_order_id: Some(given.fulfilment_order_id.clone()),
            from: Stage::Allocated,
            to: Stage::Unallocated,
            quantity,
        }],
    )
    .await?;
    cx.tell(
        "order.short_picked",
        order_id.as_str(),
        json!({
            "fulfilment_order_id": given.fulfilment_order_id, "node_id": node_id,
            "line_no": given.line_no, "quantity": quantity, "reason": given.says,
        }),
    );
    Ok(())
}

impl Flows {
    /// Reports units that cannot be picked: the node gives them up, and the next best node gets them at once (R21, R22).
    pub async fn short(&self, call: Call, short: ShortPick) -> Result<Answer<ShortDone>, StationError> {
        let flows = self.clone();
        self.runtime
            .command(call, move |cx| {
                let (flows, short) = (flows.clone(), short.clone());
                Box::pin(async move { flows.short_once(cx, &short).await })
            })
            .await
    }

    async fn short_once(&self, cx: &mut Cx<'_>, short: &ShortPick) -> Result<ShortDone, StationError> {
        let work = open_work(cx, &short.fulfilment_order_id).await?;
        let line = work.lines.iter().find(|line| line.line_no == short.line_no);
        let left = line.map_or(0, |line| line.units().get(Stage::Allocated));
        let (Some(line), true) = (line, (1..=left).contains(&short.quantity)) else {
            return Err(StationError::NotThatMany { line_no: short.line_no, asked: short.quantity, left });
        };
        let quantity = Quantity::new(short.quantity).unwrap_or(Quantity::ZERO);
        let (to, reason, says) = match short.reason {
            ShortReason::NotFound => (State::Loss, "short_not_found", "not_found"),
            ShortReason::Damaged => (State::Damaged, "short_damaged", "damaged"),
        };
        let given = GivenUp {
            fulfilment_order_id: &short.fulfilment_order_id,
            node_id: &work.part.node_id,
            line_no: short.line_no,
            item_id: &line.item_id,
            quantity,
            to,
            reason,
            says,
        };
        give_up(cx, &work.order, &given).await?;
        let (re_sourced, unallocated) = self.source_again(cx, &work.order, RE_SOURCE).await?;
        Ok(ShortDone { re_sourced, unallocated })
    }

    /// Finds nodes for an order's units that have none; gives who got some, and how many still have none.
    /// A node that has just given up units of this order is not asked again.
    pub(crate) async fn source_again(
        &self,
        cx: &mut Cx<'_>,
        order: &OrderRow,
        cause: &'static str,
    ) -> Result<(Vec<AcceptedPart>, i64), StationError> {
        let organisation_id = cx.organisation_id.clone();
        let lines = orders::store::list_lines(cx.tx, &organisation_id, &order.order_id).await?;
        let wanted: Vec<(i64, &ItemId, i64)> = lines
            .iter()
            .map(|line| (line.line_no, &line.item_id, line.units().get(Stage::Unallocated)))
            .filter(|(_, _, units)| *units > 0)
            .collect();
        let waiting: i64 = wanted.iter().map(|(_, _, units)| units).sum();
        if waiting == 0 {
            return Ok((Vec::new(), 0));
        }
        let held = orders::store::list_fulfilment_lines(cx.tx, &organisation_id, &order.order_id).await?;
        // Who could not find units a moment ago is not asked for them again. Later, when goods have come or were set
        // free, that node may well have them.
        let rejected: HashSet<NodeId> = held
            .iter()
            .filter(|part| cause == RE_SOURCE && part.units().get(Stage::Unallocated) > 0)
            .map(|part| part.node_id.clone())
            .collect();
        let item_ids: BTreeSet<&ItemId> = wanted.iter().map(|(_, item_id, _)| *item_id).collect();
        let mut available = stock::lock_available(cx.tx, &organisation_id, item_ids.iter().copied()).await?;
        // What was promised is kept, whatever became of quotas and buffers; but from a node that the channel sells from.
        let rules = selling::find_rules(cx.tx, &organisation_id, item_ids.iter().copied()).await?;
        // And what it gets must last as long as the channel asks for.
        let today = to_date(cx.now);
        available.retain(|row| {
            let min_days = rules.min_life_days(&order.channel_id, &row.item_id);
            let policy = rules.policy(&order.channel_id, &row.item_id);
            policy.is_none_or(|policy| policy.nodes.has(&row.node_id))
                && Life { today, min_days }.is_in(row.lot.expires_on)
        });
        let item_ids: Vec<ItemId> = item_ids.into_iter().cloned().collect();
        let items = catalogue::items_by_id(cx.tx, &organisation_id, &item_ids).await?;
        let node_ids: BTreeSet<NodeId> = available.iter().map(|row| row.node_id.clone()).collect();
        let node_ids: Vec<NodeId> = node_ids.into_iter().collect();
        let nodes = network::nodes_by_id(cx.tx, &organisation_id, &node_ids).await?;
        let demands = source::demands(
            wanted.iter().map(|(_, item_id, units)| (*item_id, *units)),
            &items,
            &self.outside,
        );
        let destination = serde_json::from_value::<kernel::Address>(order.ship_to.clone())
            .ok()
            .and_then(|address| address.place);
        let seller_id = &order.merchant_id;
        let mut lent = Lent::gather(cx, [seller_id].into_iter(), &available, true).await?;
        let mut pool = source::Pool::new(available, today);
        let now = cx.now;
        let ask = |pool: &source::Pool| {
            let mut problem = source::problem(
                &demands,
                pool,
                &nodes,
                seller_id,
                destination,
                &self.policy,
                &self.outside.rate_cards,
                now,
                &rejected,
            );
            // Some units now are better than none: the rest wait.
            problem.allow_partial = true;
            problem
        };
        let mut problem = ask(&pool);
        let mut solved = algo_sourcing::solve(&problem, Budget::default());
        let mut joined = None;
        if !solved.as_ref().is_ok_and(Plan::serves_all) {
            joined = lent.join(&pool, seller_id, &demands);
            if let Some(joined) = &joined {
                problem = ask(&joined.pool);
                solved = algo_sourcing::solve(&problem, Budget::default());
            }
        }
        let Ok(plan) = solved else {
            return Ok((Vec::new(), waiting));
        };
        let parts = source::parts(cx, &order.order_id, &plan, &wanted);
        if parts.is_empty() {
            return Ok((Vec::new(), waiting));
        }
        let mut steps = Vec::new();
        let mut transfers = Vec::new();
        let mut bought = Vec::new();
        for (part, line) in parts.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line))) {
            steps.push(Step {
                order_id: order.order_id.clone(),
                line_no: line.line_no,
                fulfilment_order_id: None,
                from: Stage::Unallocated,
                to: Stage::Allocated,
                quantity: line.quantity,
            });
            let (item_id, node_id) = (&line.item_id, &part.node_id);
            let taken = if let Some(joined) = &mut joined {
                let (taken, trades) =
                    lent.take(joined, &mut pool, seller_id, item_id, node_id, line.quantity);
                let lines = resale::lines_of(cx, &order.order_id, trades);
                transfers.extend(lines.iter().map(NewSettlementLine::transfer));
                bought.extend(lines);
                taken
            } else {
                pool.take(item_id, node_id, seller_id, line.quantity, 0)
            };
            for (lot, quantity) in taken {
                let units = Move {
                    item_id: item_id.clone(),
                    owner_id: seller_id.clone(),
                    node_id: node_id.clone(),
                    from: State::Available,
                    to: State::Allocated,
                    quantity,
                };
                let transfer = units.into_transfer("allocate", order.order_id.as_str(), cx.now);
                transfers.push(transfer.of_lot(&lot.code));
            }
        }
        orders::store::insert_fulfilments(cx.tx, &organisation_id, &parts).await?;
        advance(cx, &steps).await?;
        inventory::post(cx, &transfers).await?;
        ownership::settle(cx, &bought).await?;
        let decision = NewDecision {
            decision_id: DecisionId::from_body(&cx.fresh()),
            order_id: order.order_id.clone(),
            cause: cause.into(),
            cost_minor: plan.cost.total_minor(),
            nodes: parts.len() as i64,
            is_exact: plan.is_exact,
            receipt: source::receipt(&problem, &plan, &self.policy, &demands),
            decided_at: cx.now,
        };
        sourcing::store::insert_decisions(cx.tx, &organisation_id, &[decision]).await?;
        let served: i64 = steps.iter().map(|step| step.quantity.units()).sum();
        let summary: Vec<AcceptedPart> = parts
            .iter()
            .map(|part| AcceptedPart {
                fulfilment_order_id: part.fulfilment_order_id.clone(),
                node_id: part.node_id.clone(),
                units: part.lines.iter().map(|line| line.quantity.units()).sum(),
            })
            .collect();
        cx.tell(
            "order.sourced_again",
            order.order_id.as_str(),
            json!({ "cause": cause, "parts": summary, "unallocated": waiting - served }),
        );
        Ok((summary, waiting - served))
    }
}
