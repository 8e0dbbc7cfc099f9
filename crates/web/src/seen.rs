//! Changes to a thing as it was seen, and to no other: `ETag`, `If-None-Match` and `If-Match` (RFC 9110, 8.8 and 13).
//!
//! The tag of a thing that can be changed has two parts, `"7.9f86d081…"`. Before the point stands its *version*, which
//! every change of it moves on by one; behind it a digest of what is shown. A reader who has it is told so by the whole
//! tag, so that what was shown before is never taken for what would be shown now: not with another role, not after an
//! update, not while a webhook delivers. A change is compared by the version alone, which the write itself can ask for
//! (`… where version = $n`), and which progress that nobody could overwrite leaves as it is.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{FromRequest, Request},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use runtime::{Answer, Call};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{Command, Problem, answered, problems};

/// The version that no thing has: what a tag of somebody else's reads as.
const NO_VERSION: i64 = 0;

/// The version of what is shown; its route makes the tag with it.
#[derive(Debug, Clone, Copy)]
struct Version(i64);

/// A thing as it is shown at a version of it.
pub fn versioned(version: i64, thing: impl IntoResponse) -> Response {
    let mut response = thing.into_response();
    response.extensions_mut().insert(Version(version));
    response
}

/// [`answered`] for a command that gives the thing as it is from now on.
pub fn answered_versioned<R: Serialize>(
    answer: Answer<R>,
    version: impl FnOnce(&R) -> i64,
) -> Result<Response, Problem> {
    let version = match &answer {
        Answer::Done(thing) | Answer::Replayed(thing) => version(thing),
        Answer::KeyReused => NO_VERSION,
    };
    answered(StatusCode::OK, answer).map(|response| versioned(version, response))
}

/// A [`Command`] on a thing as it was seen: it says in `If-Match` which version that is.
#[derive(Debug, Clone)]
pub struct Guarded<T> {
    /// Give it to [`runtime::Runtime::command`].
    pub call: Call,
    /// The version that was seen; none where the caller means whatever is there (`*`).
    pub seen: Option<i64>,
    /// What is asked.
    pub body: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Guarded<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Guarded<T>, Problem> {
        let seen = seen(request.headers())?;
        let Command { call, body } = Command::from_request(request, state).await?;
        Ok(Guarded { call, seen, body })
    }
}

/// The thing is at another version than the one that was seen.
pub fn stale(present: i64) -> Problem {
    Problem::precondition_failed(
        problems::STALE,
        format!("It was changed since: it is at version {present} now. Nothing was changed by this request."),
    )
    .with("present_version", present)
}

fn seen(headers: &HeaderMap) -> Result<Option<i64>, Problem> {
    // A header with nothing in it says no more than none.
    let given: Vec<&HeaderValue> = headers
        .get_all(header::IF_MATCH)
        .iter()
        .filter(|value| !value.as_bytes().trim_ascii().is_empty())
        .collect();
    if given.is_empty() {
        return Err(Problem::precondition_required(
            problems::IF_MATCH_MISSING,
            "Send `If-Match` with the `ETag` of the thing as you saw it, or `*` for whatever is there.",
        ));
    }
    let tags = || given.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    if tags().any(|tag| tag.trim() == "*") {
        return Ok(None);
    }
    // Versions only grow, so of several that were seen only the newest can still be there.
    Ok(Some(tags().filter_map(version_in).max().unwrap_or(NO_VERSION)))
}

/// The version in a strong tag of ours; the digest may be left out, for whoever has the version from a list.
fn version_in(tag: &str) -> Option<i64> {
    let inner = tag.trim().strip_prefix('"')?.strip_suffix('"')?;
    let (version, _) = inner.split_once('.').unwrap_or((inner, ""));
    version.parse().ok().filter(|version| *version > NO_VERSION)
}

/// Puts its tag on what is shown, and shows nothing to a reader who has it.
pub(crate) async fn tag(had: Option<&HeaderValue>, response: Response) -> Response {
    if response.status() != StatusCode::OK {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let body = match to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return Problem::fault(broken_off(&error)).into_response(),
    };
    let tag = tag_of(parts.extensions.get::<Version>().copied(), &body);
    let is_had = had.and_then(|had| had.to_str().ok()).is_some_and(|had| has(had, &tag));
    parts.headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("digits and letters"));
    if is_had {
        parts.status = StatusCode::NOT_MODIFIED;
        parts.headers.remove(header::CONTENT_TYPE);
        parts.headers.remove(header::CONTENT_LENGTH);
        return Response::from_parts(parts, Body::empty());
    }
    Response::from_parts(parts, Body::from(body))
}

fn tag_of(version: Option<Version>, shown: &Bytes) -> String {
    let digest: String = Sha256::digest(shown).iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    match version {
        Some(Version(version)) => format!("\"{version}.{digest}\""),
        None => format!("\"{digest}\""),
    }
}

/// Weak comparison: a proxy may have weakened the tag when it compressed the answer.
fn has(had: &str, tag: &str) -> bool {
    let mut had = had.split(',').map(str::trim);
    had.any(|one| one == "*" || one.strip_prefix("W/").unwrap_or(one) == tag)
}

fn broken_off(error: &axum::Error) -> db::Fault {
    db::Fault::Shape { column: "the answer".into(), problem: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(values: &[&'static str]) -> Result<Option<i64>, &'static str> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::IF_MATCH, HeaderValue::from_static(value));
        }
        seen(&headers).map_err(|problem| problem.code())
    }

    #[test]
    fn c3_a_tag_says_which_version_was_seen() {
        for (values, version) in [
            (&["\"7.9f86d081\""][..], Ok(Some(7))),
            (&["\"7\""], Ok(Some(7))),
            (&["*"], Ok(None)),
            (&["\"3.aa\", \"7.bb\""], Ok(Some(7))),
            (&["\"3.aa\"", "\"7.bb\""], Ok(Some(7))),
            // What we never gave is the tag of nothing that is there, and so is a weak one.
            (&["W/\"7.9f86d081\""], Ok(Some(0))),
            (&["7"], Ok(Some(0))),
            (&["\"-1\""], Ok(Some(0))),
            (&["\"yesterday\""], Ok(Some(0))),
            (&[""], Err("if-match-missing")),
            (&[" ", ""], Err("if-match-missing")),
            (&[], Err("if-match-missing")),
        ] {
            assert_eq!(read(values), version, "{values:?}");
        }
    }

    #[tokio::test]
    async fn c3_a_reader_who_has_it_gets_no_body() {
        let shown = || versioned(7, axum::Json("tea"));
        let first = tag(None, shown()).await;
        let given = first.headers()[header::ETAG].clone();
        assert!(given.to_str().unwrap().starts_with("\"7."), "{given:?}");
        let again = tag(Some(&given), shown()).await;
        assert_eq!((again.status(), &again.headers()[header::ETAG]), (StatusCode::NOT_MODIFIED, &given));
        assert!(to_bytes(again.into_body(), 9).await.unwrap().is_empty());
        let weak = HeaderValue::from_str(&format!("\"x\", W/{}", given.to_str().unwrap())).unwrap();
        assert_eq!(tag(Some(&weak), shown()).await.status(), StatusCode::NOT_MODIFIED);
        // The same version shown otherwise is something else to read.
        let masked = tag(Some(&given), versioned(7, axum::Json("***"))).await;
        assert_eq!(masked.status(), StatusCode::OK);
        let refused = Problem::not_found(problems::NOT_FOUND, "gone").into_response();
        assert!(tag(Some(&given), refused).await.headers().get(header::ETAG).is_none());
    }
}
