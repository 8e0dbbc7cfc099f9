//! Goods change their owner where they lie: nothing moves, and who owes whom for what is written with it.

use std::collections::BTreeMap;

use db::Fault;
use kernel::{
    Currency, EntitlementId, ItemId, MerchantId, Money, NodeId, OwnershipTransferId, Quantity,
    SettlementLineId, Timestamp,
};
use runtime::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::{
    ledger::{self, PostError},
    lot,
    model::{Account, State, Transfer},
    store,
};

/// Free units of one owner at a node that become another's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trade {
    /// What.
    pub item_id: ItemId,
    /// Where.
    pub node_id: NodeId,
    /// Who gives them and is owed for them.
    pub giver_id: MerchantId,
    /// Who gets them and owes.
    pub taker_id: MerchantId,
    /// Of which lot they are; empty where that is not decided, or they are of none.
    pub lot: String,
    /// How many, more than none.
    pub quantity: Quantity,
    /// What one costs the taker.
    pub unit_price: Money,
    /// The entitlement they are drawn from, or given back to.
    pub entitlement_id: Option<EntitlementId>,
    /// True where it gives back what the same cause took.
    pub is_reversal: bool,
}

/// A trade of a cause, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSettlementLine {
    pub(crate) settlement_line_id: SettlementLineId,
    pub(crate) trade: Trade,
    pub(crate) amount_minor: i64,
    pub(crate) cause_id: String,
    pub(crate) happened_at: Timestamp,
}

impl NewSettlementLine {
    /// The line of a trade; none where its amount is more than a balance of money can hold.
    pub fn new(cx: &mut Cx<'_>, cause_id: &str, trade: Trade) -> Option<NewSettlementLine> {
        let amount_minor = trade.unit_price.minor.checked_mul(trade.quantity.units())?;
        let settlement_line_id = SettlementLineId::from_body(&cx.fresh());
        let data = json!({
            "settlement_line_id": settlement_line_id, "cause_id": cause_id, "node_id": trade.node_id,
            "giver_id": trade.giver_id, "taker_id": trade.taker_id, "quantity": trade.quantity,
            "unit_price_minor": trade.unit_price.minor, "amount_minor": amount_minor,
            "currency": trade.unit_price.currency, "is_reversal": trade.is_reversal,
        });
        let (kind, item_id) = ("stock.owner_changed", trade.item_id.as_str());
        if trade.entitlement_id.is_some() {
            cx.tell(kind, item_id, data);
        } else {
            // Nobody ordered it: somebody answers for it.
            let whose = |owner_id: &MerchantId| json!({ "owner_id": owner_id, "node_id": trade.node_id, "quantity": trade.quantity });
            cx.record(kind, item_id, data, whose(&trade.giver_id), whose(&trade.taker_id));
        }
        let cause_id = cause_id.to_owned();
        Some(NewSettlementLine { settlement_line_id, trade, amount_minor, cause_id, happened_at: cx.now })
    }

    /// What changes hands.
    pub fn trade(&self) -> &Trade {
        &self.trade
    }

    /// The transfer it stands for: to be posted in the same transaction.
    pub fn transfer(&self) -> Transfer {
        let Trade { item_id, node_id, giver_id, taker_id, quantity, .. } = &self.trade;
        let transfer = Transfer {
            from: Account::at(item_id, giver_id, node_id, State::Available),
            to: Account::at(item_id, taker_id, node_id, State::Available),
            quantity: *quantity,
            reason: "ownership".into(),
            cause_id: self.cause_id.clone(),
            happened_at: self.happened_at,
        };
        transfer.of_lot(&self.trade.lot)
    }
}

/// Keeps the lines whose transfers were posted, and draws on entitlements or gives back to them: never more than was
/// granted, whoever draws at the same moment.
pub async fn settle(cx: &Cx<'_>, lines: &[NewSettlementLine]) -> Result<(), Fault> {
    let mut drawn: BTreeMap<&EntitlementId, i64> = BTreeMap::new();
    for NewSettlementLine { trade, .. } in lines {
        if let Some(entitlement_id) = &trade.entitlement_id {
            let sign = if trade.is_reversal { -1 } else { 1 };
            *drawn.entry(entitlement_id).or_default() += sign * trade.quantity.units();
        }
    }
    drawn.retain(|_, units| *units != 0);
    store::insert_settlement_lines(cx.tx, &cx.organisation_id, &cx.actor, lines).await?;
    store::draw_entitlements(cx.tx, &cx.organisation_id, &drawn).await
}

/// Why goods change hands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransferKind {
    /// One gives, the other pays.
    Sale,
    /// Each gives units at one node for the other's at another.
    Swap,
}

impl TransferKind {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            TransferKind::Sale => "sale",
            TransferKind::Swap => "swap",
        }
    }
}

/// Trades that are made together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnershipTransfer {
    /// Why.
    pub kind: TransferKind,
    /// Who gives; of a swap, who asked for it.
    pub giver_id: MerchantId,
    /// Who gets.
    pub taker_id: MerchantId,
    /// The giver's name for it, one of a kind among theirs.
    pub reference: String,
    /// What changes hands, at least one line.
    pub trades: Vec<Trade>,
}

impl OwnershipTransfer {
    /// The owner gives units at the first node for as many of the partner's at the second, at one price.
    pub fn swap(
        owner_id: MerchantId,
        partner_id: MerchantId,
        reference: String,
        item_id: ItemId,
        (from_node, to_node): (NodeId, NodeId),
        quantity: Quantity,
        unit_price: Money,
    ) -> OwnershipTransfer {
        let trade = |node_id, giver_id: &MerchantId, taker_id: &MerchantId| Trade {
            item_id: item_id.clone(),
            node_id,
            giver_id: giver_id.clone(),
            taker_id: taker_id.clone(),
            lot: String::new(),
            quantity,
            unit_price,
            entitlement_id: None,
            is_reversal: false,
        };
        let trades = vec![trade(from_node, &owner_id, &partner_id), trade(to_node, &partner_id, &owner_id)];
        OwnershipTransfer {
            kind: TransferKind::Swap,
            giver_id: owner_id,
            taker_id: partner_id,
            reference,
            trades,
        }
    }

    fn fingerprint(&self) -> String {
        let mut hash = Sha256::new();
        for trade in &self.trades {
            let Trade { item_id, node_id, giver_id, taker_id, quantity, unit_price, .. } = trade;
            let line = json!([item_id, node_id, giver_id, taker_id, quantity, unit_price]);
            hash.update(line.to_string());
        }
        hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Transferred {
    /// Its id.
    pub ownership_transfer_id: OwnershipTransferId,
    /// How many units changed hands.
    pub units: i64,
    /// What the taker owes the giver for all of it; a swap's amounts even out.
    pub amount_minor: i64,
    /// Of every amount.
    pub currency: Currency,
    /// True where it was made before under the same reference: this time nothing was changed.
    pub is_repeat: bool,
}

/// Why nothing changed hands.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Nothing to transfer.
    #[error("an ownership transfer needs a line")]
    Nothing,
    /// The reference means another transfer.
    #[error(
        "the reference `{reference}` was used for another transfer, {ownership_transfer_id}: use a new one"
    )]
    Conflict {
        /// The reference.
        reference: String,
        /// The transfer that has it.
        ownership_transfer_id: OwnershipTransferId,
    },
    /// The giver has fewer that are free.
    #[error("line {}: {asked} units are asked for, {present} of the giver's are free there", place + 1)]
    Short {
        /// Which line, from 0.
        place: usize,
        /// How many were to change hands, over all lines of the item there.
        asked: Quantity,
        /// How many are free.
        present: Quantity,
    },
    /// The sum is beyond what can be counted.
    #[error("line {}: the amount is too large", place + 1)]
    TooMuch {
        /// Which line, from 0.
        place: usize,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(TransferError);

/// Makes all trades of a transfer, with their settlement lines, or none. The same reference again is a repeat.
pub async fn transfer(cx: &mut Cx<'_>, asked: &OwnershipTransfer) -> Result<Transferred, TransferError> {
    let Some(first) = asked.trades.first() else { return Err(TransferError::Nothing) };
    let currency = first.unit_price.currency;
    let mut amount = 0_i64;
    for (place, trade) in asked.trades.iter().enumerate() {
        let sign = if trade.giver_id == asked.giver_id { 1 } else { -1 };
        let line = trade.unit_price.minor.checked_mul(trade.quantity.units());
        amount =
            line.and_then(|line| amount.checked_add(sign * line)).ok_or(TransferError::TooMuch { place })?;
    }
    let units = asked.trades.iter().map(|trade| trade.quantity.units()).sum();
    let fingerprint = asked.fingerprint();
    let ownership_transfer_id = OwnershipTransferId::from_body(&cx.fresh());
    let made = |ownership_transfer_id, is_repeat| Transferred {
        ownership_transfer_id,
        units,
        amount_minor: amount,
        currency,
        is_repeat,
    };
    if !store::insert_ownership_transfer(cx, &ownership_transfer_id, asked, &fingerprint).await? {
        let (ownership_transfer_id, known) =
            store::find_ownership_transfer(cx.tx, &cx.organisation_id, &asked.giver_id, &asked.reference)
                .await?;
        if known == fingerprint {
            return Ok(made(ownership_transfer_id, true));
        }
        return Err(TransferError::Conflict { reference: asked.reference.clone(), ownership_transfer_id });
    }
    let cause_id = ownership_transfer_id.as_str();
    let mut lines = Vec::with_capacity(asked.trades.len());
    for (place, trade) in asked.trades.iter().enumerate() {
        let line = NewSettlementLine::new(cx, cause_id, trade.clone());
        lines.push(line.ok_or(TransferError::TooMuch { place })?);
    }
    let transfers: Vec<Transfer> = lines.iter().map(NewSettlementLine::transfer).collect();
    let transfers = lot::spread(cx, transfers).await?;
    ledger::post(cx, &transfers).await.map_err(|error| match error {
        PostError::Fault(fault) => TransferError::Fault(fault),
        PostError::Short { item_id, spot, asked: wanted, present, .. } => {
            let is_short =
                |trade: &Trade| trade.item_id == item_id && trade.node_id.as_str() == spot.as_str();
            let place = asked.trades.iter().position(is_short).unwrap_or(0);
            TransferError::Short { place, asked: wanted, present }
        }
    })?;
    settle(cx, &lines).await?;
    Ok(made(ownership_transfer_id, false))
}
