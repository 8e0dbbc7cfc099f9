//! What people prefer, and their passwords.

use db::{Fault, Tx, args};
use kernel::{OrganisationId, SessionId, Timestamp, UserId};

use crate::prefer::PreferenceChange;

/// Keeps what is named; false where nobody has the id.
pub(crate) async fn keep_preferences(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    change: &PreferenceChange,
) -> Result<bool, Fault> {
    let PreferenceChange { language, time_zone, theme, density } = change.clone();
    let touched = tx
        .execute(
            "update staff set language = coalesce($3, language), time_zone = coalesce($4, time_zone), \
                    theme = coalesce($5, theme), density = coalesce($6, density) \
              where organisation_id = $1 and user_id = $2",
            args![organisation_id, user_id, language, time_zone, theme, density],
        )
        .await?;
    Ok(touched > 0)
}

/// Changes a password; false where it is not `before` any more.
pub(crate) async fn change_password(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    before: &str,
    after: &str,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update staff set password_hash = $4 \
              where organisation_id = $1 and user_id = $2 and password_hash = $3 and is_active",
            args![organisation_id, user_id, before, after],
        )
        .await?;
    Ok(touched > 0)
}

/// Ends all sessions of a person but one; gives how many.
pub(crate) async fn revoke_other_sessions(
    tx: &Tx,
    organisation_id: &OrganisationId,
    user_id: &UserId,
    kept: &SessionId,
    now: Timestamp,
) -> Result<u64, Fault> {
    tx.execute(
        "update access_token set revoked_at = $4 \
          where organisation_id = $1 and user_id = $2 and session_id <> $3 and kind = 'session' \
            and revoked_at is null",
        args![organisation_id, user_id, kept, now],
    )
    .await
}
