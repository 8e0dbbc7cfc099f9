//! Goods come in from a supplier.

use std::collections::HashSet;

use db::Fault;
use kernel::{ItemId, MerchantId, NodeId, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    model::{Account, State, Transfer},
    store,
};

/// Goods that arrived at a node.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Where.
    pub node_id: NodeId,
    /// What.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// How many, more than none.
    pub quantity: Quantity,
    /// The delivery note, unique for node and item: the same note again is the same goods.
    pub reference: String,
}

/// Why goods were not received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// Nothing arrived.
    #[error("a receipt needs a quantity of at least 1")]
    Nothing,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(ReceiveError);

/// Books receipts as available stock; gives how many were new. A reference that was booked before changes nothing.
pub async fn receive(cx: &mut Cx<'_>, receipts: &[Receipt]) -> Result<usize, ReceiveError> {
    if receipts.iter().any(|receipt| receipt.quantity.is_zero()) {
        return Err(ReceiveError::Nothing);
    }
    // Two receipts with one reference at once: the second waits, then finds the first.
    cx.tx.lock_name("inventory.receive").await?;
    let causes: Vec<String> = receipts.iter().map(cause_id).collect();
    let mut seen: HashSet<String> =
        store::has_cause(cx.tx, &cx.organisation_id, causes.iter()).await?.into_iter().collect();
    let fresh: Vec<(&Receipt, String)> =
        receipts.iter().zip(causes).filter(|(_, cause)| seen.insert(cause.clone())).collect();
    let transfers: Vec<Transfer> = fresh
        .iter()
        .map(|(receipt, cause)| Transfer {
            from: Account::outside(&receipt.item_id, &receipt.owner_id, State::Supplier),
            to: Account::at(&receipt.item_id, &receipt.owner_id, &receipt.node_id, State::Available),
            quantity: receipt.quantity,
            reason: "receipt",
            cause_id: cause.clone(),
            happened_at: cx.now,
        })
        .collect();
    match ledger::post(cx, &transfers).await {
        Ok(()) => {}
        Err(PostError::Fault(fault)) => return Err(fault.into()),
        Err(PostError::Short { .. }) => unreachable!("a supplier's account may go below zero"),
    }
    for (receipt, _) in &fresh {
        cx.tell(
            "stock.received",
            receipt.item_id.as_str(),
            json!({
                "node_id": receipt.node_id, "owner_id": receipt.owner_id, "quantity": receipt.quantity,
                "reference": receipt.reference,
            }),
        );
    }
    Ok(fresh.len())
}

fn cause_id(receipt: &Receipt) -> String {
    format!("receipt:{}:{}:{}", receipt.node_id, receipt.item_id, receipt.reference)
}
