//! Statements about corrections that wait.

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, ProposedAdjustmentId, Quantity, Scope,
    Timestamp,
};

use crate::{model::State, propose::Proposal};

row! {
    /// A correction that waits for somebody's yes, or had its answer.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    #[schema(as = ProposedAdjustment)]
    pub struct ProposedRow {
        /// Its id.
        pub proposed_adjustment_id: ProposedAdjustmentId,
        /// Where.
        pub node_id: NodeId,
        /// What.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// Of which lot; empty for none.
        pub lot: String,
        /// The state the units would leave.
        pub from_state: String,
        /// The state they would enter.
        pub to_state: String,
        /// How many.
        #[schema(value_type = i64)]
        pub quantity: Quantity,
        /// Why, as a code.
        pub reason: String,
        /// More about it.
        pub note: String,
        /// `proposed`, `approved` or `rejected`.
        pub state: String,
        /// Who says so.
        pub proposed_by: String,
        /// Since when.
        pub proposed_at: Timestamp,
        /// Who answered; empty as long as nobody did.
        pub decided_by: String,
        /// When.
        pub decided_at: Option<Timestamp>,
        /// Why.
        pub decision_note: String,
    }
}

impl ProposedRow {
    /// The states its units leave and enter.
    pub(crate) fn states(&self) -> Result<(State, State), Fault> {
        let state = |column: &str, name: &str| {
            State::parse(name).ok_or_else(|| Fault::Shape { column: column.into(), problem: name.into() })
        };
        Ok((state("from_state", &self.from_state)?, state("to_state", &self.to_state)?))
    }
}

pub(crate) async fn find_limit(tx: &Tx, organisation_id: &OrganisationId) -> Result<Option<i64>, Fault> {
    let row: Option<(i64,)> = tx
        .query_optional("select above from stock_approval where organisation_id = $1", args![organisation_id])
        .await?;
    Ok(row.map(|(above,)| above))
}

pub(crate) async fn set_limit(
    tx: &Tx,
    organisation_id: &OrganisationId,
    above: Option<i64>,
    now: Timestamp,
) -> Result<(), Fault> {
    match above {
        None => {
            tx.execute("delete from stock_approval where organisation_id = $1", args![organisation_id]).await?
        }
        Some(above) => {
            tx.execute(
                "insert into stock_approval (organisation_id, above, changed_at) values ($1, $2, $3) \
                 on conflict (organisation_id) do update set above = excluded.above, changed_at = excluded.changed_at",
                args![organisation_id, above, now],
            )
            .await?
        }
    };
    Ok(())
}

pub(crate) async fn insert_proposals(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    now: Timestamp,
    proposals: &[Proposal],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "adjustments proposed",
        "insert into proposed_adjustment (organisation_id, proposed_adjustment_id, node_id, item_id, owner_id, lot, \
                from_state, to_state, quantity, reason, note, state, proposed_by, proposed_at, decided_by, decision_note) \
         select $1, d.id, d.node_id, d.item_id, d.owner_id, d.lot, d.from_state, d.to_state, d.quantity, d.reason, \
                d.note, 'proposed', $2, $3, '', '' \
         {set d(id text, node_id text, item_id text, owner_id text, lot text, from_state text, to_state text, \
                quantity int, reason text, note text)} where true",
        &set![
            proposals.iter().map(|proposal| &proposal.id),
            proposals.iter().map(|proposal| &proposal.node_id),
            proposals.iter().map(|proposal| &proposal.item_id),
            proposals.iter().map(|proposal| &proposal.owner_id),
            proposals.iter().map(|proposal| &proposal.lot),
            proposals.iter().map(|proposal| proposal.from.name()),
            proposals.iter().map(|proposal| proposal.to.name()),
            proposals.iter().map(|proposal| proposal.quantity),
            proposals.iter().map(|proposal| proposal.reason),
            proposals.iter().map(|proposal| &proposal.note),
        ],
        args![organisation_id, actor, now],
    )
    .await
}

/// Answers a proposal that waits, unless whoever answers is its author; gives whether that was so.
pub(crate) async fn answer(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &ProposedAdjustmentId,
    state: &str,
    actor: &str,
    now: Timestamp,
    note: &str,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update proposed_adjustment set state = $3, decided_by = $4, decided_at = $5, decision_note = $6 \
              where organisation_id = $1 and proposed_adjustment_id = $2 and state = 'proposed' and proposed_by <> $4",
            args![organisation_id, id, state, actor, now, note],
        )
        .await?;
    Ok(touched == 1)
}

/// One, whatever became of it.
pub async fn find_proposed(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &ProposedAdjustmentId,
) -> Result<Option<ProposedRow>, Fault> {
    tx.query_optional(
        "select proposed_adjustment_id, node_id, item_id, owner_id, lot, from_state, to_state, quantity, reason, note, \
                state, proposed_by, proposed_at, decided_by, decided_at, decision_note \
           from proposed_adjustment where organisation_id = $1 and proposed_adjustment_id = $2",
        args![organisation_id, id],
    )
    .await
}

/// A page, newest first; only those that wait, or all.
pub async fn list_proposed(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    is_open: bool,
    page: &PageRequest,
) -> Result<Page<ProposedRow>, Fault> {
    let rows: Vec<ProposedRow> = tx
        .query(
            "select proposed_adjustment_id, node_id, item_id, owner_id, lot, from_state, to_state, quantity, reason, \
                    note, state, proposed_by, proposed_at, decided_by, decided_at, decision_note \
               from proposed_adjustment where organisation_id = $1 and ($2 = 1 or owner_id {in $3} or node_id {in $4}) \
                and ($5 = 0 or state = 'proposed') and ($6 = '' or proposed_adjustment_id < $6) \
              order by proposed_adjustment_id desc limit $7",
            args![
                organisation_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids()),
                i64::from(is_open),
                page.after.as_deref().unwrap_or_default(),
                page.limit + 1,
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, |row| row.proposed_adjustment_id.to_string()))
}

/// True where it is of one of the merchants, or at one of the nodes.
pub async fn is_proposed_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    id: &ProposedAdjustmentId,
) -> Result<bool, Fault> {
    let found = find_proposed(tx, organisation_id, id).await?;
    Ok(found.is_some_and(|row| scope.has_merchant(&row.owner_id) || scope.has_node(&row.node_id)))
}
