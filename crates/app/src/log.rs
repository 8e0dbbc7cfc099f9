//! The log: lines for people or JSON for machines, on standard error. Standard output is for answers.
//!
//! Ids are logged, and neither secrets nor what customers are called.

use tracing_subscriber::EnvFilter;

use crate::config::{Config, LogFormat};

/// Starts it, with `usual` where no filter is set.
pub fn start(config: &Config, usual: &str) {
    let filter = EnvFilter::new(config.log.as_deref().unwrap_or(usual));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().flatten_event(true).with_span_list(false).init(),
    }
}
