//! People, their roles, and those who are asked to join.

use axum::{
    Json as Answer,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{InvitationId, Page, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Json, Path, Permission, Problem, problems};

use super::{RoleJson, invalid, person};
use crate::{
    AssignError, DismissError, EnrolError, Flaw, InviteError, NewStaff, Role, Secret, assign, dismiss, enrol,
    invite, list_assignments, list_invitations, list_staff, unassign, withdraw,
};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewStaffJson {
    email: String,
    name: String,
    #[schema(value_type = String, format = Password)]
    password: Secret,
    language: String,
    /// Without any they may sign in and do nothing.
    #[serde(default)]
    roles: Vec<RoleJson>,
}

impl From<NewStaffJson> for NewStaff {
    fn from(json: NewStaffJson) -> NewStaff {
        let NewStaffJson { email, name, password, language, roles: _ } = json;
        NewStaff { email, name, password, language }
    }
}

#[derive(Serialize, ToSchema)]
pub(super) struct EnrolledJson {
    pub(super) user_id: UserId,
}

#[derive(Serialize, ToSchema)]
#[schema(as = RoleRights)]
pub(super) struct RoleOfMatrix {
    role: &'static str,
    permissions: Vec<&'static str>,
}

/// The matrix: what each role allows.
pub(super) async fn get_roles() -> Answer<Page<RoleOfMatrix>> {
    let row = |role: &Role| RoleOfMatrix {
        role: role.code(),
        permissions: role.permissions().iter().map(Permission::code).collect(),
    };
    Answer(Page { rows: Role::ALL.iter().map(row).collect(), next: None })
}

#[derive(Serialize, ToSchema)]
pub(super) struct StaffJson {
    user_id: UserId,
    email: String,
    name: String,
    is_active: bool,
    roles: Vec<RoleJson>,
}

pub(super) async fn get_staff(State(runtime): State<Runtime>) -> Result<Answer<Page<StaffJson>>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let (staff, assignments) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let staff = list_staff(tx, &organisation_id).await?;
                Ok::<_, db::Fault>((staff, list_assignments(tx, &organisation_id).await?))
            })
        })
        .await?;
    let rows = staff.into_iter().map(|person| {
        let theirs = assignments.iter().filter(|(user_id, _)| *user_id == person.user_id);
        StaffJson {
            roles: theirs.map(|(_, assignment)| RoleJson::from(assignment)).collect(),
            user_id: person.user_id,
            email: person.email,
            name: person.name,
            is_active: person.is_active,
        }
    });
    Ok(Answer(Page { rows: rows.collect(), next: None }))
}

pub(super) async fn post_staff(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewStaffJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let roles = body.roles.iter().cloned().map(RoleJson::read).collect::<Result<Vec<_>, _>>()?;
    let user_id = enrol(&runtime, caller.call(), &caller.access, body.into(), roles)
        .await
        .map_err(|error| enrol_problem(error, ""))?;
    Ok((StatusCode::CREATED, Answer(EnrolledJson { user_id })).into_response())
}

pub(super) async fn post_dismissal(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(user_id): Path<UserId>,
    Json(()): Json<()>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    dismiss(&runtime, caller.call(), &caller.access, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn post_role(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(user_id): Path<UserId>,
    Json(body): Json<RoleJson>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    assign(&runtime, caller.call(), &caller.access, user_id, body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn post_role_removal(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(user_id): Path<UserId>,
    Json(body): Json<RoleJson>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    unassign(&runtime, caller.call(), &caller.access, user_id, body.read()?).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub(super) struct InvitationJson {
    invitation_id: InvitationId,
    email: String,
    role: String,
    merchant_id: String,
    node_id: String,
    expires_at: Timestamp,
}

pub(super) async fn get_invitations(
    State(runtime): State<Runtime>,
) -> Result<Answer<Page<InvitationJson>>, Problem> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let open = runtime
        .read(move |tx| Box::pin(async move { list_invitations(tx, &organisation_id, now).await }))
        .await?;
    let rows = open.into_iter().map(|open| InvitationJson {
        invitation_id: open.invitation_id,
        email: open.email,
        role: open.role,
        merchant_id: open.merchant_id,
        node_id: open.node_id,
        expires_at: open.expires_at,
    });
    Ok(Answer(Page { rows: rows.collect(), next: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewInvitationJson {
    email: String,
    role: RoleJson,
}

#[derive(Serialize, ToSchema)]
pub(super) struct InvitedJson {
    invitation_id: InvitationId,
    secret: String,
    expires_at: Timestamp,
}

pub(super) async fn post_invitation(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewInvitationJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let role = body.role.read()?;
    let invited = invite(&runtime, caller.call(), &caller.access, &body.email, role).await?;
    let body = InvitedJson {
        invitation_id: invited.invitation_id,
        secret: invited.secret.reveal().to_owned(),
        expires_at: invited.expires_at,
    };
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

pub(super) async fn delete_invitation(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(invitation_id): Path<InvitationId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    withdraw(&runtime, caller.call(), invitation_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn enrol_problem(error: EnrolError, at: &str) -> Problem {
    match error {
        EnrolError::Invalid(ref flaws) => {
            let problem = Problem::unprocessable(problems::INVALID_FIELD, &error);
            flaws.iter().fold(problem, |problem, flaw| {
                let field = match flaw {
                    Flaw::Email => "email",
                    Flaw::Name => "name",
                    Flaw::Password => "password",
                    Flaw::Language => "language",
                };
                problem.at(format!("{at}/{field}"), problems::INVALID_FIELD.slug(), flaw)
            })
        }
        EnrolError::EmailTaken => Problem::conflict(problems::DUPLICATE_CODE, error),
        EnrolError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
        EnrolError::NoInvitation => Problem::not_found(problems::NOT_FOUND, error),
        EnrolError::WrongFirstRunSecret => Problem::forbidden(problems::FORBIDDEN, error),
        EnrolError::FirstRunOver => Problem::conflict(problems::FIRST_RUN_OVER, error),
        EnrolError::Fault(fault) => Problem::fault(fault),
    }
}

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Problem {
        match error {
            DismissError::NoSuchStaff(_) => Problem::not_found(problems::NOT_FOUND, error),
            DismissError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            DismissError::LastOne => Problem::conflict(problems::LAST_ONE, error),
            DismissError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<AssignError> for Problem {
    fn from(error: AssignError) -> Problem {
        match error {
            AssignError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            AssignError::NoSuchStaff(_) => Problem::not_found(problems::NOT_FOUND, error),
            AssignError::NoSuchMerchant(_) => invalid("/merchant_id", &error.to_string()),
            AssignError::LastOwner => Problem::conflict(problems::LAST_ONE, error),
            AssignError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<InviteError> for Problem {
    fn from(error: InviteError) -> Problem {
        match error {
            InviteError::BadEmail => invalid("/email", &error.to_string()),
            InviteError::EmailTaken => Problem::conflict(problems::DUPLICATE_CODE, error),
            InviteError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            InviteError::Fault(fault) => Problem::fault(fault),
        }
    }
}
