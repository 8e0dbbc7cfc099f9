//! What surrounds every route.

use std::{any::Any, time::Duration};

use axum::{
    Router,
    extract::{DefaultBodyLimit, MatchedPath, Request},
    http::{HeaderName, HeaderValue, header},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use tokio::time::{Instant, timeout};
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, set_header::SetResponseHeaderLayer,
};

use crate::{BODY_LIMIT, Path, Problem, problems, request_id};

/// How long a request may take until its answer begins.
const PATIENCE: Duration = Duration::from_secs(30);

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
/// too long and for an address under `/v1` that does not exist, the page that a problem's `type` leads to, a limit on bodies, compression, safe headers.
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
    router.layer(middleware::from_fn(log)).layer(middleware::from_fn(request_id::identify))
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
async fn wait_for(patience: Duration, request: Request, next: Next) -> Response {
    match timeout(patience, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::unavailable(
            problems::TIMED_OUT,
            "This took too long, and it is not known whether it was done. \
             Ask again with the same Idempotency-Key.",
        )
        .into_response(),
    }
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
    let response = next.run(request).await;
    let (status, ms) = (response.status().as_u16(), begun.elapsed().as_millis() as u64);
    tracing::info!(%method, route, status, ms, request_id = request_id(), "answered");
    response
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::StatusCode};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_request_that_takes_too_long_is_answered_all_the_same() {
        let router: Router = Router::new()
            .route("/", get(std::future::pending::<()>))
            .layer(middleware::from_fn(|request, next| wait_for(Duration::ZERO, request, next)));
        let answer = router.oneshot(Request::new(Body::empty())).await.unwrap();
        assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    }
}
