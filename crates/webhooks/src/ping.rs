//! Tries a webhook.

use kernel::WebhookId;
use runtime::Cx;

use crate::{WebhookError, store};

/// Lets a trial message be sent, once, also to a webhook that is disabled; gives the message's id. What became of it is
/// among the attempts. One that waits already is replaced.
pub async fn ping(cx: &mut Cx<'_>, webhook_id: &WebhookId) -> Result<String, WebhookError> {
    let message_id = format!("msg_{}", cx.fresh());
    if store::set_ping(cx.tx, &cx.organisation_id, webhook_id, &message_id, cx.now).await? == 0 {
        return Err(WebhookError::NoSuchWebhook(webhook_id.clone()));
    }
    Ok(message_id)
}
