//! Statements about units that wait for supply. Whoever was moved up goes first, then whoever placed an order first.

use std::collections::HashMap;

use db::{Column, Fault, Tx, args, row, set};
use kernel::{
    ChannelId, ItemId, MerchantId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp, time::Date,
};
use runtime::Cx;

use crate::read::OrderRow;

/// Where an order stands among those that wait.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// The later somebody was moved up, the higher; 0 for all others.
    pub moved_up: i64,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// The order, as text.
    pub order_id: String,
}

impl Turn {
    /// Before everybody.
    pub const FIRST: Turn =
        Turn { moved_up: i64::MAX, placed_at: Timestamp::UNIX_EPOCH, order_id: String::new() };

    /// As it is written down.
    pub fn to_text(&self) -> String {
        let Turn { moved_up, placed_at, order_id } = self;
        format!("{moved_up} {} {order_id}", kernel::time::to_text(*placed_at))
    }

    /// Reads what was written down.
    pub fn parse(text: &str) -> Option<Turn> {
        let mut parts = text.splitn(3, ' ');
        Some(Turn {
            moved_up: parts.next()?.parse().ok()?,
            placed_at: parts.next()?.parse().ok()?,
            order_id: parts.next()?.to_owned(),
        })
    }
}

row! {
    /// Units of a line that wait.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct WaitingRow {
        /// Of which order.
        pub order_id: OrderId,
        /// Which line.
        pub line_no: i64,
        /// What for.
        pub item_id: ItemId,
        /// Whose order.
        pub merchant_id: MerchantId,
        /// From which channel.
        pub channel_id: ChannelId,
        /// The channel's name for the order.
        pub external_reference: String,
        /// Units that a node gave up.
        pub unallocated: i64,
        /// Units that were promised beyond stock.
        pub backordered: i64,
        /// When they will be there, as far as it is known.
        pub expected_on: Option<Date>,
        /// More than 0 where somebody moved the order up.
        pub moved_up: i64,
        /// Since when.
        pub placed_at: Timestamp,
        /// What the customer was promised.
        pub promised_by: Option<Timestamp>,
    }
}

impl WaitingRow {
    /// How many units wait.
    pub fn units(&self) -> i64 {
        self.unallocated + self.backordered
    }

    /// Where it stands.
    pub fn turn(&self) -> Turn {
        Turn { moved_up: self.moved_up, placed_at: self.placed_at, order_id: self.order_id.to_string() }
    }
}

/// The items that somebody waits for.
pub async fn list_waiting_items(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<ItemId>, Fault> {
    let rows: Vec<(ItemId,)> = tx
        .query(
            "select distinct item_id from order_line where organisation_id = $1 and unallocated + backordered > 0 \
              order by item_id",
            args![organisation_id],
        )
        .await?;
    Ok(rows.into_iter().map(|(item_id,)| item_id).collect())
}

/// How many units of each of these items wait.
pub async fn count_waiting(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
) -> Result<HashMap<ItemId, i64>, Fault> {
    let rows: Vec<(ItemId, i64)> = tx
        .query(
            "select item_id, cast(sum(unallocated + backordered) as bigint) from order_line \
              where organisation_id = $1 and item_id {in $2} and unallocated + backordered > 0 group by item_id",
            args![organisation_id, Column::from_iter(items)],
        )
        .await?;
    Ok(rows.into_iter().collect())
}

/// Orders with units no node has, oldest first.
pub async fn list_unallocated(
    tx: &Tx,
    organisation_id: &OrganisationId,
    limit: i64,
) -> Result<Vec<OrderId>, Fault> {
    let rows: Vec<(OrderId,)> = tx
        .query(
            "select order_id from sales_order where organisation_id = $1 and status = 'unallocated' \
              order by placed_at, order_id limit $2",
            args![organisation_id, limit],
        )
        .await?;
    Ok(rows.into_iter().map(|(order_id,)| order_id).collect())
}

/// Orders that wait for any of these items, in their turn, after one of them.
pub async fn list_turns(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: impl Iterator<Item = &ItemId>,
    after: &Turn,
    limit: i64,
) -> Result<Vec<(OrderId, Turn)>, Fault> {
    let rows: Vec<(OrderId, i64, Timestamp)> = tx
        .query(
            "select o.order_id, o.moved_up, o.placed_at from sales_order o \
              where o.organisation_id = $1 and o.status in ('unallocated', 'backordered') \
                and exists (select 1 from order_line l where l.organisation_id = o.organisation_id \
                               and l.order_id = o.order_id and l.item_id {in $2} and l.unallocated + l.backordered > 0) \
                and (o.moved_up < $3 or (o.moved_up = $3 and (o.placed_at, o.order_id) > ($4, $5))) \
              order by o.moved_up desc, o.placed_at, o.order_id limit $6",
            args![organisation_id, Column::from_iter(items), after.moved_up, after.placed_at, &after.order_id, limit],
        )
        .await?;
    let turn = |(order_id, moved_up, placed_at): (OrderId, i64, Timestamp)| {
        let turn = Turn { moved_up, placed_at, order_id: order_id.to_string() };
        (order_id, turn)
    };
    Ok(rows.into_iter().map(turn).collect())
}

/// Who waits for an item, in their turn.
pub async fn list_waiting(
    tx: &Tx,
    organisation_id: &OrganisationId,
    item_id: &ItemId,
    limit: i64,
) -> Result<Vec<WaitingRow>, Fault> {
    tx.query(
        "select l.order_id, l.line_no, l.item_id, o.merchant_id, o.channel_id, o.external_reference, l.unallocated, \
                l.backordered, l.expected_on, o.moved_up, o.placed_at, o.promised_by \
           from order_line l \
           join sales_order o on o.organisation_id = l.organisation_id and o.order_id = l.order_id \
          where l.organisation_id = $1 and l.item_id = $2 and l.unallocated + l.backordered > 0 \
          order by o.moved_up desc, o.placed_at, o.order_id, l.line_no limit $3",
        args![organisation_id, item_id, limit],
    )
    .await
}

/// A page of who waits, for one item or for any, in their turn.
pub async fn list_queue(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    item_id: Option<&ItemId>,
    page: &PageRequest,
) -> Result<Page<WaitingRow>, Fault> {
    let after = page.after.as_deref().and_then(|after| after.split_once('/'));
    let line_no: i64 = after.and_then(|(line_no, _)| line_no.parse().ok()).unwrap_or(0);
    let turn = after.and_then(|(_, turn)| Turn::parse(turn)).unwrap_or(Turn::FIRST);
    let rows: Vec<WaitingRow> = tx
        .query(
            "select l.order_id, l.line_no, l.item_id, o.merchant_id, o.channel_id, o.external_reference, l.unallocated, \
                    l.backordered, l.expected_on, o.moved_up, o.placed_at, o.promised_by \
               from order_line l \
               join sales_order o on o.organisation_id = l.organisation_id and o.order_id = l.order_id \
              where l.organisation_id = $1 and ($2 = '' or l.item_id = $2) and l.unallocated + l.backordered > 0 \
                and ($3 = 1 or o.merchant_id {in $4}) \
                and (o.moved_up < $5 or (o.moved_up = $5 and (o.placed_at, o.order_id, l.line_no) > ($6, $7, $8))) \
              order by o.moved_up desc, o.placed_at, o.order_id, l.line_no limit $9",
            args![
                organisation_id,
                item_id.map_or("", ItemId::as_str),
                i64::from(scope.is_everything()),
                Column::from_iter(scope.merchant_ids()),
                turn.moved_up,
                turn.placed_at,
                &turn.order_id,
                line_no,
                page.limit + 1
            ],
        )
        .await?;
    Ok(Page::of(rows, page.limit, |row| format!("{}/{}", row.line_no, row.turn().to_text())))
}

/// These orders, by their ids.
pub async fn orders_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: impl Iterator<Item = &OrderId>,
) -> Result<HashMap<OrderId, OrderRow>, Fault> {
    let rows: Vec<OrderRow> = tx
        .query(
            "select order_id, merchant_id, channel_id, external_reference, status, method, currency, goods_minor, \
                    shipping_minor, total_minor, customer_name, customer_email, ship_to, placed_at, accepted_at, \
                    promised_by, note, raw \
               from sales_order where organisation_id = $1 and order_id {in $2}",
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    Ok(rows.into_iter().map(|row| (row.order_id.clone(), row)).collect())
}

/// Says when the waiting units of these lines will be there.
pub async fn set_expected_on(
    tx: &Tx,
    organisation_id: &OrganisationId,
    lines: &[(&OrderId, i64, Option<Date>)],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "days of waiting lines",
        "update order_line set expected_on = d.expected_on {set d(order_id text, line_no int, expected_on date)} \
          where organisation_id = $1 and order_line.order_id = d.order_id and order_line.line_no = d.line_no",
        &set![
            lines.iter().map(|(order_id, _, _)| *order_id),
            lines.iter().map(|(_, line_no, _)| *line_no),
            lines.iter().map(|(_, _, day)| *day),
        ],
        args![organisation_id],
    )
    .await
}

/// Puts an order that waits before all others; gives where it stood and stands, and none where it does not wait.
pub(crate) async fn move_up(cx: &Cx<'_>, order_id: &OrderId) -> Result<Option<(i64, i64)>, Fault> {
    let stood: Option<(i64,)> = cx
        .tx
        .query_optional(
            "select moved_up from sales_order where organisation_id = $1 and order_id = $2 \
                and status in ('unallocated', 'backordered') [pg: for update :]",
            args![&cx.organisation_id, order_id],
        )
        .await?;
    let Some((stood,)) = stood else { return Ok(None) };
    let (highest,): (i64,) = cx
        .tx
        .query_one(
            "select coalesce(max(moved_up), 0) from sales_order \
              where organisation_id = $1 and status in ('unallocated', 'backordered')",
            args![&cx.organisation_id],
        )
        .await?;
    cx.tx
        .execute(
            "update sales_order set moved_up = $3 where organisation_id = $1 and order_id = $2",
            args![&cx.organisation_id, order_id, highest + 1],
        )
        .await?;
    Ok(Some((stood, highest + 1)))
}
