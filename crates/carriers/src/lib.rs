//! Carriers: what we ask of them, what they answer, and one whose outside world is simulated.
//!
//! A carrier is an outsider. It may refuse (final), be unavailable (nothing happened), or leave us without an answer
//! — and then a label may have been paid for that we do not know of. Whoever asks keeps the intent as a row first,
//! and after a lost answer looks up ([`SimulatedCarrier::find_by_reference`]) instead of asking again, because asking
//! again buys twice unless the carrier declares otherwise ([`Capabilities`]).
//!
//! - [`rates`]: dated rate cards, quotes, and the straight line under them for engines. [`rate_csv`] reads cards.
//! - [`status`]: carriers' own codes become milestones.
//! - [`simulated`]: the built-in carrier. It keeps its own books, which survive a kill of our process, fails when told
//!   to or by chance from a seed, and moves parcels by the seeded truth of [`journey`].

mod books;
pub mod journey;
pub mod rate_csv;
pub mod rates;
pub mod simulated;
pub mod status;

pub use books::LabelRecord;
pub use journey::{Odds, TrackingReport};
pub use rate_csv::demo_cards;
pub use rates::{Linear, ParcelSize, Quote, RateCard, RateError, TransitDays, quote};
pub use simulated::{CarrierSetup, Fault, FaultRates, SimulatedCarrier};
pub use status::{Milestone, milestone};

use kernel::{Address, Money};
use serde::{Deserialize, Serialize};

/// A label that we want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRequest {
    /// Our key: the id of the effect. The carrier keeps it with the label.
    pub reference: String,
    /// Where the parcel is handed over.
    pub from: Address,
    /// Where it goes.
    pub to: Address,
    /// The closed parcel.
    pub parcel: ParcelSize,
    /// The carrier's product.
    pub service_code: String,
}

/// A label that exists in the carrier's books.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelBought {
    /// The carrier's own key for it.
    pub carrier_reference: String,
    /// The parcel id that is printed and tracked.
    pub tracking_number: String,
    /// What we pay.
    pub price: Money,
    /// How long the carrier says it takes.
    pub transit_days: TransitDays,
    /// Whether it is good. Some carriers answer a purchase with success and an old label that was given up: look.
    pub state: LabelState,
}

/// Whether a label is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelState {
    /// A parcel may travel under it, and it is paid for.
    Live,
    /// It was given up; the price is not owed.
    Cancelled,
}

/// Why there is no answer that we wanted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CarrierError {
    /// The carrier says no. Asking again gets the same answer.
    #[error("the carrier refuses ({code}): {reason}")]
    Refused {
        /// The carrier's code.
        code: String,
        /// The carrier's words. They come from outside: to be shown as text only.
        reason: String,
    },
    /// Nothing happened; asking again later is safe.
    #[error("the carrier is unavailable, nothing happened")]
    Unavailable,
    /// The answer was lost: it may have happened. To be looked up, never blindly asked again.
    #[error("the carrier's answer was lost, it may have happened")]
    Unknown,
}

/// What asking twice does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CreateSemantics {
    /// The carrier honours our key: the second answer is the first one again.
    IdempotentKey,
    /// The carrier looks for our reference and may hand back an old label, even one that was given up.
    DedupesOnReference,
    /// Two labels, paid twice.
    None,
}

/// What an adapter declares about its carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Capabilities {
    /// What asking twice does.
    pub create_semantics: CreateSemantics,
    /// Whether labels can be looked up by our reference. Without it a lost answer needs a person.
    pub finds_by_reference: bool,
}
