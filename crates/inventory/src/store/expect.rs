//! Statements about goods that are expected.

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    ExpectedReceiptId, ItemId, MerchantId, NodeId, OrganisationId, Page, PageRequest, Scope, Timestamp,
    time::Date,
};

use crate::expect::NewExpected;

row! {
    /// Goods that are expected, without their lines.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ExpectedRow {
        /// Its id.
        pub expected_receipt_id: ExpectedReceiptId,
        /// Where.
        pub node_id: NodeId,
        /// Whose.
        pub owner_id: MerchantId,
        /// The number of the purchase order or of the notice.
        pub reference: String,
        /// Who sends them.
        pub supplier: String,
        /// On which day.
        pub expected_on: Date,
        /// `open`, `closed` or `cancelled`.
        pub state: String,
        /// Since when it is known.
        pub created_at: Timestamp,
        /// Since when nothing more is expected.
        pub closed_at: Option<Timestamp>,
    }
}

row! {
    /// How many of an item are expected, and have come.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct ExpectedLineRow {
        /// Of which expectation.
        pub expected_receipt_id: ExpectedReceiptId,
        /// The item.
        pub item_id: ItemId,
        /// How many were expected.
        pub quantity: i64,
        /// How many have come; it may be more.
        pub received: i64,
    }
}

impl ExpectedLineRow {
    /// How many are still to come.
    pub fn outstanding(&self) -> i64 {
        (self.quantity - self.received).max(0)
    }
}

/// Writes an expectation with its lines; gives false where the reference is known there.
pub(crate) async fn insert_expected(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &ExpectedReceiptId,
    new: &NewExpected,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "insert into expected_receipt (organisation_id, expected_receipt_id, node_id, owner_id, reference, supplier, \
                    expected_on, state, created_at) \
             values ($1, $2, $3, $4, $5, $6, $7, 'open', $8) on conflict do nothing",
            args![
                organisation_id,
                id,
                &new.node_id,
                &new.owner_id,
                &new.reference,
                &new.supplier,
                new.expected_on,
                now
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Sets how many of each item are expected.
pub(crate) async fn put_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    lines: &[(&ExpectedReceiptId, &ItemId, i64)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "expected lines",
        "insert into expected_line (organisation_id, expected_receipt_id, item_id, quantity) \
         select $1, d.expected_receipt_id, d.item_id, d.quantity \
         {set d(expected_receipt_id text, item_id text, quantity int)} where true \
         on conflict (organisation_id, expected_receipt_id, item_id) do update set quantity = excluded.quantity",
        &set![
            lines.iter().map(|(id, _, _)| *id),
            lines.iter().map(|(_, item_id, _)| *item_id),
            lines.iter().map(|(_, _, quantity)| *quantity),
        ],
        args![organisation_id],
    )
    .await
}

/// More of expected lines have come.
pub(crate) async fn add_received(
    tx: &Tx,
    organisation_id: &OrganisationId,
    received: &[(ExpectedReceiptId, ItemId, i64)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "expected lines received",
        "update expected_line set received = expected_line.received + d.units \
                {set d(expected_receipt_id text, item_id text, units int)} \
          where organisation_id = $1 and expected_line.expected_receipt_id = d.expected_receipt_id \
            and expected_line.item_id = d.item_id",
        &set![
            received.iter().map(|(id, _, _)| id),
            received.iter().map(|(_, item_id, _)| item_id),
            received.iter().map(|(_, _, units)| *units),
        ],
        args![organisation_id],
    )
    .await
}

/// Those of these that are open, locked until the transaction ends.
pub(crate) async fn lock_expected(
    tx: &Tx,
    organisation_id: &OrganisationId,
    ids: impl Iterator<Item = &ExpectedReceiptId>,
) -> Result<Vec<ExpectedRow>, Fault> {
    tx.query(
        "select expected_receipt_id, node_id, owner_id, reference, supplier, expected_on, state, created_at, closed_at \
           from expected_receipt where organisation_id = $1 and expected_receipt_id {in $2} and state = 'open' \
          order by expected_receipt_id [pg: for update :]",
        args![organisation_id, Column::from_iter(ids)],
    )
    .await
}

pub(crate) async fn set_expected_on(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &ExpectedReceiptId,
    expected_on: Date,
) -> Result<(), Fault> {
    tx.execute(
        "update expected_receipt set expected_on = $3 where organisation_id = $1 and expected_receipt_id = $2",
        args![organisation_id, id, expected_on],
    )
    .await?;
    Ok(())
}

/// Ends open expectations; each must be open still.
pub(crate) async fn close_expected(
    tx: &Tx,
    organisation_id: &OrganisationId,
    closed: &[(ExpectedReceiptId, &'static str)],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "expected receipts closed",
        "update expected_receipt set state = d.state, closed_at = $2 {set d(expected_receipt_id text, state text)} \
          where organisation_id = $1 and expected_receipt.expected_receipt_id = d.expected_receipt_id \
            and expected_receipt.state = 'open'",
        &set![closed.iter().map(|(id, _)| id), closed.iter().map(|(_, state)| *state)],
        args![organisation_id, now],
    )
    .await
}

/// One, whatever became of it.
pub async fn find_expected(
    tx: &Tx,
    organisation_id: &OrganisationId,
    id: &ExpectedReceiptId,
) -> Result<Option<ExpectedRow>, Fault> {
    tx.query_optional(
        "select expected_receipt_id, node_id, owner_id, reference, supplier, expected_on, state, created_at, closed_at \
           from expected_receipt where organisation_id = $1 and expected_receipt_id = $2",
        args![organisation_id, id],
    )
    .await
}

/// The lines of these.
pub async fn list_expected_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    ids: impl Iterator<Item = &ExpectedReceiptId>,
) -> Result<Vec<ExpectedLineRow>, Fault> {
    tx.query(
        "select expected_receipt_id, item_id, quantity, received from expected_line \
          where organisation_id = $1 and expected_receipt_id {in $2} order by expected_receipt_id, item_id",
        args![organisation_id, Column::from_iter(ids)],
    )
    .await
}

/// Which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ExpectedFilter {
    /// Only at this node.
    pub node_id: Option<NodeId>,
    /// Also those of which nothing more is expected: then the newest first.
    pub has_closed: bool,
}

/// A page: what is open in the order of its days, or all of them, newest first.
pub async fn list_expected(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    filter: &ExpectedFilter,
    page: &PageRequest,
) -> Result<Page<ExpectedRow>, Fault> {
    let after = page.after.as_deref().unwrap_or_default();
    let everything = i64::from(scope.is_everything());
    let (merchants, nodes) = (Column::from_iter(scope.merchant_ids()), Column::from_iter(scope.node_ids()));
    let node_id = filter.node_id.as_ref().map_or("", NodeId::as_str);
    let most = page.limit + 1;
    let rows: Vec<ExpectedRow> = if filter.has_closed {
        tx.query(
            "select expected_receipt_id, node_id, owner_id, reference, supplier, expected_on, state, created_at, closed_at \
               from expected_receipt where organisation_id = $1 and ($2 = 1 or owner_id {in $3} or node_id {in $4}) \
                and ($5 = '' or node_id = $5) and ($6 = '' or expected_receipt_id < $6) \
              order by expected_receipt_id desc limit $7",
            args![organisation_id, everything, merchants, nodes, node_id, after, most],
        )
        .await?
    } else {
        let (day, id) = after.split_once(' ').unwrap_or_default();
        // Long before the first that anybody expects.
        let day: Date = day.parse().unwrap_or(Date::constant(1, 1, 1));
        tx.query(
            "select expected_receipt_id, node_id, owner_id, reference, supplier, expected_on, state, created_at, closed_at \
               from expected_receipt where organisation_id = $1 and ($2 = 1 or owner_id {in $3} or node_id {in $4}) \
                and ($5 = '' or node_id = $5) and state = 'open' and (expected_on, expected_receipt_id) > ($6, $7) \
              order by expected_on, expected_receipt_id limit $8",
            args![organisation_id, everything, merchants, nodes, node_id, day, id, most],
        )
        .await?
    };
    Ok(Page::of(rows, page.limit, |row| {
        if filter.has_closed {
            row.expected_receipt_id.to_string()
        } else {
            format!("{} {}", row.expected_on, row.expected_receipt_id)
        }
    }))
}

/// True where it is of one of the merchants, or comes to one of the nodes.
pub async fn is_expected_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    id: &ExpectedReceiptId,
) -> Result<bool, Fault> {
    let found = find_expected(tx, organisation_id, id).await?;
    Ok(found.is_some_and(|row| scope.has_merchant(&row.owner_id) || scope.has_node(&row.node_id)))
}

row! {
    /// Units of an item that are to come to a node on a day.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct SupplyRow {
        /// Where.
        pub node_id: NodeId,
        /// On which day.
        pub expected_on: Date,
        /// How many.
        pub quantity: i64,
    }
}

/// What of an item is still to come, by node and day.
pub async fn list_supply(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    item_id: &ItemId,
) -> Result<Vec<SupplyRow>, Fault> {
    tx.query(
        "select e.node_id, e.expected_on, cast(sum(l.quantity - l.received) as bigint) as quantity \
           from expected_line l \
           join expected_receipt e on e.organisation_id = l.organisation_id \
                                  and e.expected_receipt_id = l.expected_receipt_id \
          where l.organisation_id = $1 and l.item_id = $2 and l.quantity > l.received and e.state = 'open' \
            and ($3 = 1 or e.owner_id {in $4} or e.node_id {in $5}) \
          group by e.node_id, e.expected_on order by e.node_id, e.expected_on",
        args![
            organisation_id,
            item_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}
