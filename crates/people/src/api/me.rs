//! What concerns only the caller: who they are, what they may do, where they are signed in.

use axum::{Extension, Json as Answer, extract::State, http::StatusCode, response::Response};
use kernel::{Currency, MerchantId, NodeId, OrganisationId, Page, SessionId, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Command, Json, Path, Permission, Problem, answered, problems};

use super::{ids_of, invalid, person};
use crate::store::{self, Organisation};
use crate::{
    Attempts, ChangePasswordError, OrganisationChange, OrganisationError, PreferError, PreferenceChange,
    Secret, amend_organisation, change_password, find_organisation, find_staff, list_sessions, prefer,
    sign_out, sign_out_everywhere,
};

#[derive(Serialize, ToSchema)]
pub(super) struct MeJson {
    user_id: UserId,
    email: String,
    name: String,
    language: String,
    /// The time zone of their clocks in the console; empty for the organisation's. Times in the API are in UTC.
    time_zone: String,
    /// `device`, `light` or `dark`; empty where they have not said.
    theme: String,
    /// `comfortable` or `dense`; empty where they have not said.
    density: String,
    session_id: SessionId,
    is_machine: bool,
    organisation: OrganisationJson,
    grants: Vec<GrantJson>,
}

#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct OrganisationJson {
    organisation_id: OrganisationId,
    name: String,
    currency: Currency,
    time_zone: String,
}

impl From<Organisation> for OrganisationJson {
    fn from(organisation: Organisation) -> OrganisationJson {
        let Organisation { organisation_id, name, currency, time_zone, signing_key: _ } = organisation;
        OrganisationJson { organisation_id, name, currency, time_zone }
    }
}

#[derive(Serialize, ToSchema)]
struct GrantJson {
    permissions: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    merchant_id: Option<MerchantId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_id: Option<NodeId>,
}

pub(super) async fn get_me(
    State(runtime): State<Runtime>,
    caller: Caller,
) -> Result<Answer<MeJson>, Problem> {
    let (organisation_id, user_id) = (runtime.organisation_id.clone(), caller.user_id.clone());
    let (staff, organisation) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let staff = match &user_id {
                    Some(user_id) => find_staff(tx, &organisation_id, user_id).await?,
                    None => None,
                };
                Ok::<_, db::Fault>((staff, find_organisation(tx).await?))
            })
        })
        .await?;
    let (Some(staff), Some(organisation)) = (staff, organisation) else {
        return Err(Problem::not_found(problems::NOT_FOUND, "This caller is no person."));
    };
    let grants = caller.access.grants().iter().map(|grant| {
        let (merchant_id, node_id) = ids_of(&grant.area);
        let permissions = grant.permissions.iter().map(Permission::code).collect();
        GrantJson { permissions, merchant_id, node_id }
    });
    Ok(Answer(MeJson {
        user_id: staff.user_id,
        email: staff.email,
        name: staff.name,
        language: staff.language,
        time_zone: staff.time_zone,
        theme: staff.theme,
        density: staff.density,
        session_id: caller.session_id,
        is_machine: caller.is_machine,
        organisation: organisation.into(),
        grants: grants.collect(),
    }))
}

#[derive(Serialize, ToSchema)]
pub(super) struct SessionJson {
    session_id: SessionId,
    is_this: bool,
    created_at: Timestamp,
    used_at: Timestamp,
    expires_at: Timestamp,
}

/// Where the caller is signed in.
pub(super) async fn get_sessions(
    State(runtime): State<Runtime>,
    caller: Caller,
) -> Result<Answer<Page<SessionJson>>, Problem> {
    let user_id = person(&caller)?;
    let sessions = list_sessions(&runtime, user_id).await?;
    let rows = sessions.into_iter().map(|session| SessionJson {
        is_this: session.session_id == caller.session_id,
        session_id: session.session_id,
        created_at: session.created_at,
        used_at: session.used_at.unwrap_or(session.created_at),
        expires_at: session.expires_at,
    });
    Ok(Answer(Page { rows: rows.collect(), next: None }))
}

/// Signs the caller out everywhere.
pub(super) async fn delete_sessions(
    State(runtime): State<Runtime>,
    caller: Caller,
) -> Result<StatusCode, Problem> {
    let user_id = person(&caller)?;
    sign_out_everywhere(&runtime, caller.call(), user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Signs the caller out of one session of theirs.
pub(super) async fn delete_session(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(session_id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    let user_id = person(&caller)?;
    let (organisation_id, sought) = (runtime.organisation_id.clone(), session_id.clone());
    let found = runtime
        .read(move |tx| Box::pin(async move { store::find_token(tx, &organisation_id, &sought).await }))
        .await?;
    if !found.is_some_and(|(holder, kind)| holder == user_id && kind == "session") {
        return Err(Problem::not_found(problems::NOT_FOUND, "You have no such session."));
    }
    sign_out(&runtime, caller.call(), session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// How the caller wants their pages. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PreferenceChange)]
pub(super) struct PreferenceJson {
    /// As BCP 47 calls it.
    #[serde(default, deserialize_with = "web::given")]
    language: Option<String>,
    /// As IANA calls it; empty for the organisation's.
    #[serde(default, deserialize_with = "web::given")]
    time_zone: Option<String>,
    /// `device`, `light` or `dark`.
    #[serde(default, deserialize_with = "web::given")]
    theme: Option<String>,
    /// `comfortable` or `dense`.
    #[serde(default, deserialize_with = "web::given")]
    density: Option<String>,
}

pub(super) async fn patch_me(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<PreferenceJson>,
) -> Result<StatusCode, Problem> {
    let user_id = person(&caller)?;
    let PreferenceJson { language, time_zone, theme, density } = body;
    let change = PreferenceChange { language, time_zone, theme, density };
    let kept = runtime.run(caller.call(), move |cx| {
        let (user_id, change) = (user_id.clone(), change.clone());
        Box::pin(async move { prefer(cx, &user_id, &change).await })
    });
    kept.await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<PreferError> for Problem {
    fn from(error: PreferError) -> Problem {
        let pointer = match error {
            PreferError::Language => "/language",
            PreferError::TimeZone => "/time_zone",
            PreferError::Theme => "/theme",
            PreferError::Density => "/density",
            PreferError::NoSuchPerson(_) => return Problem::not_found(problems::NOT_FOUND, error),
            PreferError::Fault(fault) => return Problem::fault(fault),
        };
        invalid(pointer, &error.to_string())
    }
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PasswordChange)]
pub(super) struct PasswordJson {
    /// The one you have.
    #[schema(value_type = String, format = Password)]
    old: Secret,
    /// From 12 to 256 characters.
    #[schema(value_type = String, format = Password)]
    new: Secret,
}

pub(super) async fn post_password(
    State(runtime): State<Runtime>,
    Extension(attempts): Extension<Attempts>,
    caller: Caller,
    Json(body): Json<PasswordJson>,
) -> Result<StatusCode, Problem> {
    let (user_id, call) = (person(&caller)?, caller.call());
    change_password(&runtime, &attempts, call, &user_id, &caller.session_id, body.old, body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ChangePasswordError> for Problem {
    fn from(error: ChangePasswordError) -> Problem {
        match error {
            ChangePasswordError::Refused => invalid("/old", &error.to_string()),
            ChangePasswordError::Flawed => invalid("/new", &error.to_string()),
            ChangePasswordError::Locked { retry_after_seconds } => {
                Problem::too_many_requests(problems::TOO_MANY_ATTEMPTS, error).after(retry_after_seconds)
            }
            ChangePasswordError::Fault(fault) => Problem::fault(fault),
        }
    }
}

/// What shall be another way. What is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = OrganisationChange)]
pub(super) struct OrganisationChangeJson {
    /// From 1 to 200 characters.
    #[serde(default, deserialize_with = "web::given")]
    name: Option<String>,
    /// Where the day begins, as IANA calls it: `Europe/Sofia`.
    #[serde(default, deserialize_with = "web::given")]
    time_zone: Option<String>,
}

pub(super) async fn patch_organisation(
    State(runtime): State<Runtime>,
    command: Command<OrganisationChangeJson>,
) -> Result<Response, Problem> {
    let OrganisationChangeJson { name, time_zone } = command.body;
    let change = OrganisationChange { name, time_zone };
    let answer = runtime
        .command(command.call, move |cx| {
            let change = change.clone();
            Box::pin(async move {
                let organisation = amend_organisation(cx, &change).await?;
                Ok::<_, OrganisationError>(OrganisationJson::from(organisation))
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

impl From<OrganisationError> for Problem {
    fn from(error: OrganisationError) -> Problem {
        match error {
            OrganisationError::Name => invalid("/name", &error.to_string()),
            OrganisationError::TimeZone => invalid("/time_zone", &error.to_string()),
            OrganisationError::Fault(fault) => Problem::fault(fault),
        }
    }
}
