//! Questions that screens ask about stock.

use db::{Column, Fault, Tx, args, row};
use kernel::{ItemId, NodeId, OrganisationId, Scope, Timestamp};

use super::LedgerLine;
use crate::model::State;

row! {
    /// The balances of an item at a node, or everywhere.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ItemBalances {
        /// The item.
        pub item_id: ItemId,
        /// Where; none for the sum over all nodes.
        pub node_id: Option<NodeId>,
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

/// The balances of these items: each at every node that ever had it, and each over all nodes. Owners and lots are
/// taken together.
pub async fn list_balances_of_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<ItemBalances>, Fault> {
    macro_rules! sums {
        ($node:literal, $group:literal) => {
            concat!(
                "select item_id, ",
                $node,
                " as node_id, cast(sum(on_hand) as bigint) as on_hand, \
                  cast(sum(available) as bigint) as available, cast(sum(held) as bigint) as held, \
                  cast(sum(allocated) as bigint) as allocated, cast(sum(picked) as bigint) as picked, \
                  cast(sum(packed) as bigint) as packed, cast(sum(damaged) as bigint) as damaged, \
                  cast(sum(incoming) as bigint) as incoming \
                   from v_stock where organisation_id = $1 and item_id {in $2} \
                     and ($3 = 1 or owner_id {in $4} or node_id {in $5}) group by ",
                $group
            )
        };
    }
    tx.query(
        concat!(
            sums!("node_id", "item_id, node_id"),
            " union all ",
            sums!("null", "item_id"),
            " order by item_id, node_id"
        ),
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

/// Items that a node has or had, by id, after one of them.
pub async fn list_items_at_node(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<ItemId>, Fault> {
    let rows: Vec<(ItemId,)> = tx
        .query(
            "select distinct item_id from stock_account \
              where organisation_id = $1 and node_id = $2 and item_id > $3 order by item_id limit $4",
            args![organisation_id, node_id, after.unwrap_or_default(), limit],
        )
        .await?;
    Ok(rows.into_iter().map(|(item_id,)| item_id).collect())
}

/// Which number a ledger explains: an item in some states, at a node or (none) everywhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceOf<'a> {
    /// The item.
    pub item_id: &'a ItemId,
    /// Where.
    pub node_id: Option<&'a NodeId>,
    /// In which states; together they are one number.
    pub states: &'a [State],
}

/// A number and the movements that made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceLedger {
    /// The number now.
    pub balance: i64,
    /// Movements that changed it, newest first.
    pub entries: Vec<BalanceEntry>,
    /// Before which transfer there are older ones, if there are.
    pub older: Option<i64>,
}

/// A movement that changed a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BalanceEntry {
    /// The movement.
    pub line: LedgerLine,
    /// What it added; below zero for what it took.
    pub change: i64,
    /// What the number was after it.
    pub after: i64,
}

/// The ledger of one number, from before a transfer or from now. Movements between two of its own states are left out:
/// they changed nothing.
pub async fn list_ledger_of_balance(
    tx: &Tx,
    organisation_id: &OrganisationId,
    of: &BalanceOf<'_>,
    before: Option<i64>,
    limit: i64,
) -> Result<BalanceLedger, Fault> {
    let node_id = of.node_id.map_or("", NodeId::as_str);
    let states = Column::from_iter(of.states.iter().map(|state| state.name()));
    let before = before.unwrap_or(i64::MAX);
    let (balance,): (i64,) = tx
        .query_one(
            "select cast(coalesce(sum(quantity), 0) as bigint) from stock_account \
              where organisation_id = $1 and item_id = $2 and ($3 = '' or node_id = $3) and state {in $4}",
            args![organisation_id, of.item_id, node_id, states.clone()],
        )
        .await?;
    let (later,): (i64,) = tx
        .query_one(
            "select cast(coalesce(sum( \
                    case when ($3 = '' or g.node_id = $3) and g.state {in $4} then t.quantity else 0 end \
                  - case when ($3 = '' or f.node_id = $3) and f.state {in $4} then t.quantity else 0 end), 0) as bigint) \
               from stock_transfer t \
               join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
               join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
              where t.organisation_id = $1 and t.item_id = $2 and t.transfer_id >= $5",
            args![organisation_id, of.item_id, node_id, states.clone(), before],
        )
        .await?;
    let mut lines: Vec<LedgerLine> = tx
        .query(
            "select t.transfer_id, t.happened_at, t.quantity, t.reason, t.cause_id, t.actor, \
                    f.node_id as from_node_id, f.state as from_state, g.node_id as to_node_id, g.state as to_state \
               from stock_transfer t \
               join stock_account f on f.organisation_id = t.organisation_id and f.account_id = t.from_account \
               join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
              where t.organisation_id = $1 and t.item_id = $2 and t.transfer_id < $5 \
                and (($3 = '' or f.node_id = $3) and f.state {in $4}) <> (($3 = '' or g.node_id = $3) and g.state {in $4}) \
              order by t.transfer_id desc limit $6",
            args![organisation_id, of.item_id, node_id, states, before, limit + 1],
        )
        .await?;
    let has_older = lines.len() as i64 > limit;
    lines.truncate(usize::try_from(limit).unwrap_or(0));
    let older = lines.last().filter(|_| has_older).map(|line| line.transfer_id);
    let is_ours = |spot: &str, state: &str| {
        (node_id.is_empty() || node_id == spot) && of.states.iter().any(|ours| ours.name() == state)
    };
    let mut after = balance - later;
    let mut entries = Vec::with_capacity(lines.len());
    for line in lines {
        let change = if is_ours(&line.to_node_id, &line.to_state) { line.quantity } else { -line.quantity };
        entries.push(BalanceEntry { line, change, after });
        after -= change;
    }
    Ok(BalanceLedger { balance, entries, older })
}

row! {
    /// Goods that came in.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct RecentReceipt {
        /// When.
        pub happened_at: Timestamp,
        /// Where.
        pub node_id: NodeId,
        /// What.
        pub item_id: ItemId,
        /// How many.
        pub quantity: i64,
        /// Who took them in.
        pub actor: String,
    }
}

/// What was received last, newest first.
pub async fn list_newest_receipts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<RecentReceipt>, Fault> {
    tx.query(
        "select t.happened_at, g.node_id, t.item_id, t.quantity, t.actor from stock_transfer t \
           join stock_account g on g.organisation_id = t.organisation_id and g.account_id = t.to_account \
          where t.organisation_id = $1 and t.reason = 'receipt' \
            and ($3 = 1 or g.owner_id {in $4} or g.node_id {in $5}) order by t.transfer_id desc limit $2",
        args![
            organisation_id,
            limit,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}
