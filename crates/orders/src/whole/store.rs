//! Reading whole orders: three statements, however many they are.

use std::collections::HashMap;

use db::{Column, Fault, FromRow, Row, Tx, args};
use kernel::{OrderId, OrganisationId};

use super::{Header, WholeOrder};
use crate::read::{LineRow, PaymentRow};

struct LineOf(OrderId, LineRow);

impl FromRow for LineOf {
    fn from_row(row: &Row) -> Result<LineOf, Fault> {
        Ok(LineOf(row.get("order_id")?, LineRow::from_row(row)?))
    }
}

/// The orders of these ids; those that are not known are left out.
pub async fn whole_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<HashMap<OrderId, WholeOrder>, Fault> {
    let headers: Vec<Header> = tx
        .query(
            "select order_id, external_reference, currency, shipping_minor, total_minor, customer_name, \
                    customer_email, ship_to, placed_at, promised_by, note \
               from sales_order where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    let mut orders: HashMap<OrderId, WholeOrder> = headers
        .into_iter()
        .map(|header| (header.order_id.clone(), WholeOrder { header, lines: Vec::new(), payment: None }))
        .collect();
    let lines: Vec<LineOf> = tx
        .query(
            "select order_id, line_no, coalesce(channel_line_no, line_no) as channel_line_no, item_id, external_code, \
                    title, quantity, pack_factor, pack_price_minor, expected_on, \
                    unallocated, backordered, allocated, picked, packed, shipped, ready_for_pickup, delivered, \
                    cancelled, returned, lost \
               from order_line where organisation_id = $1 and order_id {in $2} order by order_id, line_no",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    for LineOf(order_id, line) in lines {
        orders.entry(order_id).and_modify(|order| order.lines.push(line));
    }
    let payments: Vec<PaymentRow> = tx
        .query(
            "select payment_id, order_id, provider, provider_reference, currency, due_minor, authorised_minor, \
                    captured_minor, refunded_minor, state \
               from payment where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    for payment in payments {
        orders.entry(payment.order_id.clone()).and_modify(|order| order.payment = Some(payment));
    }
    Ok(orders)
}
