//! Where the reader is signed in.

use ::people::{list_sessions, sign_out, sign_out_everywhere};
use axum::extract::State;
use axum::response::Response;
use kernel::{SessionId, UserId};
use web::{Needs, Path, Routes};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::problem::Trouble;
use crate::pages::settings::{SessionRow, Sessions};
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::SESSIONS, Needs::Caller, get_sessions)
        .post(href::SESSIONS, Needs::Caller, post_end_all)
        .post("/settings/sessions/{session_id}/end", Needs::Caller, post_end)
}

async fn get_sessions(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    let sessions = list_sessions(&console.flows.runtime, person(&desk)?).await?;
    let rows = sessions.into_iter().map(|session| SessionRow {
        is_this: session.session_id == desk.caller.session_id,
        id: session.session_id.to_string(),
        since: session.created_at,
        used_at: session.used_at.unwrap_or(session.created_at),
    });
    page(&Sessions {
        tabs: tabs(&desk, href::SESSIONS),
        sessions: rows.collect(),
        shell: desk.shell(Section::Settings, None),
        t: desk.t,
    })
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
    Ok(see(href::SESSIONS))
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
