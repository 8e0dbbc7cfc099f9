//! Who asks.

use axum::{extract::FromRequestParts, http::request::Parts};
use kernel::{SessionId, UserId};
use runtime::Call;

use crate::{Access, Area, Problem, problems, request_id};

/// Who asks, as far as the credential of the request proves it. The context `people` puts it on the request; a handler
/// that takes it is for known callers only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The person who signed in, or whose token a machine holds.
    pub user_id: Option<UserId>,
    /// True for a machine with a token: it may do its work, but not let others in.
    pub is_machine: bool,
    /// The name under which events and keys are kept: `user:usr_…`, `machine:ses_…`.
    pub actor: String,
    /// The session or machine token.
    pub session_id: SessionId,
    /// The person's language, as a code such as `en`.
    pub language: String,
    /// What they may do, and where; asked anew for every request.
    pub access: Access,
}

/// Whoever asks sees as somebody with this role would; their requests change nothing. `people` puts it on the request
/// beside the [`Caller`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewing {
    /// The role's name.
    pub role: String,
    /// Where it would hold.
    pub area: Area,
}

impl Caller {
    /// A call by this caller, now, without a key.
    pub fn call(&self) -> Call {
        Call::by(&self.actor).of_request(request_id())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Caller, Problem> {
        parts.extensions.get::<Caller>().cloned().ok_or_else(|| {
            Problem::unauthorised(
                problems::UNAUTHORISED,
                "Sign in, or send `Authorization: Bearer` with a token that is still good.",
            )
        })
    }
}
