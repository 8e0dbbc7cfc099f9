//! A box is put on the packing table.

use carriers::ParcelSize;
use db::Fault;
use kernel::{Address, FulfilmentOrderId, NodeId, OrderId, ParcelId};
use runtime::Cx;

use crate::{
    model::{Parcel, ParcelStatus, metres_between},
    store,
};

/// A box that is to be packed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewParcel {
    /// The order it is part of.
    pub order_id: OrderId,
    /// The work it is packed by.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Where it is packed.
    pub node_id: NodeId,
    /// Where it leaves from, as printed.
    pub ship_from: Address,
    /// Where it goes, as printed.
    pub ship_to: Address,
}

/// Opens an empty parcel. It gets the lowest number that no other parcel of the order has.
pub async fn open_parcel(cx: &mut Cx<'_>, new: &NewParcel) -> Result<Parcel, Fault> {
    // Two nodes may open parcels of one order at the same moment.
    cx.tx.lock_name(&format!("parcels of {}", new.order_id)).await?;
    let taken = store::parcel_numbers(cx.tx, &cx.organisation_id, &new.order_id).await?;
    let parcel_no =
        (1..).find(|number| !taken.contains(number)).expect("there are more numbers than parcels");
    let parcel = Parcel {
        parcel_id: ParcelId::from_body(&cx.fresh()),
        order_id: new.order_id.clone(),
        fulfilment_order_id: new.fulfilment_order_id.clone(),
        node_id: new.node_id.clone(),
        parcel_no,
        status: ParcelStatus::Open,
        size: ParcelSize { weight_grams: 0, length_mm: 0, width_mm: 0, height_mm: 0 },
        distance_metres: metres_between(&new.ship_from, &new.ship_to),
        carrier_code: None,
        service_code: None,
        carrier_reference: None,
        tracking_number: None,
        price: None,
        zone: None,
        billed_grams: None,
        ship_from: new.ship_from.clone(),
        ship_to: new.ship_to.clone(),
        opened_at: cx.now,
        closed_at: None,
        dispatched_at: None,
        delivered_at: None,
    };
    store::insert_parcel(cx.tx, &cx.organisation_id, &parcel).await?;
    Ok(parcel)
}
