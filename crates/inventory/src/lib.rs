//! Stock, double-entry.
//!
//! An **account** is item × owner × node × lot × state; a **transfer** moves a quantity between two accounts with a
//! reason and a cause. Supplier, customer and loss are accounts too, so everything adds up to nothing.
//!
//! - [`ledger::post`] is the only writer of balances, and refuses to leave one below zero.
//! - On hand is the sum of the states that are present at a node; **available** is one of those states, so a promise
//!   made is a balance moved and there is no second counter to drift.
//! - Goods change their owner where they lie ([`ownership`]); each such transfer has its settlement line. So the units of
//!   an item add up to nothing over all owners, and those of one owner to what is settled.
//! - Goods of a [`lot`] expire together: those that expire first leave first, and what is expired is not sold.
//! - [`verify`] proves from the rows that all of this is so.

pub mod adjust;
pub mod count;
pub mod discrepancy;
pub mod entitle;
pub mod expect;
pub mod hold;
pub mod ledger;
pub mod lot;
pub mod model;
pub mod outlook;
pub mod ownership;
pub mod propose;
pub mod receive;
pub mod reconcile;
pub mod selling;
pub mod set_levels;
pub mod store;
pub mod swap;
pub mod till;
pub mod verify;

pub use ledger::{PostError, post};
pub use model::{Account, Move, Spot, State, Transfer};
