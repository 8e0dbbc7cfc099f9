//! A person gives themselves another password. Whoever else is signed in as them is not any more.

use db::Fault;
use kernel::{SessionId, UserId};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};

use crate::enrol::is_password;
use crate::{Attempts, Secret, password, store};

/// Why the password stays.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The one they have was not given. Who comes in by an account elsewhere has none.
    #[error("this is not the password you have")]
    Refused,
    /// Too many failures; the password was not looked at.
    #[error("too many attempts: wait {retry_after_seconds} seconds")]
    Locked {
        /// When to try again.
        retry_after_seconds: u32,
    },
    /// The new one.
    #[error("the password has {} to {} characters", password::LEAST, password::MOST)]
    Flawed,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(ChangePasswordError);

/// Changes it, and ends all sessions of theirs but `kept`; gives how many. A wrong one counts as a failure to sign in:
/// whoever finds a screen unlocked cannot try passwords there.
pub async fn change_password(
    runtime: &Runtime,
    attempts: &Attempts,
    call: Call,
    user_id: &UserId,
    kept: &SessionId,
    old: Secret,
    new: Secret,
) -> Result<u64, ChangePasswordError> {
    if !is_password(&new) {
        return Err(ChangePasswordError::Flawed);
    }
    let (organisation_id, sought) = (runtime.organisation_id.clone(), user_id.clone());
    let known = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                let Some(staff) = store::find_staff(tx, &organisation_id, &sought).await? else {
                    return Ok(None);
                };
                let known = store::find_sign_in(tx, &organisation_id, &staff.email).await?;
                Ok(known.map(|known| (staff.email, known)))
            })
        })
        .await?;
    let Some((email, known)) = known.filter(|(_, known)| known.is_active) else {
        return Err(ChangePasswordError::Refused);
    };
    attempts
        .begin(&email, runtime.now())
        .map_err(|retry_after_seconds| ChangePasswordError::Locked { retry_after_seconds })?;
    let before = known.password_hash;
    if !password::is_right(old, Some(before.clone())).await {
        return Err(ChangePasswordError::Refused);
    }
    attempts.forgive(&email);
    let after = password::hash(new).await;
    let (user_id, kept) = (user_id.clone(), kept.clone());
    runtime
        .run(call, move |cx| {
            let (user_id, kept) = (user_id.clone(), kept.clone());
            let (before, after) = (before.clone(), after.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                // Somebody was quicker: the password that was given is not theirs any more.
                if !store::change_password(cx.tx, &organisation_id, &user_id, &before, &after).await? {
                    return Err(ChangePasswordError::Refused);
                }
                let ended =
                    store::revoke_other_sessions(cx.tx, &organisation_id, &user_id, &kept, cx.now).await?;
                let data = json!({ "sessions": ended });
                cx.record("staff.password_changed", user_id.as_str(), data, Json::Null, Json::Null);
                Ok(ended)
            })
        })
        .await
}
