//! The simulated world, on both engines.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod demo;
mod large;
mod run;
