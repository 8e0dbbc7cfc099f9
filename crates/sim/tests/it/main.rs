//! The simulated world, on both engines.

mod run;
