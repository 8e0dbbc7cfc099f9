//! A webhook is changed and removed over HTTP.

use axum::{extract::State, response::Response};
use kernel::WebhookId;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Guarded, Path, Problem, answered_nothing, answered_versioned, problems};

use super::WebhookJson;
use crate::{AmendError, Sender, WebhookChange};

/// A merge patch (RFC 7396): what is absent stays.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = WebhookChange)]
pub(super) struct WebhookChangeJson {
    /// An HTTPS address on a public host.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, example = "https://shop.example/hooks")]
    url: Option<String>,
    /// All that it gets from then on; every kind where null, or where none is named.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<Vec<String>>)]
    kinds: Option<Option<Vec<String>>>,
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<String>, max_length = 200)]
    description: Option<Option<String>>,
    /// False where nothing is to be sent from then on. Enabled again, it gets what it missed, in order.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false)]
    is_enabled: Option<bool>,
}

impl From<WebhookChangeJson> for WebhookChange {
    fn from(json: WebhookChangeJson) -> WebhookChange {
        let WebhookChangeJson { url, kinds, description, is_enabled } = json;
        let (kinds, description) =
            (kinds.map(Option::unwrap_or_default), description.map(Option::unwrap_or_default));
        WebhookChange { url, kinds, description, is_enabled }
    }
}

pub(super) async fn patch_webhook(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Guarded<WebhookChangeJson>,
) -> Result<Response, Problem> {
    let (seen, change, reach) = (command.seen, WebhookChange::from(command.body), sender.courier.reach());
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let (webhook_id, change) = (webhook_id.clone(), change.clone());
            Box::pin(async move {
                crate::amend(cx, &webhook_id, seen, &change, reach).await.map(WebhookJson::from)
            })
        })
        .await?;
    answered_versioned(answer, |webhook| webhook.version)
}

pub(super) async fn delete_webhook(
    State(sender): State<Sender>,
    Path(webhook_id): Path<WebhookId>,
    command: Guarded<()>,
) -> Result<Response, Problem> {
    let seen = command.seen;
    let answer = sender
        .runtime
        .command(command.call, move |cx| {
            let webhook_id = webhook_id.clone();
            Box::pin(async move { crate::remove(cx, &webhook_id, seen).await })
        })
        .await?;
    answered_nothing(answer)
}

impl From<AmendError> for Problem {
    fn from(error: AmendError) -> Problem {
        match error {
            AmendError::Unwanted(unwanted) => unwanted.into(),
            AmendError::NoSuchWebhook(_) => Problem::not_found(problems::NOT_FOUND, error),
            AmendError::Stale { present, .. } => web::stale(present),
            AmendError::OfOperator(_) => Problem::conflict(problems::SET_BY_OPERATOR, error),
            AmendError::Fault(fault) => Problem::fault(fault),
        }
    }
}
