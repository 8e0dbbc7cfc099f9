//! The pages as a whole: that each renders in five languages with every word in place, and that the house rules of
//! its templates, texts and colours hold.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by panicking")]

mod alerts;
mod badges;
mod bell;
mod board;
mod bulk;
mod colours;
mod doors;
mod floor;
mod house;
mod identity;
mod look;
mod me;
mod office;
mod orders;
mod ownership;
mod pages;
mod samples;
mod settings;
mod texts;
mod view_as;
mod webhooks;
