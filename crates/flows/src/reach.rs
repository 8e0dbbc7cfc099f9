//! Whether what a request names lies within the part of the organisation that its caller may see.
//!
//! A thing never changes its merchant or its node, so what was within stays within until the request is done.

use std::collections::HashMap;

use db::{Fault, Tx};
use kernel::{
    DiscrepancyId, ExpectedReceiptId, FulfilmentOrderId, HoldId, ItemId, MerchantId, NodeId, OrderId,
    OrganisationId, ParcelId, ProposedAdjustmentId, Scope,
};
use orders::store::{is_fulfilment_within, orders_within};
use runtime::Runtime;
use shipping::Parcel;
use web::{Named, Reach};

/// The question every guarded route asks about the ids in its path. A name that is not known here is within no part.
pub fn reach(runtime: &Runtime) -> Reach {
    let runtime = runtime.clone();
    Reach::by(move |scope, named| {
        let runtime = runtime.clone();
        async move {
            let organisation_id = runtime.organisation_id.clone();
            runtime
                .read(move |tx| {
                    Box::pin(async move {
                        for name in &named {
                            if !is_within(tx, &organisation_id, &scope, name).await? {
                                return Ok(false);
                            }
                        }
                        Ok(true)
                    })
                })
                .await
        }
    })
}

async fn is_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    named: &Named,
) -> Result<bool, Fault> {
    let Named { name, value, is_change } = named;
    Ok(match name.as_str() {
        "order_id" => match OrderId::parse(value) {
            // A node sees the orders it works on, and changes only its own work on them.
            Ok(order_id) => {
                let scope = if *is_change { scope.clone().of_merchants() } else { scope.clone() };
                let order_ids = [&order_id].into_iter();
                !orders_within(tx, organisation_id, &scope, order_ids).await?.is_empty()
            }
            Err(_) => false,
        },
        "fulfilment_order_id" => match FulfilmentOrderId::parse(value) {
            Ok(id) => is_fulfilment_within(tx, organisation_id, scope, &id).await?,
            Err(_) => false,
        },
        "hold_id" => match HoldId::parse(value) {
            // A node sees whose holds lie there, and a hold is its merchant's to end.
            Ok(hold_id) => {
                let scope = if *is_change { scope.clone().of_merchants() } else { scope.clone() };
                inventory::store::is_hold_within(tx, organisation_id, &scope, &hold_id).await?
            }
            Err(_) => false,
        },
        "expected_receipt_id" => match ExpectedReceiptId::parse(value) {
            Ok(id) => inventory::store::is_expected_within(tx, organisation_id, scope, &id).await?,
            Err(_) => false,
        },
        "proposed_adjustment_id" => match ProposedAdjustmentId::parse(value) {
            Ok(id) => inventory::store::is_proposed_within(tx, organisation_id, scope, &id).await?,
            Err(_) => false,
        },
        "discrepancy_id" => match DiscrepancyId::parse(value) {
            Ok(id) => inventory::store::is_discrepancy_within(tx, organisation_id, scope, &id).await?,
            Err(_) => false,
        },
        "parcel_id" => match ParcelId::parse(value) {
            Ok(parcel_id) => all_parcels_within(tx, organisation_id, scope, &[parcel_id]).await?,
            Err(_) => false,
        },
        "item_id" => match ItemId::parse(value) {
            Ok(item_id) => catalogue::find_item(tx, organisation_id, &item_id)
                .await?
                .is_some_and(|item| scope.has_merchant(&item.merchant_id)),
            Err(_) => false,
        },
        "node_id" => NodeId::parse(value).is_ok_and(|node_id| scope.has_node(&node_id)),
        "merchant_id" => MerchantId::parse(value).is_ok_and(|merchant_id| scope.has_merchant(&merchant_id)),
        _ => false,
    })
}

async fn all_parcels_within(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    parcel_ids: &[ParcelId],
) -> Result<bool, Fault> {
    let parcels: HashMap<ParcelId, Parcel> = shipping::parcels_by_id(tx, organisation_id, parcel_ids).await?;
    let elsewhere = || parcels.values().filter(|parcel| !scope.has_node(&parcel.node_id));
    let order_ids = elsewhere().map(|parcel| &parcel.order_id);
    let theirs = orders_within(tx, organisation_id, &scope.clone().of_merchants(), order_ids).await?;
    let is_each_known = parcel_ids.iter().all(|parcel_id| parcels.contains_key(parcel_id));
    Ok(is_each_known && elsewhere().all(|parcel| theirs.contains(&parcel.order_id)))
}

/// True where all parcels are of the merchants or at the nodes.
pub async fn are_parcels_within(
    runtime: &Runtime,
    scope: Scope,
    parcel_ids: &[ParcelId],
) -> Result<bool, Fault> {
    if scope.is_everything() {
        return Ok(true);
    }
    let (organisation_id, parcel_ids) = (runtime.organisation_id.clone(), parcel_ids.to_vec());
    runtime
        .read(move |tx| {
            Box::pin(async move { all_parcels_within(tx, &organisation_id, &scope, &parcel_ids).await })
        })
        .await
}

/// True where the channel of this code sells for one of the merchants.
pub async fn is_channel_within(runtime: &Runtime, scope: Scope, code: &str) -> Result<bool, Fault> {
    if scope.is_everything() {
        return Ok(true);
    }
    let (organisation_id, code) = (runtime.organisation_id.clone(), code.to_owned());
    let channel = runtime
        .read(move |tx| {
            Box::pin(async move { catalogue::find_channel_by_code(tx, &organisation_id, &code).await })
        })
        .await?;
    Ok(channel.is_some_and(|channel| scope.has_merchant(&channel.merchant_id)))
}
