//! Which node does what: the policy that prices it, and the decisions with their receipts.
//!
//! [`policy`] turns facts (nodes, destination, rate cards) into what the engine compares; the engine itself is the
//! pure crate `algo-sourcing`. Every decision is kept with what was known and what was considered.

pub mod policy;
pub mod receipt;
pub mod store;

pub use policy::Policy;
pub use receipt::Receipt;
pub use store::{Decision, NewDecision};
