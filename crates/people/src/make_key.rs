//! Makes a key for a machine.

use std::time::Duration;

use db::Fault;
use kernel::{SessionId, Timestamp, UserId};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::{Access, Area, Permissions};

use crate::{
    Secret,
    store::{self, TokenRow},
};

/// The longest a key may be good for, in days.
const MOST_DAYS: u32 = 3650;

/// The longest name of a key, in characters.
const MOST_NAME: usize = 100;

/// What a key is made for.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What its maker calls it.
    pub name: String,
    /// What the machine may do; none for all that its maker may.
    pub permissions: Option<Permissions>,
    /// Where.
    pub area: Area,
    /// For how many days.
    pub days: u32,
}

/// A key that was made.
#[derive(Debug, Clone)]
pub struct MadeKey {
    /// What the machine shows; it is told only here.
    pub key: Secret,
    /// The key's id, which is no secret: by it the key is revoked.
    pub key_id: SessionId,
    /// When it ends by itself.
    pub expires_at: Timestamp,
}

/// Why none was made.
#[derive(Debug, thiserror::Error)]
pub enum MakeKeyError {
    /// It is no name.
    #[error("a name has 1 to {MOST_NAME} characters")]
    BadName,
    /// Not a number of days a key may last.
    #[error("a key lasts from 1 to {MOST_DAYS} days; {0} is not")]
    BadDays(u32),
    /// A key that opens nothing.
    #[error("a key is for one permission at least")]
    ForNothing,
    /// Nobody makes a key for more than they may.
    #[error("a key is for no more than its maker may do there")]
    MoreThanOwn,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(MakeKeyError);

/// Makes a key that is good while its maker is on the staff, and never for more than they may at the time it is used.
/// Without an idempotency key: its answer has the secret in it, which is not kept.
pub async fn make_key(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
    new: NewKey,
) -> Result<MadeKey, MakeKeyError> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > MOST_NAME || name.chars().any(char::is_control) {
        return Err(MakeKeyError::BadName);
    }
    if !(1..=MOST_DAYS).contains(&new.days) {
        return Err(MakeKeyError::BadDays(new.days));
    }
    if let Some(permissions) = new.permissions {
        if permissions.is_empty() {
            return Err(MakeKeyError::ForNothing);
        }
        if !by.covers(permissions, &new.area) {
            return Err(MakeKeyError::MoreThanOwn);
        }
    }
    // In an area of one's own a key for everything is a key for everything there.
    let permissions = match (new.permissions, &new.area) {
        (None, Area::Everywhere) => None,
        (None, _) => Some(Permissions::all()),
        (some, _) => some,
    };
    let valid = Duration::from_secs(u64::from(new.days) * 24 * 3600);
    let secret = Secret::fresh("");
    let area = new.area;
    let (key_id, expires_at, key) = runtime
        .run(call, move |cx| {
            let (user_id, name, area, secret) = (user_id.clone(), name.clone(), area.clone(), secret.clone());
            Box::pin(async move {
                let body = cx.fresh();
                // The id in it lets whoever finds a key in a log say which it is, without the secret.
                let key = Secret::new(format!("qm_live_{body}_{}", secret.reveal()));
                let expires_at = cx.now.checked_add(valid).unwrap_or(cx.now);
                let kept = permissions.map(store::kept);
                let (merchant_id, node_id) = store::columns_of(&area);
                let token = TokenRow {
                    token_digest: key.digest(),
                    session_id: SessionId::from_body(&body),
                    user_id,
                    kind: "api".to_owned(),
                    expires_at,
                    name,
                    permissions: kept,
                    merchant_id: merchant_id.to_owned(),
                    node_id: node_id.to_owned(),
                    begun_by: None,
                    device_id: None,
                    badge_id: None,
                    // What is new to it later is not sprung on it.
                    api_version: Some(web::NEWEST),
                };
                store::insert_token(cx.tx, &cx.organisation_id, &token, cx.now).await?;
                let after = json!({
                    "name": token.name, "permissions": token.permissions, "merchant_id": token.merchant_id,
                    "node_id": token.node_id, "user_id": token.user_id, "expires_at": token.expires_at,
                    "api_version": token.api_version,
                });
                cx.record("key.made", token.session_id.as_str(), json!({}), Json::Null, after);
                Ok::<_, Fault>((token.session_id, expires_at, key.reveal().to_owned()))
            })
        })
        .await?;
    Ok(MadeKey { key: Secret::new(key), key_id, expires_at })
}
