//! Every statement of this context; those that only screens ask are in `read`.

pub(crate) mod discrepancy;
pub(crate) mod expect;
pub(crate) mod hold;
mod lot;
pub(crate) mod propose;
mod read;
mod settlements;
mod stuck;
pub(crate) mod till;

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{ItemId, MerchantId, NodeId, OrganisationId, Quantity, Scope, Timestamp};

use crate::{ledger::NetEntry, lot::Lot, model::Transfer};
pub use discrepancy::{
    DiscrepancyFilter, DiscrepancyRow, find_discrepancy, is_discrepancy_within, list_discrepancies,
};
pub use expect::{
    ExpectedFilter, ExpectedLineRow, ExpectedRow, SupplyRow, find_expected, is_expected_within,
    list_expected, list_expected_lines, list_supply,
};
pub use hold::{
    HoldFilter, HoldLineRow, HoldOfBalance, HoldRow, HoldingPart, Part, find_hold, find_open_by_reference,
    is_hold_within, list_channels_of_holds, list_hold_lines, list_hold_parts, list_holding, list_holds,
    list_holds_of_balance, references_of_holds,
};
pub use lot::*;
pub use propose::{ProposedRow, find_proposed, is_proposed_within, list_proposed};
pub use read::*;
pub use settlements::*;
pub use stuck::*;

/// Locks accounts that exist: what is available first, then in the order of their numbers, as [`lock_available`] does.
pub(crate) async fn lock_accounts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    account_ids: impl Iterator<Item = i64>,
) -> Result<(), Fault> {
    if tx.engine() == db::Engine::Sqlite {
        return Ok(());
    }
    tx.query::<(i64,)>(
        "select account_id from stock_account where organisation_id = $1 and account_id {in $2} \
          order by state <> 'available', account_id [pg: for update :]",
        args![organisation_id, Column::from_iter(account_ids)],
    )
    .await?;
    Ok(())
}

/// Makes accounts of what is available that are not there yet, empty, in the sequence they are named in: that of their
/// numbers. Whoever locks what there is would not see the row that another is just making, and the two would meet in the
/// wrong order later; here the second waits before it has locked anything. Other accounts come after what is available, so
/// nobody holds one of them and waits for another's.
pub(crate) async fn open_accounts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    entries: &[(&i64, &NetEntry<'_>)],
) -> Result<(), Fault> {
    if tx.engine() == db::Engine::Sqlite || entries.is_empty() {
        return Ok(());
    }
    tx.execute_set(
        "insert into stock_account (organisation_id, account_id, item_id, owner_id, node_id, lot, state, is_bounded, \
                quantity) \
         select $1, d.account_id, d.item_id, d.owner_id, d.node_id, d.lot, d.state, d.is_bounded, 0 \
         {set d(account_id int, item_id text, owner_id text, node_id text, lot text, state text, is_bounded bool)} \
          where true [pg: order by d.account_id :] on conflict do nothing",
        &set![
            entries.iter().map(|(account_id, _)| **account_id),
            entries.iter().map(|(_, entry)| &entry.account.item_id),
            entries.iter().map(|(_, entry)| &entry.account.owner_id),
            entries.iter().map(|(_, entry)| entry.account.spot.as_str()),
            entries.iter().map(|(_, entry)| &entry.account.lot),
            entries.iter().map(|(_, entry)| entry.account.state.name()),
            entries.iter().map(|(_, entry)| !entry.account.state.is_outside()),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Takes from balances that hold enough; gives which did.
pub(crate) async fn take(
    tx: &Tx,
    organisation_id: &OrganisationId,
    entries: &[(&i64, &NetEntry<'_>)],
) -> Result<Vec<i64>, Fault> {
    let taken: Vec<(i64,)> = tx
        .query_set(
            "update stock_account set quantity = stock_account.quantity + d.delta \
                {set d(account_id int, item_id text, state text, delta int)} \
          where organisation_id = $1 and stock_account.account_id = d.account_id \
            and stock_account.item_id = d.item_id and stock_account.state = d.state \
            and stock_account.quantity + d.delta >= 0 returning stock_account.account_id",
            &set![
                entries.iter().map(|(account_id, _)| **account_id),
                entries.iter().map(|(_, entry)| &entry.account.item_id),
                entries.iter().map(|(_, entry)| entry.account.state.name()),
                entries.iter().map(|(_, entry)| entry.delta),
            ],
            args![organisation_id],
        )
        .await?;
    Ok(taken.into_iter().map(|(account_id,)| account_id).collect())
}

/// Adds to balances, making those that are not there yet.
pub(crate) async fn put(
    tx: &Tx,
    organisation_id: &OrganisationId,
    entries: &[(&i64, &NetEntry<'_>)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "balances put to",
        "insert into stock_account (organisation_id, account_id, item_id, owner_id, node_id, lot, state, is_bounded, \
                quantity) \
         select $1, d.account_id, d.item_id, d.owner_id, d.node_id, d.lot, d.state, d.is_bounded, d.delta \
         {set d(account_id int, item_id text, owner_id text, node_id text, lot text, state text, is_bounded bool, \
                delta int)} where true \
         on conflict (organisation_id, account_id) do update set quantity = stock_account.quantity + excluded.quantity \
          where stock_account.item_id = excluded.item_id and stock_account.state = excluded.state \
            and stock_account.node_id = excluded.node_id",
        &set![
            entries.iter().map(|(account_id, _)| **account_id),
            entries.iter().map(|(_, entry)| &entry.account.item_id),
            entries.iter().map(|(_, entry)| &entry.account.owner_id),
            entries.iter().map(|(_, entry)| entry.account.spot.as_str()),
            entries.iter().map(|(_, entry)| &entry.account.lot),
            entries.iter().map(|(_, entry)| entry.account.state.name()),
            entries.iter().map(|(_, entry)| !entry.account.state.is_outside()),
            entries.iter().map(|(_, entry)| entry.delta),
        ],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn insert_transfers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    transfers: &[Transfer],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into stock_transfer (organisation_id, item_id, from_account, to_account, quantity, reason, cause_id, \
                actor, happened_at) \
         select $1, d.item_id, d.from_account, d.to_account, d.quantity, d.reason, d.cause_id, $2, d.happened_at \
         {set d(item_id text, from_account int, to_account int, quantity int, reason text, cause_id text, \
                happened_at time)} where true",
        &set![
            transfers.iter().map(|transfer| &transfer.from.item_id),
            transfers.iter().map(|transfer| transfer.from.account_id()),
            transfers.iter().map(|transfer| transfer.to.account_id()),
            transfers.iter().map(|transfer| transfer.quantity),
            transfers.iter().map(|transfer| &*transfer.reason),
            transfers.iter().map(|transfer| &transfer.cause_id),
            transfers.iter().map(|transfer| transfer.happened_at),
        ],
        args![organisation_id, actor],
    )
    .await?;
    Ok(())
}

/// How many movements there are.
pub async fn count_transfers(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let (count,): (i64,) = tx
        .query_one("select count(*) from stock_transfer where organisation_id = $1", args![organisation_id])
        .await?;
    Ok(count)
}

/// Repeats the newest movements between balances, each there and back, so that every balance stays as it is; gives how
/// many rows that made. For benchmarks, which want a ledger as long as years would make it.
pub async fn pad_ledger(tx: &Tx, organisation_id: &OrganisationId, limit: i64) -> Result<u64, Fault> {
    tx.execute(
        "with newest as (select * from stock_transfer where organisation_id = $1 order by transfer_id desc limit $2) \
         insert into stock_transfer (organisation_id, item_id, from_account, to_account, quantity, reason, cause_id, \
                actor, happened_at) \
         select organisation_id, item_id, from_account, to_account, quantity, 'allocate', cause_id, actor, happened_at \
           from newest \
         union all \
         select organisation_id, item_id, to_account, from_account, quantity, 'release', cause_id, actor, happened_at \
           from newest",
        args![organisation_id, limit],
    )
    .await
}

pub(crate) async fn balances(
    tx: &Tx,
    organisation_id: &OrganisationId,
    account_ids: impl Iterator<Item = i64>,
) -> Result<HashMap<i64, i64>, Fault> {
    let rows: Vec<(i64, i64)> = tx
        .query(
            "select account_id, quantity from stock_account where organisation_id = $1 and account_id {in $2}",
            args![organisation_id, Column::from_iter(account_ids)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// What of an item is free at a node, lot by lot. What is expired is among it: whoever promises must look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Available {
    /// The item.
    pub item_id: ItemId,
    /// Whose goods.
    pub owner_id: MerchantId,
    /// Where.
    pub node_id: NodeId,
    /// Of which lot, if of any.
    pub lot: Lot,
    /// How many, more than none.
    pub quantity: Quantity,
}

/// What is free of these items, everywhere, locked until the transaction ends: nobody else can promise it meanwhile.
/// Their held and allocated balances are locked along, so that a cancellation or the end of a hold running against this
/// cannot deadlock.
pub async fn lock_available(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<Available>, Fault> {
    let items = Column::from_iter(items);
    if tx.engine() == db::Engine::Sqlite {
        return list_available_in(tx, organisation_id, items).await;
    }
    tx.query::<(i64,)>(
        "select account_id from stock_account \
          where organisation_id = $1 and item_id {in $2} and state in ('available', 'held', 'allocated') and is_bounded \
          order by state <> 'available', account_id [pg: for update :]",
        args![organisation_id, items.clone()],
    )
    .await?;
    list_available_in(tx, organisation_id, items).await
}

/// What is free of these items, everywhere.
pub async fn list_available(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<Available>, Fault> {
    list_available_in(tx, organisation_id, Column::from_iter(items)).await
}

async fn list_available_in(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: Column,
) -> Result<Vec<Available>, Fault> {
    // Item by item on PostgreSQL: before its first statistics it takes an organisation's free stock for a row or two, and
    // reads all of it for each order.
    let rows: Vec<(ItemId, MerchantId, NodeId, String, Quantity)> = tx
        .query(
            "select a.item_id, a.owner_id, a.node_id, a.lot, a.quantity from \
              [sqlite: stock_account a where a.organisation_id = $1 and a.item_id {in $2} and a.state = 'available' \
                          and a.quantity > 0 :] \
              [pg: (select distinct unnest($2::text[]) as item_id) wanted cross join lateral \
                   (select s.item_id, s.owner_id, s.node_id, s.lot, s.quantity from stock_account s \
                     where s.organisation_id = $1 and s.item_id = wanted.item_id and s.state = 'available' \
                       and s.quantity > 0 offset 0) a :] \
              order by a.item_id, a.node_id, a.owner_id, a.lot",
            args![organisation_id, items],
        )
        .await?;
    // Few goods have lots; for what has none nothing more is asked.
    let in_lots = rows.iter().filter(|(_, _, _, lot, _)| !lot.is_empty());
    let in_lots: Vec<(&ItemId, &str)> =
        in_lots.map(|(item_id, _, _, lot, _)| (item_id, lot.as_str())).collect();
    let known = if in_lots.is_empty() {
        HashMap::new()
    } else {
        find_lots(tx, organisation_id, in_lots.iter().copied()).await?
    };
    let available = rows.into_iter().map(|(item_id, owner_id, node_id, code, quantity)| {
        let lot = match code.is_empty() {
            true => Lot::default(),
            false => {
                let key = (item_id.clone(), code);
                let expires_on = known.get(&key).copied().flatten();
                Lot { code: key.1, expires_on }
            }
        };
        Available { item_id, owner_id, node_id, lot, quantity }
    });
    Ok(available.collect())
}

row! {
    /// How many units of an item are in one state, over the network.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct InState {
        /// The item.
        pub item_id: ItemId,
        /// The state.
        pub state: String,
        /// How many.
        pub quantity: i64,
    }
}

/// Who holds these items: units by state, over all nodes.
pub async fn list_by_state(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<InState>, Fault> {
    tx.query(
        "select item_id, state, cast(sum(quantity) as bigint) as quantity from stock_account \
          where organisation_id = $1 and item_id {in $2} and is_bounded \
          group by item_id, state having sum(quantity) > 0 order by item_id, state",
        args![organisation_id, Column::from_iter(items)],
    )
    .await
}

row! {
    /// A row of the stock grid.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    #[schema(as = ItemStock)]
    pub struct StockRow {
        /// The item.
        pub item_id: ItemId,
        /// Whose goods.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// Of which lot; empty for none.
        pub lot: String,
        /// Present in any state.
        pub on_hand: i64,
        /// Free to promise.
        pub available: i64,
        /// Held for carts.
        pub held: i64,
        /// Promised to orders.
        pub allocated: i64,
        /// Off the shelf.
        pub picked: i64,
        /// In parcels.
        pub packed: i64,
        /// Not to be sold.
        pub damaged: i64,
        /// Expected.
        pub incoming: i64,
    }
}

/// The stock of these items at every node.
pub async fn list_stock_of_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<StockRow>, Fault> {
    tx.query(
        "select item_id, owner_id, node_id, lot, on_hand, available, held, allocated, picked, packed, damaged, incoming \
           from v_stock where organisation_id = $1 and item_id {in $2} \
            and ($3 = 1 or owner_id {in $4} or node_id {in $5}) order by item_id, node_id, owner_id, lot",
        args![
            organisation_id,
            Column::from_iter(items),
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}

row! {
    /// What a node has.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
    pub struct NodeStock {
        /// The node.
        pub node_id: NodeId,
        /// Units present in any state.
        pub on_hand: i64,
        /// Units free to promise.
        pub available: i64,
    }
}

/// Units at each node.
pub async fn list_stock_by_node(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<NodeStock>, Fault> {
    tx.query(
        "select node_id, cast(sum(quantity) as bigint) as on_hand, \
                cast(sum(case when state = 'available' then quantity else 0 end) as bigint) as available \
           from stock_account where organisation_id = $1 and node_id <> '' and state not in ('in_transit', 'incoming') \
          group by node_id order by node_id",
        args![organisation_id],
    )
    .await
}

row! {
    /// A line of the ledger: a movement and where it came from and went.
    #[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
    pub struct LedgerLine {
        /// Its number.
        pub transfer_id: i64,
        /// When.
        pub happened_at: Timestamp,
        /// How many units.
        pub quantity: i64,
        /// The kind of movement.
        pub reason: String,
        /// What caused it.
        pub cause_id: String,
        /// Who did it.
        pub actor: String,
        /// The node they left, empty for outside.
        pub from_node_id: String,
        /// The state they left.
        pub from_state: String,
        /// The node they entered, empty for outside.
        pub to_node_id: String,
        /// The state they entered.
        pub to_state: String,
    }
}

/// The ledger behind a number: movements of an item, newest first, at one node or all (empty), into or out of one
/// state or any (empty), before a transfer (for the next page).
pub async fn list_ledger(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
    node_id: &str,
    state: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<LedgerLine>, Fault> {
    tx.query(
        "select t.transfer_id, t.happened_at, t.quantity, t.reason, t.cause_id, t.actor, \
                f.node_id as from_node_id, f.state as from_state, g.node_id as to_node_id, g.state as to_state \
           from stock_transfer t \
           join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
           join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
          where t.organisation_id = $1 and t.item_id = $2 and t.transfer_id < $5 \
            and ($3 = '' or f.node_id = $3 or g.node_id = $3) and ($4 = '' or f.state = $4 or g.state = $4) \
          order by t.transfer_id desc limit $6",
        args![organisation_id, item_id, node_id, state, before, limit],
    )
    .await
}

/// True where a receipt with this reference was booked before at this node.
pub async fn has_cause(
    tx: &Tx,
    organisation_id: &OrganisationId,
    cause_ids: impl Iterator<Item = &String>,
) -> Result<Vec<String>, Fault> {
    let rows: Vec<(String,)> = tx
        .query(
            "select distinct cause_id from stock_transfer where organisation_id = $1 and cause_id {in $2}",
            args![organisation_id, Column::from_iter(cause_ids)],
        )
        .await?;
    Ok(rows.into_iter().map(|(cause_id,)| cause_id).collect())
}

row! {
    /// A receipt as it was booked, for export.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ReceiptRow {
        /// When.
        pub happened_at: Timestamp,
        /// Where.
        pub node_id: String,
        /// What.
        pub item_id: ItemId,
        /// How many.
        pub quantity: i64,
        /// The reference.
        pub cause_id: String,
    }
}

/// Receipts after a transfer, in the order they were booked.
pub async fn list_receipts(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<ReceiptRow>, Fault> {
    tx.query(
        "select t.happened_at, g.node_id, t.item_id, t.quantity, t.cause_id from stock_transfer t \
           join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
          where t.organisation_id = $1 and t.reason = 'receipt' order by t.transfer_id",
        args![organisation_id],
    )
    .await
}
