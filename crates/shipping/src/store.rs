//! Every statement of this context.

use std::collections::HashMap;

use carriers::ParcelSize;
use db::{Column, Fault, FromColumn, FromRow, Row, Tx, args, set};
use kernel::{Address, Currency, FulfilmentOrderId, Money, NodeId, OrderId, OrganisationId, ParcelId};
use serde_json::Value as Json;

use crate::model::{Parcel, ParcelLine, ParcelStatus};

impl FromColumn for ParcelStatus {
    fn from_column(row: &Row, index: usize) -> Result<ParcelStatus, String> {
        let word = String::from_column(row, index)?;
        ParcelStatus::parse(&word).ok_or_else(|| format!("is no status of a parcel but {word}"))
    }
}

impl FromRow for Parcel {
    fn from_row(row: &Row) -> Result<Parcel, Fault> {
        let (minor, currency): (Option<i64>, Option<Currency>) =
            (row.get("price_minor")?, row.get("currency")?);
        Ok(Parcel {
            parcel_id: row.get("parcel_id")?,
            order_id: row.get("order_id")?,
            fulfilment_order_id: row.get("fulfilment_order_id")?,
            node_id: row.get("node_id")?,
            parcel_no: row.get("parcel_no")?,
            status: row.get("status")?,
            size: ParcelSize {
                weight_grams: row.get("weight_grams")?,
                length_mm: row.get("length_mm")?,
                width_mm: row.get("width_mm")?,
                height_mm: row.get("height_mm")?,
            },
            distance_metres: row.get("distance_metres")?,
            carrier_code: row.get("carrier_code")?,
            service_code: row.get("service_code")?,
            carrier_reference: row.get("carrier_reference")?,
            tracking_number: row.get("tracking_number")?,
            price: minor.zip(currency).map(|(minor, currency)| Money::new(minor, currency)),
            zone: row.get("zone")?,
            billed_grams: row.get("billed_grams")?,
            ship_from: address(row, "ship_from")?,
            ship_to: address(row, "ship_to")?,
            opened_at: row.get("opened_at")?,
            closed_at: row.get("closed_at")?,
            dispatched_at: row.get("dispatched_at")?,
            delivered_at: row.get("delivered_at")?,
        })
    }
}

fn address(row: &Row, column: &str) -> Result<Address, Fault> {
    serde_json::from_value(row.get(column)?)
        .map_err(|error| Fault::Shape { column: column.into(), problem: error.to_string() })
}

fn to_json(address: &Address) -> Json {
    serde_json::to_value(address).expect("an address is plain data")
}

impl FromRow for ParcelLine {
    fn from_row(row: &Row) -> Result<ParcelLine, Fault> {
        Ok(ParcelLine {
            line_no: row.get("line_no")?,
            item_id: row.get("item_id")?,
            quantity: row.get("quantity")?,
        })
    }
}

/// Named one by one: a column that a later program adds must not change what this one's prepared statements give.
macro_rules! select_parcel {
    ($rest:literal) => {
        concat!(
            "select parcel_id, order_id, fulfilment_order_id, node_id, parcel_no, status, weight_grams, length_mm, \
                    width_mm, height_mm, distance_metres, carrier_code, service_code, carrier_reference, \
                    tracking_number, price_minor, currency, zone, billed_grams, ship_from, ship_to, opened_at, \
                    closed_at, dispatched_at, delivered_at \
               from parcel ",
            $rest
        )
    };
}

/// The parcel of this id.
pub async fn find_parcel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
) -> Result<Option<Parcel>, Fault> {
    tx.query_optional(
        select_parcel!("where organisation_id = $1 and parcel_id = $2"),
        args![organisation_id, parcel_id],
    )
    .await
}

/// The parcels of these ids; those that are not known are left out.
pub async fn parcels_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_ids: &[ParcelId],
) -> Result<HashMap<ParcelId, Parcel>, Fault> {
    let parcels: Vec<Parcel> = tx
        .query(
            select_parcel!("where organisation_id = $1 and parcel_id {in $2}"),
            args![organisation_id, Column::from_iter(parcel_ids)],
        )
        .await?;
    Ok(parcels.into_iter().map(|parcel| (parcel.parcel_id.clone(), parcel)).collect())
}

/// The parcel a carrier calls so.
pub async fn find_parcel_by_tracking_number(
    tx: &Tx,
    organisation_id: &OrganisationId,
    tracking_number: &str,
) -> Result<Option<Parcel>, Fault> {
    tx.query_optional(
        select_parcel!("where organisation_id = $1 and tracking_number = $2"),
        args![organisation_id, tracking_number],
    )
    .await
}

/// The parcels of an order by number, cancelled ones among them.
pub async fn list_parcels(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<Parcel>, Fault> {
    tx.query(
        select_parcel!(
            "where organisation_id = $1 and order_id = $2 order by parcel_no, parcel_id limit 10000"
        ),
        args![organisation_id, order_id],
    )
    .await
}

/// The parcels of these orders, each order's by number, cancelled ones among them.
pub async fn parcels_of_orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_ids: &[OrderId],
) -> Result<HashMap<OrderId, Vec<Parcel>>, Fault> {
    let found: Vec<Parcel> = tx
        .query(
            select_parcel!(
                "where organisation_id = $1 and order_id {in $2} order by order_id, parcel_no, parcel_id"
            ),
            args![organisation_id, Column::from_iter(order_ids)],
        )
        .await?;
    let mut parcels: HashMap<OrderId, Vec<Parcel>> = HashMap::new();
    for parcel in found {
        parcels.entry(parcel.order_id.clone()).or_default().push(parcel);
    }
    Ok(parcels)
}

/// The parcels of a fulfilment order by number, cancelled ones among them.
pub async fn list_parcels_of_fulfilment_order(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilment_order_id: &FulfilmentOrderId,
) -> Result<Vec<Parcel>, Fault> {
    tx.query(
        select_parcel!(
            "where organisation_id = $1 and fulfilment_order_id = $2 \
          order by parcel_no, parcel_id limit 10000"
        ),
        args![organisation_id, fulfilment_order_id],
    )
    .await
}

/// The parcel of a fulfilment order that is being packed, the first opened if there are several.
pub async fn find_open_parcel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    fulfilment_order_id: &FulfilmentOrderId,
) -> Result<Option<Parcel>, Fault> {
    tx.query_optional(
        select_parcel!(
            "where organisation_id = $1 and fulfilment_order_id = $2 and status = 'open' \
          order by parcel_no, parcel_id limit 1"
        ),
        args![organisation_id, fulfilment_order_id],
    )
    .await
}

/// Open parcels at these nodes that were closed before: their label was refused, or part of them was called off.
/// Oldest first.
pub async fn list_reopened(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_ids: impl Iterator<Item = &NodeId>,
    limit: i64,
) -> Result<Vec<Parcel>, Fault> {
    tx.query(
        select_parcel!(
            "where organisation_id = $1 and node_id {in $2} and status = 'open' and exists ( \
                select 1 from parcel earlier \
                 where earlier.organisation_id = parcel.organisation_id \
                   and earlier.fulfilment_order_id = parcel.fulfilment_order_id \
                   and earlier.parcel_no = parcel.parcel_no and earlier.status = 'cancelled' \
                   and earlier.closed_at is not null) \
          order by opened_at, parcel_id limit $3"
        ),
        args![organisation_id, Column::from_iter(node_ids), limit],
    )
    .await
}

/// What is in these parcels, each by line; empty ones are left out.
pub async fn parcel_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_ids: &[ParcelId],
) -> Result<HashMap<ParcelId, Vec<ParcelLine>>, Fault> {
    struct Inside(ParcelId, ParcelLine);
    impl FromRow for Inside {
        fn from_row(row: &Row) -> Result<Inside, Fault> {
            Ok(Inside(row.get("parcel_id")?, ParcelLine::from_row(row)?))
        }
    }
    let rows: Vec<Inside> = tx
        .query(
            "select parcel_id, line_no, item_id, quantity from parcel_line \
              where organisation_id = $1 and parcel_id {in $2} order by parcel_id, line_no",
            args![organisation_id, Column::from_iter(parcel_ids)],
        )
        .await?;
    let mut lines: HashMap<ParcelId, Vec<ParcelLine>> = HashMap::new();
    for Inside(parcel_id, line) in rows {
        lines.entry(parcel_id).or_default().push(line);
    }
    Ok(lines)
}

pub(crate) async fn lock_parcel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
) -> Result<Option<Parcel>, Fault> {
    tx.query_optional(
        select_parcel!("where organisation_id = $1 and parcel_id = $2 [pg: for update :]"),
        args![organisation_id, parcel_id],
    )
    .await
}

pub(crate) async fn lock_parcels(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_ids: &[ParcelId],
) -> Result<Vec<Parcel>, Fault> {
    tx.query(
        select_parcel!(
            "where organisation_id = $1 and parcel_id {in $2} order by parcel_id [pg: for update :]"
        ),
        args![organisation_id, Column::from_iter(parcel_ids)],
    )
    .await
}

/// The numbers that parcels of an order have, cancelled ones aside.
pub(crate) async fn parcel_numbers(
    tx: &Tx,
    organisation_id: &OrganisationId,
    order_id: &OrderId,
) -> Result<Vec<i64>, Fault> {
    let numbers: Vec<(i64,)> = tx
        .query(
            "select parcel_no from parcel where organisation_id = $1 and order_id = $2 and status <> 'cancelled'",
            args![organisation_id, order_id],
        )
        .await?;
    Ok(numbers.into_iter().map(|(number,)| number).collect())
}

pub(crate) async fn insert_parcel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel: &Parcel,
) -> Result<(), Fault> {
    tx.execute(
        "insert into parcel (organisation_id, parcel_id, order_id, fulfilment_order_id, node_id, parcel_no, status, \
                             weight_grams, length_mm, width_mm, height_mm, distance_metres, ship_from, ship_to, \
                             opened_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)",
        args![
            organisation_id,
            &parcel.parcel_id,
            &parcel.order_id,
            &parcel.fulfilment_order_id,
            &parcel.node_id,
            parcel.parcel_no,
            parcel.status.as_str(),
            parcel.size.weight_grams,
            parcel.size.length_mm,
            parcel.size.width_mm,
            parcel.size.height_mm,
            parcel.distance_metres,
            to_json(&parcel.ship_from),
            to_json(&parcel.ship_to),
            parcel.opened_at,
        ],
    )
    .await
    .map(drop)
}

/// Writes what the packing table and the carrier say of a parcel. It was locked and read before.
pub(crate) async fn update_parcel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel: &Parcel,
) -> Result<(), Fault> {
    tx.execute(
        "update parcel set parcel_no = $3, status = $4, weight_grams = $5, length_mm = $6, width_mm = $7, \
                height_mm = $8, carrier_code = $9, service_code = $10, carrier_reference = $11, \
                tracking_number = $12, price_minor = $13, currency = $14, zone = $15, billed_grams = $16, \
                closed_at = $17 \
          where organisation_id = $1 and parcel_id = $2",
        args![
            organisation_id,
            &parcel.parcel_id,
            parcel.parcel_no,
            parcel.status.as_str(),
            parcel.size.weight_grams,
            parcel.size.length_mm,
            parcel.size.width_mm,
            parcel.size.height_mm,
            parcel.carrier_code.clone(),
            parcel.service_code.clone(),
            parcel.carrier_reference.clone(),
            parcel.tracking_number.clone(),
            parcel.price.map(|price| price.minor),
            parcel.price.map(|price| price.currency),
            parcel.zone,
            parcel.billed_grams,
            parcel.closed_at,
        ],
    )
    .await
    .map(drop)
}

/// Writes where parcels stand and since when. They were locked and read before.
pub(crate) async fn update_journeys(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcels: &[Parcel],
) -> Result<(), Fault> {
    tx.execute_guarded(
        "parcels moved on",
        "update parcel set status = d.status, dispatched_at = d.dispatched_at, delivered_at = d.delivered_at \
         {set d(parcel_id text, status text, dispatched_at time, delivered_at time)} \
          where parcel.organisation_id = $1 and parcel.parcel_id = d.parcel_id",
        &set![
            parcels.iter().map(|parcel| &parcel.parcel_id),
            parcels.iter().map(|parcel| parcel.status.as_str()),
            parcels.iter().map(|parcel| parcel.dispatched_at),
            parcels.iter().map(|parcel| parcel.delivered_at),
        ],
        args![organisation_id],
    )
    .await
}

pub(crate) async fn update_status(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
    status: ParcelStatus,
) -> Result<(), Fault> {
    tx.execute(
        "update parcel set status = $3 where organisation_id = $1 and parcel_id = $2",
        args![organisation_id, parcel_id, status.as_str()],
    )
    .await
    .map(drop)
}

/// What is in one parcel.
pub(crate) async fn lines_of(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
) -> Result<Vec<ParcelLine>, Fault> {
    tx.query(
        "select line_no, item_id, quantity from parcel_line where organisation_id = $1 and parcel_id = $2 \
          order by line_no",
        args![organisation_id, parcel_id],
    )
    .await
}

pub(crate) async fn write_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
    lines: &[ParcelLine],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into parcel_line (organisation_id, parcel_id, line_no, item_id, quantity) \
         select $1, $2, d.line_no, d.item_id, d.quantity {set d(line_no int, item_id text, quantity int)} where true \
         on conflict (organisation_id, parcel_id, line_no) do update set quantity = excluded.quantity",
        &set![
            lines.iter().map(|line| line.line_no),
            lines.iter().map(|line| &line.item_id),
            lines.iter().map(|line| line.quantity),
        ],
        args![organisation_id, parcel_id],
    )
    .await
    .map(drop)
}

pub(crate) async fn delete_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_id: &ParcelId,
) -> Result<(), Fault> {
    tx.execute(
        "delete from parcel_line where organisation_id = $1 and parcel_id = $2",
        args![organisation_id, parcel_id],
    )
    .await
    .map(drop)
}

pub(crate) async fn move_lines(
    tx: &Tx,
    organisation_id: &OrganisationId,
    from: &ParcelId,
    to: &ParcelId,
) -> Result<(), Fault> {
    tx.execute(
        "update parcel_line set parcel_id = $3 where organisation_id = $1 and parcel_id = $2",
        args![organisation_id, from, to],
    )
    .await
    .map(drop)
}

/// Takes from closed boxes where they went, as far as the addresses given here do not say it, and how far exactly.
pub async fn forget_addresses(
    tx: &Tx,
    organisation_id: &OrganisationId,
    parcel_ids: &[ParcelId],
    addresses: &[Address],
) -> Result<(), Fault> {
    let json = |address| serde_json::to_value(address).expect("an address is plain data");
    tx.execute_guarded(
        "parcels without an address",
        "update parcel set ship_to = d.ship_to, distance_metres = distance_metres / 10000 * 10000 \
             {set d(parcel_id text, ship_to json)} \
              where parcel.organisation_id = $1 and parcel.parcel_id = d.parcel_id",
        &set![parcel_ids, addresses.iter().map(json)],
        args![organisation_id],
    )
    .await
}
