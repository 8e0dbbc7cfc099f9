//! The book is corrected: goods were lost, found, damaged or mended.

use db::Fault;
use kernel::{ItemId, MerchantId, NodeId, ProposedAdjustmentId, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    lot,
    model::{Account, Move, State},
    propose::{self, Proposal},
    store,
};

/// What was found out about units at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Correction {
    /// Available units are not there.
    Lost,
    /// More units are there than the book says.
    Found,
    /// Available units are damaged.
    Damaged,
    /// Damaged units are good after all.
    Mended,
    /// Damaged units are thrown away.
    Scrapped,
}

impl Correction {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Correction::Lost => "lost",
            Correction::Found => "found",
            Correction::Damaged => "damaged",
            Correction::Mended => "mended",
            Correction::Scrapped => "scrapped",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Correction> {
        use Correction::{Damaged, Found, Lost, Mended, Scrapped};
        [Lost, Found, Damaged, Mended, Scrapped].into_iter().find(|correction| correction.name() == name)
    }

    const fn states(self) -> (State, State) {
        match self {
            Correction::Lost => (State::Available, State::Loss),
            Correction::Found => (State::Loss, State::Available),
            Correction::Damaged => (State::Available, State::Damaged),
            Correction::Mended => (State::Damaged, State::Available),
            Correction::Scrapped => (State::Damaged, State::Loss),
        }
    }
}

/// Units that the book has wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    /// Where.
    pub node_id: NodeId,
    /// What.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Of which lot; empty for none.
    pub lot: String,
    /// What was found out.
    pub correction: Correction,
    /// Of how many, more than none.
    pub quantity: Quantity,
    /// Who says so and why.
    pub note: String,
}

/// Why the book was not corrected.
#[derive(Debug, thiserror::Error)]
pub enum AdjustError {
    /// Nothing to correct.
    #[error("an adjustment needs a quantity of at least 1")]
    Nothing,
    /// There are fewer units in that state.
    #[error("{present} are {state}, so {asked} cannot be corrected")]
    Short {
        /// The state they should have been in.
        state: &'static str,
        /// How many were named.
        asked: Quantity,
        /// How many there are.
        present: Quantity,
    },
    /// Nobody knows the lot.
    #[error("no lot `{lot}` of the item was ever received")]
    UnknownLot {
        /// Its code.
        lot: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(AdjustError);

/// Corrects the book by a transfer of its own; history stays. A correction of more units than one may make alone is
/// proposed instead, and gives the proposal's id.
pub async fn adjust(
    cx: &mut Cx<'_>,
    adjustment: &Adjustment,
) -> Result<Option<ProposedAdjustmentId>, AdjustError> {
    if adjustment.quantity.is_zero() {
        return Err(AdjustError::Nothing);
    }
    let known = lot::known(cx, [(&adjustment.item_id, adjustment.lot.as_str())].into_iter()).await?;
    if !adjustment.lot.is_empty() && known.is_empty() {
        return Err(AdjustError::UnknownLot { lot: adjustment.lot.clone() });
    }
    let (from, to) = adjustment.correction.states();
    let limit = propose::find_limit(cx.tx, &cx.organisation_id).await?;
    if propose::takes_two(limit, adjustment.quantity.units()) {
        return Ok(Some(propose(cx, adjustment).await?));
    }
    let units = Move {
        item_id: adjustment.item_id.clone(),
        owner_id: adjustment.owner_id.clone(),
        node_id: adjustment.node_id.clone(),
        from,
        to,
        quantity: adjustment.quantity,
    };
    let cause = format!("adjustment:{}", adjustment.note);
    let transfer = units.into_transfer(adjustment.correction.name(), &cause, cx.now).of_lot(&adjustment.lot);
    ledger::post(cx, &[transfer]).await.map_err(|error| match error {
        PostError::Short { state, asked, present, .. } => {
            AdjustError::Short { state: state.name(), asked, present }
        }
        PostError::Fault(fault) => AdjustError::Fault(fault),
    })?;
    let data = json!({
        "node_id": adjustment.node_id, "owner_id": adjustment.owner_id, "lot": adjustment.lot,
        "quantity": adjustment.quantity, "correction": adjustment.correction.name(), "note": adjustment.note,
    });
    let units = |state: State| {
        json!({
            "state": state.name(), "quantity": adjustment.quantity, "node_id": adjustment.node_id,
            "note": adjustment.note,
        })
    };
    cx.record("stock.adjusted", adjustment.item_id.as_str(), data, units(from), units(to));
    Ok(None)
}

/// Lets it wait for somebody's yes; what is not there is refused at once.
async fn propose(cx: &mut Cx<'_>, adjustment: &Adjustment) -> Result<ProposedAdjustmentId, AdjustError> {
    let Adjustment { node_id, item_id, owner_id, lot, correction, quantity, note } = adjustment.clone();
    let (from, to) = correction.states();
    if !from.is_outside() {
        let account = Account { lot: lot.clone(), ..Account::at(&item_id, &owner_id, &node_id, from) };
        let number = account.account_id();
        let balances = store::balances(cx.tx, &cx.organisation_id, [number].into_iter()).await?;
        let present = balances.get(&number).copied().unwrap_or(0);
        if present < quantity.units() {
            let present = Quantity::new(present).unwrap_or(Quantity::ZERO);
            return Err(AdjustError::Short { state: from.name(), asked: quantity, present });
        }
    }
    let id = ProposedAdjustmentId::from_body(&cx.fresh());
    let reason = correction.name();
    let proposal =
        Proposal { id: id.clone(), node_id, item_id, owner_id, lot, from, to, quantity, reason, note };
    propose::propose(cx, &[proposal]).await?;
    Ok(id)
}
