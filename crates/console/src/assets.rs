//! The style sheet and scripts, embedded in the binary. Each is addressed by the hash of its content, so browsers
//! keep it for ever and a new release is seen at once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use rust_embed::{EmbeddedFile, RustEmbed};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Embedded;

/// An embedded file by the name it is served under: `app.1f3a5c7e9b2d4f60.css`.
static SERVED: LazyLock<BTreeMap<String, (String, EmbeddedFile)>> = LazyLock::new(|| {
    Embedded::iter()
        .filter_map(|path| Some((served_name(&path)?, (path.to_string(), Embedded::get(&path)?))))
        .collect()
});

fn served_name(path: &str) -> Option<String> {
    let file = Embedded::get(path)?;
    let hash: String = file.metadata.sha256_hash()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
    let name = path.rsplit('/').next()?;
    let (stem, extension) = name.rsplit_once('.')?;
    Some(format!("{stem}.{hash}.{extension}"))
}

/// The address of an embedded file, for templates. The name is one of ours, so a wrong one is a page without it,
/// which the tests of every page refuse.
pub fn url(path: &str) -> String {
    match served_name(path) {
        Some(name) => format!("/assets/{name}"),
        None => format!("/assets/missing/{path}"),
    }
}

/// Every served file with its bytes: what a static copy of the pages needs beside them.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    SERVED.iter().map(|(name, (_, file))| (name.as_str(), &*file.data))
}

/// `GET /assets/{name}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{name}", get(serve))
}

async fn serve(Path(name): Path<String>) -> Response {
    let Some((path, file)) = SERVED.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(path))),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, &*file.data).into_response()
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::Request;
    use http_body_util::BodyExt;
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn a_style_sheet_is_served_under_its_hash_and_kept_for_ever() {
        let request = Request::get(url("app.css")).body(Body::empty()).unwrap();
        let response = routes::<()>().with_state(()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], include_bytes!("../assets/app.css"));
    }

    #[tokio::test]
    async fn an_old_hash_is_not_found() {
        let request = Request::get("/assets/app.0000000000000000.css").body(Body::empty()).unwrap();
        let response = routes::<()>().with_state(()).oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
