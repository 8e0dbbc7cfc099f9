//! Ends a session, or revokes a machine's token.

use db::Fault;
use kernel::SessionId;
use runtime::{Call, Runtime};

use crate::store;

/// Ends it now. Gives false where there is none that could end; a repeat changes nothing.
pub async fn sign_out(runtime: &Runtime, call: Call, session_id: SessionId) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let session_id = session_id.clone();
            Box::pin(async move {
                let has_ended = store::revoke(cx.tx, &cx.organisation_id, &session_id, cx.now).await?;
                if has_ended {
                    cx.tell("session.ended", session_id.as_str(), serde_json::json!({}));
                }
                Ok::<_, Fault>(has_ended)
            })
        })
        .await
}
