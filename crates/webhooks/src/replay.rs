//! Sends a part of the stream again.

use db::Fault;
use kernel::WebhookId;
use runtime::{Cx, event, has_fault};

use crate::{Replay, store};

/// Why nothing is sent again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Not a part of the stream.
    #[error("positions {first} to {last} are no part of the stream, which goes from 1 to {head}")]
    BadRange {
        /// The first position that was asked for.
        first: i64,
        /// The last one.
        last: i64,
        /// The last one there is.
        head: i64,
    },
    /// It gets nothing at all.
    #[error("the webhook is disabled: enable it first")]
    Disabled,
    /// One at a time.
    #[error("positions {} to {} are being sent again", .0.next, .0.last)]
    Running(Replay),
    /// There is no such webhook.
    #[error("there is no webhook {0}")]
    NoSuchWebhook(WebhookId),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(ReplayError);

/// Lets the events from position `first` to `last` be sent again, those of the webhook's kinds, before anything new.
/// Each has the message id it had.
pub async fn replay(
    cx: &mut Cx<'_>,
    webhook_id: &WebhookId,
    first: i64,
    last: i64,
) -> Result<(), ReplayError> {
    let webhook = store::lock_webhook(cx.tx, &cx.organisation_id, webhook_id).await?;
    let webhook = webhook.ok_or_else(|| ReplayError::NoSuchWebhook(webhook_id.clone()))?;
    let head = event::head(cx.tx, &cx.organisation_id).await?;
    if first < 1 || last < first || last > head {
        return Err(ReplayError::BadRange { first, last, head });
    }
    if webhook.disabled.is_some() {
        return Err(ReplayError::Disabled);
    }
    if let Some(running) = webhook.replay {
        return Err(ReplayError::Running(running));
    }
    let replay = Replay { next: first, last };
    store::begin_replay(cx.tx, &cx.organisation_id, webhook_id, replay, cx.now).await?;
    Ok(())
}
