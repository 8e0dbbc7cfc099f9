//! Resellers sell from brands' pools. Their own units go first; what is missing comes from the brand as far as they are
//! entitled: it changes its owner where it lies in the transaction that allocates it, so every later step sees the
//! reseller's goods. What an order gives up goes back the same way.

use std::collections::{BTreeSet, HashMap};

use db::Fault;
use inventory::{
    lot::Lot,
    ownership::{NewSettlementLine, Trade},
    store::{Available, Entitlement, list_open_entitlements, list_taken},
};
use kernel::{ItemId, MerchantId, Money, NodeId, OrderId, Quantity};
use runtime::Cx;

use crate::source::{Demand, Pool};

/// What resellers may still take of brands' pools, as a batch of decisions uses it up.
#[derive(Debug, Default)]
pub(crate) struct Lent {
    open: HashMap<(MerchantId, ItemId), Vec<Entitlement>>,
}

/// A seller's own units and what brands lend of theirs, for one decision.
#[derive(Debug)]
pub(crate) struct Joined {
    /// All of it, as if it were the seller's.
    pub(crate) pool: Pool,
    /// How many units each entitlement offers where.
    offers: HashMap<(ItemId, NodeId), Vec<(Entitlement, i64)>>,
}

impl Lent {
    /// What these sellers may take of what others have; nothing is asked where nobody else has any of it.
    pub(crate) async fn gather(
        cx: &Cx<'_>,
        sellers: impl Iterator<Item = &MerchantId>,
        available: &[Available],
        is_locked: bool,
    ) -> Result<Lent, Fault> {
        let sellers: BTreeSet<&MerchantId> = sellers.collect();
        let is_foreign = |row: &&Available| sellers.iter().any(|seller| **seller != row.owner_id);
        let items: BTreeSet<&ItemId> = available.iter().filter(is_foreign).map(|row| &row.item_id).collect();
        let mut lent = Lent::default();
        if items.is_empty() {
            return Ok(lent);
        }
        let (resellers, items) = (sellers.into_iter(), items.into_iter());
        for row in list_open_entitlements(cx.tx, &cx.organisation_id, resellers, items, is_locked).await? {
            lent.open.entry((row.reseller_id.clone(), row.item_id.clone())).or_default().push(row);
        }
        Ok(lent)
    }

    /// What a seller could promise with what is lent to them; none where nothing is.
    pub(crate) fn join(&self, pool: &Pool, seller_id: &MerchantId, demands: &[Demand]) -> Option<Joined> {
        let mut offers: HashMap<(ItemId, NodeId), Vec<(Entitlement, i64)>> = HashMap::new();
        let mut rows = Vec::new();
        let row = |item_id: &ItemId, node_id: &NodeId, units: i64| Available {
            item_id: item_id.clone(),
            owner_id: seller_id.clone(),
            node_id: node_id.clone(),
            lot: Lot::default(),
            quantity: Quantity::new(units).unwrap_or(Quantity::ZERO),
        };
        for Demand { item_id, quantity, .. } in demands {
            rows.extend(pool.of(item_id, seller_id).map(|(node_id, units)| row(item_id, node_id, units)));
            for entitlement in self.open.get(&(seller_id.clone(), item_id.clone())).into_iter().flatten() {
                let wanted = quantity.units();
                if entitlement.unit_price_minor.checked_mul(wanted).is_none() {
                    continue;
                }
                let mut left = entitlement.granted - entitlement.used;
                let is_enough = left >= wanted;
                let mut nodes: Vec<(&NodeId, i64)> = pool.of(item_id, &entitlement.brand_id).collect();
                nodes.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(other.0)));
                for (node_id, there) in nodes {
                    let units = there.min(left);
                    if units == 0 {
                        break;
                    }
                    if !is_enough {
                        // Wherever the plan goes, it must not take more than is left.
                        left -= units;
                    }
                    rows.push(row(item_id, node_id, units));
                    let at = (item_id.clone(), node_id.clone());
                    offers.entry(at).or_default().push((entitlement.clone(), units));
                }
            }
        }
        (!offers.is_empty()).then(|| Joined { pool: Pool::new(rows, pool.today()), offers })
    }

    /// Takes units at a node that a plan of `joined` wants: the seller's own first. Gives the lots they are of, and what
    /// must change hands.
    pub(crate) fn take(
        &mut self,
        joined: &mut Joined,
        pool: &mut Pool,
        seller_id: &MerchantId,
        item_id: &ItemId,
        node_id: &NodeId,
        quantity: Quantity,
    ) -> (Vec<(Lot, Quantity)>, Vec<Trade>) {
        let own = pool.at(item_id, node_id, seller_id).min(quantity.units());
        // A channel that asks for days of life is ruled, and sells its merchant's own.
        let mut lots =
            pool.take(item_id, node_id, seller_id, Quantity::new(own).unwrap_or(Quantity::ZERO), 0);
        let mut open = quantity.units() - own;
        let mut trades = Vec::new();
        for (entitlement, offered) in
            joined.offers.get_mut(&(item_id.clone(), node_id.clone())).into_iter().flatten()
        {
            let units = open.min(*offered);
            if units == 0 {
                continue;
            }
            open -= units;
            *offered -= units;
            let quantity = Quantity::new(units).unwrap_or(Quantity::ZERO);
            let taken = pool.take(item_id, node_id, &entitlement.brand_id, quantity, 0);
            let kept = self.open.get_mut(&(seller_id.clone(), item_id.clone())).into_iter().flatten();
            for kept in kept.filter(|kept| kept.entitlement_id == entitlement.entitlement_id) {
                kept.used += units;
            }
            trades.extend(taken.iter().map(|(lot, quantity)| Trade {
                item_id: item_id.clone(),
                node_id: node_id.clone(),
                giver_id: entitlement.brand_id.clone(),
                taker_id: seller_id.clone(),
                lot: lot.code.clone(),
                quantity: *quantity,
                unit_price: Money { minor: entitlement.unit_price_minor, currency: entitlement.currency },
                entitlement_id: Some(entitlement.entitlement_id.clone()),
                is_reversal: false,
            }));
            lots.extend(taken);
        }
        (lots, trades)
    }
}

/// The lines of trades that an order makes; their amounts were seen to be countable when they were offered.
pub(crate) fn lines_of(cx: &mut Cx<'_>, order_id: &OrderId, trades: Vec<Trade>) -> Vec<NewSettlementLine> {
    trades.into_iter().filter_map(|trade| NewSettlementLine::new(cx, order_id.as_str(), trade)).collect()
}

/// The lines by which units that an order gives up go back to the brands they came from, as many as came from them.
pub(crate) async fn give_back<'u>(
    cx: &mut Cx<'_>,
    order_id: &OrderId,
    units: impl Iterator<Item = (&'u ItemId, &'u NodeId, Quantity)>,
) -> Result<Vec<NewSettlementLine>, Fault> {
    let mut taken = list_taken(cx.tx, &cx.organisation_id, order_id.as_str()).await?;
    let mut trades = Vec::new();
    if taken.is_empty() {
        return Ok(Vec::new());
    }
    for (item_id, node_id, quantity) in units {
        let mut open = quantity.units();
        for row in taken.iter_mut().filter(|row| row.item_id == *item_id) {
            let back = open.min(row.quantity);
            if back == 0 {
                continue;
            }
            open -= back;
            row.quantity -= back;
            trades.push(Trade {
                item_id: item_id.clone(),
                node_id: node_id.clone(),
                giver_id: row.reseller_id.clone(),
                taker_id: row.brand_id.clone(),
                lot: String::new(),
                quantity: Quantity::new(back).unwrap_or(Quantity::ZERO),
                unit_price: Money { minor: row.unit_price_minor, currency: row.currency },
                entitlement_id: Some(row.entitlement_id.clone()),
                is_reversal: true,
            });
        }
    }
    Ok(lines_of(cx, order_id, trades))
}
