//! The edge as a caller meets it.

mod once;
mod surroundings;
