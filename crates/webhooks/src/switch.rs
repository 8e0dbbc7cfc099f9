//! Switches a webhook off and on. It keeps its place in the stream meanwhile.

use db::Fault;
use kernel::WebhookId;
use runtime::{Cx, has_fault};
use serde_json::json;

use crate::{Reason, store};

/// Why nothing was done to a webhook.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// There is none.
    #[error("there is no webhook {0}")]
    NoSuchWebhook(WebhookId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(WebhookError);

/// It gets events again, from where it had stopped. Changes nothing where it is enabled.
pub async fn enable(cx: &mut Cx<'_>, webhook_id: &WebhookId) -> Result<(), WebhookError> {
    let webhook = store::lock_webhook(cx.tx, &cx.organisation_id, webhook_id).await?;
    let webhook = webhook.ok_or_else(|| WebhookError::NoSuchWebhook(webhook_id.clone()))?;
    if webhook.disabled.is_some() {
        store::switch(cx.tx, &cx.organisation_id, webhook_id, None, cx.now).await?;
        let (before, after) = (json!({ "is_enabled": false }), json!({ "is_enabled": true }));
        cx.record("webhook.enabled", webhook_id.as_str(), json!({}), before, after);
    }
    Ok(())
}

/// It gets nothing from now on. Changes nothing where it is disabled.
pub async fn disable(cx: &mut Cx<'_>, webhook_id: &WebhookId) -> Result<(), WebhookError> {
    let webhook = store::lock_webhook(cx.tx, &cx.organisation_id, webhook_id).await?;
    let webhook = webhook.ok_or_else(|| WebhookError::NoSuchWebhook(webhook_id.clone()))?;
    if webhook.disabled.is_none() {
        disable_for(cx, webhook_id, Reason::Asked).await?;
    }
    Ok(())
}

pub(crate) async fn disable_for(
    cx: &mut Cx<'_>,
    webhook_id: &WebhookId,
    reason: Reason,
) -> Result<(), Fault> {
    store::switch(cx.tx, &cx.organisation_id, webhook_id, Some(reason), cx.now).await?;
    let (before, after) = (json!({ "is_enabled": true }), json!({ "is_enabled": false }));
    cx.record("webhook.disabled", webhook_id.as_str(), json!({ "reason": reason.name() }), before, after);
    Ok(())
}
