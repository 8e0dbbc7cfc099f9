//! Corrections that take two: one who says that the book is wrong, and another who says yes.
//!
//! A correction of more units than the organisation lets anybody make alone changes nothing; it waits until somebody
//! else approves or rejects it. What approving it would do is decided by the write, at that moment.

use db::{Fault, Tx};
use kernel::{ItemId, MerchantId, NodeId, OrganisationId, ProposedAdjustmentId, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::{
    adjust::Correction,
    ledger::{self, PostError},
    model::{Move, State},
    set_levels::LevelReason,
    store::{
        ProposedRow, find_proposed,
        propose::{self as store},
    },
};

/// A correction that somebody wants made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proposal {
    pub id: ProposedAdjustmentId,
    pub node_id: NodeId,
    pub item_id: ItemId,
    pub owner_id: MerchantId,
    pub lot: String,
    pub from: State,
    pub to: State,
    pub quantity: Quantity,
    pub reason: &'static str,
    pub note: String,
}

/// Why a proposal stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ProposalError {
    /// There is none.
    #[error("there is no proposed adjustment {0}")]
    NoSuch(ProposedAdjustmentId),
    /// It had its answer.
    #[error("it was {state} already by {by}")]
    Decided {
        /// `approved` or `rejected`.
        state: String,
        /// By whom.
        by: String,
    },
    /// Nobody answers their own question.
    #[error("whoever proposed it cannot decide on it: ask somebody else")]
    Own,
    /// The units are not there.
    #[error(
        "only {present} are {state} now, so {asked} cannot be corrected; it stays proposed: count again, or reject it"
    )]
    Short {
        /// The state they should be in.
        state: &'static str,
        /// How many are to be corrected.
        asked: Quantity,
        /// How many there are.
        present: Quantity,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(ProposalError);

/// How many units anybody may correct alone; none where that is as many as they like.
pub async fn find_limit(tx: &Tx, organisation_id: &OrganisationId) -> Result<Option<i64>, Fault> {
    store::find_limit(tx, organisation_id).await
}

/// True where a correction of so many units takes a second person.
pub(crate) fn takes_two(limit: Option<i64>, units: i64) -> bool {
    limit.is_some_and(|limit| units.abs() > limit)
}

/// Lets nobody correct more units than this alone; with none, anybody any number. What waits goes on waiting.
pub async fn set_limit(cx: &mut Cx<'_>, above: Option<Quantity>) -> Result<(), Fault> {
    let before = store::find_limit(cx.tx, &cx.organisation_id).await?;
    let after = above.map(Quantity::units);
    if before == after {
        return Ok(());
    }
    store::set_limit(cx.tx, &cx.organisation_id, after, cx.now).await?;
    let id = cx.organisation_id.clone();
    let said = |above: Option<i64>| json!({ "above": above });
    cx.record("stock.approval_limit_set", id.as_str(), said(after), said(before), said(after));
    Ok(())
}

/// Lets corrections wait.
pub(crate) async fn propose(cx: &mut Cx<'_>, proposals: &[Proposal]) -> Result<(), Fault> {
    if proposals.is_empty() {
        return Ok(());
    }
    store::insert_proposals(cx.tx, &cx.organisation_id, &cx.actor, cx.now, proposals).await?;
    for proposal in proposals {
        let data = json!({
            "item_id": proposal.item_id, "node_id": proposal.node_id, "owner_id": proposal.owner_id,
            "lot": proposal.lot, "from": proposal.from.name(), "to": proposal.to.name(),
            "quantity": proposal.quantity, "reason": proposal.reason, "note": proposal.note,
        });
        cx.tell("stock.adjustment_proposed", proposal.id.as_str(), data);
    }
    Ok(())
}

/// Makes the correction; gives the state that its units are in now.
pub async fn approve(cx: &mut Cx<'_>, id: &ProposedAdjustmentId, note: &str) -> Result<State, ProposalError> {
    let row = answer(cx, id, "approved", note).await?;
    let (from, to) = row.states()?;
    let units = Move {
        item_id: row.item_id.clone(),
        owner_id: row.owner_id.clone(),
        node_id: row.node_id.clone(),
        from,
        to,
        quantity: row.quantity,
    };
    let transfer = units.into_transfer(reason_of(&row.reason), id.as_str(), cx.now).of_lot(&row.lot);
    ledger::post(cx, &[transfer]).await.map_err(|error| match error {
        PostError::Short { state, asked, present, .. } => {
            ProposalError::Short { state: state.name(), asked, present }
        }
        PostError::Fault(fault) => ProposalError::Fault(fault),
    })?;
    tell(cx, "stock.adjustment_approved", &row, note);
    Ok(to)
}

/// Lets the book stay as it is.
pub async fn reject(cx: &mut Cx<'_>, id: &ProposedAdjustmentId, note: &str) -> Result<(), ProposalError> {
    let row = answer(cx, id, "rejected", note).await?;
    tell(cx, "stock.adjustment_rejected", &row, note);
    Ok(())
}

/// Answers it, once and by another than its author: the write sees to both.
async fn answer(
    cx: &mut Cx<'_>,
    id: &ProposedAdjustmentId,
    state: &'static str,
    note: &str,
) -> Result<ProposedRow, ProposalError> {
    if store::answer(cx.tx, &cx.organisation_id, id, state, &cx.actor, cx.now, note).await? {
        let row = find_proposed(cx.tx, &cx.organisation_id, id).await?;
        return row.ok_or_else(|| ProposalError::NoSuch(id.clone()));
    }
    match find_proposed(cx.tx, &cx.organisation_id, id).await? {
        None => Err(ProposalError::NoSuch(id.clone())),
        Some(row) if row.state != "proposed" => {
            Err(ProposalError::Decided { state: row.state, by: row.decided_by })
        }
        Some(_) => Err(ProposalError::Own),
    }
}

fn tell(cx: &mut Cx<'_>, kind: &'static str, row: &ProposedRow, note: &str) {
    let data = json!({
        "item_id": row.item_id, "node_id": row.node_id, "owner_id": row.owner_id, "lot": row.lot,
        "from": row.from_state, "to": row.to_state, "quantity": row.quantity, "reason": row.reason,
        "proposed_by": row.proposed_by, "note": note,
    });
    let (before, after) = (json!({ "state": "proposed" }), json!({ "state": row.state, "note": note }));
    cx.record(kind, row.proposed_adjustment_id.as_str(), data, before, after);
}

/// The reason as the ledger has it.
fn reason_of(name: &str) -> &'static str {
    let level = LevelReason::parse(name).map(LevelReason::name);
    level.or_else(|| Correction::parse(name).map(Correction::name)).unwrap_or("correction")
}
