//! Which version of the API is spoken: a date, in the header `API-Version`.

use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue},
    middleware::Next,
    response::{IntoResponse, Response},
};
use serde_json::json;

use crate::{Problem, openapi, problems};

/// The versions there are, the newest last. Within one, things are only added.
pub const VERSIONS: &[&str] = &[NEWEST];

const NEWEST: &str = "2026-11-22";
const HEADER: HeaderName = HeaderName::from_static("api-version");

/// Middleware: refuses a version that there is not, and says on each answer of the API which one it is in.
pub(crate) async fn agree(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(openapi::PREFIX) {
        return next.run(request).await;
    }
    let asked = request.headers().get(HEADER).map(|value| value.to_str().unwrap_or_default());
    let known = VERSIONS.iter().find(|version| asked.is_none_or(|asked| asked.trim() == **version));
    let mut response = match known {
        Some(_) => next.run(request).await,
        None => Problem::bad_request(
            problems::UNSUPPORTED_VERSION,
            format!("There is no version `{}` of the API.", asked.unwrap_or_default()),
        )
        .with("supported_versions", json!(VERSIONS))
        .into_response(),
    };
    let spoken = HeaderValue::from_static(known.copied().unwrap_or(NEWEST));
    response.headers_mut().insert(HEADER, spoken);
    response
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, http::StatusCode, middleware, routing::get};
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    async fn ask(path: &str, version: Option<&str>) -> (StatusCode, Option<String>, String) {
        let router: Router = Router::new()
            .route("/v1/me", get(async || "me"))
            .route("/orders", get(async || "page"))
            .layer(middleware::from_fn(agree));
        let mut request = Request::get(path);
        if let Some(version) = version {
            request = request.header("API-Version", version);
        }
        let (parts, body) = router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().into_parts();
        let spoken = parts.headers.get(HEADER).map(|value| value.to_str().unwrap().to_owned());
        let body = body.collect().await.unwrap().to_bytes();
        (parts.status, spoken, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn each_answer_says_its_version_and_one_that_there_is_not_is_refused() {
        let newest = Some(NEWEST.to_owned());
        assert_eq!(ask("/v1/me", None).await, (StatusCode::OK, newest.clone(), "me".into()));
        assert_eq!(ask("/v1/me", Some(NEWEST)).await.0, StatusCode::OK);
        let (status, spoken, body) = ask("/v1/me", Some("2020-01-01")).await;
        assert_eq!((status, spoken), (StatusCode::BAD_REQUEST, newest));
        assert!(body.contains("unsupported-version") && body.contains(NEWEST), "{body}");
        assert_eq!(ask("/orders", Some("2020-01-01")).await, (StatusCode::OK, None, "page".into()));
    }
}
