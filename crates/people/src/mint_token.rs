//! Mints a token for a machine.

use std::time::Duration;

use db::Fault;
use kernel::{SessionId, Timestamp, UserId};
use runtime::{Call, Runtime, has_fault};

use crate::{
    Secret,
    store::{self, TokenRow},
};

/// The longest a token may be good for, in days.
const MOST_DAYS: u32 = 3650;

/// A token for a machine.
#[derive(Debug, Clone)]
pub struct Minted {
    /// What the machine shows; it is told only here.
    pub token: Secret,
    /// The token's name, by which it can be revoked.
    pub session_id: SessionId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Why none was minted.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// Not a number of days a token may last.
    #[error("a token lasts from 1 to {MOST_DAYS} days; {0} is not")]
    BadDays(u32),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(MintError);

/// Mints a token that is good for `days`, and only while the person it was minted by is on the staff. Without a key:
/// its answer has the secret in it, which is not kept.
pub async fn mint_token(
    runtime: &Runtime,
    call: Call,
    user_id: UserId,
    days: u32,
) -> Result<Minted, MintError> {
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(MintError::BadDays(days));
    }
    let valid = Duration::from_secs(u64::from(days) * 24 * 3600);
    let token = Secret::fresh("qm_");
    let digest = token.digest();
    let (session_id, expires_at) = runtime
        .run(call, move |cx| {
            let (user_id, token_digest) = (user_id.clone(), digest.clone());
            Box::pin(async move {
                let session_id = SessionId::from_body(&cx.fresh());
                let expires_at = cx.now.checked_add(valid).unwrap_or(cx.now);
                let token =
                    TokenRow { token_digest, session_id, user_id, kind: "api".to_owned(), expires_at };
                store::insert_token(cx.tx, &cx.organisation_id, &token, cx.now).await?;
                cx.tell("token.minted", token.session_id.as_str(), serde_json::json!({}));
                Ok::<_, Fault>((token.session_id, expires_at))
            })
        })
        .await?;
    Ok(Minted { token, session_id, expires_at })
}
