//! The body of a request, read whole or refused whole.

use axum::{
    extract::{FromRequest, Request, rejection::BytesRejection},
    http::{HeaderMap, StatusCode, header},
};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::error::Category;
use serde_path_to_error::{Path, Segment};

use crate::{Problem, objects::Objects, problems};

/// The longest body by default, in bytes; a route changes it with axum's `DefaultBodyLimit`.
pub const BODY_LIMIT: usize = 2 * 1024 * 1024;

/// The longest body that any route takes, in bytes: one that says it is longer is not read at all.
pub const BODY_LIMIT_MOST: usize = 16 * 1024 * 1024;

/// How many arrays and objects may stand in one another.
pub const DEPTH_LIMIT: usize = 64;

/// A JSON body. A request without a body reads as `null`, so that `Json<()>` takes none.
#[derive(Debug, Clone)]
pub struct Json<T>(
    /// What was read.
    pub T,
);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Json<T>, Problem> {
        let body = read(request, state).await?;
        parse(&body).map(Json)
    }
}

/// The bytes of a body that says it is JSON.
pub(crate) async fn read<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    let is_json = says_json(request.headers());
    // Who says beforehand that it is too long is spared the sending, and we the reading.
    let length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > BODY_LIMIT_MOST as u64) {
        return Err(too_long());
    }
    let body = Bytes::from_request(request, state).await.map_err(unreadable)?;
    if body.is_empty() || is_json {
        Ok(body)
    } else {
        Err(Problem::unsupported(
            problems::UNSUPPORTED_CONTENT_TYPE,
            "Send the body as `Content-Type: application/json`, in UTF-8.",
        ))
    }
}

/// Reads JSON text; names the place of what is wrong with it.
pub(crate) fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    if body.is_empty() {
        return serde_json::from_value(serde_json::Value::Null).map_err(|_| {
            Problem::bad_request(problems::MALFORMED_JSON, "The body is empty; JSON is expected.")
        });
    }
    let text = std::str::from_utf8(body).map_err(|error| {
        let place = error.valid_up_to();
        Problem::bad_request(problems::MALFORMED_JSON, format!("The body is not UTF-8 from byte {place} on."))
    })?;
    if let Some(flaw) = flaw(text) {
        return Err(Problem::bad_request(problems::MALFORMED_JSON, flaw));
    }
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(Objects(&mut reader))
        .map_err(|error| misread(&pointer(error.path()), error.inner()))?;
    reader.end().map_err(|error| misread("", &error))?;
    Ok(value)
}

fn too_long() -> Problem {
    Problem::too_large(problems::TOO_LARGE, "The body is longer than this address takes.")
}

/// What is wrong with the form of a body, whatever it says. Looked at before anything is read, so that no reader needs a
/// stack for it.
fn flaw(text: &str) -> Option<String> {
    let (mut depth, mut is_text, mut is_escaped) = (0_usize, false, false);
    for (place, byte) in text.bytes().enumerate() {
        match byte {
            b'u' if is_escaped && text.as_bytes()[place..].starts_with(b"u0000") => {
                return Some("The body has a character NUL in a text; there is no use for one.".to_owned());
            }
            _ if is_escaped => is_escaped = false,
            b'\\' if is_text => is_escaped = true,
            b'"' => is_text = !is_text,
            b'[' | b'{' if !is_text => depth += 1,
            b']' | b'}' if !is_text => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_LIMIT {
            return Some(format!("The body has more than {DEPTH_LIMIT} arrays and objects in one another."));
        }
    }
    None
}

fn says_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let mut parts = value.split(';').map(str::trim);
    let kind = parts.next().unwrap_or_default().to_ascii_lowercase();
    let is_json = kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"));
    let is_utf8 = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.eq_ignore_ascii_case("charset") => {
            value.trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    });
    is_json && is_utf8
}

fn unreadable(error: BytesRejection) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        too_long()
    } else {
        Problem::bad_request(problems::MALFORMED_JSON, "The body broke off before its end.")
    }
}

fn misread(pointer: &str, error: &serde_json::Error) -> Problem {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    // serde_json ends its sentences with the place, which we name apart.
    let said = text.strip_suffix(&format!(" at line {line} column {column}")).unwrap_or(&text);
    match error.classify() {
        Category::Data => {
            let place = if pointer.is_empty() { "The body".to_owned() } else { format!("`{pointer}`") };
            Problem::unprocessable(
                problems::INVALID_FIELD,
                format!("{place} is wrong (line {line}, column {column}): {said}."),
            )
            .at(pointer, problems::INVALID_FIELD.slug(), said)
        }
        Category::Syntax | Category::Eof | Category::Io => Problem::bad_request(
            problems::MALFORMED_JSON,
            format!("The body is no JSON at line {line}, column {column}: {said}."),
        ),
    }
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    let mut text = String::new();
    for segment in path {
        match segment {
            Segment::Seq { index } => text.push_str(&format!("/{index}")),
            Segment::Map { key } => {
                text.push('/');
                text.push_str(&key.replace('~', "~0").replace('/', "~1"));
            }
            // How an enum is spelled is not a place in the document.
            Segment::Enum { .. } | Segment::Unknown => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use axum::{Router, body::Body, extract::DefaultBodyLimit, routing::post};
    use serde::Deserialize;
    use tower::ServiceExt as _;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it reads matters here")]
    struct Order {
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only whether it reads matters here")]
    struct Line {
        quantity: kernel::Quantity,
    }

    #[track_caller]
    fn refused(body: &[u8], code: &str, says: &str) {
        let problem = parse::<Order>(body).unwrap_err();
        assert_eq!(problem.code(), code, "{}", problem.detail());
        assert!(problem.detail().contains(says), "{}", problem.detail());
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let wrong = "invalid-field";
        refused(br#"{"lines":[{"quantity":1},{"quantity":-1}]}"#, wrong, "`/lines/1/quantity` is wrong");
        refused(
            br#"{"lines":[{"quantity":1.5}]}"#,
            wrong,
            "`/lines/0/quantity` is wrong (line 1, column 25)",
        );
        refused(br#"{"lines":[{"quantity":1,"a/b":2}]}"#, wrong, "unknown field `a/b`");
        refused(br#"{}"#, wrong, "missing field `lines`");
        refused(br#"[]"#, wrong, "The body is wrong");
        refused(
            br#"{"lines":[[1]]}"#,
            wrong,
            "`/lines/0` is wrong (line 1, column 11): invalid type: sequence",
        );
    }

    #[test]
    fn what_is_no_json_is_refused_as_such() {
        let malformed = "malformed-json";
        refused(b"{\"lines\":\n [}", malformed, "line 2, column 3");
        refused(b"{\"lines\":[]", malformed, "line 1, column 11");
        refused(b"{\"lines\":[]} {}", malformed, "trailing characters");
        refused(b"{\"lines\":[\"\xff\"]}", malformed, "not UTF-8 from byte 11");
        refused("\u{feff}{\"lines\":[]}".as_bytes(), malformed, "line 1");
        refused(b"", malformed, "empty");
    }

    #[test]
    fn c4_a_body_is_sixty_four_deep_at_most() {
        let nested =
            |depth: usize| format!("{}{}", "[{\"a\":".repeat(depth / 2), "1") + &"}]".repeat(depth / 2);
        assert!(parse::<serde_json::Value>(nested(64).as_bytes()).is_ok());
        for deep in [nested(66), "[".repeat(100_000), "{\"a\":".repeat(100_000)] {
            let problem = parse::<serde_json::Value>(deep.as_bytes()).unwrap_err();
            assert!(problem.detail().contains("64 arrays"), "{}", problem.detail());
        }
        let text = format!("[\"{}\\\"[[\"]", "[".repeat(1_000));
        assert!(parse::<serde_json::Value>(text.as_bytes()).is_ok(), "brackets in a text are text");
    }

    #[test]
    fn c12_no_text_has_a_nul_in_it() {
        let problem = parse::<serde_json::Value>(br#"["a\u0000"]"#).unwrap_err();
        assert!(problem.detail().contains("NUL"), "{}", problem.detail());
        for harmless in [r#"["\\u0000"]"#, r#"["\u0001"]"#, r#"["u0000"]"#] {
            assert!(parse::<serde_json::Value>(harmless.as_bytes()).is_ok(), "{harmless}");
        }
    }

    #[tokio::test]
    async fn c4_a_body_that_says_it_is_too_long_is_refused_unread() {
        let unread =
            futures_util::stream::poll_fn(|_| -> std::task::Poll<Option<Result<Bytes, std::io::Error>>> {
                panic!("nobody reads this")
            });
        let request = Request::post("/")
            .header("content-type", "application/json")
            .header("content-length", BODY_LIMIT_MOST + 1)
            .body(Body::from_stream(unread))
            .unwrap();
        let problem = Json::<serde_json::Value>::from_request(request, &()).await.unwrap_err();
        assert_eq!(problem.code(), "too-large");
    }

    #[tokio::test]
    async fn c4_a_route_may_take_longer_bodies_than_others() {
        async fn count(Json(list): Json<Vec<String>>) -> String {
            list.len().to_string()
        }
        let router = Router::new()
            .route("/many", post(count).layer(DefaultBodyLimit::max(BODY_LIMIT_MOST)))
            .route("/few", post(count));
        let body = serde_json::to_string(&vec!["tea"; BODY_LIMIT / 4]).unwrap();
        assert!(body.len() > BODY_LIMIT);
        for (path, status) in [("/many", 200), ("/few", 413)] {
            let request = Request::post(path)
                .header("content-type", "application/json")
                .header("content-length", body.len())
                .body(Body::from(body.clone()))
                .unwrap();
            assert_eq!(router.clone().oneshot(request).await.unwrap().status(), status, "{path}");
        }
    }

    #[tokio::test]
    async fn only_json_in_utf8_is_read() {
        for (content_type, is_read) in [
            ("application/json", true),
            ("application/json; charset=UTF-8", true),
            ("Application/Vnd.Shop+Json", true),
            ("application/json; charset=latin1", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
        ] {
            let request =
                Request::post("/").header("content-type", content_type).body(Body::from("[]")).unwrap();
            let read = Json::<Vec<u8>>::from_request(request, &()).await;
            assert_eq!(read.is_ok(), is_read, "{content_type}");
        }
        assert!(Json::<()>::from_request(Request::new(Body::empty()), &()).await.is_ok());
    }
}
