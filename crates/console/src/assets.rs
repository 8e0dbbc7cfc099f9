//! The style sheet and scripts, embedded in the binary. Each is addressed by the hash of its content, so browsers
//! keep it for ever and a new release is seen at once.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};
use web::{Needs, Routes};

#[derive(RustEmbed)]
#[folder = "assets/"]
struct Embedded;

/// An embedded file and where it is served.
struct Served {
    path: String,
    url: String,
    file: EmbeddedFile,
}

const PREFIX: &str = "/assets/";

/// By the name under which it is served: `app.1f3a5c7e9b2d4f60.css`.
static BY_NAME: LazyLock<BTreeMap<String, Served>> = LazyLock::new(|| {
    let served = Embedded::iter().filter_map(|path| {
        let file = Embedded::get(&path)?;
        let hash: String =
            file.metadata.sha256_hash()[..8].iter().map(|byte| format!("{byte:02x}")).collect();
        let (stem, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
        let name = format!("{stem}.{hash}.{extension}");
        Some((name.clone(), Served { path: path.to_string(), url: format!("{PREFIX}{name}"), file }))
    });
    served.collect()
});

/// The same by the path in the source, as templates name it.
static BY_PATH: LazyLock<BTreeMap<&'static str, &'static Served>> =
    LazyLock::new(|| BY_NAME.values().map(|served| (served.path.as_str(), served)).collect());

/// The address of an embedded file, for templates. The path is one of ours, so a wrong one is a page without the
/// file, which the tests of every page refuse.
pub fn url(path: &str) -> &'static str {
    BY_PATH.get(path).map_or("/assets/missing", |served| &served.url)
}

/// Every served file with its bytes: what a static copy of the pages needs beside them.
pub fn all() -> impl Iterator<Item = (&'static str, &'static [u8])> {
    BY_NAME.iter().map(|(name, served)| (name.as_str(), &*served.file.data))
}

/// `GET /assets/{name}`.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new().get("/assets/{name}", Needs::Nothing, serve)
}

async fn serve(Path(name): Path<String>) -> Response {
    let Some(served) = BY_NAME.get(&name) else { return StatusCode::NOT_FOUND.into_response() };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(content_type(&served.path))),
        (header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable")),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, &*served.file.data).into_response()
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
        let response = routes::<()>().with_state(()).into_router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(response.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&body[..], include_bytes!("../assets/app.css"));
    }

    #[tokio::test]
    async fn an_old_hash_is_not_found() {
        let request = Request::get("/assets/app.0000000000000000.css").body(Body::empty()).unwrap();
        let response = routes::<()>().with_state(()).into_router().oneshot(request).await.unwrap();
        assert_eq!(response.status(), StatusCode::NOT_FOUND);
    }
}
