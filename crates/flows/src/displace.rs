//! Orders that lose units nobody has picked for them yet, because the units are not there: least harm first.

use std::collections::BTreeSet;

use inventory::{State, till::Shortage};
use kernel::{OrderId, Quantity};
use orders::store::{Claim, list_claims, lock_orders};
use runtime::Cx;

use crate::{
    Flows,
    short::{GivenUp, RE_SOURCE, give_up},
    station::StationError,
};

/// Claims of orders that are locked.
pub(crate) struct Claims(Vec<Claim>);

/// An order that lost units.
pub(crate) struct Displaced {
    pub order_id: OrderId,
    pub units: i64,
    /// Units of the order that no node has now.
    pub unallocated: i64,
}

/// Locks as many orders as cover what is short, before any balance is locked: as a station does.
pub(crate) async fn lock_claims(cx: &Cx<'_>, short: &[Shortage]) -> Result<Claims, StationError> {
    if short.is_empty() {
        return Ok(Claims(Vec::new()));
    }
    let mut chosen: BTreeSet<OrderId> = BTreeSet::new();
    let mut claims = Claims::read(cx, short).await?;
    for shortage in short {
        chosen.extend(claims.take(shortage).into_iter().map(|(claim, _)| claim.order_id));
    }
    lock_orders(cx, chosen.iter()).await?;
    // Somebody may have worked on them until now.
    let mut claims = Claims::read(cx, short).await?;
    claims.0.retain(|claim| chosen.contains(&claim.order_id));
    Ok(claims)
}

impl Claims {
    async fn read(cx: &Cx<'_>, short: &[Shortage]) -> Result<Claims, StationError> {
        let nodes = short.iter().map(|shortage| &shortage.node_id);
        let items = short.iter().map(|shortage| &shortage.item_id);
        Ok(Claims(list_claims(cx.tx, &cx.organisation_id, nodes, items).await?))
    }

    /// Takes claims that cover what is short, as far as there are any.
    pub(crate) fn take(&mut self, shortage: &Shortage) -> Vec<(Claim, Quantity)> {
        let mut open = shortage.units;
        let mut taken = Vec::new();
        for claim in &mut self.0 {
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
            let Some(order) =
                orders::store::find_order(cx.tx, &cx.organisation_id, &claim.order_id).await?
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
            let (_, unallocated) = self.source_again(cx, &order, RE_SOURCE).await?;
            let units = quantity.units();
            displaced.push(Displaced { order_id: order.order_id, units, unallocated });
        }
        Ok(displaced)
    }
}
