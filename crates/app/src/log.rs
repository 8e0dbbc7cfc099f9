//! The log: lines for people or JSON for machines, on standard error. Standard output is for answers.
//!
//! Ids are logged, and neither secrets nor what customers are called.

use tracing_subscriber::{EnvFilter, Layer, layer::SubscriberExt, util::SubscriberInitExt};

use crate::{
    config::{Config, LogFormat},
    traces::Traces,
};

/// The spans that traces are made of: ours, down to each transaction, and of nobody else's.
const TRACED: &str = "off,web=debug,people=debug,runtime=debug,flows=debug,webhooks=debug";

/// Starts it, with `usual` where no filter is set, and the traces beside it.
pub fn start(config: &Config, usual: &str, traces: Option<&Traces>) {
    let filter = EnvFilter::new(config.log.as_deref().unwrap_or(usual));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match config.log_format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    let traces = traces.map(|traces| {
        let spans = tracing_opentelemetry::layer().with_tracer(traces.tracer());
        let spans = spans.with_location(false).with_threads(false).with_tracked_inactivity(false);
        spans.with_filter(EnvFilter::new(TRACED))
    });
    tracing_subscriber::registry().with(lines.with_filter(filter)).with(traces).init();
}
