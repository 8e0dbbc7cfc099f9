//! A webhook is changed, or removed, as its page showed it.

use axum::extract::{Form, State};
use axum::response::Response;
use kernel::WebhookId;
use runtime::Answer;
use serde::Deserialize;
use serde_json::json;
use web::Path;
use webhooks::{AmendError, WebhookChange};

use super::{Fields, Told, form_of, list, point_at, show};
use crate::desk::{Console, Desk, Upset};
use crate::href;
use crate::pages::problem::Trouble;
use crate::shell::Notice;
use crate::words::Tone;

pub(super) async fn post_change(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let find = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone());
    let (mut form, command) = (form_of(&fields), find("command").unwrap_or_default());
    let seen = seen(&find("version").unwrap_or_default())?;
    let ticked = form.kinds.iter().filter(|(_, is_ticked)| *is_ticked).map(|(kind, _)| (*kind).to_owned());
    let (url, description, kinds) = (form.url.clone(), form.description.clone(), ticked.collect::<Vec<_>>());
    let asked = json!([seen, url, description, kinds]);
    let call = desk.call(&command, &href::webhook_step(webhook_id.as_str(), "change"), &asked)?;
    let change = WebhookChange {
        url: Some(url),
        kinds: Some(kinds),
        description: Some(description),
        is_enabled: None,
    };
    let (id, reach) = (webhook_id.clone(), console.flows.webhooks().courier.reach());
    let changed = console.flows.runtime.command(call, move |cx| {
        let (id, change) = (id.clone(), change.clone());
        Box::pin(async move { webhooks::amend(cx, &id, Some(seen), &change, reach).await.map(|_| ()) })
    });
    match changed.await {
        Ok(Answer::KeyReused) => Err(desk.reused()),
        Ok(Answer::Done(()) | Answer::Replayed(())) => {
            let told =
                Told { notice: Some(notice(&desk, Tone::Good, "webhook-change-done")), ..Told::default() };
            show(&console, &desk, &webhook_id, told).await
        }
        Err(AmendError::Unwanted(unwanted)) => {
            point_at(&mut form, &unwanted, &desk.t)?;
            let told = Told { refused: Some((form, command)), ..Told::default() };
            show(&console, &desk, &webhook_id, told).await
        }
        Err(error) => refused(&console, &desk, &webhook_id, error).await,
    }
}

#[derive(Debug, Deserialize)]
pub(super) struct Removal {
    command: String,
    version: String,
}

pub(super) async fn post_removal(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(removal): Form<Removal>,
) -> Result<Response, Upset> {
    let seen = seen(&removal.version)?;
    let address = href::webhook_step(webhook_id.as_str(), "removal");
    let call = desk.call(&removal.command, &address, &json!([seen]))?;
    let id = webhook_id.clone();
    let removed = console.flows.runtime.command(call, move |cx| {
        let id = id.clone();
        Box::pin(async move { webhooks::remove(cx, &id, Some(seen)).await })
    });
    match removed.await {
        Ok(Answer::KeyReused) => Err(desk.reused()),
        Ok(Answer::Done(()) | Answer::Replayed(())) => {
            let notice = notice(&desk, Tone::Good, "webhook-remove-done");
            list(&console, &desk, form_of(&[]), Some(notice), super::fresh_command()).await
        }
        Err(error) => refused(&console, &desk, &webhook_id, error).await,
    }
}

/// The version that the page showed.
fn seen(version: &str) -> Result<i64, Upset> {
    version.parse().map_err(|_| Upset::of(Trouble::BadRequest))
}

fn notice(desk: &Desk, tone: Tone, says: &str) -> Notice {
    Notice { tone, text: desk.t.text(says) }
}

/// The page as it is now, where somebody was quicker.
async fn refused(
    console: &Console,
    desk: &Desk,
    webhook_id: &WebhookId,
    error: AmendError,
) -> Result<Response, Upset> {
    match error {
        AmendError::Stale { .. } => {
            let told =
                Told { notice: Some(notice(desk, Tone::Warn, "webhook-changed-since")), ..Told::default() };
            show(console, desk, webhook_id, told).await
        }
        AmendError::NoSuchWebhook(_) => Err(Upset::of(Trouble::NotFound)),
        AmendError::Unwanted(_) | AmendError::OfOperator(_) => Err(Upset::of(Trouble::BadRequest)),
        AmendError::Fault(fault) => Err(Upset::commanding(fault)),
    }
}
