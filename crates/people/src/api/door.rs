//! Signing in and out, the first person, and those who were invited.

use axum::{
    Extension, Json as Answer,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{SessionId, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Json, Problem, problems};

use super::staff::{EnrolledJson, NewStaffJson, enrol_problem};
use crate::{Attempts, NewStaff, Secret, SignInError, accept, enrol_first, sign_in, sign_out};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct FirstRunJson {
    #[schema(value_type = String, format = Password)]
    secret: Secret,
    staff: NewStaffJson,
}

pub(super) async fn post_first_run(
    State(runtime): State<Runtime>,
    Json(body): Json<FirstRunJson>,
) -> Result<Response, Problem> {
    let user_id = enrol_first(&runtime, &body.secret, body.staff.into())
        .await
        .map_err(|error| enrol_problem(error, "/staff"))?;
    Ok((StatusCode::CREATED, Answer(EnrolledJson { user_id })).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AcceptanceJson {
    #[schema(value_type = String, format = Password)]
    secret: Secret,
    name: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    language: String,
}

pub(super) async fn post_acceptance(
    State(runtime): State<Runtime>,
    Json(body): Json<AcceptanceJson>,
) -> Result<Response, Problem> {
    let AcceptanceJson { secret, name, password, language } = body;
    let new = NewStaff { email: String::new(), name, password, language };
    let user_id = accept(&runtime, &secret, new).await.map_err(|error| enrol_problem(error, ""))?;
    Ok((StatusCode::CREATED, Answer(EnrolledJson { user_id })).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignInJson {
    email: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
}

#[derive(Serialize, ToSchema)]
pub(super) struct SignedInJson {
    token: String,
    user_id: UserId,
    session_id: SessionId,
    expires_at: Timestamp,
}

pub(super) async fn post_sign_in(
    State(runtime): State<Runtime>,
    Extension(attempts): Extension<Attempts>,
    Json(body): Json<SignInJson>,
) -> Result<Answer<SignedInJson>, Problem> {
    let session = sign_in(&runtime, &attempts, &body.email, body.password).await?;
    Ok(Answer(SignedInJson {
        token: session.token.reveal().to_owned(),
        user_id: session.user_id,
        session_id: session.session_id,
        expires_at: session.expires_at,
    }))
}

pub(super) async fn post_sign_out(
    State(runtime): State<Runtime>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    let call = caller.call();
    sign_out(&runtime, call, caller.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Problem {
        match error {
            SignInError::Refused => Problem::unauthorised(problems::SIGN_IN_REFUSED, error),
            SignInError::Locked { retry_after_seconds } => {
                Problem::too_many_requests(problems::TOO_MANY_ATTEMPTS, error).after(retry_after_seconds)
            }
            SignInError::Fault(fault) => Problem::fault(fault),
        }
    }
}
