//! Floor 4: a simulated world around the house.
//!
//! Customers, pickers, packers, drivers and buyers act from a seed; carrier and payment provider are the built-in ones.
//! Nobody here keeps anything in mind: each decides from what the database says and from the time, so that a world that
//! was killed goes on where it was.
//!
//! - [`world`]: the company, its network, goods, listings and customers.
//! - [`actors`]: who acts, and what they do in a stretch of time.
//! - [`demo`]: the world beside a running server, under a clock that runs faster.
//! - [`large`]: a long past behind the world, to measure with.
//! - [`run`]: the world alone, under a clock set by hand, checked after every hour.

pub mod actors;
mod chance;
pub mod demo;
mod founding;
pub mod large;
pub mod run;
pub mod world;
