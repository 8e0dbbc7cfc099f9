//! Statements about units that nobody moves.

use db::{Column, Fault, Tx, args, row};
use kernel::{ExpectedReceiptId, ItemId, MerchantId, NodeId, OrganisationId, Scope, Timestamp, time::Date};

row! {
    /// Units set aside, and since when nothing joined them.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AsideRow {
        /// A number of this row, the same for as long as it lasts.
        pub account_id: i64,
        /// The item.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// Of which lot; empty for none.
        pub lot: String,
        /// `damaged`, `quarantine` or `in_transit`.
        pub state: String,
        /// How many.
        pub quantity: i64,
        /// Since when.
        pub since: Timestamp,
    }
}

/// Units set aside before a time, those that have waited longest first.
pub async fn list_aside(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<AsideRow>, Fault> {
    tx.query(
        "select account_id, item_id, owner_id, node_id, lot, state, quantity, since from ( \
             select a.account_id, a.item_id, a.owner_id, a.node_id, a.lot, a.state, a.quantity, \
                    (select max(t.happened_at) from stock_transfer t \
                      where t.organisation_id = $1 and t.item_id = a.item_id and t.to_account = a.account_id) as since \
               from stock_account a \
              where a.organisation_id = $1 and a.state in ('damaged', 'quarantine', 'in_transit') and a.quantity > 0 \
                and ($2 = 1 or a.owner_id {in $3} or a.node_id {in $4})) aside \
          where since < $5 order by since, account_id limit $6",
        args![
            organisation_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids()),
            before,
            limit,
        ],
    )
    .await
}

row! {
    /// Goods that were to come by a day and did not.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct OverdueRow {
        /// Of which expectation.
        pub expected_receipt_id: ExpectedReceiptId,
        /// The number of the purchase order.
        pub reference: String,
        /// The item.
        pub item_id: ItemId,
        /// Whose.
        pub owner_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// How many did not come.
        pub quantity: i64,
        /// The day.
        pub expected_on: Date,
    }
}

/// Goods that were to come before a day and did not, the longest overdue first.
pub async fn list_overdue(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    before: Date,
    limit: i64,
) -> Result<Vec<OverdueRow>, Fault> {
    tx.query(
        "select e.expected_receipt_id, e.reference, l.item_id, e.owner_id, e.node_id, \
                l.quantity - l.received as quantity, e.expected_on \
           from expected_receipt e \
           join expected_line l on l.organisation_id = e.organisation_id \
                               and l.expected_receipt_id = e.expected_receipt_id \
          where e.organisation_id = $1 and e.state = 'open' and e.expected_on < $5 and l.quantity > l.received \
            and ($2 = 1 or e.owner_id {in $3} or e.node_id {in $4}) \
          order by e.expected_on, e.expected_receipt_id, l.item_id limit $6",
        args![
            organisation_id,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids()),
            before,
            limit,
        ],
    )
    .await
}
