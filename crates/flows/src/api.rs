//! The processes over HTTP. Each route reads its request, runs one process, and gives its answer or a problem.

mod events;
mod orders;
mod read;
mod refusals;
mod station;
mod stock;

use axum::{
    Router,
    routing::{get, post},
};

use crate::Flows;

/// The routes of the processes, for callers that `people::identify` knows.
pub fn routes() -> Router<Flows> {
    Router::new()
        .route("/v1/orders", post(orders::post_order).get(read::get_orders))
        .route("/v1/orders/{order_id}", get(read::get_order))
        .route("/v1/orders/{order_id}/cancellations", post(orders::post_cancellation))
        .route("/v1/orders/{order_id}/decisions", get(read::get_decisions))
        .route("/v1/orders/{order_id}/events", get(read::get_order_events))
        .route("/v1/receipts", post(stock::post_receipts))
        .route("/v1/stock-adjustments", post(stock::post_adjustment))
        .route("/v1/stock", get(stock::get_stock))
        .route("/v1/stock/ledger", get(stock::get_ledger))
        .route("/v1/fulfilment-orders", get(read::get_work))
        .route("/v1/fulfilment-orders/{fulfilment_order_id}", get(read::get_fulfilment_order))
        .route("/v1/fulfilment-orders/{fulfilment_order_id}/picks", post(station::post_pick))
        .route("/v1/fulfilment-orders/{fulfilment_order_id}/shorts", post(station::post_short))
        .route("/v1/fulfilment-orders/{fulfilment_order_id}/packs", post(station::post_pack))
        .route("/v1/fulfilment-orders/{fulfilment_order_id}/parcels", post(station::post_parcel))
        .route("/v1/parcels/{parcel_id}/label.pdf", get(station::get_label_pdf))
        .route("/v1/parcels/{parcel_id}/label.zpl", get(station::get_label_zpl))
        .route("/v1/dispatches", post(station::post_dispatch))
        .route("/v1/tracking-reports", post(station::post_tracking_reports))
        .route("/v1/events", get(events::get_events))
        .route("/v1/events/stream", get(events::get_stream))
        .route("/v1/effects", get(read::get_effects))
        .route("/v1/verification", get(read::get_verification))
}
