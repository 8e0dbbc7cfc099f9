//! Who changed what.

use axum::extract::{Query, State};
use axum::response::Response;
use db::Fault;
use runtime::audit::{Change, ChangeFilter, list_changes};
use serde::Deserialize;
use serde_json::Value as Json;
use web::{Needs, Permission, Routes};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::settings::{Audit, ChangeRow};
use crate::screens::actors::{Actors, list_actors};
use crate::shell::Section;

/// Changes on a page.
const SHOWN: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::AUDIT, Needs::Throughout(Permission::AuditRead), get_changes)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    kind: String,
    text: String,
    after: Option<i64>,
}

async fn get_changes(
    State(console): State<Console>,
    desk: Desk,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let short = |text: &str| text.trim().chars().take(100).collect::<String>();
    let (kind, text) = (short(&asked.kind), short(&asked.text));
    let filter = ChangeFilter { kind: kind.clone(), text: text.clone(), ..ChangeFilter::default() };
    let organisation_id = console.organisation.organisation_id.clone();
    let (found, actors) = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let found = list_changes(tx, &organisation_id, &filter, asked.after, SHOWN).await?;
                let actors = found.rows.iter().map(|change| change.actor.as_str());
                let actors = list_actors(tx, &organisation_id, actors).await?;
                Ok::<_, Fault>((found, actors))
            })
        })
        .await?;
    let next = found.next.as_ref().map(|after| {
        href::with_query(href::AUDIT, &[("kind", kind.as_str()), ("text", text.as_str()), ("after", after)])
    });
    page(&Audit {
        tabs: tabs(&desk, href::AUDIT),
        changes: found.rows.iter().map(|change| row(&desk.t, change, &actors)).collect(),
        next,
        kind,
        text,
        shell: desk.shell(Section::Settings, None),
        t: desk.t,
    })
}

fn row(t: &Texts, change: &Change, actors: &Actors) -> ChangeRow {
    let facts: Json = serde_json::from_str(&change.change).unwrap_or_default();
    let told = |name: &str| match &facts[name] {
        Json::Null => String::new(),
        Json::String(text) => text.clone(),
        other => other.to_string(),
    };
    ChangeRow {
        at: change.happened_at,
        kind: change.kind.clone(),
        subject: change.subject_id.clone(),
        actor: actors.name(t, &change.actor),
        before: told("before"),
        after: told("after"),
        request: told("request_id"),
    }
}
