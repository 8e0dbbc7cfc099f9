//! Payments: what we ask of a provider, what it answers, and one whose outside world is simulated.
//!
//! Money is authorised when an order is taken, captured when goods are certain, refunded when they are not. Every
//! request carries our key; asked again with the same key, the provider repeats its first answer. So a lost answer
//! ([`PaymentError::Unknown`]) is either looked up or asked again with the *same* key, and never with a new one.

mod books;
pub mod simulated;

pub use simulated::{Fault, FaultRates, ProviderSetup, SimulatedProvider};

use kernel::{Money, Timestamp};
use serde::{Deserialize, Serialize};

/// What was done with money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransactionKind {
    /// The customer's bank set the amount aside for us.
    Authorised,
    /// We took it.
    Captured,
    /// We gave it back.
    Refunded,
    /// What was set aside and not taken is the customer's again.
    Released,
}

/// An entry in the provider's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    /// Our key.
    pub reference: String,
    /// The provider's key.
    pub provider_reference: String,
    /// What was done.
    pub kind: TransactionKind,
    /// The provider's key of the authorisation that it belongs to; its own, if it is one.
    pub authorisation: String,
    /// How much.
    pub amount: Money,
    /// When.
    pub at: Timestamp,
}

/// What has become of an authorised amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Set aside.
    pub authorised: Money,
    /// Taken, never more than was set aside.
    pub captured: Money,
    /// Given back, never more than was taken.
    pub refunded: Money,
    /// Whether the rest was let go.
    pub is_released: bool,
}

/// Why there is no answer that we wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// The provider or the customer's bank says no. Asking again with the same key gets the same answer.
    #[error("declined ({code}): {reason}")]
    Declined {
        /// The provider's code.
        code: String,
        /// The provider's words. They come from outside: to be shown as text only.
        reason: String,
    },
    /// Nothing happened; asking again later is safe.
    #[error("the provider is unavailable, nothing happened")]
    Unavailable,
    /// The answer was lost: it may have happened. To be looked up, or asked again with the same key.
    #[error("the provider's answer was lost, it may have happened")]
    Unknown,
}
