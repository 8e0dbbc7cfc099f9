//! Ends sessions, and revokes machines' keys.

use db::Fault;
use kernel::{SessionId, UserId};
use runtime::{Call, Runtime};
use serde_json::{Value as Json, json};

use crate::{
    store::{self, TokenFacts},
    whoami::idle_since,
};

/// Ends it now. Gives false where there is none that could end; a repeat changes nothing.
pub async fn sign_out(runtime: &Runtime, call: Call, session_id: SessionId) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let session_id = session_id.clone();
            Box::pin(async move {
                let found = store::find_token(cx.tx, &cx.organisation_id, &session_id).await?;
                let has_ended = store::revoke(cx.tx, &cx.organisation_id, &session_id, cx.now).await?;
                match found.filter(|_| has_ended) {
                    Some((user_id, kind)) if kind == "api" => {
                        let before = json!({ "user_id": user_id });
                        cx.record("key.revoked", session_id.as_str(), json!({}), before, Json::Null);
                    }
                    Some(_) => cx.tell("session.ended", session_id.as_str(), json!({})),
                    None => {}
                }
                Ok::<_, Fault>(has_ended)
            })
        })
        .await
}

/// Where a person is signed in, the newest session first.
pub async fn list_sessions(runtime: &Runtime, user_id: UserId) -> Result<Vec<TokenFacts>, Fault> {
    let (organisation_id, now, idle_since) =
        (runtime.organisation_id.clone(), runtime.now(), idle_since(runtime));
    runtime
        .read(move |tx| {
            Box::pin(
                async move { store::list_sessions(tx, &organisation_id, &user_id, now, idle_since).await },
            )
        })
        .await
}

/// Ends all sessions of a person, wherever they signed in; gives how many. Their machines' keys stay.
pub async fn sign_out_everywhere(runtime: &Runtime, call: Call, user_id: UserId) -> Result<u64, Fault> {
    runtime
        .run(call, move |cx| {
            let user_id = user_id.clone();
            Box::pin(async move {
                let ended = store::revoke_sessions(cx.tx, &cx.organisation_id, &user_id, cx.now).await?;
                if ended > 0 {
                    let data = json!({ "sessions": ended });
                    cx.record("sessions.ended", user_id.as_str(), data, Json::Null, Json::Null);
                }
                Ok::<_, Fault>(ended)
            })
        })
        .await
}
