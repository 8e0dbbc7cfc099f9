//! Traces for OpenTelemetry: what a request did and how long each part took, told to a collector by OTLP over HTTP.
//!
//! The program's own spans keep their own short fields; on the way out they get the names of OpenTelemetry's semantic
//! conventions for HTTP and databases (<https://opentelemetry.io/docs/specs/semconv/>).

use std::{collections::HashMap, sync::Arc};

use anyhow::Context as _;
use async_trait::async_trait;
use bytes::Bytes;
use opentelemetry::{
    KeyValue, Value,
    trace::{SpanKind, Status, TracerProvider as _},
};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    error::OTelSdkResult,
    trace::{Sampler, SdkTracer, SdkTracerProvider, SpanData, SpanExporter as Exports},
};
use outbound::{Courier, Reach};
use tokio::runtime::Handle;

use crate::config::Config;

/// Where spans go; tells the last of them when it is closed.
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// The way to the collector that the configuration names, if it names one.
    pub fn open(config: &Config, runtime: &Handle) -> anyhow::Result<Option<Traces>> {
        let Some(collector) = &config.otlp else { return Ok(None) };
        let courier = Courier::new(Reach::Private);
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Carrier { courier, runtime: runtime.clone() })
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}/v1/traces"))
            .with_headers(config.otlp_headers.iter().cloned().collect::<HashMap<_, _>>())
            .build()
            .with_context(|| format!("traces cannot be sent to {collector}"))?;
        let share = f64::from(config.trace_percent) / 100.0;
        let provider = SdkTracerProvider::builder()
            .with_sampler(Sampler::ParentBased(Box::new(Sampler::TraceIdRatioBased(share))))
            .with_resource(
                Resource::builder_empty()
                    .with_service_name("quartermaster")
                    .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
                    .build(),
            )
            .with_batch_exporter(Conventional(Arc::new(exporter)))
            .build();
        Ok(Some(Traces(provider)))
    }

    /// What makes spans.
    pub fn tracer(&self) -> SdkTracer {
        self.0.tracer("quartermaster")
    }

    /// Tells what is still to be told, for a few seconds at most.
    pub fn close(self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces may be lost");
        }
    }
}

/// Takes what is exported to the collector, on the program's own runtime: exporting has a thread without one.
#[derive(Debug)]
struct Carrier {
    courier: Courier,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Carrier {
    async fn send_bytes(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, HttpError> {
        let courier = self.courier.clone();
        let request = request.map(|body| body.to_vec());
        let answer = self.runtime.spawn(async move { courier.fetch(request).await }).await??;
        Ok(answer.map(Bytes::from))
    }
}

/// An exporter of spans in the words of the conventions.
#[derive(Debug)]
struct Conventional(Arc<SpanExporter>);

impl Exports for Conventional {
    async fn export(&self, mut batch: Vec<SpanData>) -> OTelSdkResult {
        batch.iter_mut().for_each(put_conventionally);
        self.0.export(batch).await
    }

    fn set_resource(&mut self, resource: &Resource) {
        if let Some(exporter) = Arc::get_mut(&mut self.0) {
            exporter.set_resource(resource);
        }
    }
}

/// What our fields are called there.
const CONVENTIONS: &[(&str, &str)] =
    &[("method", "http.request.method"), ("route", "http.route"), ("engine", "db.system.name")];

fn put_conventionally(span: &mut SpanData) {
    for attribute in &mut span.attributes {
        let name = CONVENTIONS.iter().find(|(ours, _)| attribute.key.as_str() == *ours);
        if let Some((_, theirs)) = name {
            attribute.key = (*theirs).into();
        }
    }
    let told = |name: &str| {
        let found = span.attributes.iter().find(|attribute| attribute.key.as_str() == name);
        found.map(|attribute| attribute.value.as_str().into_owned())
    };
    match span.name.as_ref() {
        "request" => {
            let method = told("http.request.method").unwrap_or_default();
            let name = told("http.route").map_or_else(|| method.clone(), |route| format!("{method} {route}"));
            span.span_kind = SpanKind::Server;
            span.name = name.into();
            let facts = span.events.iter().flat_map(|event| &event.attributes);
            let status =
                facts.filter(|fact| fact.key.as_str() == "status").find_map(|fact| match fact.value {
                    Value::I64(status) => Some(status),
                    _ => fact.value.as_str().parse().ok(),
                });
            if let Some(status) = status {
                span.attributes.push(KeyValue::new("http.response.status_code", status));
                if status >= 500 {
                    span.status = Status::error("");
                }
            }
        }
        "read" | "write" => span.span_kind = SpanKind::Client,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use std::{borrow::Cow, time::SystemTime};

    use opentelemetry::{
        InstrumentationScope,
        trace::{Event, SpanContext, SpanId},
    };

    use super::*;

    fn request(status: i64) -> SpanData {
        let now = SystemTime::UNIX_EPOCH;
        let mut span = SpanData {
            span_context: SpanContext::NONE,
            parent_span_id: SpanId::INVALID,
            parent_span_is_remote: false,
            span_kind: SpanKind::Internal,
            name: Cow::Borrowed("request"),
            start_time: now,
            end_time: now,
            attributes: vec![KeyValue::new("method", "GET"), KeyValue::new("route", "/v1/orders/{order_id}")],
            dropped_attributes_count: 0,
            events: Default::default(),
            links: Default::default(),
            status: Status::Unset,
            instrumentation_scope: InstrumentationScope::default(),
        };
        span.events.events.push(Event::new("answered", now, vec![KeyValue::new("status", status)], 0));
        put_conventionally(&mut span);
        span
    }

    #[test]
    fn a_request_is_told_in_the_words_of_the_conventions() {
        let span = request(404);
        assert_eq!(span.name, "GET /v1/orders/{order_id}");
        assert_eq!(span.span_kind, SpanKind::Server);
        assert_eq!(span.status, Status::Unset, "whoever asks for what is not there made no mistake of ours");
        for told in [
            KeyValue::new("http.request.method", "GET"),
            KeyValue::new("http.route", "/v1/orders/{order_id}"),
            KeyValue::new("http.response.status_code", 404),
        ] {
            assert!(span.attributes.contains(&told), "{told:?} of {:?}", span.attributes);
        }
        assert_eq!(request(503).status, Status::error(""));
    }
}
