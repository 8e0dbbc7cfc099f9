//! What concerns only the caller: who they are, what they may do, where they are signed in.

use axum::{Json as Answer, extract::State, http::StatusCode};
use kernel::{Currency, MerchantId, NodeId, OrganisationId, Page, SessionId, Timestamp, UserId};
use runtime::Runtime;
use serde::Serialize;
use utoipa::ToSchema;
use web::{Caller, Path, Permission, Problem, problems};

use super::{ids_of, person};
use crate::{find_organisation, find_staff, list_sessions, sign_out, sign_out_everywhere, store};

#[derive(Serialize, ToSchema)]
pub(super) struct MeJson {
    user_id: UserId,
    email: String,
    name: String,
    language: String,
    session_id: SessionId,
    is_machine: bool,
    organisation: OrganisationJson,
    grants: Vec<GrantJson>,
}

#[derive(Serialize, ToSchema)]
struct OrganisationJson {
    organisation_id: OrganisationId,
    name: String,
    currency: Currency,
    time_zone: String,
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
        session_id: caller.session_id,
        is_machine: caller.is_machine,
        organisation: OrganisationJson {
            organisation_id: organisation.organisation_id,
            name: organisation.name,
            currency: organisation.currency,
            time_zone: organisation.time_zone,
        },
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
