//! Statements by which orders forget whom they were for.

use db::{Column, Fault, Tx, args, set};
use kernel::{Address, OrderId, OrganisationId, Timestamp};
use serde_json::Value as Json;

use crate::erase::Subject;

/// Orders of the person with this e-mail address, oldest first. Erased ones have none.
pub async fn list_orders_of_email(
    tx: &Tx,
    organisation_id: &OrganisationId,
    email: &str,
    limit: i64,
) -> Result<Vec<Subject>, Fault> {
    tx.query(
        "select order_id, external_reference, status, placed_at, customer_name, customer_email, ship_to, erased_at from sales_order \
          where organisation_id = $1 and lower(customer_email) [pg: collate \"C\" :] = $2 and customer_email <> '' \
          order by order_id limit $3",
        args![organisation_id, email, limit],
    )
    .await
}

/// These orders, as far as they tell of people.
pub async fn list_subjects(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<Vec<Subject>, Fault> {
    tx.query(
        "select order_id, external_reference, status, placed_at, customer_name, customer_email, ship_to, erased_at from sales_order \
          where organisation_id = $1 and order_id {in $2} order by order_id",
        args![organisation_id, Column::from_iter(order_ids)],
    )
    .await
}

/// The same, and nobody else changes them until the transaction ends.
pub async fn lock_subjects(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<Vec<Subject>, Fault> {
    tx.query(
        "select order_id, external_reference, status, placed_at, customer_name, customer_email, ship_to, erased_at from sales_order \
          where organisation_id = $1 and order_id {in $2} order by order_id [pg: for update :]",
        args![organisation_id, Column::from_iter(order_ids)],
    )
    .await
}

/// Where to go on in a list of orders by age.
pub type AgePlace = (Timestamp, OrderId);

/// Orders at rest that were placed before a time and are not masked, oldest first.
pub async fn list_unmasked(
    tx: &Tx,
    organisation_id: &OrganisationId,
    before: Timestamp,
    after: Option<&AgePlace>,
    limit: i64,
) -> Result<Vec<AgePlace>, Fault> {
    let (at, id) = place_of(after);
    tx.query(
        "select placed_at, order_id from sales_order \
          where organisation_id = $1 and masked_at is null and placed_at < $2 \
            and status in ('delivered', 'cancelled', 'returned', 'lost') \
            and (placed_at, order_id) > ($3, $4) order by placed_at, order_id limit $5",
        args![organisation_id, before, at, id, limit],
    )
    .await
}

/// Orders at rest that were placed before a time and are not erased, oldest first.
pub async fn list_unerased(
    tx: &Tx,
    organisation_id: &OrganisationId,
    before: Timestamp,
    after: Option<&AgePlace>,
    limit: i64,
) -> Result<Vec<AgePlace>, Fault> {
    let (at, id) = place_of(after);
    tx.query(
        "select placed_at, order_id from sales_order \
          where organisation_id = $1 and erased_at is null and placed_at < $2 \
            and status in ('delivered', 'cancelled', 'returned', 'lost') \
            and (placed_at, order_id) > ($3, $4) order by placed_at, order_id limit $5",
        args![organisation_id, before, at, id, limit],
    )
    .await
}

fn place_of(after: Option<&AgePlace>) -> (Timestamp, &str) {
    after.map_or((Timestamp::UNIX_EPOCH, ""), |(at, id)| (*at, id.as_str()))
}

pub(crate) async fn mask_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[Subject],
    addresses: &[Address],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "orders masked",
        "update sales_order set ship_to = d.ship_to, note = '', raw = '', masked_at = $2 \
         {set d(order_id text, ship_to json)} \
          where sales_order.organisation_id = $1 and sales_order.order_id = d.order_id",
        &set![orders.iter().map(|order| &order.order_id), addresses.iter().map(json)],
        args![organisation_id, now],
    )
    .await
}

/// Without its fingerprint nobody can try what an order may have said, and whatever comes under its reference is taken
/// for a repeat.
pub(crate) async fn erase_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[Subject],
    addresses: &[Address],
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute_guarded(
        "orders erased",
        "update sales_order set customer_name = '', customer_email = '', ship_to = d.ship_to, note = '', raw = '', \
                fingerprint = '', masked_at = coalesce(masked_at, $2), erased_at = $2 \
         {set d(order_id text, ship_to json)} \
          where sales_order.organisation_id = $1 and sales_order.order_id = d.order_id",
        &set![orders.iter().map(|order| &order.order_id), addresses.iter().map(json)],
        args![organisation_id, now],
    )
    .await
}

fn json(address: &Address) -> Json {
    serde_json::to_value(address).expect("an address is plain data")
}
