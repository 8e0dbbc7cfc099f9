//! A person proves who they are and gets a session.

use std::time::Duration;

use db::Fault;
use kernel::{SessionId, Timestamp, UserId};
use runtime::{Call, Cx, Runtime, has_fault};
use serde::{Deserialize, Serialize};

use crate::{
    Attempts, Secret,
    enrol::same_spelling,
    password,
    store::{self, TokenRow},
};

/// How long a session lasts, however busy it is: a long shift.
pub(crate) const VALID: Duration = Duration::from_secs(12 * 3600);

/// A session that has begun.
#[derive(Debug, Clone)]
pub struct SignedIn {
    /// What the person shows from now on; it is told only here.
    pub token: Secret,
    /// Who it is.
    pub user_id: UserId,
    /// The session's name, which is no secret.
    pub session_id: SessionId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Why nobody is signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Nobody has this e-mail address and this password. Which of the two was wrong is not told.
    #[error("e-mail address and password do not belong together")]
    Refused,
    /// Too many failures; the password was not looked at.
    #[error("too many attempts with this e-mail address: wait {retry_after_seconds} seconds")]
    Locked {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(SignInError);

/// Signs in. Takes as long for an address that nobody has as for a wrong password.
pub async fn sign_in(
    runtime: &Runtime,
    attempts: &Attempts,
    email: &str,
    password: Secret,
) -> Result<SignedIn, SignInError> {
    let email = same_spelling(email);
    attempts
        .begin(&email, runtime.now())
        .map_err(|retry_after_seconds| SignInError::Locked { retry_after_seconds })?;

    let (organisation_id, asked) = (runtime.organisation_id.clone(), email.clone());
    let known = runtime
        .read(move |tx| Box::pin(async move { store::find_sign_in(tx, &organisation_id, &asked).await }))
        .await
        .map_err(SignInError::Fault)?;
    let known = known.filter(|staff| staff.is_active);
    let is_right =
        password::is_right(password, known.as_ref().map(|staff| staff.password_hash.clone())).await;
    let Some(staff) = known.filter(|_| is_right) else {
        return Err(SignInError::Refused);
    };
    attempts.forgive(&email);

    let token = Secret::fresh("qms_");
    let valid = runtime.clock.as_lived(VALID);
    let (user_id, digest) = (staff.user_id, token.digest());
    let begun = runtime
        .run(Call::by(format!("user:{user_id}")), move |cx| {
            let (user_id, digest) = (user_id.clone(), digest.clone());
            Box::pin(async move { begin_session(cx, user_id, digest, valid, |row| row).await })
        })
        .await?;
    Ok(begun.with(token))
}

/// A session that was written, without its secret.
#[derive(Serialize, Deserialize)]
pub(crate) struct Begun {
    pub user_id: UserId,
    pub session_id: SessionId,
    pub expires_at: Timestamp,
}

impl Begun {
    /// With what the person shows from now on.
    pub fn with(self, token: Secret) -> SignedIn {
        let Begun { user_id, session_id, expires_at } = self;
        SignedIn { token, user_id, session_id, expires_at }
    }
}

/// Writes a session with what `with` says of it.
pub(crate) async fn begin_session(
    cx: &mut Cx<'_>,
    user_id: UserId,
    token_digest: String,
    valid: Duration,
    with: impl FnOnce(TokenRow) -> TokenRow,
) -> Result<Begun, Fault> {
    let session_id = SessionId::from_body(&cx.fresh());
    let expires_at = cx.now.checked_add(valid).unwrap_or(cx.now);
    let row = with(TokenRow::new("session", token_digest, session_id.clone(), user_id.clone(), expires_at));
    store::insert_token(cx.tx, &cx.organisation_id, &row, cx.now).await?;
    let data = serde_json::json!({ "session_id": &session_id });
    cx.tell("staff.signed_in", user_id.as_str(), data);
    Ok(Begun { user_id, session_id, expires_at })
}
