//! Traces, as a collector gets them.

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::post as on_post};
use opentelemetry_proto::tonic::{
    collector::trace::v1::ExportTraceServiceRequest,
    common::v1::{KeyValue, any_value::Value as Said},
    trace::v1::Span,
};
use prost::Message;
use reqwest::Client;
use serde_json::json;
use tokio::sync::mpsc;

use crate::serving::{Server, order, set_up};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const CALLER: &str = "00f067aa0ba902b7";

/// Takes what is sent to it and says who sent it.
async fn collect(
    State(told): State<mpsc::UnboundedSender<(HeaderMap, ExportTraceServiceRequest)>>,
    headers: HeaderMap,
    body: Bytes,
) {
    told.send((headers, ExportTraceServiceRequest::decode(body).unwrap())).unwrap();
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn said(attributes: &[KeyValue], name: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == name)?;
    match found.value.as_ref()?.value.as_ref()? {
        Said::StringValue(text) => Some(text.clone()),
        Said::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_hears_what_a_request_did_as_part_of_its_callers_trace() {
    let folder = tempfile::tempdir().unwrap();
    outbound::use_ring();
    let (sender, mut told) = mpsc::unbounded_channel();
    let collector = Router::new().route("/v1/traces", on_post(collect)).with_state(sender);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, collector).await });

    let database = format!("sqlite:{}", folder.path().join("q.db").display());
    let collector = format!("otlp=http://{address}");
    let settings = ["--set", &collector, "--set", "otlp_headers=x-team=stock"];
    let mut server = Server::start_with(&database, folder.path(), &settings).await;
    let client = Client::new();
    let token = set_up(&mut server, &client).await;
    let placed = client
        .post(format!("{}/v1/orders", server.address))
        .bearer_auth(&token)
        .header("idempotency-key", "W1")
        .header("traceparent", format!("00-{TRACE}-{CALLER}-01"))
        .json(&order("W1"))
        .send()
        .await
        .unwrap();
    assert_eq!(placed.status(), 201);
    let secret = json!({ "email": "ana@example.com", "password": "no such password at all" });
    client.post(format!("{}/v1/sign-in", server.address)).json(&secret).send().await.unwrap();
    // The payment is asked for beside the answer.
    loop {
        let open =
            client.get(format!("{}/v1/effects", server.address)).bearer_auth(&token).send().await.unwrap();
        if open.json::<serde_json::Value>().await.unwrap()["rows"] == json!([]) {
            break;
        }
        tokio::task::yield_now().await;
    }
    // What was done is told before the server ends.
    server.stop().await;

    let mut spans: Vec<Span> = Vec::new();
    while let Ok((headers, batch)) = told.try_recv() {
        assert_eq!(headers["x-team"], "stock");
        for resource in batch.resource_spans {
            let service = said(&resource.resource.unwrap().attributes, "service.name");
            assert_eq!(service.as_deref(), Some("quartermaster"));
            spans.extend(resource.scope_spans.into_iter().flat_map(|scope| scope.spans));
        }
    }
    let of_caller: Vec<&Span> = spans.iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let request =
        of_caller.iter().find(|span| hex(&span.parent_span_id) == CALLER).expect("it joined the trace");
    assert_eq!(request.name, "POST /v1/orders");
    assert_eq!(said(&request.attributes, "http.response.status_code").as_deref(), Some("201"));
    let who = of_caller.iter().find(|span| span.name == "who").expect("who asks was looked up within it");
    assert_eq!(who.parent_span_id, request.span_id);
    let intake = spans.iter().find(|span| span.name == "intake").expect("the order went through the intake");
    let write = spans.iter().find(|span| span.name == "write" && span.parent_span_id == intake.span_id);
    let write = write.expect("in one transaction");
    assert_eq!(hex(&write.trace_id), hex(&intake.trace_id));
    assert_eq!(said(&write.attributes, "db.system.name").as_deref(), Some("sqlite"));
    assert!(spans.iter().any(|span| span.name == "effect"), "the payment was asked for");
    let alone =
        |span: &&Span| matches!(span.name.as_str(), "read" | "write") && span.parent_span_id.is_empty();
    assert_eq!(spans.iter().find(alone), None, "looking for work is part of nothing");
    let everything = format!("{spans:?}");
    assert!(!everything.contains("no such password") && !everything.contains(&token), "secrets are not told");
}
