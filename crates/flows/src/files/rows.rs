//! Each thing as the cells of its row.

use std::collections::{BTreeSet, HashMap};

use catalogue::Item;
use db::{Fault, Tx};
use kernel::{ItemId, NodeId, OrganisationId, Scope};
use network::Node;
use orders::read::OrderRow;
use runtime::event::Event;
use sheets::Cell;

fn time(at: Option<kernel::Timestamp>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Text(at.to_string()))
}

fn degrees(micro: i64) -> String {
    let sign = if micro < 0 { "-" } else { "" };
    format!("{sign}{}.{:06}", micro.abs() / 1_000_000, micro.abs() % 1_000_000)
}

pub(super) async fn items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[Item],
    ids: &[ItemId],
) -> Result<Vec<Vec<Cell>>, Fault> {
    let mut barcodes = catalogue::barcodes_of_items(tx, organisation_id, ids).await?;
    let rows = items.iter().map(|item| {
        vec![
            item.sku.as_str().into(),
            item.title.as_str().into(),
            barcodes.remove(&item.item_id).unwrap_or_default().join("|").into(),
            item.weight_grams.into(),
            item.length_mm.into(),
            item.width_mm.into(),
            item.height_mm.into(),
            item.merchant_id.as_str().into(),
        ]
    });
    Ok(rows.collect())
}

pub(super) async fn listings(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[Item],
    ids: &[ItemId],
) -> Result<Vec<Vec<Cell>>, Fault> {
    let listings = catalogue::listings_of_items(tx, organisation_id, ids).await?;
    let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
    let others: BTreeSet<&ItemId> =
        listings.values().flatten().flat_map(|listing| &listing.also).map(|other| &other.item_id).collect();
    let others: Vec<ItemId> = others.into_iter().cloned().collect();
    let others = catalogue::items_by_id(tx, organisation_id, &others).await?;
    let codes: HashMap<_, &str> =
        channels.iter().map(|channel| (&channel.channel_id, channel.code.as_str())).collect();
    let rows = items.iter().flat_map(|item| {
        let of_item = listings.get(&item.item_id).into_iter().flatten();
        of_item.map(|listing| {
            vec![
                codes.get(&listing.channel_id).copied().unwrap_or_default().into(),
                listing.external_code.as_str().into(),
                item.sku.as_str().into(),
                listing.pack_factor.into(),
                super::listings::written(&listing.also, &others).into(),
            ]
        })
    });
    Ok(rows.collect())
}

pub(super) async fn stock(
    tx: &Tx,
    organisation_id: &OrganisationId,
    items: &[Item],
    ids: &[ItemId],
    only: Option<&NodeId>,
) -> Result<Vec<Vec<Cell>>, Fault> {
    let mut stock =
        inventory::store::list_stock_of_items(tx, organisation_id, &Scope::EVERYTHING, ids.iter()).await?;
    stock.retain(|row| only.is_none_or(|node_id| row.node_id == *node_id));
    let node_ids: Vec<NodeId> = stock.iter().map(|row| row.node_id.clone()).collect();
    let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
    let skus: HashMap<&ItemId, &str> = items.iter().map(|item| (&item.item_id, item.sku.as_str())).collect();
    let rows = stock.iter().map(|row| {
        vec![
            nodes.get(&row.node_id).map_or_else(|| row.node_id.to_string(), |node| node.code.clone()).into(),
            skus.get(&row.item_id).copied().unwrap_or_default().into(),
            row.on_hand.into(),
            Cell::Empty,
            row.available.into(),
            Cell::Empty,
            Cell::Empty,
            Cell::Empty,
            row.lot.as_str().into(),
        ]
    });
    Ok(rows.collect())
}

pub(super) fn node(node: &Node) -> Vec<Cell> {
    let address = &node.address;
    vec![
        node.code.as_str().into(),
        node.name.as_str().into(),
        node.kind.as_str().into(),
        address.country.as_str().into(),
        degrees(node.place.latitude_microdegrees).into(),
        degrees(node.place.longitude_microdegrees).into(),
        node.time_zone.as_str().into(),
        node.zone.as_str().into(),
        address.name.as_str().into(),
        address.line1.as_str().into(),
        address.line2.as_str().into(),
        address.postal_code.as_str().into(),
        address.city.as_str().into(),
        address.region.as_str().into(),
        address.phone.as_str().into(),
        if node.can_ship { "true" } else { "false" }.into(),
        if node.can_pickup { "true" } else { "false" }.into(),
    ]
}

pub(super) async fn orders(
    tx: &Tx,
    organisation_id: &OrganisationId,
    orders: &[OrderRow],
) -> Result<Vec<Vec<Cell>>, Fault> {
    let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
    let codes: HashMap<_, &str> =
        channels.iter().map(|channel| (&channel.channel_id, channel.code.as_str())).collect();
    let rows = orders.iter().map(|order| {
        vec![
            order.order_id.as_str().into(),
            order.external_reference.as_str().into(),
            codes.get(&order.channel_id).copied().unwrap_or_default().into(),
            order.status.as_str().into(),
            time(Some(order.placed_at)),
            time(order.promised_by),
            order.customer_name.as_str().into(),
            order.customer_email.as_str().into(),
            order.ship_to["city"].as_str().unwrap_or_default().into(),
            order.ship_to["postal_code"].as_str().unwrap_or_default().into(),
            order.ship_to["country"].as_str().unwrap_or_default().into(),
            order.currency.to_string().into(),
            order.goods_minor.into(),
            order.shipping_minor.into(),
            order.total_minor.into(),
            order.note.as_str().into(),
        ]
    });
    Ok(rows.collect())
}

pub(super) fn event(event: &Event) -> Vec<Cell> {
    vec![
        event.position.into(),
        time(Some(event.happened_at)),
        event.kind.as_str().into(),
        event.subject_id.as_str().into(),
        event.actor.as_str().into(),
        event.data.as_str().into(),
    ]
}
