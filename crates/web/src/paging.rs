//! Lists, a page at a time: by the key of the last row, never by number.

use axum::{
    extract::{FromRequestParts, OriginalUri},
    http::{HeaderValue, Uri, header, request::Parts},
    response::{IntoResponse, Response},
};
use kernel::{Page, PageRequest};
use serde::{Deserialize, Serialize};
use utoipa::{
    IntoParams,
    openapi::path::{Parameter, ParameterIn},
};

use crate::{Problem, address::read_query};

/// Which page of a list: `?after=…&limit=…`, both optional.
#[derive(Debug, Clone)]
pub struct PageQuery {
    /// What to read.
    pub request: PageRequest,
    uri: Uri,
}

#[derive(Deserialize, IntoParams)]
struct Asked {
    /// The `next` of the page before.
    after: Option<String>,
    /// How many rows, up to 250; 50 where it is left out.
    limit: Option<i64>,
}

impl IntoParams for PageQuery {
    fn into_params(within: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        Asked::into_params(within)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for PageQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<PageQuery, Problem> {
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0).clone();
        let Asked { after, limit } = read_query(&uri)?;
        let after = after.filter(|after| !after.is_empty());
        Ok(PageQuery { request: PageRequest::new(after, limit), uri })
    }
}

/// A page as `{"rows": […], "next": …}`, with the address of the next one, filters and all, as `Link: rel="next"`.
pub fn page<T: Serialize>(query: &PageQuery, page: Page<T>) -> Response {
    let next = page.next.clone();
    linked(query, next.as_deref(), page)
}

/// An answer of another shape, with the address of the page after `next` where there is one.
pub fn linked<T: Serialize>(query: &PageQuery, next: Option<&str>, body: T) -> Response {
    let mut response = axum::Json(body).into_response();
    if let Some(link) = next.and_then(|after| next_link(&query.uri, after)) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn next_link(uri: &Uri, after: &str) -> Option<HeaderValue> {
    let others = uri.query().unwrap_or_default().split('&');
    let mut parts: Vec<String> = others
        .filter(|part| !part.is_empty() && part.split('=').next() != Some("after"))
        .map(str::to_owned)
        .collect();
    parts.push(format!("after={}", escape(after)));
    HeaderValue::from_str(&format!("<{}?{}>; rel=\"next\"", uri.path(), parts.join("&"))).ok()
}

/// Everything but RFC 3986's unreserved characters.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            escaped.push_str(&format!("%{byte:02X}"));
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    async fn ask(uri: &str) -> Result<PageQuery, Problem> {
        let (mut parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
        PageQuery::from_request_parts(&mut parts, &()).await
    }

    #[tokio::test]
    async fn the_link_of_a_page_leads_to_the_next_with_the_same_filter() {
        let query = ask("/v1/orders?state=open&after=a&limit=2").await.unwrap();
        assert_eq!(query.request, PageRequest { after: Some("a".into()), limit: 2 });
        let rows = Page::of(vec!["a/b", "c & d", "e"], query.request.limit, |row| (*row).to_owned());
        let response = page(&query, rows);
        assert_eq!(
            response.headers()["link"],
            "</v1/orders?state=open&limit=2&after=c%20%26%20d>; rel=\"next\""
        );
        let last = page(&query, Page::of(vec!["e"], 2, |row| (*row).to_owned()));
        assert!(last.headers().get("link").is_none());
    }

    #[tokio::test]
    async fn limits_come_into_range_and_nonsense_is_refused() {
        assert_eq!(ask("/v1/orders").await.unwrap().request.limit, 50);
        assert_eq!(ask("/v1/orders?limit=9999").await.unwrap().request.limit, PageRequest::MAX);
        assert_eq!(ask("/v1/orders?limit=many").await.unwrap_err().code(), "invalid-query");
    }
}
