//! Statements about holds.

mod part;

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    ChannelId, HoldId, ItemId, MerchantId, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope,
    Timestamp,
};

use crate::hold::{HoldState, NewHold};
pub use part::{Part, list_hold_parts};

row! {
    /// A hold.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HoldRow {
        /// Its id.
        pub hold_id: HoldId,
        /// Where it was asked for.
        pub channel_id: ChannelId,
        /// Whose goods.
        pub merchant_id: MerchantId,
        /// The caller's own name for it.
        pub external_reference: String,
        /// A digest of what was asked for.
        pub fingerprint: String,
        /// `open`, `consumed`, `released` or `expired`.
        pub state: String,
        /// Since when.
        pub placed_at: Timestamp,
        /// Until when.
        pub expires_at: Timestamp,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
        /// The order that got it.
        pub order_id: Option<OrderId>,
    }
}

row! {
    /// A line of a hold.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HoldLineRow {
        /// Of which hold.
        pub hold_id: HoldId,
        /// Its number.
        pub line_no: i64,
        /// The channel's code.
        pub external_code: String,
        /// The item.
        pub item_id: ItemId,
        /// Packs.
        pub quantity: i64,
        /// Base units in a pack.
        pub pack_factor: i64,
    }
}

/// Holds as they are placed.
pub(crate) async fn insert_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    holds: &[NewHold],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into stock_hold (organisation_id, hold_id, channel_id, merchant_id, external_reference, fingerprint, \
                state, placed_at, expires_at) \
         select $1, d.hold_id, d.channel_id, d.merchant_id, d.external_reference, d.fingerprint, 'open', d.placed_at, \
                d.expires_at \
         {set d(hold_id text, channel_id text, merchant_id text, external_reference text, fingerprint text, \
                placed_at time, expires_at time)} where true",
        &set![
            holds.iter().map(|hold| &hold.hold_id),
            holds.iter().map(|hold| &hold.channel_id),
            holds.iter().map(|hold| &hold.merchant_id),
            holds.iter().map(|hold| &hold.external_reference),
            holds.iter().map(|hold| &hold.fingerprint),
            holds.iter().map(|hold| hold.placed_at),
            holds.iter().map(|hold| hold.expires_at),
        ],
        args![organisation_id],
    )
    .await?;
    let lines = || holds.iter().flat_map(|hold| &hold.lines);
    tx.execute_set(
        "insert into stock_hold_line (organisation_id, hold_id, line_no, external_code, item_id, quantity, pack_factor) \
         select $1, d.hold_id, d.line_no, d.external_code, d.item_id, d.quantity, d.pack_factor \
         {set d(hold_id text, line_no int, external_code text, item_id text, quantity int, pack_factor int)} where true",
        &set![
            lines().map(|line| &line.hold_id),
            lines().map(|line| line.line_no),
            lines().map(|line| &line.external_code),
            lines().map(|line| &line.item_id),
            lines().map(|line| line.quantity),
            lines().map(|line| line.pack_factor),
        ],
        args![organisation_id],
    )
    .await?;
    part::insert(tx, organisation_id, holds).await
}

/// Which of these are open, as they stand.
pub(crate) async fn find_open(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<Vec<HoldRow>, Fault> {
    tx.query(
        "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                ended_at, order_id \
           from stock_hold where organisation_id = $1 and hold_id {in $2} and state = 'open' order by hold_id",
        args![organisation_id, Column::from_iter(hold_ids)],
    )
    .await
}

/// The same, and nobody else ends or extends them until the transaction ends.
pub(crate) async fn lock_open(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<Vec<HoldRow>, Fault> {
    tx.query(
        "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                ended_at, order_id \
           from stock_hold where organisation_id = $1 and hold_id {in $2} and state = 'open' \
          order by hold_id [pg: for update :]",
        args![organisation_id, Column::from_iter(hold_ids)],
    )
    .await
}

/// Open holds that are due, the oldest first; locked. What somebody else is ending is left to them.
pub(crate) async fn lock_due(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<HoldRow>, Fault> {
    tx.query(
        "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                ended_at, order_id \
           from stock_hold where organisation_id = $1 and state = 'open' and expires_at <= $2 \
          order by expires_at, hold_id limit $3 [pg: for update skip locked :]",
        args![organisation_id, now, limit],
    )
    .await
}

/// Those of them that hold one of these items; where somebody else is ending one, after they have.
pub(crate) async fn lock_due_of_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<HoldRow>, Fault> {
    tx.query(
        "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                ended_at, order_id \
           from stock_hold where organisation_id = $1 and state = 'open' and expires_at <= $2 \
            and exists (select 1 from stock_hold_part p where p.organisation_id = $1 \
                           and p.hold_id = stock_hold.hold_id and p.item_id {in $3}) \
          order by hold_id [pg: for update :]",
        args![organisation_id, now, Column::from_iter(items)],
    )
    .await
}

/// True where a hold is due.
pub(crate) async fn is_any_due(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let due: Vec<(HoldId,)> = tx
        .query(
            "select hold_id from stock_hold where organisation_id = $1 and state = 'open' and expires_at <= $2 \
              order by expires_at, hold_id limit 1",
            args![organisation_id, now],
        )
        .await?;
    Ok(!due.is_empty())
}

/// Ends open holds; each must be open still.
pub(crate) async fn end_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: &[&HoldId],
    state: HoldState,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "holds ended",
        "update stock_hold set state = $2, ended_at = $3 {set d(hold_id text)} \
          where organisation_id = $1 and stock_hold.hold_id = d.hold_id and stock_hold.state = 'open'",
        &set![hold_ids.iter().copied()],
        args![organisation_id, state.name(), now],
    )
    .await?;
    delete_parts(tx, organisation_id, hold_ids).await
}

/// Gives open holds to orders; each must be open still.
pub(crate) async fn consume_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    consumed: &[(&HoldId, &OrderId)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "holds consumed",
        "update stock_hold set state = 'consumed', ended_at = $2, order_id = d.order_id \
                {set d(hold_id text, order_id text)} \
          where organisation_id = $1 and stock_hold.hold_id = d.hold_id and stock_hold.state = 'open'",
        &set![consumed.iter().map(|(hold_id, _)| *hold_id), consumed.iter().map(|(_, order_id)| *order_id)],
        args![organisation_id, now],
    )
    .await?;
    let hold_ids: Vec<&HoldId> = consumed.iter().map(|(hold_id, _)| *hold_id).collect();
    delete_parts(tx, organisation_id, &hold_ids).await
}

async fn delete_parts(tx: &Tx, organisation_id: &OrganisationId, hold_ids: &[&HoldId]) -> Result<(), Fault> {
    tx.execute(
        "delete from stock_hold_part where organisation_id = $1 and hold_id {in $2}",
        args![organisation_id, Column::from_iter(hold_ids.iter().copied())],
    )
    .await?;
    Ok(())
}

/// Lets an open hold last until then; gives false where it ended or is due.
pub(crate) async fn extend_hold(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_id: &HoldId,
    until: Timestamp,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update stock_hold set expires_at = $3 \
              where organisation_id = $1 and hold_id = $2 and state = 'open' and expires_at > $4",
            args![organisation_id, hold_id, until, now],
        )
        .await?;
    Ok(touched == 1)
}

/// Removes holds that ended before a time, `limit` at most; gives how many.
pub(crate) async fn forget_ended(
    tx: &Tx,
    organisation_id: &OrganisationId,
    before: Timestamp,
    limit: i64,
) -> Result<u64, Fault> {
    let old: Vec<(HoldId,)> = tx
        .query(
            "select hold_id from stock_hold where organisation_id = $1 and hold_id < $2 and ended_at < $3 \
              order by hold_id limit $4",
            args![organisation_id, &first_since(before), before, limit],
        )
        .await?;
    let old = Column::from_iter(old.iter().map(|(hold_id,)| hold_id));
    tx.execute(
        "delete from stock_hold_lot where organisation_id = $1 and hold_id {in $2}",
        args![organisation_id, old.clone()],
    )
    .await?;
    tx.execute(
        "delete from stock_hold_line where organisation_id = $1 and hold_id {in $2}",
        args![organisation_id, old.clone()],
    )
    .await?;
    tx.execute(
        "delete from stock_hold where organisation_id = $1 and hold_id {in $2} and state <> 'open'",
        args![organisation_id, old],
    )
    .await
}

/// An id that no hold placed from then on is below: holds are found by age through their ids.
fn first_since(at: Timestamp) -> HoldId {
    let unix_ms = u64::try_from(at.as_millisecond()).unwrap_or(0);
    HoldId::from_body(&kernel::ids::body(kernel::ids::uuid_v7(unix_ms, 0)))
}

/// Open holds of these channels under these references.
pub async fn find_open_by_reference(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_ids: impl Iterator<Item = &ChannelId>,
    references: impl Iterator<Item = &String>,
) -> Result<Vec<HoldRow>, Fault> {
    tx.query(
        "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                ended_at, order_id \
           from stock_hold where organisation_id = $1 and channel_id {in $2} and external_reference {in $3} \
            and state = 'open'",
        args![organisation_id, Column::from_iter(channel_ids), Column::from_iter(references)],
    )
    .await
}

/// The channels of these holds, whatever became of them.
pub async fn list_channels_of_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<Vec<(HoldId, ChannelId)>, Fault> {
    tx.query(
        "select hold_id, channel_id from stock_hold where organisation_id = $1 and hold_id {in $2}",
        args![organisation_id, Column::from_iter(hold_ids)],
    )
    .await
}

/// The callers' own names of these holds, as far as they are known still.
pub async fn references_of_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<HashMap<HoldId, String>, Fault> {
    let rows: Vec<(HoldId, String)> = tx
        .query(
            "select hold_id, external_reference from stock_hold where organisation_id = $1 and hold_id {in $2}",
            args![organisation_id, Column::from_iter(hold_ids)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

row! {
    /// Units of one balance that a hold holds.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HoldOfBalance {
        /// The caller's own name for it.
        pub external_reference: String,
        /// How many units.
        pub quantity: i64,
        /// Until when.
        pub expires_at: Timestamp,
    }
}

/// Who holds an item at a node, or everywhere, those that end first.
pub async fn list_holds_of_balance(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
    node_id: Option<&NodeId>,
    limit: i64,
) -> Result<Vec<HoldOfBalance>, Fault> {
    tx.query(
        "select h.external_reference, cast(sum(p.quantity) as bigint) as quantity, h.expires_at \
           from stock_hold_part p \
           join stock_hold h on h.organisation_id = p.organisation_id and h.hold_id = p.hold_id \
          where p.organisation_id = $1 and p.item_id = $2 and ($3 = '' or p.node_id = $3) \
          group by h.hold_id, h.external_reference, h.expires_at order by h.expires_at, h.hold_id limit $4",
        args![organisation_id, item_id, node_id.map_or("", NodeId::as_str), limit],
    )
    .await
}

/// One hold.
pub async fn find_hold(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_id: &HoldId,
) -> Result<Option<HoldRow>, Fault> {
    let found: Vec<HoldRow> = tx
        .query(
            "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                    ended_at, order_id \
               from stock_hold where organisation_id = $1 and hold_id = $2",
            args![organisation_id, hold_id],
        )
        .await?;
    Ok(found.into_iter().next())
}

/// The lines of these holds, in their order.
pub async fn list_hold_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: impl Iterator<Item = &HoldId>,
) -> Result<Vec<HoldLineRow>, Fault> {
    tx.query(
        "select hold_id, line_no, external_code, item_id, quantity, pack_factor from stock_hold_line \
          where organisation_id = $1 and hold_id {in $2} order by hold_id, line_no",
        args![organisation_id, Column::from_iter(hold_ids)],
    )
    .await
}

row! {
    /// Units of an item that a hold holds, over all nodes.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct HoldingPart {
        /// The item.
        pub item_id: ItemId,
        /// The hold.
        pub hold_id: HoldId,
        /// How many units.
        pub quantity: i64,
        /// Until when.
        pub expires_at: Timestamp,
    }
}

/// Holds that hold some of these items and are not due, up to five of each, those that end first.
pub async fn list_holding(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
    now: Timestamp,
) -> Result<Vec<HoldingPart>, Fault> {
    tx.query(
        "select item_id, hold_id, quantity, expires_at from ( \
             select p.item_id, p.hold_id, cast(sum(p.quantity) as bigint) as quantity, h.expires_at, \
                    row_number() over (partition by p.item_id order by h.expires_at, p.hold_id) as place \
               from stock_hold_part p \
               join stock_hold h on h.organisation_id = p.organisation_id and h.hold_id = p.hold_id \
              where p.organisation_id = $1 and p.item_id {in $2} and h.expires_at > $3 \
              group by p.item_id, p.hold_id, h.expires_at) holding \
          where place <= 5 order by item_id, place",
        args![organisation_id, Column::from_iter(items), now],
    )
    .await
}

/// Which holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldFilter {
    /// Only those that are open.
    pub is_open: bool,
    /// Only of this channel.
    pub channel_id: Option<ChannelId>,
    /// Only with this item.
    pub item_id: Option<ItemId>,
    /// Only under this reference.
    pub external_reference: Option<String>,
}

/// A page of holds, newest first. What a node sees of holds is those that hold something there.
pub async fn list_holds(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &HoldFilter,
    page: &PageRequest,
) -> Result<Page<HoldRow>, Fault> {
    // Open holds are few among all that ever were: they have an index of their own, if the text names them.
    macro_rules! statement {
        ($state:literal) => {
            concat!(
                "select hold_id, channel_id, merchant_id, external_reference, fingerprint, state, placed_at, expires_at, \
                        ended_at, order_id \
                   from stock_hold h where h.organisation_id = $1",
                $state,
                " and ($2 = 1 or h.merchant_id {in $3} or exists (select 1 from stock_hold_part p \
                             where p.organisation_id = $1 and p.hold_id = h.hold_id and p.node_id {in $4})) \
                    and ($5 = '' or h.channel_id = $5) and ($6 = '' or h.external_reference = $6) \
                    and ($7 = '' or exists (select 1 from stock_hold_line l where l.organisation_id = $1 \
                                               and l.hold_id = h.hold_id and l.item_id = $7)) \
                    and ($8 = '' or h.hold_id < $8) \
                  order by h.hold_id desc limit $9"
            )
        };
    }
    let sql = if filter.is_open { statement!(" and h.state = 'open'") } else { statement!("") };
    let rows: Vec<HoldRow> = tx
        .query(
            sql,
            args![
                organisation_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids()),
                filter.channel_id.as_ref().map_or("", ChannelId::as_str),
                filter.external_reference.as_deref().unwrap_or_default(),
                filter.item_id.as_ref().map_or("", ItemId::as_str),
                page.after.as_deref().unwrap_or_default(),
                page.limit + 1,
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, |hold| hold.hold_id.to_string()))
}

/// True where the hold is of one of the merchants, or holds something at one of the nodes.
pub async fn is_hold_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    hold_id: &HoldId,
) -> Result<bool, Fault> {
    let found: Vec<(HoldId,)> = tx
        .query(
            "select h.hold_id from stock_hold h where h.organisation_id = $1 and h.hold_id = $2 \
                and ($3 = 1 or h.merchant_id {in $4} or exists (select 1 from stock_hold_part p \
                        where p.organisation_id = $1 and p.hold_id = h.hold_id and p.node_id {in $5}))",
            args![
                organisation_id,
                hold_id,
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                Column::from_iter(scope.node_ids())
            ],
        )
        .await?;
    Ok(!found.is_empty())
}
