//! What happened while the reader was away; and the bell, which asks anew from time to time.

use axum::extract::{Form, State};
use axum::http::HeaderMap;
use axum::response::Response;
use db::Fault;
use kernel::{Scope, UserId};
use orders::read::OrderFilter;
use runtime::event;
use serde::Deserialize;
use web::{Needs, Permission, Routes};

use super::command::fresh_command;
use super::is_part;
use super::overview::recent::{Recent, in_words};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::notifications::{Bell, Notifications};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::unread;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Throughout(Permission::OrdersRead);
    Routes::new().get(href::NOTIFICATIONS, needs, get_notifications).post(
        href::NOTIFICATIONS,
        needs,
        post_read,
    )
}

async fn get_notifications(
    State(console): State<Console>,
    headers: HeaderMap,
    desk: Desk,
) -> Result<Response, Upset> {
    if is_part(&headers) {
        return page(&Bell { unread: desk.unread.unwrap_or(0), t: desk.t });
    }
    let user_id = person(&desk)?;
    let organisation_id = console.organisation.organisation_id.clone();
    let now = desk.now;
    let (since, entries, late, position) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                // Before the list, so that nothing is said to be read that came after it.
                let position = event::head(tx, &organisation_id).await?;
                let (_, since) = unread::since(tx, &organisation_id, &user_id, now).await?;
                let events = unread::list(tx, &organisation_id, &user_id, now).await?;
                let entries = in_words(tx, &organisation_id, events, unread::MOST as usize).await?;
                let late =
                    OrderFilter { late_at: Some(now), late_since: Some(since), ..OrderFilter::default() };
                let late =
                    orders::store::count_matching(tx, &organisation_id, &Scope::EVERYTHING, &[late]).await?;
                Ok::<_, Fault>((since, entries, late.into_iter().sum(), position))
            })
        })
        .await?;
    page(&Notifications {
        since,
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
}

/// A repeat, or a page that was open for long, changes nothing: nobody has read less than they had.
async fn post_read(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<ReadForm>,
) -> Result<Response, Upset> {
    let user_id = person(&desk)?;
    let noted = console.flows.runtime.run(desk.caller.call(), move |cx| {
        let user_id = user_id.clone();
        Box::pin(async move {
            let head = event::head(cx.tx, &cx.organisation_id).await?;
            people::note_read(cx, &user_id, form.position.clamp(0, head)).await
        })
    });
    noted.await.map_err(Upset::commanding)?;
    Ok(see(href::NOTIFICATIONS))
}

fn person(desk: &Desk) -> Result<UserId, Upset> {
    desk.caller.user_id.clone().ok_or(Upset::of(Trouble::Forbidden))
}
