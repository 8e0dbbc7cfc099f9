//! sourcing
