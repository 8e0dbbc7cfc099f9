//! The edge as a caller meets it.

mod surroundings;
