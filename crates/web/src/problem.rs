//! RFC 9457: a refusal that a program can act on and a person can read.

use std::{error::Error, fmt::Display};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use db::Fault;
use runtime::batch::NoAnswer;
use serde_json::{Map, Value, json};

use crate::{
    problems::{self, Entry, Kind},
    request_id::request_id,
};

/// A refusal. Its kind is an entry of [`problems`], which also fixes its status: a problem that is not listed, or is
/// listed with another status, does not compile.
#[derive(Debug, Clone)]
pub struct Problem(Box<Facts>);

/// The kind of problem that a response is; who checks answers finds it there.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Refused(pub &'static str);

#[derive(Debug, Clone)]
struct Facts {
    entry: &'static Entry,
    detail: String,
    errors: Vec<Value>,
    is_retryable: bool,
    retry_after_seconds: Option<u32>,
    members: Map<String, Value>,
}

macro_rules! by_status {
    ($($(#[$doc:meta])* $name:ident = $status:literal;)*) => { $(
        $(#[$doc])*
        pub fn $name(kind: Kind<$status>, detail: impl Display) -> Problem {
            Problem::of(kind.entry(), detail)
        }
    )* };
}

impl Problem {
    by_status! {
        /// 400: the request itself is malformed.
        bad_request = 400;
        /// 401: we do not know who asks.
        unauthorised = 401;
        /// 403: we know, and it is not for them.
        forbidden = 403;
        /// 404: there is no such thing.
        not_found = 404;
        /// 405: there is, but it does not take this method.
        method_not_allowed = 405;
        /// 409: the request is good; the state of things is against it.
        conflict = 409;
        /// 412: it is not as the caller saw it.
        precondition_failed = 412;
        /// 413: the body is too long.
        too_large = 413;
        /// 415: the body is not in a format we read.
        unsupported = 415;
        /// 422: understood, but what it says is wrong.
        unprocessable = 422;
        /// 428: the caller does not say what they saw.
        precondition_required = 428;
        /// 429: too often.
        too_many_requests = 429;
    }

    /// 500: our trouble, not the caller's.
    pub(crate) fn internal(kind: Kind<500>, detail: impl Display) -> Problem {
        Problem::of(kind.entry(), detail)
    }

    /// 503: not now. Worth asking again.
    pub fn unavailable(kind: Kind<503>, detail: impl Display) -> Problem {
        Problem::of(kind.entry(), detail).retryable()
    }

    /// The machine's trouble: logged here, once, with its causes. The caller hears what is known of the outcome and
    /// nothing of our insides.
    pub fn fault(fault: Fault) -> Problem {
        if fault.is_transient() {
            tracing::warn!(request_id = request_id(), error = %causes(&fault), "too busy to answer");
            return Problem::unavailable(
                problems::BUSY,
                "The database is busy. Nothing was changed; ask again in a moment.",
            )
            .after(1);
        }
        tracing::error!(request_id = request_id(), error = %causes(&fault), "fault");
        if is_outcome_known(&fault) {
            Problem::internal(problems::FAULT, "Something is wrong on our side. Nothing was changed.")
        } else {
            Problem::unknown_outcome()
        }
    }

    /// Contact was lost between asking and hearing. With the same `Idempotency-Key` it is safe to ask again.
    fn unknown_outcome() -> Problem {
        Problem::unavailable(
            problems::OUTCOME_UNKNOWN,
            "It is not known whether this was done. Ask again with the same Idempotency-Key: \
             it will be done once, or the first answer given again.",
        )
    }

    fn of(entry: &'static Entry, detail: impl Display) -> Problem {
        Problem(Box::new(Facts {
            entry,
            detail: detail.to_string(),
            errors: Vec::new(),
            is_retryable: false,
            retry_after_seconds: None,
            members: Map::new(),
        }))
    }

    /// Says that the same request may succeed later.
    pub fn retryable(mut self) -> Problem {
        self.0.is_retryable = true;
        self
    }

    /// Says when to ask again.
    pub fn after(mut self, seconds: u32) -> Problem {
        self.0.retry_after_seconds = Some(seconds);
        self.retryable()
    }

    /// Adds a member of this kind's own, such as `available`.
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Problem {
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    /// Adds what is wrong at one place of the body. `pointer` is a JSON pointer such as `/lines/0/quantity`.
    pub fn at(mut self, pointer: impl Display, code: &'static str, message: impl Display) -> Problem {
        self.0
            .errors
            .push(json!({ "pointer": pointer.to_string(), "code": code, "message": message.to_string() }));
        self
    }

    /// The status this is answered with.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.entry.status).expect("the registry's statuses are statuses")
    }

    /// The stable slug programs act on.
    pub fn code(&self) -> &'static str {
        self.0.entry.slug
    }

    /// What happened this time, for people.
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    fn to_json(&self) -> Value {
        let facts = &self.0;
        let mut body = facts.members.clone();
        let mut put = |name: &str, value: Value| drop(body.insert(name.to_owned(), value));
        put("type", format!("/problems/{}", facts.entry.slug).into());
        put("title", facts.entry.title.into());
        put("status", facts.entry.status.into());
        put("detail", facts.detail.clone().into());
        put("code", facts.entry.slug.into());
        put("retryable", facts.is_retryable.into());
        if !facts.errors.is_empty() {
            put("errors", facts.errors.clone().into());
        }
        if let Some(id) = request_id() {
            put("request_id", id.into());
        }
        Value::Object(body)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let json = HeaderValue::from_static("application/problem+json");
        let body = self.to_json().to_string();
        let mut response = (self.status(), [(header::CONTENT_TYPE, json)], body).into_response();
        response.extensions_mut().insert(Refused(self.code()));
        let headers = response.headers_mut();
        if let Some(seconds) = self.0.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.status() == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem::fault(fault)
    }
}

impl From<NoAnswer> for Problem {
    fn from(error: NoAnswer) -> Problem {
        tracing::error!(request_id = request_id(), %error, "fault");
        Problem::unknown_outcome()
    }
}

/// A statement that was answered with an error rolled its transaction back. Where no answer came, it may have been
/// the commit that was not answered.
fn is_outcome_known(fault: &Fault) -> bool {
    match fault {
        Fault::Lost(_) => false,
        Fault::Postgres { source, .. } => source.code().is_some(),
        _ => true,
    }
}

fn causes(fault: &Fault) -> String {
    let mut text = fault.to_string();
    let mut cause = fault.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_has_the_members_of_its_own_beside_the_standard_ones() {
        let problem = Problem::conflict(problems::INSUFFICIENT_STOCK, "2 of TEA asked, 1 available")
            .with("available", 1)
            .with("status", "not to be overwritten")
            .at("/lines/0/quantity", "insufficient-stock", "1 available");
        assert_eq!(
            problem.to_json(),
            json!({
                "type": "/problems/insufficient-stock",
                "title": "Not enough stock",
                "status": 409,
                "detail": "2 of TEA asked, 1 available",
                "code": "insufficient-stock",
                "retryable": false,
                "available": 1,
                "errors": [{
                    "pointer": "/lines/0/quantity",
                    "code": "insufficient-stock",
                    "message": "1 available",
                }],
            })
        );
    }

    #[test]
    fn a_fault_tells_nothing_of_our_insides() {
        let fault = Fault::Shape { column: "staff.password_hash".into(), problem: "is no text".into() };
        let problem = Problem::fault(fault);
        assert_eq!((problem.status().as_u16(), problem.code()), (500, "fault"));
        assert!(!problem.to_json().to_string().contains("password"));
    }

    #[test]
    fn a_lost_race_may_be_run_again_and_a_lost_answer_is_said_to_be_unknown() {
        let outrun = Problem::fault(Fault::Outrun { what: "balances", touched: 1, expected: 2 });
        assert_eq!((outrun.status().as_u16(), outrun.code()), (503, "busy"));
        assert_eq!(outrun.to_json()["retryable"], true);
        assert_eq!(outrun.into_response().headers()["retry-after"], "1");

        let lost = Problem::fault(Fault::Lost("the writer ended"));
        assert_eq!((lost.code(), lost.to_json()["retryable"].clone()), ("outcome-unknown", true.into()));
        assert_eq!(Problem::from(NoAnswer).code(), "outcome-unknown");
    }
}
