//! One field for everything that has a name: whatever is typed or scanned leads to its page.

use axum::extract::{Query, State};
use axum::response::Response;
use db::{Fault, Tx};
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, OrganisationId, ParcelId, Scope};
use serde::Deserialize;
use web::{Needs, Permission, Routes, Within};

use crate::desk::{Console, Desk, Upset, see};
use crate::{href, scan};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::FIND, Needs::Within(Permission::OrdersRead), get_find)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: String,
}

async fn get_find(
    State(console): State<Console>,
    Within(scope): Within,
    _: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let readings = scan::readings(&asked.q);
    let code = readings.first().cloned().unwrap_or_default();
    let organisation_id = console.organisation.organisation_id.clone();
    let found = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { find(tx, &organisation_id, &scope, &readings).await }))
        .await?;
    // Whatever has no page of its own may still be the beginning of a name or a number.
    Ok(see(&found.unwrap_or_else(|| href::with_query(href::ORDERS, &[("q", &code)]))))
}

/// The page of what was typed or scanned, read in these ways; the first that means something within the scope.
pub(super) async fn find(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    readings: &[String],
) -> Result<Option<String>, Fault> {
    // A handful of ways at most, and almost always the first.
    for code in readings {
        if let Some(page) = find_code(tx, organisation_id, scope, code).await? {
            return Ok(Some(page));
        }
    }
    Ok(None)
}

/// The page of what a code names: our own ids, then numbers on paper, then codes on goods.
async fn find_code(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    code: &str,
) -> Result<Option<String>, Fault> {
    if let Some(page) = find_by_id(tx, organisation_id, scope, code).await? {
        return Ok(Some(page));
    }
    let channels = catalogue::list_channels(tx, organisation_id, &Scope::EVERYTHING).await?;
    let ids = channels.iter().map(|channel| &channel.channel_id);
    let found = orders::store::list_by_reference(tx, organisation_id, ids, code).await?;
    let within = orders::store::orders_within(tx, organisation_id, scope, found.iter()).await?;
    match within.len() {
        0 => {}
        1 => return Ok(within.iter().next().map(|order_id| href::order(order_id.as_str()))),
        // Several channels call an order so: the list shows them all.
        _ => return Ok(Some(href::with_query(href::ORDERS, &[("q", code)]))),
    }
    if let Some(parcel) = shipping::find_parcel_by_tracking_number(tx, organisation_id, code).await? {
        return order_page(tx, organisation_id, scope, Some(parcel.order_id)).await;
    }
    let item = catalogue::find_item_by_code(tx, organisation_id, code).await?;
    if let Some(item) = item.filter(|item| scope.has_merchant(&item.merchant_id)) {
        return Ok(Some(href::with_query(href::STOCK, &[("q", &item.sku)])));
    }
    let node = network::find_node_by_code(tx, organisation_id, code).await?;
    let node = node.filter(|node| scope.has_node(&node.node_id));
    Ok(node.map(|node| href::node(node.node_id.as_str())))
}

async fn find_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    id: &str,
) -> Result<Option<String>, Fault> {
    let order_id = if let Ok(order_id) = OrderId::parse(id) {
        orders::store::find_order(tx, organisation_id, &order_id).await?.map(|order| order.order_id)
    } else if let Ok(parcel_id) = ParcelId::parse(id) {
        shipping::find_parcel(tx, organisation_id, &parcel_id).await?.map(|parcel| parcel.order_id)
    } else if let Ok(part_id) = FulfilmentOrderId::parse(id) {
        orders::store::find_fulfilment(tx, organisation_id, &part_id).await?.map(|part| part.order_id)
    } else if let Ok(node_id) = NodeId::parse(id) {
        let node = network::find_node(tx, organisation_id, &node_id).await?;
        let node = node.filter(|node| scope.has_node(&node.node_id));
        return Ok(node.map(|node| href::node(node.node_id.as_str())));
    } else if let Ok(item_id) = ItemId::parse(id) {
        let item = catalogue::find_item(tx, organisation_id, &item_id).await?;
        let item = item.filter(|item| scope.has_merchant(&item.merchant_id));
        return Ok(item.map(|item| href::with_query(href::STOCK, &[("q", &item.sku)])));
    } else {
        None
    };
    order_page(tx, organisation_id, scope, order_id).await
}

async fn order_page(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    order_id: Option<OrderId>,
) -> Result<Option<String>, Fault> {
    let within = orders::store::orders_within(tx, organisation_id, scope, order_id.iter()).await?;
    Ok(within.iter().next().map(|order_id| href::order(order_id.as_str())))
}
