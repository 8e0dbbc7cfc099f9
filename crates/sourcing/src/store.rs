//! Every statement of this context.

use std::borrow::Cow;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{DecisionId, OrderId, OrganisationId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::receipt::{self, Receipt};

/// A decision to be kept.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewDecision {
    /// Its id.
    pub decision_id: DecisionId,
    /// About which order.
    pub order_id: OrderId,
    /// Why it was taken: `accept`, `re_source`, `restock`.
    pub cause: Cow<'static, str>,
    /// What the chosen plan costs.
    pub cost_minor: i64,
    /// Over how many nodes.
    pub nodes: i64,
    /// True where no better plan exists.
    pub is_exact: bool,
    /// What was known, considered and chosen.
    #[serde(with = "receipt::by_place")]
    pub receipt: Receipt,
    /// When.
    pub decided_at: Timestamp,
}

/// Keeps decisions.
pub async fn insert_decisions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    decisions: &[NewDecision],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into sourcing_decision (organisation_id, decision_id, order_id, cause, cost_minor, nodes, is_exact, \
                receipt, decided_at) \
         select $1, d.decision_id, d.order_id, d.cause, d.cost_minor, d.nodes, d.is_exact, d.receipt, d.decided_at \
         {set d(decision_id text, order_id text, cause text, cost_minor int, nodes int, is_exact bool, receipt text, \
                decided_at time)} where true",
        &set![
            decisions.iter().map(|decision| &decision.decision_id),
            decisions.iter().map(|decision| &decision.order_id),
            decisions.iter().map(|decision| &*decision.cause),
            decisions.iter().map(|decision| decision.cost_minor),
            decisions.iter().map(|decision| decision.nodes),
            decisions.iter().map(|decision| decision.is_exact),
            decisions.iter().map(|decision| decision.receipt.to_stored()),
            decisions.iter().map(|decision| decision.decided_at),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

row! {
    struct Kept {
        decision_id: DecisionId,
        order_id: OrderId,
        cause: String,
        cost_minor: i64,
        nodes: i64,
        is_exact: bool,
        receipt: String,
        decided_at: Timestamp,
    }
}

/// A decision as it was kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Decision {
    /// Its id.
    pub decision_id: DecisionId,
    /// About which order.
    pub order_id: OrderId,
    /// Why it was taken.
    pub cause: String,
    /// What the chosen plan costs.
    pub cost_minor: i64,
    /// Over how many nodes.
    pub nodes: i64,
    /// True where no better plan exists.
    pub is_exact: bool,
    /// What was known, considered and chosen; null where a later program wrote what this one cannot read.
    #[schema(value_type = Option<Object>)]
    pub receipt: Option<Receipt>,
    /// When.
    pub decided_at: Timestamp,
}

impl From<Kept> for Decision {
    fn from(kept: Kept) -> Decision {
        let Kept { decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt, decided_at } = kept;
        let receipt = Receipt::from_stored(&receipt);
        Decision { decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt, decided_at }
    }
}

/// The decisions about an order, oldest first.
pub async fn list_decisions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<Decision>, Fault> {
    let kept: Vec<Kept> = tx
        .query(
            "select decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt, decided_at \
               from sourcing_decision \
              where organisation_id = $1 and order_id = $2 order by decided_at, decision_id",
            args![organisation_id, order_id],
        )
        .await?;
    Ok(kept.into_iter().map(Decision::from).collect())
}

/// Takes away the decisions about these orders: from how far nodes were, one could tell where somebody lives.
pub async fn delete_decisions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<u64, Fault> {
    tx.execute(
        "delete from sourcing_decision where organisation_id = $1 and order_id {in $2}",
        args![organisation_id, Column::from_iter(order_ids)],
    )
    .await
}
