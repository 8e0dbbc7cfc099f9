//! Gives a webhook a new secret.

use std::time::Duration;

use db::Fault;
use kernel::{Timestamp, WebhookId};
use runtime::{Cx, has_fault};
use serde_json::{Value as Json, json};

use crate::{SigningSecret, reseal::secret_place, store};

/// How long both secrets sign where nobody says, in hours.
pub const OVERLAP_HOURS: u32 = 24;

/// The longest both may sign, in hours.
pub const OVERLAP_HOURS_MAX: u32 = 7 * 24;

/// Why the secret stays.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// Not a time both secrets may sign.
    #[error("both secrets sign for up to {OVERLAP_HOURS_MAX} hours; {0} are too many")]
    BadOverlap(u32),
    /// There is no such webhook.
    #[error("there is no webhook {0}")]
    NoSuchWebhook(WebhookId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(RotateError);

/// The new secret signs from now on, and the present one as well for some hours; a secret before that signs no more.
/// Gives until when.
pub async fn rotate(
    cx: &mut Cx<'_>,
    webhook_id: &WebhookId,
    secret: &SigningSecret,
    overlap_hours: u32,
) -> Result<Timestamp, RotateError> {
    if overlap_hours > OVERLAP_HOURS_MAX {
        return Err(RotateError::BadOverlap(overlap_hours));
    }
    let overlap = Duration::from_secs(u64::from(overlap_hours) * 3_600);
    let until = cx.now.checked_add(overlap).unwrap_or(cx.now);
    let sealed = cx.keyring.seal(&secret_place(webhook_id), secret.reveal());
    if store::rotate_secret(cx.tx, &cx.organisation_id, webhook_id, &sealed, until, cx.now).await? == 0 {
        return Err(RotateError::NoSuchWebhook(webhook_id.clone()));
    }
    let facts = json!({ "former_until": kernel::time::to_text(until) });
    cx.record("webhook.rotated", webhook_id.as_str(), facts, Json::Null, Json::Null);
    Ok(until)
}
