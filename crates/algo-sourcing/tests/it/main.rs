//! Sourcing from outside: tables of everyday cases, and random problems against brute force.

#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod brute_force;
mod everyday;
mod great_orders;
mod orders;
