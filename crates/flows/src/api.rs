//! The processes over HTTP. Each route reads its request, runs one process, and gives its answer or a problem.

mod events;
mod orders;
mod read;
mod refusals;
mod station;
mod stock;

use web::{Needs, Permission, Routes};

use crate::Flows;

/// The routes of the processes, for callers that `people::identify` knows.
pub fn routes() -> Routes<Flows> {
    use Permission::*;
    let floor = Needs::Within(FloorWork);
    let see_orders = Needs::Within(OrdersRead);
    let label = Needs::Within(ShippingRead);
    Routes::new()
        .post("/v1/orders", Needs::Within(OrdersWrite), orders::post_order)
        .get("/v1/orders", see_orders, read::get_orders)
        .get("/v1/orders/{order_id}", see_orders, read::get_order)
        .post("/v1/orders/{order_id}/cancellations", Needs::Within(OrdersCancel), orders::post_cancellation)
        .get("/v1/orders/{order_id}/decisions", see_orders, read::get_decisions)
        .get("/v1/orders/{order_id}/events", see_orders, read::get_order_events)
        .post("/v1/receipts", Needs::Within(StockReceive), stock::post_receipts)
        .post("/v1/stock-adjustments", Needs::Within(StockAdjust), stock::post_adjustment)
        .get("/v1/stock", Needs::Within(StockRead), stock::get_stock)
        .get("/v1/stock/ledger", Needs::Within(StockRead), stock::get_ledger)
        .get("/v1/fulfilment-orders", floor, read::get_work)
        .get("/v1/fulfilment-orders/{fulfilment_order_id}", floor, read::get_fulfilment_order)
        .post("/v1/fulfilment-orders/{fulfilment_order_id}/picks", floor, station::post_pick)
        .post("/v1/fulfilment-orders/{fulfilment_order_id}/shorts", floor, station::post_short)
        .post("/v1/fulfilment-orders/{fulfilment_order_id}/packs", floor, station::post_pack)
        .post("/v1/fulfilment-orders/{fulfilment_order_id}/parcels", floor, station::post_parcel)
        .get("/v1/parcels/{parcel_id}/label.pdf", label, station::get_label_pdf)
        .get("/v1/parcels/{parcel_id}/label.zpl", label, station::get_label_zpl)
        .post("/v1/dispatches", Needs::Within(ShippingWrite), station::post_dispatch)
        .post("/v1/tracking-reports", Needs::Throughout(TrackingWrite), station::post_tracking_reports)
        .get("/v1/events", Needs::Throughout(EventsRead), events::get_events)
        .get("/v1/events/stream", Needs::Throughout(EventsRead), events::get_stream)
        .get("/v1/effects", Needs::Throughout(OperationsRead), read::get_effects)
        .get("/v1/verification", Needs::Throughout(OperationsRead), read::get_verification)
}
