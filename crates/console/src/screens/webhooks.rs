//! Events for other machines: adding webhooks, and looking after each.

mod change;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::Fault;
use kernel::{Timestamp, WebhookId};
use runtime::{Answer, kinds};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Routes};
use webhooks::{
    AddError, Attempt, NewWebhook, OVERLAP_HOURS, Reason, ReplayError, RotateError, SigningSecret, Unwanted,
    Webhook, WebhookError,
};

use super::command::fresh_command;
use super::settings;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::problem::Trouble;
use crate::pages::webhooks::{AttemptRow, WebhookForm, WebhookPage, WebhookSummary, Webhooks};
use crate::shell::{Notice, Section};
use crate::words::{AttemptCause, AttemptOutcome, Tone, WebhookState};

/// How many attempts are shown.
const SHOWN: i64 = 100;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Throughout(Permission::WebhooksWrite);
    Routes::new()
        .get(href::WEBHOOKS, needs, get_webhooks)
        .post(href::WEBHOOKS, needs, post_webhook)
        .get("/settings/webhooks/{webhook_id}", needs, get_webhook)
        .post("/settings/webhooks/{webhook_id}/change", needs, change::post_change)
        .post("/settings/webhooks/{webhook_id}/removal", needs, change::post_removal)
        .post("/settings/webhooks/{webhook_id}/ping", needs, post_ping)
        .post("/settings/webhooks/{webhook_id}/enable", needs, post_enable)
        .post("/settings/webhooks/{webhook_id}/disable", needs, post_disable)
        .post("/settings/webhooks/{webhook_id}/rotate", needs, post_rotate)
        .post("/settings/webhooks/{webhook_id}/replay", needs, post_replay)
}

async fn get_webhooks(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    list(&console, &desk, form_of(&[]), None, fresh_command()).await
}

/// `url`, `description`, `command`, and `kind` once for each that is ticked.
type Fields = Vec<(String, String)>;

fn form_of(fields: &[(String, String)]) -> WebhookForm {
    let find = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.trim());
    let is_ticked = |kind: &str| fields.iter().any(|(field, value)| field == "kind" && value == kind);
    WebhookForm {
        url: find("url").unwrap_or_default().to_owned(),
        description: find("description").unwrap_or_default().to_owned(),
        kinds: kinds::ALL.iter().map(|kind| (kind.name, is_ticked(kind.name))).collect(),
        ..WebhookForm::default()
    }
}

async fn post_webhook(
    State(console): State<Console>,
    desk: Desk,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let mut form = form_of(&fields);
    let command = fields.iter().find(|(field, _)| field == "command").map(|(_, value)| value.clone());
    let command = command.unwrap_or_default();
    let ticked = form.kinds.iter().filter(|(_, is_ticked)| *is_ticked).map(|(kind, _)| (*kind).to_owned());
    let new =
        NewWebhook { url: form.url.clone(), description: form.description.clone(), kinds: ticked.collect() };
    let call = desk.call(&command, href::WEBHOOKS, &json!([new.url, new.description, new.kinds]))?;
    let (sender, secret) = (console.flows.webhooks(), SigningSecret::fresh());
    let (kept, reach) = (secret.clone(), sender.courier.reach());
    let added = sender
        .runtime
        .command(call, move |cx| {
            let (new, secret) = (new.clone(), kept.clone());
            Box::pin(async move { webhooks::add(cx, &new, &secret, reach).await })
        })
        .await;
    let t = &desk.t;
    match added {
        Ok(answer) => show_secret(&console, &desk, answer, secret).await,
        Err(AddError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(AddError::Unwanted(unwanted)) => {
            point_at(&mut form, &unwanted, t)?;
            list(&console, &desk, form, None, command).await
        }
        Err(AddError::TooMany) => {
            let notice = Notice { tone: Tone::Bad, text: t.text("webhooks-too-many") };
            list(&console, &desk, form, Some(notice), command).await
        }
    }
}

/// Says in the form what is wrong with it.
fn point_at(form: &mut WebhookForm, unwanted: &Unwanted, t: &Texts) -> Result<(), Upset> {
    match unwanted {
        Unwanted::Refused(_) => form.url_error = Some(t.text("webhook-bad-url")),
        Unwanted::Description => form.description_error = Some(t.text("webhook-bad-description")),
        // The form has those that there are.
        Unwanted::UnknownKind(_) => return Err(Upset::of(Trouble::BadRequest)),
    }
    Ok(())
}

async fn list(
    console: &Console,
    desk: &Desk,
    form: WebhookForm,
    notice: Option<Notice>,
    command: String,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let rows: Vec<Webhook> = runtime
        .read(move |tx| Box::pin(async move { webhooks::list_webhooks(tx, &organisation_id).await }))
        .await
        .map_err(|fault: Fault| Upset::reading(fault))?;
    let status = if form.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shell = desk.shell(Section::Settings, notice);
    shell.path = href::WEBHOOKS.to_owned();
    let rows = rows.iter().map(summary).collect();
    let tabs = settings::tabs(desk, href::WEBHOOKS);
    let view = Webhooks { t: desk.t.clone(), shell, tabs, command, form, rows };
    Ok((status, page(&view)?).into_response())
}

async fn get_webhook(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
) -> Result<Response, Upset> {
    show(&console, &desk, &webhook_id, Told::default()).await
}

#[derive(Debug, Deserialize)]
struct Step {
    command: String,
}

async fn post_ping(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(step): Form<Step>,
) -> Result<Response, Upset> {
    let call = desk.call(&step.command, &href::webhook_step(webhook_id.as_str(), "ping"), &json!([]))?;
    let id = webhook_id.clone();
    let done = console.flows.runtime.command(call, move |cx| {
        let id = id.clone();
        Box::pin(async move { webhooks::ping(cx, &id).await.map(|_| ()) })
    });
    stepped(&console, &desk, &webhook_id, done.await, "webhook-ping-done").await
}

async fn post_enable(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(step): Form<Step>,
) -> Result<Response, Upset> {
    let call = desk.call(&step.command, &href::webhook_step(webhook_id.as_str(), "enable"), &json!([]))?;
    let id = webhook_id.clone();
    let done = console.flows.runtime.command(call, move |cx| {
        let id = id.clone();
        Box::pin(async move { webhooks::enable(cx, &id).await })
    });
    stepped(&console, &desk, &webhook_id, done.await, "webhook-enable-done").await
}

async fn post_disable(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(step): Form<Step>,
) -> Result<Response, Upset> {
    let call = desk.call(&step.command, &href::webhook_step(webhook_id.as_str(), "disable"), &json!([]))?;
    let id = webhook_id.clone();
    let done = console.flows.runtime.command(call, move |cx| {
        let id = id.clone();
        Box::pin(async move { webhooks::disable(cx, &id).await })
    });
    stepped(&console, &desk, &webhook_id, done.await, "webhook-disable-done").await
}

async fn stepped(
    console: &Console,
    desk: &Desk,
    webhook_id: &WebhookId,
    done: Result<Answer<()>, WebhookError>,
    says: &str,
) -> Result<Response, Upset> {
    match done {
        Ok(Answer::KeyReused) => Err(desk.reused()),
        Ok(Answer::Done(()) | Answer::Replayed(())) => {
            let notice = Notice { tone: Tone::Good, text: desk.t.text(says) };
            show(console, desk, webhook_id, Told { notice: Some(notice), ..Told::default() }).await
        }
        Err(WebhookError::NoSuchWebhook(_)) => Err(Upset::of(Trouble::NotFound)),
        Err(WebhookError::Fault(fault)) => Err(Upset::commanding(fault)),
    }
}

async fn post_rotate(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(step): Form<Step>,
) -> Result<Response, Upset> {
    let call = desk.call(&step.command, &href::webhook_step(webhook_id.as_str(), "rotate"), &json!([]))?;
    let secret = SigningSecret::fresh();
    let kept = secret.clone();
    let rotated = console.flows.runtime.command(call, move |cx| {
        let (id, secret) = (webhook_id.clone(), kept.clone());
        Box::pin(async move {
            webhooks::rotate(cx, &id, &secret, OVERLAP_HOURS).await?;
            Ok(id)
        })
    });
    match rotated.await {
        Ok(answer) => show_secret(&console, &desk, answer, secret).await,
        Err(RotateError::NoSuchWebhook(_)) => Err(Upset::of(Trouble::NotFound)),
        Err(RotateError::BadOverlap(_)) => Err(Upset::of(Trouble::BadRequest)),
        Err(RotateError::Fault(fault)) => Err(Upset::commanding(fault)),
    }
}

#[derive(Debug, Deserialize)]
struct Range {
    command: String,
    first: String,
    last: String,
}

async fn post_replay(
    State(console): State<Console>,
    desk: Desk,
    Path(webhook_id): Path<WebhookId>,
    Form(range): Form<Range>,
) -> Result<Response, Upset> {
    let asked = json!([range.first, range.last]);
    let call = desk.call(&range.command, &href::webhook_step(webhook_id.as_str(), "replay"), &asked)?;
    // What is no number is no position either.
    let position = |text: &str| text.trim().parse::<i64>().unwrap_or(0);
    let (first, last, id) = (position(&range.first), position(&range.last), webhook_id.clone());
    let replayed = console.flows.runtime.command(call, move |cx| {
        let id = id.clone();
        Box::pin(async move { webhooks::replay(cx, &id, first, last).await })
    });
    let refusal = match replayed.await {
        Ok(answer) => {
            return stepped(&console, &desk, &webhook_id, Ok(answer), "webhook-replay-done").await;
        }
        Err(ReplayError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(ReplayError::NoSuchWebhook(_)) => return Err(Upset::of(Trouble::NotFound)),
        Err(ReplayError::BadRange { .. }) => "webhook-replay-bad",
        Err(ReplayError::Running(_)) => "webhook-replay-running",
        Err(ReplayError::Disabled) => "webhook-replay-disabled",
    };
    let told = Told { replay_error: Some(desk.t.text(refusal)), ..Told::default() };
    show(&console, &desk, &webhook_id, told).await
}

/// The page of a webhook with its new secret; a repeat of the form does not show it again.
async fn show_secret(
    console: &Console,
    desk: &Desk,
    answer: Answer<WebhookId>,
    secret: SigningSecret,
) -> Result<Response, Upset> {
    let (webhook_id, told) = match answer {
        Answer::Done(webhook_id) => (webhook_id, Told { secret: Some(secret), ..Told::default() }),
        Answer::Replayed(webhook_id) => {
            let notice = Notice { tone: Tone::Warn, text: desk.t.text("webhook-secret-shown") };
            (webhook_id, Told { notice: Some(notice), ..Told::default() })
        }
        Answer::KeyReused => return Err(desk.reused()),
    };
    show(console, desk, &webhook_id, told).await
}

/// What is told once on the page of a webhook.
#[derive(Default)]
struct Told {
    notice: Option<Notice>,
    secret: Option<SigningSecret>,
    replay_error: Option<String>,
    /// A form to change it that was refused; its command, so that it is sent under the same key.
    refused: Option<(WebhookForm, String)>,
}

async fn show(console: &Console, desk: &Desk, webhook_id: &WebhookId, told: Told) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, id) = (runtime.organisation_id.clone(), webhook_id.clone());
    let (webhook, attempts, head): (Option<Webhook>, Vec<Attempt>, i64) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let webhook = webhooks::find_webhook(tx, &organisation_id, &id).await?;
                let attempts = webhooks::list_attempts(tx, &organisation_id, &id, i64::MAX, SHOWN).await?;
                Ok((webhook, attempts, runtime::event::head(tx, &organisation_id).await?))
            })
        })
        .await
        .map_err(|fault: Fault| Upset::reading(fault))?;
    let webhook = webhook.ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let is_refused = told.replay_error.is_some() || told.refused.is_some();
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let (form, command) = told.refused.unwrap_or_else(|| (form_with(&webhook), fresh_command()));
    let mut shell = desk.shell(Section::Settings, told.notice);
    shell.path = href::webhook(webhook_id.as_str());
    let view = WebhookPage {
        t: desk.t.clone(),
        shell,
        command,
        form,
        version: webhook.version,
        is_operators: webhook.is_operators(),
        secret: told.secret.map(|secret| secret.reveal().to_owned()),
        former_until: former_until(&webhook, desk.now),
        head,
        replay: webhook.replay.map(|replay| (replay.next, replay.last)),
        replay_error: told.replay_error,
        attempts: attempts.into_iter().filter_map(row).collect(),
        webhook: summary(&webhook),
    };
    Ok((status, page(&view)?).into_response())
}

/// The form as the webhook is.
fn form_with(webhook: &Webhook) -> WebhookForm {
    let is_ticked = |kind: &str| webhook.kinds.iter().any(|ticked| ticked == kind);
    WebhookForm {
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        kinds: kinds::ALL.iter().map(|kind| (kind.name, is_ticked(kind.name))).collect(),
        ..WebhookForm::default()
    }
}

fn former_until(webhook: &Webhook, now: Timestamp) -> Option<Timestamp> {
    webhook.former_until().filter(|until| now < *until)
}

fn summary(webhook: &Webhook) -> WebhookSummary {
    let state = match webhook.disabled {
        Some(Reason::Asked) => WebhookState::Disabled,
        Some(Reason::Gone) => WebhookState::Gone,
        Some(Reason::Failing) => WebhookState::GivenUp,
        None if webhook.failures > 0 => WebhookState::Retrying,
        None => WebhookState::Enabled,
    };
    WebhookSummary {
        id: webhook.webhook_id.to_string(),
        url: webhook.url.clone(),
        description: webhook.description.clone(),
        kinds: webhook.kinds.clone(),
        state,
        position: webhook.sent_position,
        next_attempt: (state == WebhookState::Retrying).then_some(webhook.due_at),
    }
}

fn row(attempt: Attempt) -> Option<AttemptRow> {
    Some(AttemptRow {
        at: attempt.attempted_at,
        kind: attempt.kind,
        message: attempt.message_id,
        cause: AttemptCause::parse(&attempt.cause)?,
        number: attempt.attempt_no,
        outcome: AttemptOutcome::parse(&attempt.outcome)?,
        status: attempt.status,
        ms: attempt.ms,
        answer: attempt.answer,
    })
}
