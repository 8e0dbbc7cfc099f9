//! A webhook is changed, or removed, as it was seen.

use db::Fault;
use kernel::WebhookId;
use outbound::Reach;
use runtime::{Cx, has_fault};
use serde_json::{Value as Json, json};

use crate::{
    Unwanted, Webhook, WebhookError,
    add::{Wanted, good_description, good_kinds, good_url},
    store, switch,
};

/// What is to be different about a webhook; what is none stays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WebhookChange {
    /// Where events go.
    pub url: Option<String>,
    /// Of which kinds; of all where none is named.
    pub kinds: Option<Vec<String>>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it gets events.
    pub is_enabled: Option<bool>,
}

/// Why a webhook is as it was.
#[derive(Debug, thiserror::Error)]
pub enum AmendError {
    /// It cannot be so.
    #[error(transparent)]
    Unwanted(#[from] Unwanted),
    /// There is none.
    #[error("there is no webhook {0}")]
    NoSuchWebhook(WebhookId),
    /// Somebody changed it after it was seen.
    #[error("the webhook is at version {present}, not at {seen}")]
    Stale {
        /// The version that was seen.
        seen: i64,
        /// The version it is at.
        present: i64,
    },
    /// It is the place of the stream that whoever runs the server named.
    #[error("{0} is the stream that the server was started with; it is named in the server's settings")]
    OfOperator(WebhookId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(AmendError);

impl From<WebhookError> for AmendError {
    fn from(error: WebhookError) -> AmendError {
        match error {
            WebhookError::NoSuchWebhook(webhook_id) => AmendError::NoSuchWebhook(webhook_id),
            WebhookError::Fault(fault) => AmendError::Fault(fault),
        }
    }
}

/// Changes a webhook that is at the version that was `seen`; whatever its version where none is given. Gives it as it is
/// from then on. What waits is sent to the new address, with what was under way to the former one: nobody knows whether
/// it was heard there. A change that changes nothing leaves the version too.
pub async fn amend(
    cx: &mut Cx<'_>,
    webhook_id: &WebhookId,
    seen: Option<i64>,
    change: &WebhookChange,
    reach: Reach,
) -> Result<Webhook, AmendError> {
    let webhook = lock(cx, webhook_id).await?;
    let was = Wanted {
        url: webhook.url.clone(),
        kinds: webhook.kinds.clone(),
        description: webhook.description.clone(),
    };
    // What is not to change is not judged anew: the rules may be others today.
    let wanted = Wanted {
        url: change.url.as_ref().map_or(Ok(was.url.clone()), |url| good_url(url, reach))?,
        kinds: change.kinds.as_ref().map_or(Ok(was.kinds.clone()), |kinds| good_kinds(kinds))?,
        description: change
            .description
            .as_ref()
            .map_or(Ok(was.description.clone()), |text| good_description(text))?,
    };
    // What cannot be is refused before what was seen is asked for (RFC 9110, 13.2.1).
    as_seen(&webhook, seen)?;
    if wanted != was {
        let at = (webhook_id, webhook.version);
        // The bound is the write's own: without the lock above it would hold as well.
        if !store::update_wanted_at(cx.tx, &cx.organisation_id, at, &wanted, cx.now).await? {
            return Err(stale(&webhook, seen));
        }
        let data = json!({ "url": wanted.url });
        cx.record("webhook.amended", webhook_id.as_str(), data, facts(&was), facts(&wanted));
    }
    match change.is_enabled {
        Some(true) => switch::enable(cx, webhook_id).await?,
        Some(false) => switch::disable(cx, webhook_id).await?,
        None => {}
    }
    let amended = store::lock_webhook(cx.tx, &cx.organisation_id, webhook_id).await?;
    amended.ok_or_else(|| AmendError::NoSuchWebhook(webhook_id.clone()))
}

/// Removes a webhook that is at the version that was `seen`, with the log of its attempts. A letter that is under way
/// may still arrive; what becomes of it is written nowhere.
pub async fn remove(cx: &mut Cx<'_>, webhook_id: &WebhookId, seen: Option<i64>) -> Result<(), AmendError> {
    let webhook = lock(cx, webhook_id).await?;
    as_seen(&webhook, seen)?;
    let at = (webhook_id, webhook.version);
    if !store::delete_webhook_at(cx.tx, &cx.organisation_id, at).await? {
        return Err(stale(&webhook, seen));
    }
    let data = json!({ "url": webhook.url });
    let Webhook { url, kinds, description, .. } = webhook;
    let before = facts(&Wanted { url, kinds, description });
    cx.record("webhook.removed", webhook_id.as_str(), data, before, Json::Null);
    Ok(())
}

/// The webhook, which nobody else changes until the transaction ends: a sender who settles waits, and finds what is then.
async fn lock(cx: &Cx<'_>, webhook_id: &WebhookId) -> Result<Webhook, AmendError> {
    let webhook = store::lock_webhook(cx.tx, &cx.organisation_id, webhook_id).await?;
    let webhook = webhook.ok_or_else(|| AmendError::NoSuchWebhook(webhook_id.clone()))?;
    if webhook.is_stream() {
        return Err(AmendError::OfOperator(webhook_id.clone()));
    }
    Ok(webhook)
}

fn as_seen(webhook: &Webhook, seen: Option<i64>) -> Result<(), AmendError> {
    if seen.is_some_and(|seen| seen != webhook.version) { Err(stale(webhook, seen)) } else { Ok(()) }
}

fn stale(webhook: &Webhook, seen: Option<i64>) -> AmendError {
    AmendError::Stale { seen: seen.unwrap_or(webhook.version), present: webhook.version }
}

/// What was set up, for whoever asks later.
fn facts(wanted: &Wanted) -> Json {
    json!({ "url": wanted.url, "kinds": wanted.kinds, "description": wanted.description })
}
