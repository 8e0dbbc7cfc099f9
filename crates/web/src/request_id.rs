//! The id that a request, its log lines and its problem share.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue},
    middleware::Next,
    response::Response,
};

tokio::task_local! {
    /// Of the request that this task answers. A problem is made far from the request, so it is found here.
    static CURRENT: String;
}

pub(crate) const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request being answered; none outside of one.
pub fn request_id() -> Option<String> {
    CURRENT.try_with(String::clone).ok()
}

/// Takes the caller's `X-Request-Id`, or makes one, and gives it back on the answer.
pub(crate) async fn identify(request: Request, next: Next) -> Response {
    let id = given(request.headers()).unwrap_or_else(fresh);
    let mut response = CURRENT.scope(id.clone(), next.run(request)).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(HEADER, value);
    }
    response
}

/// Only what is harmless in a log line and in a header.
fn given(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(HEADER)?.to_str().ok()?;
    let is_good = (1..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    is_good.then(|| id.to_owned())
}

fn fresh() -> String {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    format!("req_{}", kernel::ids::body(u128::from_be_bytes(bytes)))
}
