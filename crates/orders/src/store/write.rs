//! Statements that write, and the small reads that writing needs.

use std::collections::{BTreeMap, BTreeSet};

use db::{Column, Fault, Tx, args, row, set};
use kernel::{ChannelId, FulfilmentOrderId, MerchantId, OrderId, OrganisationId, Timestamp, time::Date};
use runtime::Cx;
use serde_json::Value as Json;

use crate::{
    fulfil::NewFulfilment,
    model::{Stage, Status, Units},
    payment::{NewPayment, Told},
    place::NewOrder,
};

/// An order that was decided, ready to be written.
#[derive(Debug, Clone)]
pub struct AcceptedOrder<'a> {
    /// Its id.
    pub order_id: &'a OrderId,
    /// Whose.
    pub merchant_id: &'a MerchantId,
    /// From which channel.
    pub channel_id: &'a ChannelId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// When it was accepted.
    pub accepted_at: Timestamp,
    /// What was asked.
    pub order: &'a NewOrder,
    /// A digest of it.
    pub fingerprint: &'a str,
    /// The order as the channel sent it.
    pub raw: &'a str,
    /// The lines, resolved.
    pub lines: Vec<AcceptedLine<'a>>,
}

/// A line that was decided: its units are allocated, or wait.
#[derive(Debug, Clone)]
pub struct AcceptedLine<'a> {
    /// From 1.
    pub line_no: i64,
    /// Which of the channel's lines it is of, from 1.
    pub channel_line_no: i64,
    /// The item the channel's code means.
    pub item_id: &'a kernel::ItemId,
    /// The channel's code.
    pub external_code: &'a str,
    /// What to call it.
    pub title: &'a str,
    /// Base units.
    pub quantity: i64,
    /// Base units in a pack.
    pub pack_factor: i64,
    /// What a pack costs.
    pub pack_price_minor: i64,
    /// Units of them that wait for supply.
    pub backordered: i64,
    /// When those will be there, as far as it is known.
    pub expected_on: Option<Date>,
}

row! {
    /// An order that was taken before.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Taken {
        /// Its channel.
        pub channel_id: ChannelId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Ours.
        pub order_id: OrderId,
        /// The digest of what it said.
        pub fingerprint: String,
    }
}

/// Which of these references of these channels were taken before. Crosswise this may find more than was asked, where
/// two channels are asked for different references; never less.
pub async fn find_taken(
    tx: &Tx,
    organisation_id: &OrganisationId,
    channels: impl Iterator<Item = &ChannelId>,
    references: impl Iterator<Item = &String>,
) -> Result<Vec<Taken>, Fault> {
    tx.query(
        "select channel_id, external_reference, order_id, fingerprint from sales_order \
          where organisation_id = $1 and channel_id {in $2} and external_reference {in $3} \
         union all \
         select channel_id, external_reference, order_id, fingerprint from unfiled_order \
          where organisation_id = $1 and channel_id {in $2} and external_reference {in $3}",
        args![organisation_id, Column::from_iter(channels), Column::from_iter(references)],
    )
    .await
}

/// Writes accepted orders with their lines, whose units are allocated or wait.
pub async fn insert_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[AcceptedOrder<'_>],
) -> Result<(), Fault> {
    let goods = |order: &NewOrder| order.goods_minor().unwrap_or(i64::MAX);
    tx.execute_set(
        "insert into sales_order (organisation_id, order_id, merchant_id, channel_id, external_reference, status, method, \
                currency, goods_minor, shipping_minor, total_minor, customer_name, customer_email, ship_to, placed_at, \
                accepted_at, promised_by, note, raw, fingerprint) \
         select $1, d.order_id, d.merchant_id, d.channel_id, d.external_reference, d.status, 'ship', d.currency, \
                d.goods_minor, d.shipping_minor, d.goods_minor + d.shipping_minor, d.customer_name, d.customer_email, \
                d.ship_to, d.placed_at, d.accepted_at, d.promised_by, d.note, d.raw, d.fingerprint \
         {set d(order_id text, merchant_id text, channel_id text, external_reference text, status text, currency text, \
                goods_minor int, shipping_minor int, customer_name text, customer_email text, ship_to json, \
                placed_at time, accepted_at time, promised_by time, note text, raw text, fingerprint text)} where true",
        &set![
            orders.iter().map(|order| order.order_id),
            orders.iter().map(|order| order.merchant_id),
            orders.iter().map(|order| order.channel_id),
            orders.iter().map(|order| &order.order.external_reference),
            orders.iter().map(|order| {
                let is_waiting = order.lines.iter().any(|line| line.backordered > 0);
                if is_waiting { Status::Backordered.name() } else { Status::ToPick.name() }
            }),
            orders.iter().map(|order| order.order.currency),
            orders.iter().map(|order| goods(order.order)),
            orders.iter().map(|order| order.order.shipping_minor),
            orders.iter().map(|order| &order.order.customer_name),
            orders.iter().map(|order| &order.order.customer_email),
            orders.iter().map(|order| address_json(&order.order.ship_to)),
            orders.iter().map(|order| order.placed_at),
            orders.iter().map(|order| order.accepted_at),
            orders.iter().map(|order| order.order.promised_by),
            orders.iter().map(|order| &order.order.note),
            orders.iter().map(|order| order.raw),
            orders.iter().map(|order| order.fingerprint),
        ],
        args![organisation_id],
    )
    .await?;
    let lines: Vec<(&OrderId, &AcceptedLine<'_>)> =
        orders.iter().flat_map(|order| order.lines.iter().map(|line| (order.order_id, line))).collect();
    tx.execute_set(
        "insert into order_line (organisation_id, order_id, line_no, item_id, external_code, title, quantity, \
                pack_factor, pack_price_minor, channel_line_no, allocated, backordered, expected_on) \
         select $1, d.order_id, d.line_no, d.item_id, d.external_code, d.title, d.quantity, d.pack_factor, \
                d.pack_price_minor, d.channel_line_no, d.quantity - d.backordered, d.backordered, d.expected_on \
         {set d(order_id text, line_no int, item_id text, external_code text, title text, quantity int, \
                pack_factor int, pack_price_minor int, channel_line_no int, backordered int, expected_on date)} where true",
        &set![
            lines.iter().map(|(order_id, _)| *order_id),
            lines.iter().map(|(_, line)| line.line_no),
            lines.iter().map(|(_, line)| line.item_id),
            lines.iter().map(|(_, line)| line.external_code),
            lines.iter().map(|(_, line)| line.title),
            lines.iter().map(|(_, line)| line.quantity),
            lines.iter().map(|(_, line)| line.pack_factor),
            lines.iter().map(|(_, line)| line.pack_price_minor),
            lines.iter().map(|(_, line)| {
                Some(line.channel_line_no).filter(|channel_line_no| *channel_line_no != line.line_no)
            }),
            lines.iter().map(|(_, line)| line.backordered),
            lines.iter().map(|(_, line)| line.expected_on),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

fn address_json(address: &kernel::Address) -> Json {
    serde_json::to_value(address).expect("an address is plain data")
}

/// Writes fulfilment orders whose units are all allocated.
pub async fn insert_fulfilments(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilments: &[NewFulfilment],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into fulfilment_order (organisation_id, fulfilment_order_id, order_id, node_id, method, status, created_at) \
         select $1, d.fulfilment_order_id, d.order_id, d.node_id, d.method, 'to_pick', d.created_at \
         {set d(fulfilment_order_id text, order_id text, node_id text, method text, created_at time)} where true",
        &set![
            fulfilments.iter().map(|part| &part.fulfilment_order_id),
            fulfilments.iter().map(|part| &part.order_id),
            fulfilments.iter().map(|part| &part.node_id),
            fulfilments.iter().map(|part| &*part.method),
            fulfilments.iter().map(|part| part.created_at),
        ],
        args![organisation_id],
    )
    .await?;
    let lines: Vec<_> =
        fulfilments.iter().flat_map(|part| part.lines.iter().map(move |line| (part, line))).collect();
    tx.execute_set(
        "insert into fulfilment_line (organisation_id, fulfilment_order_id, line_no, order_id, item_id, quantity, allocated) \
         select $1, d.fulfilment_order_id, d.line_no, d.order_id, d.item_id, d.quantity, d.quantity \
         {set d(fulfilment_order_id text, line_no int, order_id text, item_id text, quantity int)} where true",
        &set![
            lines.iter().map(|(part, _)| &part.fulfilment_order_id),
            lines.iter().map(|(_, line)| line.line_no),
            lines.iter().map(|(part, _)| &part.order_id),
            lines.iter().map(|(_, line)| &line.item_id),
            lines.iter().map(|(_, line)| line.quantity),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

pub(crate) async fn move_line_units(
    tx: &Tx,
    organisation_id: &OrganisationId,
    changes: &BTreeMap<(&OrderId, i64), Units>,
) -> Result<u64, Fault> {
    let stage = |stage: Stage| changes.values().map(move |units| units.get(stage));
    tx.execute_set(
        "update order_line set unallocated = order_line.unallocated + d.unallocated, \
                backordered = order_line.backordered + d.backordered, allocated = order_line.allocated + d.allocated, \
                picked = order_line.picked + d.picked, packed = order_line.packed + d.packed, \
                shipped = order_line.shipped + d.shipped, \
                ready_for_pickup = order_line.ready_for_pickup + d.ready_for_pickup, \
                delivered = order_line.delivered + d.delivered, cancelled = order_line.cancelled + d.cancelled, \
                returned = order_line.returned + d.returned, lost = order_line.lost + d.lost \
         {set d(order_id text, line_no int, unallocated int, backordered int, allocated int, picked int, packed int, \
                shipped int, ready_for_pickup int, delivered int, cancelled int, returned int, lost int)} \
          where order_line.organisation_id = $1 and order_line.order_id = d.order_id and order_line.line_no = d.line_no \
            and order_line.unallocated + d.unallocated >= 0 and order_line.backordered + d.backordered >= 0 \
            and order_line.allocated + d.allocated >= 0 and order_line.picked + d.picked >= 0 \
            and order_line.packed + d.packed >= 0 and order_line.shipped + d.shipped >= 0 \
            and order_line.ready_for_pickup + d.ready_for_pickup >= 0 and order_line.delivered + d.delivered >= 0 \
            and order_line.cancelled + d.cancelled >= 0 and order_line.returned + d.returned >= 0 \
            and order_line.lost + d.lost >= 0",
        &set![
            changes.keys().map(|(order_id, _)| *order_id),
            changes.keys().map(|(_, line_no)| *line_no),
            stage(Stage::Unallocated),
            stage(Stage::Backordered),
            stage(Stage::Allocated),
            stage(Stage::Picked),
            stage(Stage::Packed),
            stage(Stage::Shipped),
            stage(Stage::ReadyForPickup),
            stage(Stage::Delivered),
            stage(Stage::Cancelled),
            stage(Stage::Returned),
            stage(Stage::Lost),
        ],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn move_fulfilment_units(
    tx: &Tx,
    organisation_id: &OrganisationId,
    changes: &BTreeMap<(&FulfilmentOrderId, i64), Units>,
) -> Result<u64, Fault> {
    let stage = |stage: Stage| changes.values().map(move |units| units.get(stage));
    tx.execute_set(
        "update fulfilment_line set short = fulfilment_line.short + d.short, \
                allocated = fulfilment_line.allocated + d.allocated, picked = fulfilment_line.picked + d.picked, \
                packed = fulfilment_line.packed + d.packed, shipped = fulfilment_line.shipped + d.shipped, \
                delivered = fulfilment_line.delivered + d.delivered, cancelled = fulfilment_line.cancelled + d.cancelled, \
                returned = fulfilment_line.returned + d.returned, lost = fulfilment_line.lost + d.lost \
         {set d(fulfilment_order_id text, line_no int, short int, allocated int, picked int, packed int, shipped int, \
                delivered int, cancelled int, returned int, lost int)} \
          where fulfilment_line.organisation_id = $1 and fulfilment_line.fulfilment_order_id = d.fulfilment_order_id \
            and fulfilment_line.line_no = d.line_no \
            and fulfilment_line.short + d.short >= 0 and fulfilment_line.allocated + d.allocated >= 0 \
            and fulfilment_line.picked + d.picked >= 0 and fulfilment_line.packed + d.packed >= 0 \
            and fulfilment_line.shipped + d.shipped >= 0 and fulfilment_line.delivered + d.delivered >= 0 \
            and fulfilment_line.cancelled + d.cancelled >= 0 \
            and fulfilment_line.returned + d.returned >= 0 and fulfilment_line.lost + d.lost >= 0",
        &set![
            changes.keys().map(|(fulfilment_order_id, _)| *fulfilment_order_id),
            changes.keys().map(|(_, line_no)| *line_no),
            stage(Stage::Unallocated),
            stage(Stage::Allocated),
            stage(Stage::Picked),
            stage(Stage::Packed),
            stage(Stage::Shipped),
            stage(Stage::Delivered),
            stage(Stage::Cancelled),
            stage(Stage::Returned),
            stage(Stage::Lost),
        ],
        args![organisation_id],
    )
    .await
}

row! {
    struct OrderSums {
        order_id: OrderId,
        unallocated: i64,
        backordered: i64,
        allocated: i64,
        picked: i64,
        packed: i64,
        shipped: i64,
        ready_for_pickup: i64,
        delivered: i64,
        cancelled: i64,
        returned: i64,
        lost: i64,
    }
}

pub(crate) async fn sum_order_units(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &BTreeSet<&OrderId>,
) -> Result<Vec<(OrderId, Units)>, Fault> {
    let rows: Vec<OrderSums> = tx
        .query(
            "select order_id, cast(sum(unallocated) as bigint) as unallocated, \
                    cast(sum(backordered) as bigint) as backordered, cast(sum(allocated) as bigint) as allocated, \
                    cast(sum(picked) as bigint) as picked, cast(sum(packed) as bigint) as packed, \
                    cast(sum(shipped) as bigint) as shipped, \
                    cast(sum(ready_for_pickup) as bigint) as ready_for_pickup, \
                    cast(sum(delivered) as bigint) as delivered, cast(sum(cancelled) as bigint) as cancelled, \
                    cast(sum(returned) as bigint) as returned, cast(sum(lost) as bigint) as lost \
               from order_line where organisation_id = $1 and order_id {in $2} group by order_id",
            args![organisation_id, Column::from_iter(orders.iter().copied())],
        )
        .await?;
    let units = |row: &OrderSums| {
        Units::of(Stage::Unallocated, row.unallocated)
            .with(Stage::Backordered, row.backordered)
            .with(Stage::Allocated, row.allocated)
            .with(Stage::Picked, row.picked)
            .with(Stage::Packed, row.packed)
            .with(Stage::Shipped, row.shipped)
            .with(Stage::ReadyForPickup, row.ready_for_pickup)
            .with(Stage::Delivered, row.delivered)
            .with(Stage::Cancelled, row.cancelled)
            .with(Stage::Returned, row.returned)
            .with(Stage::Lost, row.lost)
    };
    Ok(rows.into_iter().map(|row| (row.order_id.clone(), units(&row))).collect())
}

row! {
    struct FulfilmentSums {
        fulfilment_order_id: FulfilmentOrderId,
        short: i64,
        allocated: i64,
        picked: i64,
        packed: i64,
        shipped: i64,
        delivered: i64,
        cancelled: i64,
        returned: i64,
        lost: i64,
    }
}

pub(crate) async fn sum_fulfilment_units(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilments: &BTreeSet<&FulfilmentOrderId>,
) -> Result<Vec<(FulfilmentOrderId, Units)>, Fault> {
    let rows: Vec<FulfilmentSums> = tx
        .query(
            "select fulfilment_order_id, cast(sum(short) as bigint) as short, \
                    cast(sum(allocated) as bigint) as allocated, cast(sum(picked) as bigint) as picked, \
                    cast(sum(packed) as bigint) as packed, cast(sum(shipped) as bigint) as shipped, \
                    cast(sum(delivered) as bigint) as delivered, cast(sum(cancelled) as bigint) as cancelled, \
                    cast(sum(returned) as bigint) as returned, cast(sum(lost) as bigint) as lost \
               from fulfilment_line where organisation_id = $1 and fulfilment_order_id {in $2} \
              group by fulfilment_order_id",
            args![organisation_id, Column::from_iter(fulfilments.iter().copied())],
        )
        .await?;
    let units = |row: &FulfilmentSums| {
        Units::of(Stage::Unallocated, row.short)
            .with(Stage::Allocated, row.allocated)
            .with(Stage::Picked, row.picked)
            .with(Stage::Packed, row.packed)
            .with(Stage::Shipped, row.shipped)
            .with(Stage::Delivered, row.delivered)
            .with(Stage::Cancelled, row.cancelled)
            .with(Stage::Returned, row.returned)
            .with(Stage::Lost, row.lost)
    };
    Ok(rows.into_iter().map(|row| (row.fulfilment_order_id.clone(), units(&row))).collect())
}

pub(crate) async fn write_order_statuses(
    tx: &Tx,
    organisation_id: &OrganisationId,
    statuses: &[(&OrderId, Status)],
) -> Result<(), Fault> {
    tx.execute_set(
        "update sales_order set status = d.status {set d(order_id text, status text)} \
          where sales_order.organisation_id = $1 and sales_order.order_id = d.order_id and sales_order.status <> d.status",
        &set![
            statuses.iter().map(|(order_id, _)| *order_id),
            statuses.iter().map(|(_, status)| status.name())
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

pub(crate) async fn write_fulfilment_statuses(
    tx: &Tx,
    organisation_id: &OrganisationId,
    statuses: &[(&FulfilmentOrderId, Status)],
) -> Result<(), Fault> {
    tx.execute_set(
        "update fulfilment_order set status = d.status {set d(fulfilment_order_id text, status text)} \
          where fulfilment_order.organisation_id = $1 \
            and fulfilment_order.fulfilment_order_id = d.fulfilment_order_id and fulfilment_order.status <> d.status",
        &set![
            statuses.iter().map(|(fulfilment_order_id, _)| *fulfilment_order_id),
            statuses.iter().map(|(_, status)| status.name()),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Makes every other change of this order wait until this transaction ends; gives false where there is no such order.
pub async fn lock_order(cx: &Cx<'_>, order_id: &OrderId) -> Result<bool, Fault> {
    let found: Option<(i64,)> = cx
        .tx
        .query_optional(
            "select 1 from sales_order where organisation_id = $1 and order_id = $2 [pg: for update :]",
            args![&cx.organisation_id, order_id],
        )
        .await?;
    Ok(found.is_some())
}

/// Writes payments that are expected.
pub async fn insert_payments(
    tx: &Tx,
    organisation_id: &OrganisationId,
    payments: &[NewPayment],
) -> Result<(), Fault> {
    let captured = |payment: &NewPayment| if payment.is_captured { payment.due_minor } else { 0 };
    tx.execute_set(
        "insert into payment (organisation_id, payment_id, order_id, provider, provider_reference, currency, due_minor, \
                authorised_minor, captured_minor, refunded_minor, state, created_at) \
         select $1, d.payment_id, d.order_id, d.provider, d.provider_reference, d.currency, d.due_minor, d.captured, \
                d.captured, 0, d.state, d.created_at \
         {set d(payment_id text, order_id text, provider text, provider_reference text, currency text, due_minor int, \
                captured int, state text, created_at time)} where true",
        &set![
            payments.iter().map(|payment| &payment.payment_id),
            payments.iter().map(|payment| &payment.order_id),
            payments.iter().map(|payment| &payment.provider),
            payments.iter().map(|payment| &payment.provider_reference),
            payments.iter().map(|payment| payment.currency),
            payments.iter().map(|payment| payment.due_minor),
            payments.iter().map(captured),
            payments.iter().map(|payment| if payment.is_captured { "captured" } else { "pending" }),
            payments.iter().map(|payment| payment.created_at),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Writes what a provider told, unless it contradicts what is known.
pub(crate) async fn record_payment(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
    told: Told,
) -> Result<bool, Fault> {
    let touched = match told {
        Told::Authorised => {
            tx.execute(
                "update payment set state = 'authorised', authorised_minor = due_minor \
                  where organisation_id = $1 and order_id = $2 and state in ('pending', 'declined')",
                args![organisation_id, order_id],
            )
            .await?
        }
        Told::Declined => {
            tx.execute(
                "update payment set state = 'declined' \
                  where organisation_id = $1 and order_id = $2 and state in ('pending', 'declined')",
                args![organisation_id, order_id],
            )
            .await?
        }
        Told::Captured(minor) => {
            tx.execute(
                "update payment set captured_minor = captured_minor + $3, \
                        state = case when captured_minor + $3 = authorised_minor then 'captured' else state end \
                  where organisation_id = $1 and order_id = $2 and state in ('authorised', 'captured') \
                    and $3 >= 0 and captured_minor + $3 <= authorised_minor",
                args![organisation_id, order_id, minor],
            )
            .await?
        }
        Told::Refunded(minor) => {
            tx.execute(
                "update payment set refunded_minor = refunded_minor + $3 \
                  where organisation_id = $1 and order_id = $2 and $3 >= 0 and refunded_minor + $3 <= captured_minor",
                args![organisation_id, order_id, minor],
            )
            .await?
        }
        Told::Voided => {
            tx.execute(
                "update payment set state = case when captured_minor > 0 then 'captured' else 'voided' end, \
                        authorised_minor = captured_minor \
                  where organisation_id = $1 and order_id = $2 and state in ('pending', 'authorised', 'declined')",
                args![organisation_id, order_id],
            )
            .await?
        }
    };
    Ok(touched == 1)
}

/// Keeps the provider's key of an authorisation: captures and refunds name it.
pub async fn write_provider_reference(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
    reference: &str,
) -> Result<(), Fault> {
    tx.execute(
        "update payment set provider_reference = $3 where organisation_id = $1 and order_id = $2",
        args![organisation_id, order_id, reference],
    )
    .await?;
    Ok(())
}
