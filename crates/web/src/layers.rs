//! What surrounds every route.

use std::{
    any::Any,
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use opentelemetry::{
    Context,
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState},
};
use tokio::time::{Instant, timeout};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
    timeout::TimeoutBody,
};
use tracing::{Instrument, Span};
use tracing_opentelemetry::OpenTelemetrySpanExt;

use crate::{BODY_LIMIT, Path, Problem, problems, request_id, version};

/// How long a request is waited for.
#[derive(Clone, Copy)]
struct Patience {
    /// From a request to the beginning of its answer.
    answer: Duration,
    /// The same for a file, which may come over a slow line.
    upload: Duration,
    /// For the next bytes of a file.
    chunk: Duration,
}

const PATIENCE: Patience = Patience {
    answer: Duration::from_secs(30),
    upload: Duration::from_secs(2 * 3600),
    chunk: Duration::from_secs(30),
};

/// Headers of every answer, unless the handler said otherwise.
const HEADERS: &[(HeaderName, &str)] = &[
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'self'; img-src 'self' data:; style-src 'self'; script-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "same-origin"),
    // Answers have customers' names in them; what may be kept says so itself.
    (header::CACHE_CONTROL, "no-store"),
];

/// Surrounds a complete router: request id, one log line a request, a [`Problem`] for a panic, for a request that takes
/// too long and for an address under `/v1` that does not exist, the page that a problem's `type` leads to, a limit on
/// bodies, compression, safe headers.
pub fn layers<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let router = router
        .route("/v1/{*rest}", any(no_such_address))
        .route("/problems/{slug}", get(explain))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn(|request, next| wait_for(PATIENCE, request, next)))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(CompressionLayer::new());
    let router = HEADERS.iter().fold(router, |router, (name, value)| {
        let value = HeaderValue::from_static(value);
        router.layer(SetResponseHeaderLayer::if_not_present(name.clone(), value))
    });
    router
        .layer(middleware::from_fn(version::agree))
        .layer(middleware::from_fn(log))
        .layer(middleware::from_fn(request_id::identify))
}

async fn no_such_address() -> Problem {
    Problem::not_found(problems::NOT_FOUND, "There is nothing at this address.")
}

/// Where the `type` of a problem leads.
async fn explain(Path(slug): Path<String>) -> Result<String, Problem> {
    let entry = problems::find(&slug)
        .ok_or_else(|| Problem::not_found(problems::NOT_FOUND, "There is no such kind of problem."))?;
    Ok(format!("# {slug}\n\n{}", entry.text()))
}

async fn method_not_allowed() -> Problem {
    Problem::method_not_allowed(
        problems::METHOD_NOT_ALLOWED,
        "This address does not take this method; `Allow` says which it takes.",
    )
}

/// Stops waiting, not working: a command that has begun to commit commits.
async fn wait_for(patience: Patience, mut request: Request, next: Next) -> Response {
    let upload = Upload { is_taken: Arc::default(), chunk: patience.chunk };
    if is_form_with_file(&request) {
        request = upload.take(request);
    }
    request.extensions_mut().insert(upload.clone());
    let mut answering = pin!(next.run(request));
    let mut answer = timeout(patience.answer, &mut answering).await;
    if answer.is_err() && upload.is_taken.load(Ordering::Relaxed) {
        answer = timeout(patience.upload.saturating_sub(patience.answer), answering).await;
    }
    answer.unwrap_or_else(|_| {
        Problem::unavailable(
            problems::TIMED_OUT,
            "This took too long, and it is not known whether it was done. \
             Ask again with the same Idempotency-Key.",
        )
        .into_response()
    })
}

/// Lets a request take as long as a file over a slow line does, while it goes on coming.
#[derive(Clone)]
pub(crate) struct Upload {
    is_taken: Arc<AtomicBool>,
    chunk: Duration,
}

impl Upload {
    pub(crate) fn take(&self, request: Request) -> Request {
        self.is_taken.store(true, Ordering::Relaxed);
        request.map(|body| Body::new(TimeoutBody::new(self.chunk, body)))
    }
}

/// True for a form with a file. Who does not take one refuses it without reading it.
fn is_form_with_file(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data"))
}

fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let said = panic.downcast_ref::<String>().map(String::as_str);
    let said = said.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or_default();
    tracing::error!(request_id = request_id(), said, "a request panicked");
    Problem::internal(problems::FAULT, "Something is wrong on our side.").into_response()
}

/// The route's pattern is logged and not the path: links of customers have their secret in the path.
async fn log(request: Request, next: Next) -> Response {
    let (method, begun) = (request.method().clone(), Instant::now());
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let template = route.clone();
    let span = tracing::info_span!(
        "request",
        %method,
        route,
        request_id = request_id(),
        trace_id = tracing::field::Empty,
        actor = tracing::field::Empty,
        organisation = tracing::field::Empty
    );
    if let Some(trace_id) = join_trace(&span, request.headers()) {
        span.record("trace_id", tracing::field::display(trace_id));
    }
    let _in_flight = InFlight::begin();
    let response = next.run(request).instrument(span.clone()).await;
    let _entered = span.enter();
    let (method, template) = (known(&method), template.unwrap_or_else(|| "(none)".into()));
    metrics::counter!(
        "http_requests_total",
        "method" => method, "route" => template.clone(), "status" => response.status().as_u16().to_string()
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => template)
        .record(begun.elapsed());
    let (status, ms) = (response.status().as_u16(), begun.elapsed().as_millis() as u64);
    tracing::info!(status, ms, "answered");
    response
}

/// Makes a request part of the trace that its caller named (W3C Trace Context), else of one of its own where traces are
/// made; gives the id, so that our lines are found with theirs.
fn join_trace(span: &Span, headers: &HeaderMap) -> Option<TraceId> {
    let given = headers.get("traceparent").and_then(|given| traced(given.to_str().ok()?));
    if let Some(caller) = &given {
        // It fails where no traces are made: then there is nothing to be part of.
        let _ = span.set_parent(Context::new().with_remote_span_context(caller.clone()));
    }
    let own = span.context().span().span_context().trace_id();
    given.map(|caller| caller.trace_id()).or(Some(own)).filter(|id| *id != TraceId::INVALID)
}

fn traced(traceparent: &str) -> Option<SpanContext> {
    let mut parts = traceparent.split('-');
    let (version, trace_id, parent, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length: usize| {
        text.len() == length && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    let is_good = is_hex(version, 2) && is_hex(trace_id, 32) && is_hex(parent, 16) && is_hex(flags, 2);
    if !is_good || version == "ff" {
        return None;
    }
    let (trace_id, parent) = (TraceId::from_hex(trace_id).ok()?, SpanId::from_hex(parent).ok()?);
    let flags = TraceFlags::new(u8::from_str_radix(flags, 16).ok()?) & TraceFlags::SAMPLED;
    let caller = SpanContext::new(trace_id, parent, flags, true, TraceState::NONE);
    caller.is_valid().then_some(caller)
}

/// A request that is being answered, also if its caller hangs up.
struct InFlight;

impl InFlight {
    fn begin() -> InFlight {
        metrics::gauge!("http_requests_in_flight").increment(1);
        InFlight
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_in_flight").decrement(1);
    }
}

/// Its name, where it is one that anybody uses: whoever makes methods up makes no new series.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

#[cfg(test)]
mod tests {
    use axum::{body::Bytes, extract::Multipart, http::StatusCode, routing::post};
    use futures_util::{StreamExt, stream};
    use tower::ServiceExt;

    use super::*;
    use crate::{Needs, Routes};

    #[test]
    fn a_trace_is_known_by_its_id_and_nonsense_is_none() {
        let of = |given: &str| traced(given).map(|caller| caller.trace_id().to_string());
        let id = "4bf92f3577b34da6a3ce929d0e0e4736";
        assert_eq!(of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01").as_deref(), Some(id));
        for nonsense in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-<script>-00f067aa0ba902b7-01",
        ] {
            assert_eq!(of(nonsense), None, "{nonsense}");
        }
    }

    const NONE: Patience = Patience { answer: Duration::ZERO, upload: Duration::ZERO, chunk: Duration::ZERO };
    const FORM: &str = "--x\r\ncontent-disposition: form-data; name=\"file\"\r\n\r\norders\r\n--x--\r\n";

    /// Sends a form to a handler that reads it and takes a little longer than none.
    async fn send(patience: Patience, body: Body) -> StatusCode {
        let read = async |mut form: Multipart| {
            while let Some(field) = form.next_field().await? {
                field.text().await?;
            }
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(5) {
                tokio::task::yield_now().await;
            }
            Ok::<(), axum::extract::multipart::MultipartError>(())
        };
        let router: Router = Router::new()
            .route("/", post(read))
            .layer(middleware::from_fn(move |request, next| wait_for(patience, request, next)));
        let request = Request::post("/").header(header::CONTENT_TYPE, "Multipart/Form-Data; boundary=x");
        router.oneshot(request.body(body).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let router: Router = Router::new()
            .route("/", get(std::future::pending::<()>))
            .layer(middleware::from_fn(|request, next| wait_for(NONE, request, next)));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn a_file_may_take_longer_than_other_requests_but_not_for_ever() {
        let no_answer = Patience { answer: Duration::ZERO, ..PATIENCE };
        assert_eq!(send(no_answer, Body::from(FORM)).await, StatusCode::OK);
        let no_upload = Patience { upload: Duration::ZERO, ..no_answer };
        assert_eq!(send(no_upload, stalled(&FORM[..60])).await, StatusCode::SERVICE_UNAVAILABLE);
    }

    /// A body that begins and does not go on.
    fn stalled(begun: &'static str) -> Body {
        let begun = stream::iter([Ok::<_, std::io::Error>(Bytes::from_static(begun.as_bytes()))]);
        Body::from_stream(begun.chain(stream::pending()))
    }

    /// Sends a body that is the file itself, to a route that says so or does not.
    async fn send_raw(takes_file: bool, body: Body) -> StatusCode {
        async fn read(body: Bytes) -> StatusCode {
            if body.is_empty() { StatusCode::BAD_REQUEST } else { StatusCode::OK }
        }
        let operation = Needs::Nothing.to("Bring a file").gives::<String>(StatusCode::OK, "Here.");
        let operation = if takes_file { operation.takes_file() } else { operation };
        let no_answer = Patience { answer: Duration::ZERO, ..PATIENCE };
        let router: Router = Routes::new().post("/v1/files", operation, read).into_router();
        let router =
            router.layer(middleware::from_fn(move |request, next| wait_for(no_answer, request, next)));
        router.oneshot(Request::post("/v1/files").body(body).unwrap()).await.unwrap().status()
    }

    #[tokio::test]
    async fn a_route_that_takes_a_file_may_wait_for_it() {
        // It comes when the time for other answers is long over.
        let late = stream::once(async {
            let begun = Instant::now();
            while begun.elapsed() < Duration::from_millis(5) {
                tokio::task::yield_now().await;
            }
            Ok::<_, std::io::Error>(Bytes::from_static(b"orders"))
        });
        assert_eq!(send_raw(true, Body::from_stream(late)).await, StatusCode::OK);
        assert_eq!(send_raw(false, stalled("orders")).await, StatusCode::SERVICE_UNAVAILABLE);
    }

    #[tokio::test]
    async fn a_file_that_stops_coming_is_given_up() {
        let no_chunk = Patience { chunk: Duration::ZERO, ..PATIENCE };
        assert!(send(no_chunk, stalled(&FORM[..60])).await.is_server_error());
    }
}
