//! Questions about orders.

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, set};
use kernel::{ChannelId, FulfilmentOrderId, ItemId, NodeId, OrderId, OrganisationId, Scope, Timestamp};

use serde_json::Value as Json;

use crate::model::{Stage, Units};
use crate::read::{FulfilmentLineRow, FulfilmentRow, LineRow, LineUnits, OrderRow, PaymentRow};

/// An order by its id.
pub async fn find_order(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Option<OrderRow>, Fault> {
    tx.query_optional(
        "select order_id, merchant_id, channel_id, external_reference, status, method, currency, goods_minor, \
                shipping_minor, total_minor, customer_name, customer_email, ship_to, placed_at, accepted_at, promised_by, \
                note, raw \
           from sales_order where organisation_id = $1 and order_id = $2",
        args![organisation_id, order_id],
    )
    .await
}

/// An order by the channel's name for it.
pub async fn find_order_by_reference(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_id: &ChannelId,
    external_reference: &str,
) -> Result<Option<OrderId>, Fault> {
    let found: Option<(OrderId,)> = tx
        .query_optional(
            "select order_id from sales_order \
              where organisation_id = $1 and channel_id = $2 and external_reference = $3",
            args![organisation_id, channel_id, external_reference],
        )
        .await?;
    Ok(found.map(|(order_id,)| order_id))
}

/// The lines of an order.
pub async fn list_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<LineRow>, Fault> {
    tx.query(
        "select line_no, coalesce(channel_line_no, line_no) as channel_line_no, item_id, external_code, title, quantity, \
                pack_factor, pack_price_minor, expected_on, unallocated, \
                backordered, allocated, picked, packed, shipped, ready_for_pickup, delivered, cancelled, returned, lost \
           from order_line where organisation_id = $1 and order_id = $2 order by line_no",
        args![organisation_id, order_id],
    )
    .await
}

/// The fulfilment orders of an order.
pub async fn list_fulfilments(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<FulfilmentRow>, Fault> {
    tx.query(
        "select f.fulfilment_order_id, f.order_id, o.external_reference, f.node_id, f.method, f.status, f.created_at, \
                o.promised_by \
           from fulfilment_order f \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.order_id = $2 order by f.created_at, f.fulfilment_order_id",
        args![organisation_id, order_id],
    )
    .await
}

/// A fulfilment order.
pub async fn find_fulfilment(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilment_order_id: &FulfilmentOrderId,
) -> Result<Option<FulfilmentRow>, Fault> {
    tx.query_optional(
        "select f.fulfilment_order_id, f.order_id, o.external_reference, f.node_id, f.method, f.status, f.created_at, \
                o.promised_by \
           from fulfilment_order f \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.fulfilment_order_id = $2",
        args![organisation_id, fulfilment_order_id],
    )
    .await
}

/// The lines of all fulfilment orders of an order.
pub async fn list_fulfilment_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<FulfilmentLineRow>, Fault> {
    tx.query(
        "select l.fulfilment_order_id, f.node_id, l.order_id, l.line_no, l.item_id, l.quantity, l.short, l.allocated, \
                l.picked, l.packed, l.shipped, l.delivered, l.cancelled, l.returned, l.lost \
           from fulfilment_order f \
           join fulfilment_line l \
             on l.organisation_id = f.organisation_id and l.fulfilment_order_id = f.fulfilment_order_id \
          where f.organisation_id = $1 and f.order_id = $2 order by l.fulfilment_order_id, l.line_no",
        args![organisation_id, order_id],
    )
    .await
}

/// The lines of some fulfilment orders.
pub async fn list_lines_of_fulfilments(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilments: impl Iterator<Item = &FulfilmentOrderId>,
) -> Result<Vec<FulfilmentLineRow>, Fault> {
    tx.query(
        "select l.fulfilment_order_id, f.node_id, l.order_id, l.line_no, l.item_id, l.quantity, l.short, l.allocated, \
                l.picked, l.packed, l.shipped, l.delivered, l.cancelled, l.returned, l.lost \
           from fulfilment_line l \
           join fulfilment_order f \
             on f.organisation_id = l.organisation_id and f.fulfilment_order_id = l.fulfilment_order_id \
          where l.organisation_id = $1 and l.fulfilment_order_id {in $2} order by l.fulfilment_order_id, l.line_no",
        args![organisation_id, Column::from_iter(fulfilments)],
    )
    .await
}

/// The units of some orders, all lines together.
pub async fn units_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, Units>, Fault> {
    let lines: Vec<LineUnits> = tx
        .query(
            "select order_id, unallocated, backordered, allocated, picked, packed, shipped, ready_for_pickup, delivered, \
                    cancelled, returned, lost \
               from order_line where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    let mut units: HashMap<OrderId, Units> = HashMap::new();
    for line in lines {
        let sum = units.entry(line.order_id).or_insert(Units::NONE);
        *sum = sum.plus(line.units);
    }
    Ok(units)
}

/// The nodes that work or have worked on some orders.
pub async fn nodes_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, Vec<NodeId>>, Fault> {
    let rows: Vec<(OrderId, NodeId)> = tx
        .query(
            "select distinct order_id, node_id from fulfilment_order \
              where organisation_id = $1 and order_id {in $2} order by order_id, node_id",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    let mut nodes: HashMap<OrderId, Vec<NodeId>> = HashMap::new();
    for (order_id, node_id) in rows {
        nodes.entry(order_id).or_default().push(node_id);
    }
    Ok(nodes)
}

/// Where some orders go.
pub async fn addresses_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, Json>, Fault> {
    let rows: Vec<(OrderId, Json)> = tx
        .query(
            "select order_id, ship_to from sales_order where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// What channels call some orders.
pub async fn references_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, String>, Fault> {
    let rows: Vec<(OrderId, String)> = tx
        .query(
            "select order_id, external_reference from sales_order where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Orders that any of these channels calls so, at most ten.
pub async fn list_by_reference(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channel_ids: impl Iterator<Item = &ChannelId>,
    external_reference: &str,
) -> Result<Vec<OrderId>, Fault> {
    let rows: Vec<(OrderId,)> = tx
        .query(
            "select order_id from sales_order where organisation_id = $1 and channel_id {in $2} \
                and external_reference = $3 order by order_id limit 10",
            args![organisation_id, Column::from_iter(channel_ids), external_reference],
        )
        .await?;
    Ok(rows.into_iter().map(|(order_id,)| order_id).collect())
}

/// How many orders are due in a span of time and have not left the house.
pub async fn count_due(
    tx: &Tx,
    organisation_id: &OrganisationId,
    from: Timestamp,
    until: Timestamp,
) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from sales_order where organisation_id = $1 and promised_by >= $2 and promised_by < $3 \
                and status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship')",
            args![organisation_id, from, until],
        )
        .await?;
    Ok(count)
}

/// How many orders were placed in each of some spans of time, in their sequence.
pub async fn count_placed_in(
    tx: &Tx,
    organisation_id: &OrganisationId,
    spans: &[(Timestamp, Timestamp)],
) -> Result<Vec<i64>, Fault> {
    let found: Vec<(i64, i64)> = tx
        .query_set(
            "select d.place, count(*) {set d(place int, begins time, ends time)} \
                [pg: cross join :] [sqlite: from :] sales_order o \
              where o.organisation_id = $1 and o.placed_at >= d.begins and o.placed_at < d.ends \
              group by d.place",
            &set![
                0..spans.len() as i64,
                spans.iter().map(|(begins, _)| *begins),
                spans.iter().map(|(_, ends)| *ends)
            ],
            args![organisation_id],
        )
        .await?;
    let found: HashMap<i64, i64> = found.into_iter().collect();
    Ok((0..spans.len() as i64).map(|place| found.get(&place).copied().unwrap_or(0)).collect())
}

/// How many units of open orders stand in each stage, up to those on their way.
pub async fn count_open_units(tx: &Tx, organisation_id: &OrganisationId) -> Result<Units, Fault> {
    let (unallocated, allocated, picked, packed, shipped): (i64, i64, i64, i64, i64) = tx
        .query_one(
            "select cast(coalesce(sum(l.unallocated), 0) as bigint), cast(coalesce(sum(l.allocated), 0) as bigint), \
                    cast(coalesce(sum(l.picked), 0) as bigint), cast(coalesce(sum(l.packed), 0) as bigint), \
                    cast(coalesce(sum(l.shipped), 0) as bigint) \
               from sales_order o \
               join order_line l on l.organisation_id = o.organisation_id and l.order_id = o.order_id \
              where o.organisation_id = $1 \
                and o.status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way')",
            args![organisation_id],
        )
        .await?;
    Ok(Units::of(Stage::Unallocated, unallocated)
        .with(Stage::Allocated, allocated)
        .with(Stage::Picked, picked)
        .with(Stage::Packed, packed)
        .with(Stage::Shipped, shipped))
}

/// When the oldest order of each open status was placed.
pub async fn list_oldest_by_status(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<(String, Timestamp)>, Fault> {
    tx.query(
        "select status, min(placed_at) from sales_order where organisation_id = $1 \
            and status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way') \
          group by status order by status",
        args![organisation_id],
    )
    .await
}

/// How many orders were placed since a time.
pub async fn count_since(tx: &Tx, organisation_id: &OrganisationId, since: Timestamp) -> Result<i64, Fault> {
    let (count,) = tx
        .query_one(
            "select count(*) from sales_order where organisation_id = $1 and placed_at >= $2",
            args![organisation_id, since],
        )
        .await?;
    Ok(count)
}

/// When orders were placed since a time: for bars by the hour.
pub async fn list_placed_since(
    tx: &Tx,
    organisation_id: &OrganisationId,
    since: Timestamp,
) -> Result<Vec<Timestamp>, Fault> {
    let rows: Vec<(Timestamp,)> = tx
        .query(
            "select placed_at from sales_order where organisation_id = $1 and placed_at >= $2 \
              order by placed_at desc limit 100000",
            args![organisation_id, since],
        )
        .await?;
    Ok(rows.into_iter().map(|(at,)| at).collect())
}

/// How many fulfilment orders each node has in each open status.
pub async fn count_work_by_node(
    tx: &Tx,
    organisation_id: &OrganisationId,
) -> Result<Vec<(NodeId, String, i64)>, Fault> {
    tx.query(
        "select node_id, status, count(*) from fulfilment_order \
          where organisation_id = $1 and status in ('to_pick', 'to_pack', 'to_ship') \
          group by node_id, status order by node_id, status",
        args![organisation_id],
    )
    .await
}

/// How many units wait at each node, and how many of those are past their promise.
pub async fn list_backlog_by_node(
    tx: &Tx,
    organisation_id: &OrganisationId,
    now: Timestamp,
) -> Result<Vec<(NodeId, i64, i64)>, Fault> {
    tx.query(
        "select f.node_id, cast(sum(l.allocated + l.picked + l.packed) as bigint), \
                cast(sum(case when o.promised_by < $2 then l.allocated + l.picked + l.packed else 0 end) as bigint) \
           from fulfilment_order f \
           join fulfilment_line l \
             on l.organisation_id = f.organisation_id and l.fulfilment_order_id = f.fulfilment_order_id \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.status in ('to_pick', 'to_pack', 'to_ship') \
          group by f.node_id order by f.node_id",
        args![organisation_id, now],
    )
    .await
}

/// A node's work of one status, oldest first.
pub async fn list_work(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    node_id: &NodeId,
    status: &str,
    limit: i64,
) -> Result<Vec<FulfilmentRow>, Fault> {
    tx.query(
        "select f.fulfilment_order_id, f.order_id, o.external_reference, f.node_id, f.method, f.status, f.created_at, \
                o.promised_by \
           from fulfilment_order f \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.node_id = $2 and f.status = $3 \
            and ($5 = 1 or o.merchant_id {in $6} or f.node_id {in $7}) \
          order by f.created_at, f.fulfilment_order_id limit $4",
        args![
            organisation_id,
            node_id,
            status,
            limit,
            i64::from(scope.is_everything()),
            Column::from_iter(scope.merchant_ids()),
            Column::from_iter(scope.node_ids())
        ],
    )
    .await
}

/// Work of one status at every node, oldest first.
pub async fn list_work_everywhere(
    tx: &Tx,
    organisation_id: &OrganisationId,
    status: &str,
    limit: i64,
) -> Result<Vec<FulfilmentRow>, Fault> {
    tx.query(
        "select f.fulfilment_order_id, f.order_id, o.external_reference, f.node_id, f.method, f.status, f.created_at, \
                o.promised_by \
           from fulfilment_order f \
           join sales_order o on o.organisation_id = f.organisation_id and o.order_id = f.order_id \
          where f.organisation_id = $1 and f.status = $2 order by f.created_at, f.fulfilment_order_id limit $3",
        args![organisation_id, status, limit],
    )
    .await
}

/// Other fulfilment orders of a node that have units of an item open, oldest first: whose the scanned unit may be.
pub async fn list_work_with_item(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
    item_id: &ItemId,
    but: &FulfilmentOrderId,
) -> Result<Vec<FulfilmentOrderId>, Fault> {
    // What holds the item is gathered first: with the limit in sight, PostgreSQL would rather walk all lines there ever
    // were in the sequence that is asked for.
    let rows: Vec<(FulfilmentOrderId,)> = tx
        .query(
            "with holding as materialized (select l.fulfilment_order_id from fulfilment_line l \
                    where l.organisation_id = $1 and l.item_id = $2 and l.allocated + l.picked + l.packed > 0 \
                      and l.fulfilment_order_id <> $4) \
             select h.fulfilment_order_id from holding h \
               join fulfilment_order f on f.organisation_id = $1 and f.fulfilment_order_id = h.fulfilment_order_id \
              where f.node_id = $3 order by h.fulfilment_order_id limit 5",
            args![organisation_id, item_id, node_id, but],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Orders that hold units of items, up to five of each, oldest first: who has what was refused to somebody else.
pub async fn list_holders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<Vec<(ItemId, OrderId, i64)>, Fault> {
    tx.query(
        "select item_id, order_id, units from ( \
             select item_id, order_id, cast(sum(allocated + picked + packed) as bigint) as units, \
                    row_number() over (partition by item_id order by order_id) as place \
               from fulfilment_line \
              where organisation_id = $1 and item_id {in $2} and allocated + picked + packed > 0 \
              group by item_id, order_id) holders \
          where place <= 5 order by item_id, order_id",
        args![organisation_id, Column::from_iter(items)],
    )
    .await
}

/// The payment of an order.
pub async fn find_payment(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Option<PaymentRow>, Fault> {
    tx.query_optional(
        "select payment_id, order_id, provider, provider_reference, currency, due_minor, authorised_minor, \
                captured_minor, refunded_minor, state \
           from payment where organisation_id = $1 and order_id = $2",
        args![organisation_id, order_id],
    )
    .await
}
