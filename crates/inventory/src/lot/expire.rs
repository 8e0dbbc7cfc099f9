//! What is expired is set apart: it could not be sold since its day was over, and now nobody counts it as free.

use db::Fault;
use kernel::{ItemId, Quantity, Timestamp, time::to_date};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    model::{Move, State},
    store::{self, ExpiredLot},
};

/// Sets apart free units of lots that are expired, of up to `limit` balances; gives of how many. Again it finds nothing.
pub async fn expire(cx: &mut Cx<'_>, limit: i64) -> Result<usize, Fault> {
    let today = to_date(cx.now);
    let found = store::list_expired(cx.tx, &cx.organisation_id, today, limit).await?;
    if found.is_empty() {
        return Ok(0);
    }
    // As they are once nobody else can move them.
    let items: Vec<ItemId> = found.into_iter().map(|of| of.item_id).collect();
    store::lock_available(cx.tx, &cx.organisation_id, items.iter()).await?;
    let found = store::list_expired(cx.tx, &cx.organisation_id, today, limit).await?;
    let found: Vec<ExpiredLot> = found.into_iter().filter(|of| items.contains(&of.item_id)).collect();
    let transfers: Vec<_> = found.iter().map(|of| set_apart(of, cx.now)).collect();
    match ledger::post(cx, &transfers).await {
        Ok(()) => {}
        Err(PostError::Fault(fault)) => return Err(fault),
        Err(PostError::Short { .. }) => {
            return Err(Fault::Outrun {
                what: "expired goods set apart",
                touched: 0,
                expected: transfers.len() as u64,
            });
        }
    }
    for of in &found {
        let data = json!({
            "node_id": of.node_id, "owner_id": of.owner_id, "quantity": of.quantity, "lot": of.lot,
            "expires_on": of.expires_on.to_string(),
        });
        cx.tell("stock.expired", of.item_id.as_str(), data);
    }
    Ok(found.len())
}

fn set_apart(of: &ExpiredLot, at: Timestamp) -> crate::Transfer {
    let units = Move {
        item_id: of.item_id.clone(),
        owner_id: of.owner_id.clone(),
        node_id: of.node_id.clone(),
        from: State::Available,
        to: State::Damaged,
        quantity: Quantity::new(of.quantity).unwrap_or(Quantity::ZERO),
    };
    units.into_transfer("expired", &format!("expiry:{}", of.expires_on), at).of_lot(&of.lot)
}
