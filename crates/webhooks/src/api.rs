//! Webhooks over HTTP.

mod amend;

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use db::Fault;
use kernel::{Page, Timestamp, WebhookId, document::open_names};
use runtime::{Answer, Call};
use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder,
        schema::{SchemaType, Type},
    },
};
use web::{Caller, Command, Needs, PageQuery, Path, Permission, Problem, Routes, answered, page, problems};

use self::amend::WebhookChangeJson;
use crate::{
    AddError, Attempt, NewWebhook, OVERLAP_HOURS, Reason, ReplayError, RotateError, Sender, SigningSecret,
    Unwanted, Webhook, WebhookError, find_webhook, list_attempts, list_webhooks,
};

/// `/v1/webhooks`.
pub fn routes() -> Routes<Sender> {
    let needs = Needs::Throughout(Permission::WebhooksWrite);
    Routes::new()
        .chapter(
            "Webhooks",
            "The stream of events sent to an address of yours, signed and repeated until it is heard.",
        )
        .post(
            "/v1/webhooks",
            needs
                .to("Add a webhook")
                .about("It gets what happens from now on.")
                .command::<NewWebhookJson>()
                .gives::<ShownJson>(StatusCode::CREATED, "Added; the secret is told this once.")
                .refuses(problems::ADDRESS_REFUSED)
                .refuses(problems::TOO_MANY_WEBHOOKS),
            post_webhook,
        )
        .get(
            "/v1/webhooks",
            needs.to("List webhooks").gives_all::<WebhookJson>("The webhooks."),
            get_webhooks,
        )
        .get(
            "/v1/webhooks/{webhook_id}",
            needs.to("See a webhook").gives::<WebhookJson>(StatusCode::OK, "The webhook.").tagged(),
            get_webhook,
        )
        .patch(
            "/v1/webhooks/{webhook_id}",
            needs
                .to("Change a webhook")
                .about(
                    "A merge patch, also as `application/merge-patch+json`. What waits is sent to the new address, and \
                     what was under way to the former one comes again. Deliveries do not count as changes: their \
                     progress does not make an `If-Match` stale.",
                )
                .guarded::<WebhookChangeJson>()
                .gives::<WebhookJson>(StatusCode::OK, "The webhook as it is now.")
                .refuses(problems::SET_BY_OPERATOR)
                .refuses(problems::ADDRESS_REFUSED),
            amend::patch_webhook,
        )
        .delete(
            "/v1/webhooks/{webhook_id}",
            needs
                .to("Remove a webhook")
                .about("With the log of its attempts. A message that is under way may still arrive.")
                .guarded::<()>()
                .gives_nothing("Removed.")
                .refuses(problems::SET_BY_OPERATOR),
            amend::delete_webhook,
        )
        .get(
            "/v1/webhooks/{webhook_id}/attempts",
            needs.to("See how deliveries went").gives_page::<Attempt>("Attempts, newest first."),
            get_attempts,
        )
        .post(
            "/v1/webhooks/{webhook_id}/disable",
            needs
                .to("Disable a webhook")
                .command::<()>()
                .gives::<Kept>(StatusCode::OK, "Nothing is sent from now on."),
            post_disable,
        )
        .post(
            "/v1/webhooks/{webhook_id}/enable",
            needs
                .to("Enable a webhook")
                .about("It gets what it missed, in order.")
                .command::<()>()
                .gives::<Kept>(StatusCode::OK, "Enabled."),
            post_enable,
        )
        .post(
            "/v1/webhooks/{webhook_id}/pings",
            needs
                .to("Send a test message")
                .command::<()>()
                .gives::<PingJson>(StatusCode::ACCEPTED, "It will be sent."),
            post_ping,
        )
        .post(
            "/v1/webhooks/{webhook_id}/replays",
            needs
                .to("Send events again")
                .command::<RangeJson>()
                .gives::<RangeJson>(StatusCode::ACCEPTED, "They will be sent.")
                .refuses(problems::WRONG_STAGE)
                .refuses(problems::REPLAY_RUNNING),
            post_replay,
        )
        .post(
            "/v1/webhooks/{webhook_id}/rotations",
            needs
                .to("Make a new secret")
                .about("Both secrets sign for `overlap_hours`.")
                .command::<RotationJson>()
                .gives::<ShownJson>(StatusCode::OK, "Made; the secret is told this once."),
            post_rotation,
        )
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewWebhookJson {
    /// An HTTPS address on a public host.
    #[schema(example = "https://shop.example/hooks")]
    url: String,
    /// Kinds of events; all where none is named.
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    #[schema(max_length = 200)]
    description: String,
}

impl From<NewWebhookJson> for NewWebhook {
    fn from(json: NewWebhookJson) -> NewWebhook {
        let NewWebhookJson { url, kinds, description } = json;
        NewWebhook { url, kinds, description }
    }
}

/// What is kept under the key: the secret is not.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookChanged)]
struct Kept {
    webhook_id: WebhookId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    former_until: Option<Timestamp>,
}

/// A secret, the one time it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WebhookSecret)]
struct ShownJson {
    webhook_id: WebhookId,
    #[serde(skip_serializing_if = "Option::is_none")]
    former_until: Option<Timestamp>,
    /// Null in the answer to a repeat.
    secret: Option<String>,
}

fn shown_once(answer: Answer<Kept>, secret: &SigningSecret) -> Answer<ShownJson> {
    let shown = |Kept { webhook_id, former_until }, secret| ShownJson { webhook_id, former_until, secret };
    match answer {
        Answer::Done(kept) => Answer::Done(shown(kept, Some(secret.reveal().to_owned()))),
        Answer::Replayed(kept) => Answer::Replayed(shown(kept, None)),
        Answer::KeyReused => Answer::KeyReused,
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
struct WebhookJson {
    webhook_id: WebhookId,
    url: String,
    description: String,
    kinds: Vec<String>,
    is_enabled: bool,
    #[schema(schema_with = disabled_reason)]
    disabled_reason: Option<String>,
    sent_position: i64,
    replay: Option<ReplayJson>,
    failures: i64,
    failing_since: Option<Timestamp>,
    next_attempt_at: Option<Timestamp>,
    former_secret_until: Option<Timestamp>,
    /// Moved on by every change of what was set up, not by deliveries; in quotes it is good as `If-Match`.
    version: i64,
    created_at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookReplay)]
struct ReplayJson {
    next: i64,
    last: i64,
}

fn disabled_reason() -> ObjectBuilder {
    let reasons = [Reason::Asked, Reason::Gone, Reason::Failing].map(Reason::name);
    let said = open_names("Why it is disabled; null while it is enabled.", reasons);
    said.schema_type(SchemaType::from_iter([Type::String, Type::Null]))
}

impl From<Webhook> for WebhookJson {
    fn from(webhook: Webhook) -> WebhookJson {
        WebhookJson {
            former_secret_until: webhook.former_until(),
            webhook_id: webhook.webhook_id,
            url: webhook.url,
            description: webhook.description,
            kinds: webhook.kinds,
            is_enabled: webhook.disabled.is_none(),
            disabled_reason: webhook.disabled.map(|reason| reason.name().to_owned()),
            sent_position: webhook.sent_position,
            replay: webhook.replay.map(|replay| ReplayJson { next: replay.next, last: replay.last }),
            failures: webhook.failures,
            failing_since: webhook.failing_since,
            next_attempt_at: (webhook.failures > 0 && webhook.disabled.is_none()).then_some(webhook.due_at),
            version: webhook.version,
            created_at: webhook.created_at,
        }
    }
}

async fn post_webhook(
    State(sender): State<Sender>,
    command: Command<NewWebhookJson>,
) -> Result<Response, Problem> {
    let (new, secret, reach) =
        (NewWebhook::from(command.body), SigningSecret::fresh(), sender.courier.reach());
    let kept = secret.clone();
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let (new, secret) = (new.clone(), kept.clone());
            Box::pin(async move {
                let webhook_id = crate::add(cx, &new, &secret, reach).await?;
                Ok::<_, AddError>(Kept { webhook_id, former_until: None })
            })
        })
        .await?;
    answered(StatusCode::CREATED, shown_once(answer, &secret))
}

async fn get_webhooks(State(sender): State<Sender>, _: Caller) -> Result<Response, Problem> {
    let organisation_id = sender.runtime.organisation_id.clone();
    let rows: Result<Vec<Webhook>, Fault> = sender
        .runtime
        .read(move |tx| Box::pin(async move { list_webhooks(tx, &organisation_id).await }))
        .await;
    let rows: Vec<WebhookJson> = rows?.into_iter().map(WebhookJson::from).collect();
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

async fn get_webhook(
    State(sender): State<Sender>,
    _: Caller,
    Path(webhook_id): Path<WebhookId>,
) -> Result<Response, Problem> {
    let organisation_id = sender.runtime.organisation_id.clone();
    let id = webhook_id.clone();
    let found: Result<Option<Webhook>, Fault> = sender
        .runtime
        .read(move |tx| Box::pin(async move { find_webhook(tx, &organisation_id, &id).await }))
        .await;
    let webhook = found?.ok_or(WebhookError::NoSuchWebhook(webhook_id))?;
    Ok(web::versioned(webhook.version, axum::Json(WebhookJson::from(webhook))))
}

/// The attempts of a webhook, newest first.
async fn get_attempts(
    State(sender): State<Sender>,
    _: Caller,
    Path(webhook_id): Path<WebhookId>,
    paging: PageQuery,
) -> Result<Response, Problem> {
    let organisation_id = sender.runtime.organisation_id.clone();
    let before = match &paging.request.after {
        Some(after) => after
            .parse()
            .map_err(|_| Problem::bad_request(problems::INVALID_QUERY, "`after` is no page of this list."))?,
        None => i64::MAX,
    };
    let (limit, id) = (paging.request.limit, webhook_id.clone());
    let rows: Result<Option<Vec<Attempt>>, Fault> = sender
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                if find_webhook(tx, &organisation_id, &id).await?.is_none() {
                    return Ok(None);
                }
                list_attempts(tx, &organisation_id, &id, before, limit + 1).await.map(Some)
            })
        })
        .await;
    let rows = rows?.ok_or(WebhookError::NoSuchWebhook(webhook_id))?;
    Ok(page(&paging, Page::of(rows, limit, |attempt| attempt.attempt_id.to_string())))
}

async fn post_enable(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let webhook_id = webhook_id.clone();
            Box::pin(async move {
                crate::enable(cx, &webhook_id).await?;
                Ok::<_, WebhookError>(Kept { webhook_id, former_until: None })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

async fn post_disable(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let webhook_id = webhook_id.clone();
            Box::pin(async move {
                crate::disable(cx, &webhook_id).await?;
                Ok::<_, WebhookError>(Kept { webhook_id, former_until: None })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = WebhookPing)]
struct PingJson {
    message_id: String,
}

async fn post_ping(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let webhook_id = webhook_id.clone();
            Box::pin(async move {
                let message_id = crate::ping(cx, &webhook_id).await?;
                Ok::<_, WebhookError>(PingJson { message_id })
            })
        })
        .await?;
    answered(StatusCode::ACCEPTED, answer)
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookRange)]
struct RangeJson {
    /// The first position.
    #[schema(minimum = 1)]
    first: i64,
    /// The last position.
    #[schema(minimum = 1)]
    last: i64,
}

async fn post_replay(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Command<RangeJson>,
) -> Result<Response, Problem> {
    let range = command.body;
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let webhook_id = webhook_id.clone();
            Box::pin(async move {
                crate::replay(cx, &webhook_id, range.first, range.last).await?;
                Ok::<_, ReplayError>(range)
            })
        })
        .await?;
    answered(StatusCode::ACCEPTED, answer)
}

#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookRotation)]
struct RotationJson {
    #[serde(default = "a_day")]
    #[schema(maximum = 168)]
    overlap_hours: u32,
}

fn a_day() -> u32 {
    OVERLAP_HOURS
}

async fn post_rotation(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Command<RotationJson>,
) -> Result<Response, Problem> {
    let (hours, secret) = (command.body.overlap_hours, SigningSecret::fresh());
    let kept = secret.clone();
    let call: Call = command.call;
    let answer = sender
        .runtime
        .command(call, move |cx| {
            let (webhook_id, secret) = (webhook_id.clone(), kept.clone());
            Box::pin(async move {
                let until = crate::rotate(cx, &webhook_id, &secret, hours).await?;
                Ok::<_, RotateError>(Kept { webhook_id, former_until: Some(until) })
            })
        })
        .await?;
    answered(StatusCode::OK, shown_once(answer, &secret))
}

fn invalid(at: &str, says: &dyn std::fmt::Display) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says).at(at, problems::INVALID_FIELD.slug(), says)
}

impl From<Unwanted> for Problem {
    fn from(error: Unwanted) -> Problem {
        match error {
            Unwanted::Refused(refused) => Problem::unprocessable(problems::ADDRESS_REFUSED, refused).at(
                "/url",
                problems::ADDRESS_REFUSED.slug(),
                refused,
            ),
            Unwanted::UnknownKind(_) => invalid("/kinds", &error),
            Unwanted::Description => invalid("/description", &error),
        }
    }
}

impl From<AddError> for Problem {
    fn from(error: AddError) -> Problem {
        match error {
            AddError::Unwanted(unwanted) => unwanted.into(),
            AddError::TooMany => Problem::conflict(problems::TOO_MANY_WEBHOOKS, error),
            AddError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<WebhookError> for Problem {
    fn from(error: WebhookError) -> Problem {
        match error {
            WebhookError::NoSuchWebhook(_) => Problem::not_found(problems::NOT_FOUND, error),
            WebhookError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<RotateError> for Problem {
    fn from(error: RotateError) -> Problem {
        match error {
            RotateError::BadOverlap(_) => invalid("/overlap_hours", &error),
            RotateError::NoSuchWebhook(_) => Problem::not_found(problems::NOT_FOUND, error),
            RotateError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<ReplayError> for Problem {
    fn from(error: ReplayError) -> Problem {
        match error {
            ReplayError::BadRange { .. } => invalid("/last", &error),
            ReplayError::Disabled => Problem::conflict(problems::WRONG_STAGE, error),
            ReplayError::Running(_) => Problem::conflict(problems::REPLAY_RUNNING, error),
            ReplayError::NoSuchWebhook(_) => Problem::not_found(problems::NOT_FOUND, error),
            ReplayError::Fault(fault) => Problem::fault(fault),
        }
    }
}
