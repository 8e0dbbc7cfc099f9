//! Machines' keys.

use std::collections::HashMap;

use ::people::{MakeKeyError, NewKey, list_keys, make_key, sign_out, staff_by_id};
use ::people::{Staff, TokenFacts};
use axum::extract::{Form, State};
use axum::response::Response;
use db::Fault;
use kernel::{SessionId, UserId};
use web::{Needs, Path, Permission, Permissions, Routes};

use super::{Areas, read_area, tabs};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::settings::{KeyRow, Keys};
use crate::rights::permission_key;
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::KeysWrite);
    Routes::new()
        .get(href::KEYS, needs, get_keys)
        .post(href::KEYS, needs, post_key)
        // Everybody may give up their own.
        .post("/settings/keys/{key_id}/revocation", Needs::Caller, post_revocation)
}

async fn get_keys(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    show(&console, &desk, None).await
}

struct Found {
    keys: Vec<TokenFacts>,
    makers: HashMap<UserId, Staff>,
    areas: Areas,
}

async fn find(console: &Console, desk: &Desk) -> Result<Found, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, now) = (runtime.organisation_id.clone(), desk.now);
    let is_all = desk.caller.access.may_throughout(Permission::PeopleWrite);
    let user_id = maker(desk)?;
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                let of = Some(&user_id).filter(|_| !is_all);
                let keys = list_keys(tx, &organisation_id, of, now).await?;
                let makers = staff_by_id(tx, &organisation_id, keys.iter().map(|key| &key.user_id)).await?;
                let areas = Areas::read(tx, &organisation_id).await?;
                Ok::<_, Fault>(Found { keys, makers, areas })
            })
        })
        .await?;
    Ok(found)
}

async fn show(console: &Console, desk: &Desk, made: Option<String>) -> Result<Response, Upset> {
    let found = find(console, desk).await?;
    let (t, access) = (&desk.t, &desk.caller.access);
    let names = found.areas.names();
    let row = |key: &TokenFacts| {
        let area = if key.merchant_id.is_empty() { &key.node_id } else { &key.merchant_id };
        let words = |kept: &str| -> Vec<String> {
            kept.split(' ')
                .filter_map(Permission::parse)
                .map(|permission| t.text(permission_key(permission)))
                .collect()
        };
        KeyRow {
            id: key.session_id.to_string(),
            name: key.name.clone(),
            maker: found.makers.get(&key.user_id).map(|maker| maker.name.clone()).unwrap_or_default(),
            permissions: key.permissions.as_deref().map(|kept| words(kept).join(", ")),
            area: names.get(area.as_str()).map(|name| (*name).to_owned()).unwrap_or_default(),
            used_at: key.used_at,
            until: key.expires_at,
            version: key.api_version.clone(),
        }
    };
    let may = Permission::ALL.iter().filter(|permission| access.may(**permission));
    let mut shell = desk.shell(Section::Settings, None);
    shell.path = href::KEYS.to_owned();
    page(&Keys {
        tabs: tabs(desk, href::KEYS),
        keys: found.keys.iter().map(row).collect(),
        permissions: may
            .map(|permission| Choice::new(permission.code(), &t.text(permission_key(*permission))))
            .collect(),
        areas: found.areas.choices(t, access),
        made,
        t: t.clone(),
        shell,
    })
}

async fn post_key(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Response, Upset> {
    let user_id = maker(&desk)?;
    let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
    let bad = || Upset::of(Trouble::BadRequest);
    // A checkbox for each permission; a form has one value for a name.
    let ticked: Permissions =
        form.keys().filter_map(|name| Permission::parse(name.strip_prefix("may.")?)).collect();
    let new = NewKey {
        name: field("name").to_owned(),
        permissions: Some(ticked),
        area: read_area(field("area")).ok_or_else(bad)?,
        days: field("days").parse().map_err(|_| bad())?,
    };
    let made = make_key(&console.flows.runtime, desk.caller.call(), &desk.caller.access, user_id, new).await;
    let made = made.map_err(|error| match error {
        MakeKeyError::BadName | MakeKeyError::BadDays(_) | MakeKeyError::ForNothing => bad(),
        MakeKeyError::MoreThanOwn => Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")),
        MakeKeyError::Fault(fault) => Upset::commanding(fault),
    })?;
    show(&console, &desk, Some(made.key.reveal().to_owned())).await
}

async fn post_revocation(
    State(console): State<Console>,
    desk: Desk,
    Path(key_id): Path<SessionId>,
) -> Result<Response, Upset> {
    let found = find(&console, &desk).await?;
    if !found.keys.iter().any(|key| key.session_id == key_id) {
        return Err(Upset::of(Trouble::NotFound));
    }
    sign_out(&console.flows.runtime, desk.caller.call(), key_id).await.map_err(Upset::commanding)?;
    Ok(see(href::KEYS))
}

/// Whoever steals a machine's key cannot make more of it.
fn maker(desk: &Desk) -> Result<UserId, Upset> {
    let person = desk.caller.user_id.clone().filter(|_| !desk.caller.is_machine);
    person.ok_or(Upset::of(Trouble::Forbidden))
}
