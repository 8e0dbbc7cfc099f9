//! One field for everything that has a name: whatever is typed or scanned leads to its page.

use axum::extract::{Query, State};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, OrganisationId, ParcelId, Scope};
use serde::Deserialize;
use web::{Needs, Permission, Routes};

use crate::desk::{Console, Desk, Upset, see};
use crate::href;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::FIND, Needs::Throughout(Permission::OrdersRead), get_find)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

async fn get_find(
    State(console): State<Console>,
    _: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let code: String = asked.q.trim().chars().take(200).collect();
    let organisation_id = console.organisation.organisation_id.clone();
    let wanted = code.clone();
    let found = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { find(tx, &organisation_id, &wanted).await }))
        .await?;
    // Whatever has no page of its own may still be the beginning of a name or a number.
    Ok(see(&found.unwrap_or_else(|| href::with_query(href::ORDERS, &[("q", &code)]))))
}

/// The page of what a code names: our own ids, then numbers on paper, then codes on goods.
async fn find(tx: &Tx, organisation_id: &OrganisationId, code: &str) -> Result<Option<String>, Fault> {
    if code.is_empty() {
        return Ok(None);
    }
    if let Some(page) = find_by_id(tx, organisation_id, code).await? {
        return Ok(Some(page));
    }
    let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
    let ids = channels.iter().map(|channel| &channel.channel_id);
    let orders = orders::store::list_by_reference(tx, organisation_id, ids, code).await?;
    if let [order_id] = orders.as_slice() {
        return Ok(Some(href::order(order_id.as_str())));
    }
    if !orders.is_empty() {
        return Ok(None);
    }
    if let Some(parcel) = shipping::find_parcel_by_tracking_number(tx, organisation_id, code).await? {
        return Ok(Some(href::order(parcel.order_id.as_str())));
    }
    if let Some(item) = catalogue::find_item_by_code(tx, organisation_id, code).await? {
        return Ok(Some(href::with_query(href::STOCK, &[("q", &item.sku)])));
    }
    let node = network::find_node_by_code(tx, organisation_id, code).await?;
    Ok(node.map(|node| href::node(node.node_id.as_str())))
}

async fn find_by_id(tx: &Tx, organisation_id: &OrganisationId, id: &str) -> Result<Option<String>, Fault> {
    let page = if let Ok(order_id) = OrderId::parse(id) {
        let order = orders::store::find_order(tx, organisation_id, &order_id).await?;
        order.map(|order| href::order(order.order_id.as_str()))
    } else if let Ok(parcel_id) = ParcelId::parse(id) {
        let parcel = shipping::find_parcel(tx, organisation_id, &parcel_id).await?;
        parcel.map(|parcel| href::order(parcel.order_id.as_str()))
    } else if let Ok(part_id) = FulfilmentOrderId::parse(id) {
        let part = orders::store::find_fulfilment(tx, organisation_id, &part_id).await?;
        part.map(|part| href::order(part.order_id.as_str()))
    } else if let Ok(node_id) = NodeId::parse(id) {
        let node = network::find_node(tx, organisation_id, &node_id).await?;
        node.map(|node| href::node(node.node_id.as_str()))
    } else if let Ok(item_id) = ItemId::parse(id) {
        let item = catalogue::find_item(tx, organisation_id, &item_id).await?;
        item.map(|item| href::with_query(href::STOCK, &[("q", &item.sku)]))
    } else {
        None
    };
    Ok(page)
}
