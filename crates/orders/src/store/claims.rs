//! Who has units of goods at a node that nobody has taken from the shelf yet.

use db::{Column, Fault, Tx, args, row};
use kernel::{FulfilmentOrderId, ItemId, MerchantId, NodeId, OrderId, OrganisationId, Scope, Timestamp};
use runtime::Cx;

row! {
    /// Units that an order was promised at a node.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Claim {
        /// Which work of the node.
        pub fulfilment_order_id: FulfilmentOrderId,
        /// Which order.
        pub order_id: OrderId,
        /// Who sold it.
        pub merchant_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// The order's line.
        pub line_no: i64,
        /// What.
        pub item_id: ItemId,
        /// How many units are still on the shelf.
        pub allocated: i64,
        /// What was promised to the customer.
        pub promised_by: Option<Timestamp>,
    }
}

/// Claims on these items at these nodes, those whose loss harms least first: what was promised latest.
pub async fn list_claims<'c>(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_ids: impl Iterator<Item = &'c NodeId>,
    items: impl Iterator<Item = &'c ItemId>,
) -> Result<Vec<Claim>, Fault> {
    // As in `list_work_with_item`: what holds the items is gathered first.
    tx.query(
        "with holding as materialized (select l.fulfilment_order_id, l.order_id, l.line_no, l.item_id, l.allocated \
                from fulfilment_line l \
               where l.organisation_id = $1 and l.item_id {in $3} and l.allocated + l.picked + l.packed > 0 \
                 and l.allocated > 0) \
         select h.fulfilment_order_id, h.order_id, o.merchant_id, f.node_id, h.line_no, h.item_id, h.allocated, \
                o.promised_by from holding h \
           join fulfilment_order f on f.organisation_id = $1 and f.fulfilment_order_id = h.fulfilment_order_id \
           join sales_order o on o.organisation_id = $1 and o.order_id = h.order_id \
          where f.node_id {in $2} \
          order by o.promised_by is not null, o.promised_by desc, h.order_id desc, h.fulfilment_order_id, h.line_no",
        args![organisation_id, Column::from_iter(node_ids), Column::from_iter(items)],
    )
    .await
}

/// Makes every other change of these orders wait until this transaction ends.
pub async fn lock_orders(cx: &Cx<'_>, order_ids: impl Iterator<Item = &OrderId>) -> Result<(), Fault> {
    if cx.tx.engine() == db::Engine::Sqlite {
        return Ok(());
    }
    cx.tx
        .query::<(i64,)>(
            "select cast(1 as bigint) from sales_order where organisation_id = $1 and order_id {in $2} \
              order by order_id [pg: for update :]",
            args![&cx.organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(())
}

/// The same for those of these orders that nobody is at work on; gives which. For whoever has locked balances already and
/// must not wait for somebody who waits for them.
pub async fn lock_idle_orders(
    cx: &Cx<'_>,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<Vec<OrderId>, Fault> {
    let rows: Vec<(OrderId,)> = cx
        .tx
        .query(
            "select order_id from sales_order where organisation_id = $1 and order_id {in $2} \
              order by order_id [pg: for update skip locked :]",
            args![&cx.organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().map(|(order_id,)| order_id).collect())
}

row! {
    /// Units of a line that a node has had for an order since a time.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct AtWorkRow {
        /// Which work.
        pub fulfilment_order_id: FulfilmentOrderId,
        /// Which order.
        pub order_id: OrderId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Who sold it.
        pub merchant_id: MerchantId,
        /// Where.
        pub node_id: NodeId,
        /// The order's line.
        pub line_no: i64,
        /// What.
        pub item_id: ItemId,
        /// Units still on the shelf.
        pub allocated: i64,
        /// Units off the shelf.
        pub picked: i64,
        /// Units in parcels that are still there.
        pub packed: i64,
        /// Since when.
        pub created_at: Timestamp,
    }
}

/// Units that nodes have had for orders since before a time, the oldest work first.
pub async fn list_at_work(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    before: Timestamp,
    limit: i64,
) -> Result<Vec<AtWorkRow>, Fault> {
    tx.query(
        "select f.fulfilment_order_id, f.order_id, o.external_reference, o.merchant_id, f.node_id, l.line_no, l.item_id, \
                l.allocated, l.picked, l.packed, f.created_at \
           from fulfilment_order f \
           join fulfilment_line l on l.organisation_id = f.organisation_id \
                                 and l.fulfilment_order_id = f.fulfilment_order_id \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.status in ('to_pick', 'to_pack', 'to_ship') and f.created_at < $5 \
            and l.allocated + l.picked + l.packed > 0 \
            and ($2 = 1 or o.merchant_id {in $3} or f.node_id {in $4}) \
          order by f.created_at, f.fulfilment_order_id, l.line_no limit $6",
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
