//! One file a page: what it reads, in one transaction, and what its forms do. Facts become view structs here;
//! nothing is decided, and nothing is added up that a context or a process has not added up.

mod mishap;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::middleware;
use axum::response::Response;

use crate::CONTENT_SECURITY_POLICY;
use crate::desk::Console;

/// All pages and their forms, and the page for an address that leads nowhere.
pub fn routes(console: Console) -> Router {
    pages()
        .fallback(mishap::no_such_page)
        .layer(middleware::from_fn_with_state(console.clone(), mishap::dress))
        .layer(middleware::map_response(safe))
        .with_state(console)
}

fn pages() -> Router<Console> {
    Router::new()
}

async fn safe(mut response: Response) -> Response {
    let policy = HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}
