//! Who is on the staff, their roles, who is asked to join, and what each role allows.

use std::collections::HashMap;

use ::people::{
    AssignError, Assignment, DismissError, Invitation, InviteError, Role, Staff, ViewError, assign, dismiss,
    invite, list_assignments, list_invitations, list_staff, unassign, view_as, view_as_oneself, withdraw,
};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use db::Fault;
use kernel::{InvitationId, UserId};
use serde::Deserialize;
use web::{Area, Caller, Needs, Path, Permission, Routes};

use super::{Areas, read_area, tabs, value_of};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::settings::{InvitedRow, People, PersonRow, RightRow, RoleRow, Roles};
use crate::rights::{permission_key, role_key};
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let change = Needs::Throughout(Permission::PeopleWrite);
    Routes::new()
        .get(href::PEOPLE, Needs::Throughout(Permission::PeopleRead), get_people)
        .get(href::ROLES, Needs::Caller, get_roles)
        .post(href::VIEW_AS, change, post_view)
        // Whoever views as a picker may little; they must be able to end it.
        .post(href::VIEW_END, Needs::Nothing, post_view_end)
        .post("/settings/people/{user_id}/roles", change, post_role)
        .post("/settings/people/{user_id}/roles/removals", change, post_role_removal)
        .post("/settings/people/{user_id}/dismissal", change, post_dismissal)
        .post("/settings/people/invitations", change, post_invitation)
        .post("/settings/people/invitations/{invitation_id}/withdrawal", change, post_withdrawal)
}

async fn get_people(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    show(&console, &desk, None).await
}

struct Found {
    staff: Vec<Staff>,
    assignments: Vec<(UserId, Assignment)>,
    invited: Vec<Invitation>,
    areas: Areas,
}

async fn show(console: &Console, desk: &Desk, link: Option<String>) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, now) = (runtime.organisation_id.clone(), desk.now);
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>(Found {
                    staff: list_staff(tx, &organisation_id).await?,
                    assignments: list_assignments(tx, &organisation_id).await?,
                    invited: list_invitations(tx, &organisation_id, now).await?,
                    areas: Areas::read(tx, &organisation_id).await?,
                })
            })
        })
        .await?;
    let (t, access) = (&desk.t, &desk.caller.access);
    let names = found.areas.names();
    let people = found.staff.iter().map(|person| PersonRow {
        id: person.user_id.to_string(),
        name: person.name.clone(),
        email: person.email.clone(),
        is_active: person.is_active,
        roles: found
            .assignments
            .iter()
            .filter(|(user_id, _)| *user_id == person.user_id)
            .map(|(_, assignment)| role_row(t, assignment.role, value_of(&assignment.area), &names))
            .collect(),
    });
    let invited = found.invited.iter().filter_map(|open| {
        let area = if open.merchant_id.is_empty() { &open.node_id } else { &open.merchant_id };
        Some(InvitedRow {
            id: open.invitation_id.to_string(),
            email: open.email.clone(),
            role: role_row(t, Role::parse(&open.role)?, area, &names),
            until: open.expires_at,
        })
    });
    let mut shell = desk.shell(Section::Settings, None);
    shell.path = href::PEOPLE.to_owned();
    page(&People {
        tabs: tabs(desk, href::PEOPLE),
        people: people.collect(),
        invited: invited.collect(),
        roles: role_choices(t),
        areas: found.areas.choices(t, access),
        can_change: access.may_throughout(Permission::PeopleWrite) && !desk.caller.is_machine,
        link,
        t: t.clone(),
        shell,
    })
}

fn role_choices(t: &Texts) -> Vec<Choice> {
    // The least first: what is given by a slip of the hand is little.
    Role::ALL.iter().rev().map(|role| Choice::new(role.code(), &t.text(role_key(*role)))).collect()
}

fn role_row(t: &Texts, role: Role, area: &str, names: &HashMap<&str, &str>) -> RoleRow {
    RoleRow {
        code: role.code().to_owned(),
        name: t.text(role_key(role)),
        area: area.to_owned(),
        // The whole organisation goes without saying.
        area_name: if area.is_empty() { String::new() } else { names.get(area).unwrap_or(&area).to_string() },
    }
}

async fn get_roles(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let (t, access) = (&desk.t, &desk.caller.access);
    let can_view = access.may_throughout(Permission::PeopleWrite);
    let areas = if can_view {
        let runtime = &console.flows.runtime;
        let organisation_id = runtime.organisation_id.clone();
        let areas = runtime
            .read::<_, Fault, _>(move |tx| Box::pin(async move { Areas::read(tx, &organisation_id).await }))
            .await?;
        areas.choices(t, access)
    } else {
        Vec::new()
    };
    let row = |permission: &Permission| RightRow {
        code: permission.code(),
        name: t.text(permission_key(*permission)),
        cells: Role::ALL.iter().map(|role| role.permissions().has(*permission)).collect(),
    };
    page(&Roles {
        tabs: tabs(&desk, href::ROLES),
        roles: Role::ALL.iter().map(|role| t.text(role_key(*role))).collect(),
        choices: Role::ALL
            .iter()
            .filter(|role| can_view && access.covers(role.permissions(), &Area::Everywhere))
            .map(|role| Choice::new(role.code(), &t.text(role_key(*role))))
            .collect(),
        areas,
        rows: Permission::ALL.iter().map(row).collect(),
        shell: desk.shell(Section::Settings, None),
        t: t.clone(),
    })
}

#[derive(Debug, Deserialize)]
struct RoleForm {
    role: String,
    #[serde(default)]
    area: String,
}

impl RoleForm {
    fn read(&self) -> Result<Assignment, Upset> {
        let role = Role::parse(&self.role).ok_or(Upset::of(Trouble::BadRequest))?;
        let area = read_area(&self.area).ok_or(Upset::of(Trouble::BadRequest))?;
        Ok(Assignment { role, area })
    }
}

async fn post_view(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<RoleForm>,
) -> Result<Response, Upset> {
    let role = form.read()?;
    let (call, access) = (desk.caller.call(), &desk.caller.access);
    let viewed = view_as(&console.flows.runtime, call, access, desk.caller.session_id.clone(), role).await;
    viewed.map_err(|error| match error {
        ViewError::MoreThanOwn => Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")),
        ViewError::NoSession => Upset::of(Trouble::Forbidden),
        ViewError::Fault(fault) => Upset::commanding(fault),
    })?;
    Ok(see(href::OVERVIEW))
}

async fn post_view_end(
    State(console): State<Console>,
    caller: Option<axum::Extension<Caller>>,
) -> Result<Response, Upset> {
    if let Some(axum::Extension(caller)) = caller {
        let (call, session_id) = (caller.call(), caller.session_id);
        view_as_oneself(&console.flows.runtime, call, session_id).await.map_err(Upset::commanding)?;
    }
    Ok(see(href::ROLES))
}

async fn post_role(
    State(console): State<Console>,
    desk: Desk,
    Path(user_id): Path<UserId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Upset> {
    let by = by_person(&desk)?;
    let given =
        assign(&console.flows.runtime, desk.caller.call(), &by.caller.access, user_id, form.read()?).await;
    given.map_err(|error| not_assigned(&desk, error))?;
    Ok(see(href::PEOPLE))
}

async fn post_role_removal(
    State(console): State<Console>,
    desk: Desk,
    Path(user_id): Path<UserId>,
    Form(form): Form<RoleForm>,
) -> Result<Response, Upset> {
    let by = by_person(&desk)?;
    let taken =
        unassign(&console.flows.runtime, desk.caller.call(), &by.caller.access, user_id, form.read()?).await;
    taken.map_err(|error| not_assigned(&desk, error))?;
    Ok(see(href::PEOPLE))
}

fn not_assigned(desk: &Desk, error: AssignError) -> Upset {
    match error {
        AssignError::MoreThanOwn => Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")),
        AssignError::LastOwner => Upset::refused(Trouble::Conflict, desk.t.text("last-owner")),
        AssignError::NoSuchStaff(_) | AssignError::NoSuchMerchant(_) => Upset::of(Trouble::NotFound),
        AssignError::Fault(fault) => Upset::commanding(fault),
    }
}

async fn post_dismissal(
    State(console): State<Console>,
    desk: Desk,
    Path(user_id): Path<UserId>,
) -> Result<Response, Upset> {
    let by = by_person(&desk)?;
    let dismissed = dismiss(&console.flows.runtime, desk.caller.call(), &by.caller.access, user_id).await;
    dismissed.map_err(|error| match error {
        DismissError::MoreThanOwn => Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")),
        DismissError::LastOne => Upset::refused(Trouble::Conflict, desk.t.text("last-owner")),
        DismissError::NoSuchStaff(_) => Upset::of(Trouble::NotFound),
        DismissError::Fault(fault) => Upset::commanding(fault),
    })?;
    Ok(see(href::PEOPLE))
}

#[derive(Debug, Deserialize)]
struct InvitationForm {
    email: String,
    #[serde(flatten)]
    role: RoleForm,
}

async fn post_invitation(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Form(form): Form<InvitationForm>,
) -> Result<Response, Upset> {
    let by = by_person(&desk)?;
    let runtime = &console.flows.runtime;
    let role = form.role.read()?;
    let invited = invite(runtime, desk.caller.call(), &by.caller.access, &form.email, role).await;
    let t = &desk.t;
    let invited = invited.map_err(|error| match error {
        InviteError::BadEmail => Upset::refused(Trouble::BadRequest, t.text("flaw-email")),
        InviteError::EmailTaken => Upset::refused(Trouble::Conflict, t.text("email-taken")),
        InviteError::MoreThanOwn => Upset::refused(Trouble::Forbidden, t.text("more-than-own")),
        InviteError::Fault(fault) => Upset::commanding(fault),
    })?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if ::people::is_https(&headers) { "https" } else { "http" };
    let link = format!("{scheme}://{host}{}/{}", href::JOIN, invited.secret.reveal());
    show(&console, &desk, Some(link)).await
}

async fn post_withdrawal(
    State(console): State<Console>,
    desk: Desk,
    Path(invitation_id): Path<InvitationId>,
) -> Result<Response, Upset> {
    by_person(&desk)?;
    let call = desk.caller.call();
    withdraw(&console.flows.runtime, call, invitation_id).await.map_err(Upset::commanding)?;
    Ok(see(href::PEOPLE))
}

/// Whoever steals a machine's key lets nobody in with it.
fn by_person(desk: &Desk) -> Result<&Desk, Upset> {
    if desk.caller.is_machine { Err(Upset::of(Trouble::Forbidden)) } else { Ok(desk) }
}
