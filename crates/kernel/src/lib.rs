//! Floor 0: the plain values every part of the house speaks in. No IO, no clock, no randomness.
//!
//! - [`ids`]: one newtype per kind of thing, prefixed and time-sortable.
//! - [`Quantity`]: whole base units of an item, never negative.
//! - [`Money`]: minor units with their currency.
//! - [`time`]: instants, always UTC with microseconds.
//! - [`place`]: where something is on earth, and how far that is from elsewhere.
//! - [`page`]: cursor paging.
//! - [`document`]: how these look in the API's document.
//! - [`Scope`]: which part of an organisation somebody may see or touch.

pub mod document;
pub mod ids;
pub mod money;
pub mod page;
pub mod place;
pub mod quantity;
pub mod scope;
pub mod time;

pub use ids::*;
pub use money::{Currency, Money};
pub use page::{Page, PageRequest};
pub use place::{Address, Place};
pub use quantity::Quantity;
pub use scope::Scope;
pub use time::{Date, Timestamp};
