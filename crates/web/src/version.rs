//! Which version of the API is spoken: a date. The header `API-Version` says it, else the key was made for one, else it is
//! the newest.

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

/// The newest of them.
pub const NEWEST: &str = "2026-11-22";

const HEADER: HeaderName = HeaderName::from_static("api-version");

/// The version that a key was made for; who identifies puts it on the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pinned(
    /// A date, as it was then.
    pub String,
);

/// The version that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spoken(&'static str);

/// Middleware: refuses a version that there is not, and says on each answer of the API which one it is in.
pub(crate) async fn agree(request: Request, next: Next) -> Response {
    if !request.uri().path().starts_with(openapi::PREFIX) {
        return next.run(request).await;
    }
    let asked = asked(&request).map(|asked| choose(VERSIONS, Some(asked), None));
    let (said, mut response) = match asked {
        Some(Err(problem)) => (None, problem.into_response()),
        Some(Ok(spoken)) => (Some(spoken), next.run(request).await),
        None => (None, next.run(request).await),
    };
    let spoken = said.or_else(|| response.extensions().get().copied());
    let Spoken(spoken) = spoken.unwrap_or(Spoken(NEWEST));
    response.headers_mut().insert(HEADER, HeaderValue::from_static(spoken));
    response
}

/// The version of a request whose caller is known by now.
pub(crate) fn spoken(request: &Request) -> Result<Spoken, Problem> {
    choose(VERSIONS, asked(request), request.extensions().get::<Pinned>())
}

fn asked(request: &Request) -> Option<&str> {
    request.headers().get(HEADER).map(|value| value.to_str().unwrap_or_default())
}

fn choose(
    versions: &[&'static str],
    asked: Option<&str>,
    pinned: Option<&Pinned>,
) -> Result<Spoken, Problem> {
    let wanted = asked.map(str::trim).or(pinned.map(|pinned| pinned.0.as_str()));
    let found = match wanted {
        Some(wanted) => versions.iter().find(|version| **version == wanted),
        None => versions.last(),
    };
    found.map(|version| Spoken(version)).ok_or_else(|| {
        let wanted = wanted.unwrap_or_default();
        let says = match asked {
            Some(_) => format!("There is no version `{wanted}` of the API."),
            None => format!("The key was made for version `{wanted}` of the API, which is spoken no more."),
        };
        Problem::bad_request(problems::UNSUPPORTED_VERSION, says).with("supported_versions", json!(versions))
    })
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

    #[test]
    fn a_request_speaks_its_own_version_before_its_keys_and_its_keys_before_the_newest() {
        let versions = ["2026-11-22", "2027-05-01"];
        let pinned = Pinned("2026-11-22".into());
        let choose = |asked, pinned| choose(&versions, asked, pinned).map(|Spoken(version)| version);
        assert_eq!(choose(None, None).unwrap(), "2027-05-01");
        assert_eq!(choose(None, Some(&pinned)).unwrap(), "2026-11-22");
        assert_eq!(choose(Some("2027-05-01"), Some(&pinned)).unwrap(), "2027-05-01");
        let former = Pinned("2025-01-01".into());
        let gone = choose(None, Some(&former)).unwrap_err();
        assert_eq!(
            (gone.code(), gone.detail().contains("made for version `2025-01-01`")),
            ("unsupported-version", true)
        );
        assert_eq!(choose(Some("2025-01-01"), Some(&pinned)).unwrap_err().code(), "unsupported-version");
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
