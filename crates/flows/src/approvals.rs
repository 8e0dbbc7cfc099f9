//! Corrections that wait for somebody's yes, and the answers.

use db::Fault;
use inventory::{
    State,
    propose::{self, ProposalError},
    store::{ProposedRow, list_proposed},
};
use kernel::{Page, PageRequest, ProposedAdjustmentId, Quantity, Scope};
use runtime::{Answer, Call, Runtime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Flows, receive::ALLOCATE_WAITING};

/// How many units anybody may correct alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApprovalLimit {
    /// A correction of more units than this waits for somebody's yes; null where none does.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    pub above: Option<i64>,
}

/// The answer to a proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Decided {
    /// Which.
    pub proposed_adjustment_id: ProposedAdjustmentId,
    /// `approved` or `rejected`.
    pub state: String,
}

impl Flows {
    /// How many units anybody may correct alone.
    pub async fn approval_limit(&self) -> Result<ApprovalLimit, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        let above = self
            .runtime
            .read(move |tx| Box::pin(async move { propose::find_limit(tx, &organisation_id).await }))
            .await?;
        Ok(ApprovalLimit { above })
    }

    /// Sets it.
    pub async fn set_approval_limit(
        &self,
        call: Call,
        above: Option<Quantity>,
    ) -> Result<Answer<ApprovalLimit>, Fault> {
        self.runtime
            .command(call, move |cx| {
                Box::pin(async move {
                    propose::set_limit(cx, above).await?;
                    Ok(ApprovalLimit { above: above.map(Quantity::units) })
                })
            })
            .await
    }

    /// Approves a correction, or rejects it.
    pub async fn decide_adjustment(
        &self,
        call: Call,
        id: ProposedAdjustmentId,
        is_approved: bool,
        note: String,
    ) -> Result<Answer<Decided>, ProposalError> {
        self.runtime
            .command(call, move |cx| {
                let (id, note) = (id.clone(), note.clone());
                Box::pin(async move {
                    if !is_approved {
                        propose::reject(cx, &id, &note).await?;
                        return Ok(Decided { proposed_adjustment_id: id, state: "rejected".into() });
                    }
                    if propose::approve(cx, &id, &note).await? == State::Available {
                        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                    }
                    Ok(Decided { proposed_adjustment_id: id, state: "approved".into() })
                })
            })
            .await
    }
}

/// A page of proposals, newest first; only those that wait, or all.
pub async fn list_proposals(
    runtime: &Runtime,
    scope: Scope,
    is_open: bool,
    page: PageRequest,
) -> Result<Page<ProposedRow>, Fault> {
    let organisation_id = runtime.organisation_id.clone();
    runtime
        .read(move |tx| {
            Box::pin(async move { list_proposed(tx, &organisation_id, &scope, is_open, &page).await })
        })
        .await
}
