//! Goods come in from a supplier.

use std::collections::HashSet;

use db::Fault;
use kernel::{ExpectedReceiptId, ItemId, MerchantId, NodeId, Quantity, Timestamp};
use runtime::Cx;
use serde_json::json;

use crate::{
    expect::{self, Come},
    ledger::{self, PostError},
    lot::{self, BadLot, Lot},
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
    /// Of which lot, if of any.
    pub lot: Option<Lot>,
    /// The delivery note, unique for node, item and lot: the same note again is the same goods.
    pub reference: String,
    /// As what they were expected, if they were.
    pub expected: Option<ExpectedReceiptId>,
}

/// Why goods were not received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// Nothing arrived.
    #[error("a receipt needs a quantity of at least 1")]
    Nothing,
    /// They were to be booked as expected goods, and are not.
    #[error(
        "one of the expected receipts is not open, or is of another node or owner: look at it, or book without it"
    )]
    NotExpected,
    /// The item comes in by lots only.
    #[error("the item is received by lot: say which lot the units are of")]
    NeedsLot {
        /// Which receipt, from 0.
        place: usize,
    },
    /// A lot expires once.
    #[error("{}", other_expiry(.0))]
    OtherExpiry(BadLot),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(ReceiveError);

fn other_expiry(lot: &BadLot) -> String {
    let BadLot { code, known, .. } = lot;
    let known = known.map_or_else(|| "has no expiry".to_owned(), |known| format!("expires on {known}"));
    format!("lot {code} is known and {known}: look at the goods, and give that or another code")
}

/// Books receipts as available stock; gives how many were new. A reference that was booked before changes nothing.
pub async fn receive(cx: &mut Cx<'_>, receipts: &[Receipt]) -> Result<usize, ReceiveError> {
    if receipts.iter().any(|receipt| receipt.quantity.is_zero()) {
        return Err(ReceiveError::Nothing);
    }
    // Two receipts with one reference at once: the second waits, then finds the first.
    cx.tx.lock_name("inventory.receive").await?;
    let given = receipts.iter().enumerate().filter_map(|(place, receipt)| {
        let lot = receipt.lot.as_ref()?;
        Some((place, &receipt.item_id, lot))
    });
    let given: Vec<(usize, &ItemId, &Lot)> = given.collect();
    lot::keep(cx, &given).await?.map_err(ReceiveError::OtherExpiry)?;
    let causes: Vec<String> = receipts.iter().map(cause_id).collect();
    let mut seen: HashSet<String> =
        store::has_cause(cx.tx, &cx.organisation_id, causes.iter()).await?.into_iter().collect();
    let fresh: Vec<(&Receipt, String)> =
        receipts.iter().zip(causes).filter(|(_, cause)| seen.insert(cause.clone())).collect();
    let come: Vec<Come<'_>> = fresh.iter().filter_map(|(receipt, _)| receipt.as_come()).collect();
    let incoming = expect::take(cx, &come).await?.ok_or(ReceiveError::NotExpected)?;
    let mut incoming = incoming.into_iter();
    let mut transfers: Vec<Transfer> = Vec::with_capacity(fresh.len());
    for (receipt, cause) in &fresh {
        let units = receipt.quantity.units();
        let expected = if receipt.expected.is_some() { incoming.next().unwrap_or(0) } else { 0 };
        for (state, units) in [(State::Incoming, expected), (State::Supplier, units - expected)] {
            if let Some(quantity) = Quantity::new(units).ok().filter(|quantity| !quantity.is_zero()) {
                transfers.push(receipt.transfer(state, quantity, cause, cx.now));
            }
        }
    }
    match ledger::post(cx, &transfers).await {
        Ok(()) => {}
        Err(PostError::Fault(fault)) => return Err(fault.into()),
        // A supplier's account may go below zero; what is incoming was counted under its lock.
        Err(PostError::Short { .. }) => {
            return Err(Fault::Outrun {
                what: "incoming goods",
                touched: 0,
                expected: transfers.len() as u64,
            }
            .into());
        }
    }
    for (receipt, _) in &fresh {
        let lot = receipt.lot.as_ref().map_or("", |lot| &lot.code);
        cx.tell(
            "stock.received",
            receipt.item_id.as_str(),
            json!({
                "node_id": receipt.node_id, "owner_id": receipt.owner_id, "lot": lot,
                "quantity": receipt.quantity, "reference": receipt.reference,
            }),
        );
    }
    Ok(fresh.len())
}

impl Receipt {
    fn as_come(&self) -> Option<Come<'_>> {
        let id = self.expected.as_ref()?;
        Some(Come {
            id,
            node_id: &self.node_id,
            owner_id: &self.owner_id,
            item_id: &self.item_id,
            units: self.quantity.units(),
        })
    }

    fn transfer(&self, state: State, quantity: Quantity, cause: &str, at: Timestamp) -> Transfer {
        let from = if state.is_outside() {
            Account::outside(&self.item_id, &self.owner_id, state)
        } else {
            Account::at(&self.item_id, &self.owner_id, &self.node_id, state)
        };
        let lot = self.lot.as_ref().map(|lot| lot.code.clone()).unwrap_or_default();
        Transfer {
            from,
            to: Account {
                lot,
                ..Account::at(&self.item_id, &self.owner_id, &self.node_id, State::Available)
            },
            quantity,
            reason: "receipt".into(),
            cause_id: cause.to_owned(),
            happened_at: at,
        }
    }
}

fn cause_id(receipt: &Receipt) -> String {
    let Receipt { node_id, item_id, reference, lot, .. } = receipt;
    // One note may list several lots of an item.
    let lot = lot.as_ref().map(|lot| format!(" ({})", lot.code)).unwrap_or_default();
    format!("receipt:{node_id}:{item_id}:{reference}{lot}")
}
