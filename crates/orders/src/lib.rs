//! Orders and their fulfilment orders.
//!
//! A line is a number of indivisible **units**, each in exactly one [`Stage`]; every header status is a pure function
//! of them. A **fulfilment order** is the part of an order that one node does by one method; its lines hold the same
//! units by stage, so the sum over an order's fulfilment orders is what its lines say.
//!
//! - [`place`]: what a channel may ask; the bounds of one order.
//! - [`advance`]: the one way units change their stage, on both tables at once.
//! - [`fulfil`]: opens fulfilment orders for what was sourced.
//! - [`move_up`]: an order that waits goes before the others.
//! - [`cancel`]: decides what can still be cancelled and what that undoes.
//! - [`payment`]: money as facts: authorised ≥ captured ≥ refunded.

pub mod advance;
pub mod cancel;
pub mod erase;
pub mod fulfil;
pub mod model;
pub mod move_up;
pub mod payment;
pub mod place;
pub mod read;
pub mod store;
pub mod verify;
pub mod whole;

pub use model::{Stage, Status, Units};
