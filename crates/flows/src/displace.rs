//! Orders that lose units nobody has picked for them yet, because the units are not there: least harm first.

use std::collections::BTreeSet;

use inventory::{State, till::Shortage};
use kernel::{OrderId, Quantity};
use orders::store::{Claim, list_claims, lock_idle_orders, lock_orders};
use runtime::Cx;

use crate::{
    Flows,
    again::Again,
    short::{GivenUp, give_up},
    station::StationError,
};

/// Held by whoever takes units from orders: two of them would wait for each other's orders.
const LOCK: &str = "orders.displace";

/// Claims of orders that are locked.
pub(crate) struct Claims {
    locked: BTreeSet<OrderId>,
    open: Vec<Claim>,
}

/// An order that lost units.
pub(crate) struct Displaced {
    pub order_id: OrderId,
    pub units: i64,
    /// Units of the order that no node has now.
    pub unallocated: i64,
}

/// Locks as many orders as cover what is short, before any balance is locked: as a station does.
pub(crate) async fn lock_claims(cx: &Cx<'_>, short: &[Shortage]) -> Result<Claims, StationError> {
    let mut claims = Claims { locked: BTreeSet::new(), open: read(cx, short).await? };
    for shortage in short {
        let taken = claims.take(shortage);
        claims.locked.extend(taken.into_iter().map(|(claim, _)| claim.order_id));
    }
    lock_orders(cx, claims.locked.iter()).await?;
    // Somebody may have worked on them until now.
    claims.open = read(cx, short).await?;
    claims.open.retain(|claim| claims.locked.contains(&claim.order_id));
    Ok(claims)
}

/// Begins what may take units from orders: one at a time.
pub(crate) async fn begin(cx: &Cx<'_>) -> Result<(), StationError> {
    Ok(cx.tx.lock_name(LOCK).await?)
}

async fn read(cx: &Cx<'_>, short: &[Shortage]) -> Result<Vec<Claim>, StationError> {
    if short.is_empty() {
        return Ok(Vec::new());
    }
    let nodes = short.iter().map(|shortage| &shortage.node_id);
    let items = short.iter().map(|shortage| &shortage.item_id);
    Ok(list_claims(cx.tx, &cx.organisation_id, nodes, items).await?)
}

impl Claims {
    /// Takes claims that cover what is short, as far as there are any: of orders that are locked, then of those that came
    /// after they were chosen. The balances are locked, so no more come.
    pub(crate) async fn cover(
        &mut self,
        cx: &Cx<'_>,
        shortage: &Shortage,
    ) -> Result<Vec<(Claim, Quantity)>, StationError> {
        let mut taken = self.take(shortage);
        let left = shortage.units - taken.iter().map(|(_, units)| units.units()).sum::<i64>();
        if left == 0 {
            return Ok(taken);
        }
        let only = std::slice::from_ref(shortage);
        let found = read(cx, only).await?;
        let late: BTreeSet<&OrderId> =
            found.iter().map(|claim| &claim.order_id).filter(|id| !self.locked.contains(id)).collect();
        let idle: BTreeSet<OrderId> = lock_idle_orders(cx, late.into_iter()).await?.into_iter().collect();
        let mut claims = read(cx, only).await?;
        claims.retain(|claim| idle.contains(&claim.order_id));
        self.locked.extend(idle);
        self.open.extend(claims);
        taken.extend(self.take(&Shortage { units: left, ..shortage.clone() }));
        Ok(taken)
    }

    fn take(&mut self, shortage: &Shortage) -> Vec<(Claim, Quantity)> {
        let mut open = shortage.units;
        let mut taken = Vec::new();
        for claim in &mut self.open {
            let is_theirs = (&claim.node_id, &claim.item_id, &claim.merchant_id)
                == (&shortage.node_id, &shortage.item_id, &shortage.owner_id);
            let units = if is_theirs { open.min(claim.allocated) } else { 0 };
            if let Some(units) = Quantity::new(units).ok().filter(|units| !units.is_zero()) {
                open -= units.units();
                claim.allocated -= units.units();
                taken.push((claim.clone(), units));
            }
        }
        taken
    }
}

impl Flows {
    /// Takes these units from their orders, and finds others for them as far as there are any.
    pub(crate) async fn displace(
        &self,
        cx: &mut Cx<'_>,
        taken: Vec<(Claim, Quantity)>,
        to: State,
        reason: &'static str,
        says: &'static str,
    ) -> Result<Vec<Displaced>, StationError> {
        let mut displaced: Vec<Displaced> = Vec::new();
        for (claim, quantity) in &taken {
            let Some(order) = orders::store::find_order(cx.tx, &cx.organisation_id, &claim.order_id).await?
            else {
                continue;
            };
            let given = GivenUp {
                fulfilment_order_id: &claim.fulfilment_order_id,
                node_id: &claim.node_id,
                line_no: claim.line_no,
                item_id: &claim.item_id,
                quantity: *quantity,
                to,
                reason,
                says,
            };
            give_up(cx, &order, &given).await?;
            let of_order = std::slice::from_ref(&order);
            let sourced = self.source_again(cx, of_order, Again::ReSource).await?.pop();
            let (unallocated, units) = (sourced.unwrap_or_default().waiting, quantity.units());
            displaced.push(Displaced { order_id: order.order_id, units, unallocated });
        }
        Ok(displaced)
    }
}
