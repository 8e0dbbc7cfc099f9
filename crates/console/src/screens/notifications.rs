//! What happened while the reader was away; and the bell, which hears of it.

mod live;

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::Response;
use db::Fault;
use kernel::{Scope, Timestamp, UserId};
use orders::read::OrderFilter;
use runtime::event;
use serde::Deserialize;
use web::{Needs, Routes};

use super::actors::Actors;
use super::command::fresh_command;
use super::is_part;
use super::operations::line_of;
use super::overview::recent::{Recent, in_words};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::format;
use crate::href;
use crate::pages::notifications::{Bell, Notifications};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::unread;

pub(super) fn routes() -> Routes<Console> {
    // Everybody has work of their own that comes to an end.
    Routes::new()
        .get(href::NOTIFICATIONS, Needs::Caller, get_notifications)
        .post(href::NOTIFICATIONS, Needs::Caller, post_read)
        .get(href::BELL, Needs::Caller, live::get_live)
}

async fn get_notifications(
    State(console): State<Console>,
    headers: HeaderMap,
    desk: Desk,
) -> Result<Response, Upset> {
    if is_part(&headers) {
        return page(&Bell { unread: desk.unread.unwrap_or(0), t: desk.t });
    }
    let reader = desk.reader().ok_or(Upset::of(Trouble::Forbidden))?;
    let organisation_id = console.organisation.organisation_id.clone();
    let now = desk.now;
    let (unread, entries, late, position) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                // Before the list, so that nothing is said to be read that came after it.
                let position = event::head(tx, &organisation_id).await?;
                let unread = unread::list(tx, &organisation_id, &reader, now).await?;
                let events = unread.events.clone();
                let entries = in_words(tx, &organisation_id, events, unread::MOST as usize).await?;
                let late = OrderFilter {
                    late_at: Some(now),
                    late_since: Some(unread.since),
                    ..OrderFilter::default()
                };
                let late: i64 = if reader.hears_all {
                    let scope = Scope::EVERYTHING;
                    let counts = orders::store::count_matching(tx, &organisation_id, &scope, &[late]).await?;
                    counts.into_iter().sum()
                } else {
                    0
                };
                Ok::<_, Fault>((unread, entries, late, position))
            })
        })
        .await?;
    let nobody = Actors::default();
    page(&Notifications {
        since: unread.since,
        until: format::iso_exact(now),
        ended: unread.ended.iter().map(|operation| line_of(&desk.t, operation, &nobody)).collect(),
        late,
        entries: entries.into_iter().map(Recent::view).collect(),
        position,
        command: fresh_command(),
        shell: desk.shell(Section::Overview, None),
        t: desk.t,
    })
}

#[derive(Debug, Deserialize)]
struct ReadForm {
    position: i64,
    until: Option<Timestamp>,
}

/// A repeat, or a page that was open for long, changes nothing: nobody has read less than they had.
async fn post_read(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<ReadForm>,
) -> Result<Response, Upset> {
    let user_id = person(&desk)?;
    let until = form.until.unwrap_or(desk.now);
    let noted = console.flows.runtime.run(desk.caller.call(), move |cx| {
        let user_id = user_id.clone();
        Box::pin(async move {
            let head = event::head(cx.tx, &cx.organisation_id).await?;
            people::note_read(cx, &user_id, form.position.clamp(0, head), until).await
        })
    });
    noted.await.map_err(Upset::commanding)?;
    Ok(see(href::NOTIFICATIONS))
}

fn person(desk: &Desk) -> Result<UserId, Upset> {
    desk.caller.user_id.clone().ok_or(Upset::of(Trouble::Forbidden))
}
