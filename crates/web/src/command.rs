//! A request that changes something, and what became of it.

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, OriginalUri, Request},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use runtime::{Answer, Call};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{Caller, Problem, fingerprint, json, problems};

const KEY: HeaderName = HeaderName::from_static("idempotency-key");
const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");

const AS_REPLAY: [(HeaderName, HeaderValue); 1] = [(REPLAYED, HeaderValue::from_static("true"))];

/// The `Idempotency-Key` that every request that changes something carries: the same key again changes nothing more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The longest key, in characters.
    pub const MAX: usize = 255;

    /// Reads a key. The quotes of a structured header field (RFC 9651) may be left out.
    pub fn parse(text: &str) -> Option<Key> {
        let text = text.trim();
        let key = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(text);
        let is_good =
            (1..=Key::MAX).contains(&key.len()) && key.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        is_good.then(|| Key(key.to_owned()))
    }

    /// A call by `caller` under this key. `scope` is the method and the address: a key holds for one caller at one
    /// address.
    pub fn call(&self, caller: &Caller, scope: &str, fingerprint: &str) -> Call {
        caller.call().keyed(&format!("{} {scope}", caller.actor), &self.0, fingerprint)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Key, Problem> {
        let mut given = parts.headers.get_all(KEY).iter();
        let (Some(header), None) = (given.next(), given.next()) else {
            return Err(Problem::bad_request(
                problems::IDEMPOTENCY_KEY_MISSING,
                "Send one `Idempotency-Key` header, new for each thing you want done and the same when you ask again.",
            ));
        };
        header.to_str().ok().and_then(Key::parse).ok_or_else(|| {
            Problem::bad_request(
                problems::IDEMPOTENCY_KEY_INVALID,
                format!("An idempotency key is 1 to {} printable ASCII characters.", Key::MAX),
            )
        })
    }
}

/// A request that changes something: who calls under which key, and the JSON body.
#[derive(Debug, Clone)]
pub struct Command<T> {
    /// Give it to [`runtime::Runtime::command`].
    pub call: Call,
    /// What is asked.
    pub body: T,
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Command<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Command<T>, Problem> {
        let (mut parts, body) = request.into_parts();
        let caller = Caller::from_request_parts(&mut parts, state).await?;
        let key = Key::from_request_parts(&mut parts, state).await?;
        // The address as it was asked, also inside a nested router.
        let uri = parts.extensions.get::<OriginalUri>().map_or(&parts.uri, |uri| &uri.0).clone();
        let scope = format!("{} {}", parts.method, uri.path());

        let bytes = json::read(Request::from_parts(parts, body), state).await?;
        let body = json::parse(&bytes)?;
        let said: Value = json::parse(&bytes)?;
        let said = match uri.query() {
            Some(query) => Value::from(vec![Value::from(query), said]),
            None => said,
        };
        Ok(Command { call: key.call(&caller, &scope, &fingerprint(&said)), body })
    }
}

/// What became of a command, as JSON. A repeat gets the first answer and a header that says so.
pub fn answered<R: Serialize>(status: StatusCode, answer: Answer<R>) -> Result<Response, Problem> {
    match answer {
        Answer::Done(result) => Ok((status, axum::Json(result)).into_response()),
        Answer::Replayed(result) => Ok((status, AS_REPLAY, axum::Json(result)).into_response()),
        Answer::KeyReused => Err(Problem::unprocessable(
            problems::IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used before for another request. Nothing was done now.",
        )),
    }
}

/// [`answered`] for a command that gives nothing: `204`.
pub fn answered_nothing(answer: Answer<()>) -> Result<Response, Problem> {
    let mut response = answered(StatusCode::NO_CONTENT, answer)?;
    response.headers_mut().remove(header::CONTENT_TYPE);
    *response.body_mut() = Body::empty();
    Ok(response)
}

/// A command's refusal that was kept under its key. A repeat gets it with the same header.
pub fn refused_again(problem: Problem) -> Response {
    (AS_REPLAY, problem).into_response()
}

#[cfg(test)]
mod tests {
    use kernel::SessionId;
    use runtime::CommandKey;

    use super::*;

    fn caller(actor: &str) -> Caller {
        let session_id = SessionId::parse("ses_1").unwrap();
        Caller {
            user_id: None,
            is_machine: true,
            actor: actor.into(),
            session_id,
            language: "en".into(),
            access: crate::Access::full(),
        }
    }

    async fn key_of(actor: &str, uri: &str, body: &str) -> CommandKey {
        let mut request = Request::post(uri)
            .header("content-type", "application/json")
            .header("idempotency-key", "k-1")
            .body(Body::from(body.to_owned()))
            .unwrap();
        request.extensions_mut().insert(caller(actor));
        Command::<Value>::from_request(request, &()).await.unwrap().call.key.unwrap()
    }

    #[tokio::test]
    async fn a_key_holds_for_one_caller_at_one_address_and_one_meaning() {
        let first = key_of("user:usr_1", "/v1/items", r#"{"code":"TEA","grams":500}"#).await;
        assert_eq!((first.scope.as_str(), first.key.as_str()), ("user:usr_1 POST /v1/items", "k-1"));
        let same = key_of("user:usr_1", "/v1/items", r#"{ "grams": 5e2, "code": "TEA" }"#).await;
        assert_eq!(same, first);
        assert_ne!(key_of("user:usr_2", "/v1/items", "{}").await.scope, first.scope);
        assert_ne!(key_of("user:usr_1", "/v1/nodes", "{}").await.scope, first.scope);
        let other = key_of("user:usr_1", "/v1/items", r#"{"code":"TEA"}"#).await;
        assert_ne!(other.fingerprint, first.fingerprint);
        let queried = key_of("user:usr_1", "/v1/items?dry", r#"{"code":"TEA"}"#).await;
        assert!(queried.scope == other.scope && queried.fingerprint != other.fingerprint);
    }

    async fn refusal(request: Request) -> &'static str {
        Command::<Value>::from_request(request, &()).await.unwrap_err().code()
    }

    #[tokio::test]
    async fn without_a_caller_or_a_key_nothing_is_read() {
        let anonymous = Request::post("/v1/items").body(Body::empty()).unwrap();
        assert_eq!(refusal(anonymous).await, "unauthorised");
        for (keys, code) in [
            (&[][..], "idempotency-key-missing"),
            (&["a", "b"], "idempotency-key-missing"),
            (&[""], "idempotency-key-invalid"),
            (&["\u{1}"], "idempotency-key-invalid"),
        ] {
            let mut request = Request::post("/v1/items").extension(caller("user:usr_1"));
            for key in keys {
                if let Ok(key) = HeaderValue::from_bytes(key.as_bytes()) {
                    request = request.header("idempotency-key", key);
                } else {
                    request = request.header("idempotency-key", "x".repeat(Key::MAX + 1));
                }
            }
            assert_eq!(refusal(request.body(Body::empty()).unwrap()).await, code, "{keys:?}");
        }
    }

    #[test]
    fn a_key_reads_the_same_with_and_without_quotes() {
        assert_eq!(Key::parse("\"8e03978e\""), Key::parse("8e03978e"));
        assert_eq!(Key::parse("\"\""), None);
    }

    #[test]
    fn a_repeat_says_that_it_is_one() {
        let done = answered(StatusCode::CREATED, Answer::Done(1)).unwrap();
        assert_eq!((done.status(), done.headers().get(REPLAYED)), (StatusCode::CREATED, None));
        let replayed = answered(StatusCode::CREATED, Answer::Replayed(1)).unwrap();
        assert_eq!(replayed.status(), StatusCode::CREATED);
        assert_eq!(replayed.headers()[REPLAYED], "true");
        let refused = refused_again(Problem::conflict(problems::INSUFFICIENT_STOCK, "none left"));
        assert_eq!(refused.status(), StatusCode::CONFLICT);
        assert_eq!(refused.headers()[REPLAYED], "true");
        let reused = answered(StatusCode::CREATED, Answer::<i64>::KeyReused).unwrap_err();
        assert_eq!((reused.status().as_u16(), reused.code()), (422, "idempotency-key-reused"));
    }
}
