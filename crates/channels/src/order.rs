//! The canonical order: what every channel's format becomes.

use jiff::tz::TimeZone;
use kernel::{Address, Currency, Date, Quantity, Timestamp};
use serde::{Deserialize, Serialize};

/// An order as a channel tells it, with our names for its parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelOrder {
    /// The channel's own name of the order; the same reference on the same channel is the same order.
    pub external_reference: String,
    /// When the customer ordered, if the channel says.
    pub placed_at: Option<Timestamp>,
    /// Of all amounts here.
    pub currency: Currency,
    /// Who ordered.
    pub customer: ChannelCustomer,
    /// Where it goes. Empty only if no line needs shipping.
    pub ship_to: Address,
    /// What was ordered, in the channel's order.
    pub lines: Vec<ChannelLine>,
    /// What the customer pays for shipping.
    pub shipping_minor: i64,
    /// What the customer pays in all, taxes and discounts included.
    pub total_minor: i64,
    /// Whether the money is there.
    pub is_paid: bool,
    /// The payment's name at the payment provider, or empty.
    pub payment_reference: String,
    /// What the channel promised the customer, if anything.
    pub promised_by: Option<PromisedBy>,
    /// When the channel cancelled the order, if it did.
    pub cancelled_at: Option<Timestamp>,
    /// True if the channel says that all of it was sent already: sending it again would be a gift.
    pub is_fulfilled: bool,
    /// The customer's or the seller's words.
    pub note: String,
    /// The source cells as they came, for support and for fields that we do not know yet.
    pub raw: serde_json::Value,
}

/// Who ordered, as far as the channel tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelCustomer {
    /// Full name.
    pub name: String,
    /// E-mail address, not checked.
    pub email: String,
    /// Telephone, not checked.
    pub phone: String,
}

/// A line of a [`ChannelOrder`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChannelLine {
    /// The channel's code of what was sold (its SKU). Empty only if the line needs no shipping.
    pub external_code: String,
    /// How many of what the channel sells: packs, if the listing is of a pack.
    pub quantity: Quantity,
    /// Price of one, before discounts.
    pub unit_price_minor: i64,
    /// The channel's name of it.
    pub title: String,
    /// False for gift cards, services and other things that nobody packs.
    pub needs_shipping: bool,
}

/// A promise made to the customer: an instant, or a day that people mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PromisedBy {
    /// Before this instant.
    At(Timestamp),
    /// Before this day is over where the customer is.
    EndOf(Date),
}

impl PromisedBy {
    /// The last instant at which the promise is kept, a day being one of `zone`.
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        match self {
            PromisedBy::At(at) => at,
            PromisedBy::EndOf(day) => {
                // Only the last day of the calendar has no end in some zones; then its last instant stands in.
                zone.to_timestamp(day.at(23, 59, 59, 0)).unwrap_or(Timestamp::MAX)
            }
        }
    }
}
