//! Public data sets turned into histories, which the product replays and learns from.

pub mod olist;

pub use olist::olist;
