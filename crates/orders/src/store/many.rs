//! What a decision about many orders at once has to know, each fact in one statement.

use std::collections::HashMap;

use db::{Column, Fault, FromRow, Row, Tx, args};
use kernel::{ChannelId, ItemId, NodeId, OrderId, OrganisationId, Timestamp};

use crate::read::{FulfilmentLineRow, LineRow, OrderBrief, PaymentRow};

struct Of<T>(OrderId, T);

impl<T: FromRow> FromRow for Of<T> {
    fn from_row(row: &Row) -> Result<Of<T>, Fault> {
        Ok(Of(row.get("order_id")?, T::from_row(row)?))
    }
}

fn by_order<T>(rows: Vec<Of<T>>) -> HashMap<OrderId, Vec<T>> {
    let mut found: HashMap<OrderId, Vec<T>> = HashMap::new();
    for Of(order_id, row) in rows {
        found.entry(order_id).or_default().push(row);
    }
    found
}

/// What some orders are called and what they cost.
pub async fn briefs_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, OrderBrief>, Fault> {
    let rows: Vec<OrderBrief> = tx
        .query(
            "select order_id, external_reference, currency, shipping_minor from sales_order \
              where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.order_id.clone(), row)).collect())
}

/// The lines of some orders, each order's by number.
pub async fn lines_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, Vec<LineRow>>, Fault> {
    let rows = tx
        .query(
            "select order_id, line_no, coalesce(channel_line_no, line_no) as channel_line_no, item_id, external_code, \
                    title, quantity, pack_factor, pack_price_minor, expected_on, \
                    unallocated, backordered, allocated, picked, packed, shipped, ready_for_pickup, delivered, cancelled, \
                    returned, lost \
               from order_line where organisation_id = $1 and order_id {in $2} order by order_id, line_no",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(by_order(rows))
}

/// The lines of all fulfilment orders of some orders.
pub async fn fulfilment_lines_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, Vec<FulfilmentLineRow>>, Fault> {
    let rows = tx
        .query(
            "select l.fulfilment_order_id, f.node_id, l.order_id, l.line_no, l.item_id, l.quantity, l.short, l.allocated, \
                    l.picked, l.packed, l.shipped, l.delivered, l.cancelled, l.returned, l.lost \
               from fulfilment_order f \
               join fulfilment_line l \
                 on l.organisation_id = f.organisation_id and l.fulfilment_order_id = f.fulfilment_order_id \
              where f.organisation_id = $1 and f.order_id {in $2} \
              order by l.order_id, l.fulfilment_order_id, l.line_no",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(by_order(rows))
}

/// The payments of some orders.
pub async fn payments_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, PaymentRow>, Fault> {
    let rows: Vec<PaymentRow> = tx
        .query(
            "select payment_id, order_id, provider, provider_reference, currency, due_minor, authorised_minor, \
                    captured_minor, refunded_minor, state \
               from payment where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.order_id.clone(), row)).collect())
}

/// How many units of these items each of these channels sold since a moment, cancelled ones left out.
pub async fn list_sold(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: impl Iterator<Item = &ChannelId>,
    items: impl Iterator<Item = &ItemId>,
    since: Timestamp,
) -> Result<Vec<(ItemId, ChannelId, i64)>, Fault> {
    tx.query(
        "select l.item_id, o.channel_id, cast(sum(l.quantity - l.cancelled) as bigint) \
           from sales_order o \
           join order_line l on l.organisation_id = o.organisation_id and l.order_id = o.order_id \
          where o.organisation_id = $1 and o.channel_id {in $2} and o.placed_at >= $4 and l.item_id {in $3} \
          group by l.item_id, o.channel_id order by l.item_id, o.channel_id",
        args![organisation_id, Column::from_iter(channels), Column::from_iter(items), since],
    )
    .await
}

/// How many units of each item were asked for at each node on each day since a moment, those that were cancelled or given
/// up left out; days are of the calendar of UTC.
pub async fn list_asked(
    tx: &Tx,
    organisation_id: &OrganisationId,
    since: Timestamp,
) -> Result<Vec<(ItemId, NodeId, String, i64)>, Fault> {
    tx.query(
        "select l.item_id, f.node_id, \
                [pg: to_char(o.placed_at at time zone 'UTC', 'YYYY-MM-DD') :][sqlite: substr(o.placed_at, 1, 10) :] as day, \
                cast(sum(l.quantity - l.cancelled - l.short) as bigint) as units \
           from sales_order o \
           join fulfilment_order f on f.organisation_id = o.organisation_id and f.order_id = o.order_id \
           join fulfilment_line l on l.organisation_id = f.organisation_id \
                                 and l.fulfilment_order_id = f.fulfilment_order_id \
          where o.organisation_id = $1 and o.placed_at >= $2 \
          group by l.item_id, f.node_id, day",
        args![organisation_id, since],
    )
    .await
}
