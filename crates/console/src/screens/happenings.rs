//! Events of the stream in the words of screens.

use serde_json::Value;

use crate::words::Happening;

/// What an event says to people; none for those that only programs need.
pub(super) fn happening(kind: &str, data: &Value) -> Option<Happening> {
    let what = match kind {
        "order.accepted" => Happening::OrderPlaced,
        "order.refused" => Happening::OrderRefused,
        "order.sourced_again" => match data["cause"].as_str() {
            Some("restock") => Happening::OrderAllocated,
            _ => Happening::OrderResourced,
        },
        "order.cancelled" => Happening::OrderCancelled,
        "order.erased" => Happening::OrderErased,
        "order.picked" => Happening::Picked,
        "order.short_picked" => Happening::ShortPicked,
        "parcel.closed" => Happening::Packed,
        "parcel.cancelled" => Happening::ParcelOpened,
        "parcel.labelled" => Happening::LabelBought,
        "parcel.label_refused" => Happening::LabelFailed,
        "parcel.dispatched" => Happening::Dispatched,
        "parcel.delivered" => Happening::Delivered,
        "parcel.returned" | "parcel.lost" => Happening::ParcelProblem,
        "tracking.advanced" => match data["milestone"].as_str() {
            // The parcel's own event says so.
            Some("delivered" | "returned" | "lost" | "label_created") => return None,
            _ => Happening::ParcelScanned,
        },
        "payment.authorised" => Happening::PaymentAuthorised,
        "payment.captured" => Happening::PaymentCaptured,
        "payment.refunded" => Happening::PaymentRefunded,
        "payment.declined" | "payment.failed" => Happening::PaymentFailed,
        "stock.received" => Happening::StockReceived,
        "stock.adjusted" => Happening::StockAdjusted,
        _ => return None,
    };
    Some(what)
}

/// The facts of an event; one that cannot be read has none.
pub(super) fn facts(data: &str) -> Value {
    serde_json::from_str(data).unwrap_or(Value::Null)
}
