//! What concerns the reader alone: how they want their pages, their password, and where they are signed in.

use ::people::{
    ChangePasswordError, PreferError, PreferenceChange, Secret, change_password, list_sessions,
    list_time_zones, prefer, sign_out, sign_out_everywhere,
};
use axum::extract::{Form, Query, State};
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Response};
use kernel::{SessionId, UserId};
use serde::Deserialize;
use web::{Needs, Path, Routes};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Language;
use crate::pages::me::{MePage, SessionRow};
use crate::pages::problem::Trouble;
use crate::preferences::{self, Theme};
use crate::shell::{Notice, Section};
use crate::words::Tone;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::ME, Needs::Caller, get_me)
        .post(href::ME, Needs::Caller, post_me)
        .post("/settings/me/password", Needs::Caller, post_password)
        // Where a part of it was before.
        .get(href::SESSIONS, Needs::Caller, get_me)
        .post(href::SESSIONS, Needs::Caller, post_end_all)
        .post("/settings/sessions/{session_id}/end", Needs::Caller, post_end)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Told {
    done: String,
}

async fn get_me(
    State(console): State<Console>,
    desk: Desk,
    Query(told): Query<Told>,
) -> Result<Response, Upset> {
    let key = match told.done.as_str() {
        "saved" => Some("me-saved"),
        "password" => Some("me-password-changed"),
        _ => None,
    };
    let notice = key.map(|key| Notice { tone: Tone::Good, text: desk.t.text(key) });
    show(&console, &desk, notice, Refused::default()).await
}

/// What was not done, and why.
#[derive(Debug, Default)]
struct Refused {
    zone: Option<(String, String)>,
    password: Option<String>,
}

async fn show(
    console: &Console,
    desk: &Desk,
    notice: Option<Notice>,
    refused: Refused,
) -> Result<Response, Upset> {
    let sessions = list_sessions(&console.flows.runtime, person(desk)?).await?;
    let rows = sessions.into_iter().map(|session| SessionRow {
        is_this: session.session_id == desk.caller.session_id,
        id: session.session_id.to_string(),
        since: session.created_at,
        used_at: session.used_at.unwrap_or(session.created_at),
    });
    let (zone, zone_error) = match refused.zone {
        Some((zone, error)) => (zone, Some(error)),
        None => (desk.own_zone.clone(), None),
    };
    let mut shell = desk.shell(Section::Settings, notice);
    shell.path = href::ME.to_owned();
    page(&MePage {
        tabs: tabs(desk, href::ME),
        zone,
        zone_error,
        house_zone: desk.house_zone.clone(),
        zones: list_time_zones(),
        password_error: refused.password,
        sessions: rows.collect(),
        shell,
        t: desk.t.clone(),
    })
}

#[derive(Debug, Deserialize)]
struct MeForm {
    language: String,
    #[serde(default)]
    time_zone: String,
    theme: String,
    density: String,
}

async fn post_me(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<MeForm>,
) -> Result<Response, Upset> {
    let user_id = person(&desk)?;
    let language = Language::parse(&form.language).ok_or(Upset::of(Trouble::BadRequest))?;
    let theme = Theme::parse(&form.theme).ok_or(Upset::of(Trouble::BadRequest))?;
    let change = PreferenceChange {
        language: Some(language.tag().to_owned()),
        time_zone: Some(form.time_zone.clone()),
        theme: Some(theme.code().to_owned()),
        density: Some(form.density),
    };
    let kept = console.flows.runtime.run(desk.caller.call(), move |cx| {
        let (user_id, change) = (user_id.clone(), change.clone());
        Box::pin(async move { prefer(cx, &user_id, &change).await })
    });
    match kept.await {
        Ok(()) => {
            // The door does not know who comes: it asks the browser.
            let cookies = AppendHeaders(preferences::cookies(Some(language), Some(theme)));
            Ok((cookies, see(&href::with_query(href::ME, &[("done", "saved")]))).into_response())
        }
        Err(PreferError::TimeZone) => {
            let zone = Some((form.time_zone, desk.t.text("flaw-zone")));
            let refused = show(&console, &desk, None, Refused { zone, ..Refused::default() }).await?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response())
        }
        Err(PreferError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(PreferError::NoSuchPerson(_)) => Err(Upset::of(Trouble::Forbidden)),
        Err(PreferError::Language | PreferError::Theme | PreferError::Density) => {
            Err(Upset::of(Trouble::BadRequest))
        }
    }
}

#[derive(Deserialize)]
struct PasswordForm {
    old: Secret,
    new: Secret,
}

async fn post_password(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<PasswordForm>,
) -> Result<Response, Upset> {
    let (runtime, user_id, kept) = (&console.flows.runtime, person(&desk)?, &desk.caller.session_id);
    let call = desk.caller.call();
    let changed = change_password(runtime, &console.attempts, call, &user_id, kept, form.old, form.new).await;
    let (status, why) = match changed {
        Ok(_) => return Ok(see(&href::with_query(href::ME, &[("done", "password")]))),
        Err(ChangePasswordError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(ChangePasswordError::Flawed) => (StatusCode::UNPROCESSABLE_ENTITY, desk.t.text("flaw-password")),
        Err(ChangePasswordError::Refused) => {
            (StatusCode::UNPROCESSABLE_ENTITY, desk.t.text("me-password-wrong"))
        }
        Err(ChangePasswordError::Locked { retry_after_seconds }) => {
            let minutes = i64::from(retry_after_seconds.div_ceil(60));
            (StatusCode::TOO_MANY_REQUESTS, desk.t.count("sign-in-locked", minutes))
        }
    };
    let refused = Refused { password: Some(why), ..Refused::default() };
    Ok((status, show(&console, &desk, None, refused).await?).into_response())
}

async fn post_end(
    State(console): State<Console>,
    desk: Desk,
    Path(session_id): Path<SessionId>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let own = list_sessions(runtime, person(&desk)?).await?;
    if !own.iter().any(|session| session.session_id == session_id) {
        return Err(Upset::of(Trouble::NotFound));
    }
    sign_out(runtime, desk.caller.call(), session_id).await.map_err(Upset::commanding)?;
    Ok(see(href::ME))
}

async fn post_end_all(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let (call, user_id) = (desk.caller.call(), person(&desk)?);
    sign_out_everywhere(&console.flows.runtime, call, user_id).await.map_err(Upset::commanding)?;
    Ok(see(href::SIGN_IN))
}

fn person(desk: &Desk) -> Result<UserId, Upset> {
    let person = desk.caller.user_id.clone().filter(|_| !desk.caller.is_machine);
    person.ok_or(Upset::of(Trouble::Forbidden))
}
