//! Statements about discrepancies.

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    ChannelId, DiscrepancyId, ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp,
};

use crate::discrepancy::{DiscrepancyState, NewDiscrepancy};

row! {
    /// A discrepancy.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    #[schema(as = Discrepancy)]
    pub struct DiscrepancyRow {
        /// Its id.
        pub discrepancy_id: DiscrepancyId,
        /// `count_short`, `till_took_promised`, `till_unbooked` or `channel_differs`.
        pub kind: String,
        /// Of what.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// Where; empty where it is of no node.
        pub node_id: String,
        /// On which channel; empty where it is of none.
        pub channel_id: String,
        /// The channel's code; empty where it is of no channel.
        pub external_code: String,
        /// Of which lot; empty for none.
        pub lot: String,
        /// The order that lost units by it; empty where none did.
        pub order_id: String,
        /// What the book says.
        pub expected: i64,
        /// What was found.
        pub found: i64,
        /// What brought it up.
        pub cause_id: String,
        /// `open`, `repairing`, `stuck`, `repaired` or `resolved`.
        pub state: String,
        /// How often the channel was told what is right.
        pub tries: i64,
        /// What it was told last.
        pub told: Option<i64>,
        /// When.
        pub told_at: Option<Timestamp>,
        /// Since when.
        pub found_at: Timestamp,
        /// Who or what found it.
        pub found_by: String,
        /// When it was settled.
        pub settled_at: Option<Timestamp>,
        /// By whom; empty as long as it is not.
        pub settled_by: String,
        /// How, in their words.
        pub reason: String,
    }
}

pub(crate) async fn insert_discrepancies(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    now: Timestamp,
    found: &[NewDiscrepancy],
) -> Result<(), Fault> {
    let is_settled = |new: &&NewDiscrepancy| new.state == DiscrepancyState::Repaired;
    tx.execute_guarded(
        "discrepancies found",
        "insert into discrepancy (organisation_id, discrepancy_id, kind, item_id, owner_id, node_id, channel_id, \
                external_code, lot, order_id, expected, found, cause_id, state, tries, found_at, found_by, settled_at, \
                settled_by, reason) \
         select $1, d.id, d.kind, d.item_id, d.owner_id, d.node_id, d.channel_id, d.external_code, d.lot, d.order_id, \
                d.expected, d.found, d.cause_id, d.state, 0, $3, $2, d.settled_at, d.settled_by, '' \
         {set d(id text, kind text, item_id text, owner_id text, node_id text, channel_id text, external_code text, \
                lot text, order_id text, expected int, found int, cause_id text, state text, settled_at time, \
                settled_by text)} where true",
        &set![
            found.iter().map(|new| &new.id),
            found.iter().map(|new| new.kind.name()),
            found.iter().map(|new| &new.item_id),
            found.iter().map(|new| &new.owner_id),
            found.iter().map(|new| new.node_id.as_ref().map_or("", NodeId::as_str)),
            found.iter().map(|new| new.listing.as_ref().map_or("", |(channel_id, _)| channel_id.as_str())),
            found.iter().map(|new| new.listing.as_ref().map_or("", |(_, code)| code.as_str())),
            found.iter().map(|new| &new.lot),
            found.iter().map(|new| new.order_id.as_ref().map_or("", |order_id| order_id.as_str())),
            found.iter().map(|new| new.expected),
            found.iter().map(|new| new.found),
            found.iter().map(|new| &new.cause_id),
            found.iter().map(|new| new.state.name()),
            found.iter().map(|new| Some(now).filter(|_| is_settled(&new))),
            found.iter().map(|new| if is_settled(&new) { "system" } else { "" }),
        ],
        args![organisation_id, actor, now],
    )
    .await
}

/// Settles those of these that are not settled yet; gives which.
pub(crate) async fn settle(
    tx: &Tx,
    organisation_id: &OrganisationId,
    ids: &[&DiscrepancyId],
    state: DiscrepancyState,
    actor: &str,
    now: Timestamp,
    reason: &str,
) -> Result<Vec<DiscrepancyId>, Fault> {
    let rows: Vec<(DiscrepancyId,)> = tx
        .query(
            "update discrepancy set state = $3, settled_by = $4, settled_at = $5, reason = $6 \
              where organisation_id = $1 and discrepancy_id {in $2} and state in ('open', 'repairing', 'stuck') \
             returning discrepancy_id",
            args![organisation_id, Column::from_iter(ids.iter().copied()), state.name(), actor, now, reason],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// What is not settled of these codes of a channel, locked until the transaction ends.
pub(crate) async fn lock_of_channel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_id: &ChannelId,
    codes: impl Iterator<Item = &String>,
) -> Result<Vec<DiscrepancyRow>, Fault> {
    tx.query(
        "select discrepancy_id, kind, item_id, owner_id, node_id, channel_id, external_code, lot, order_id, expected, \
                found, cause_id, state, tries, told, told_at, found_at, found_by, settled_at, settled_by, reason \
           from discrepancy \
          where organisation_id = $1 and channel_id = $2 and external_code {in $3} and kind = 'channel_differs' \
            and state in ('open', 'repairing', 'stuck') order by discrepancy_id [pg: for update :]",
        args![organisation_id, channel_id, Column::from_iter(codes)],
    )
    .await
}

/// The channel is told what is right: the discrepancies with what it may sell and what it showed.
pub(crate) async fn note_told(
    tx: &Tx,
    organisation_id: &OrganisationId,
    told: &[(DiscrepancyId, i64, i64)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "discrepancies told",
        "update discrepancy set state = 'repairing', tries = discrepancy.tries + 1, told = d.offered, told_at = $2, \
                expected = d.offered, found = d.shown {set d(id text, offered int, shown int)} \
          where organisation_id = $1 and discrepancy.discrepancy_id = d.id \
            and discrepancy.state in ('open', 'repairing')",
        &set![
            told.iter().map(|(id, _, _)| id),
            told.iter().map(|(_, offered, _)| *offered),
            told.iter().map(|(_, _, shown)| *shown),
        ],
        args![organisation_id, now],
    )
    .await
}

/// Telling the channel again does not help.
pub(crate) async fn note_stuck(
    tx: &Tx,
    organisation_id: &OrganisationId,
    ids: &[DiscrepancyId],
) -> Result<(), Fault> {
    tx.execute(
        "update discrepancy set state = 'stuck' \
          where organisation_id = $1 and discrepancy_id {in $2} and state = 'repairing'",
        args![organisation_id, Column::from_iter(ids.iter())],
    )
    .await?;
    Ok(())
}

/// One, whatever became of it.
pub async fn find_discrepancy(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &DiscrepancyId,
) -> Result<Option<DiscrepancyRow>, Fault> {
    tx.query_optional(
        "select discrepancy_id, kind, item_id, owner_id, node_id, channel_id, external_code, lot, order_id, expected, \
                found, cause_id, state, tries, told, told_at, found_at, found_by, settled_at, settled_by, reason \
           from discrepancy where organisation_id = $1 and discrepancy_id = $2",
        args![organisation_id, id],
    )
    .await
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiscrepancyFilter {
    /// Only those that are not settled.
    pub is_open: bool,
    /// Only of this kind.
    pub kind: String,
    /// Only at this node.
    pub node_id: Option<NodeId>,
}

/// A page of them, newest first.
pub async fn list_discrepancies(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &DiscrepancyFilter,
    page: &PageRequest,
) -> Result<Page<DiscrepancyRow>, Fault> {
    let rows: Vec<DiscrepancyRow> = tx
        .query(
            "select discrepancy_id, kind, item_id, owner_id, node_id, channel_id, external_code, lot, order_id, \
                    expected, found, cause_id, state, tries, told, told_at, found_at, found_by, settled_at, settled_by, \
                    reason \
               from discrepancy where organisation_id = $1 and ($2 = 1 or owner_id {in $3} or node_id {in $4}) \
                and ($5 = 0 or state in ('open', 'repairing', 'stuck')) and ($6 = '' or kind = $6) \
                and ($7 = '' or node_id = $7) and ($8 = '' or discrepancy_id < $8) \
              order by discrepancy_id desc limit $9",
            args![
                organisation_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids()),
                i64::from(filter.is_open),
                &filter.kind,
                filter.node_id.as_ref().map_or("", NodeId::as_str),
                page.after.as_deref().unwrap_or_default(),
                page.limit + 1,
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, |row| row.discrepancy_id.to_string()))
}

/// True where it is of one of the merchants, or at one of the nodes.
pub async fn is_discrepancy_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    id: &DiscrepancyId,
) -> Result<bool, Fault> {
    let found = find_discrepancy(tx, organisation_id, id).await?;
    Ok(found.is_some_and(|row| {
        scope.has_merchant(&row.owner_id)
            || NodeId::parse(&row.node_id).is_ok_and(|node_id| scope.has_node(&node_id))
    }))
}
