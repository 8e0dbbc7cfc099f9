//! The processes over HTTP.
