//! Whole orders, many at once, for whoever writes all of them down.

pub mod store;

use db::row;
use kernel::{Currency, OrderId, Timestamp};
use serde_json::Value as Json;

use crate::read::{LineRow, PaymentRow};

row! {
    /// What an order says of itself, without the text in which it came.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Header {
        /// Its id.
        pub order_id: OrderId,
        /// The channel's name for it.
        pub external_reference: String,
        /// Of every amount.
        pub currency: Currency,
        /// The price of shipping.
        pub shipping_minor: i64,
        /// The whole price.
        pub total_minor: i64,
        /// Who ordered.
        pub customer_name: String,
        /// Where to write.
        pub customer_email: String,
        /// Where to send.
        pub ship_to: Json,
        /// When it was placed.
        pub placed_at: Timestamp,
        /// What was promised.
        pub promised_by: Option<Timestamp>,
        /// From the customer.
        pub note: String,
    }
}

/// An order with everything it owns.
#[derive(Debug, Clone, PartialEq)]
pub struct WholeOrder {
    /// The order.
    pub header: Header,
    /// Its lines by number.
    pub lines: Vec<LineRow>,
    /// Its payment, if one is expected.
    pub payment: Option<PaymentRow>,
}
