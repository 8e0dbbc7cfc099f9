//! Stock over HTTP.
