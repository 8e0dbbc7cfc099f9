//! Badges: a code that a person carries, and may have a PIN to it. Scanned at a device it begins their shift there, and
//! ends whoever's was before.

use db::Fault;
use kernel::{BadgeId, UserId};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};
use web::{Access, Permission, Permissions};

use crate::{
    Secret, SignedIn, password,
    secret::{digest, random},
    sign_in::{VALID, begin_session},
    store::{self, Badge, TokenRow},
};

/// What every badge's code starts with.
pub const PREFIX: &str = "QB";

/// After so many wrong PINs a badge opens nothing until somebody unlocks it.
pub const PIN_TRIES: i64 = 5;

/// What a badge opens at its device's node, as far as its person may: the work of the floor.
pub(crate) fn opens(has_pin: bool) -> Permissions {
    use Permission::*;
    let floor = [
        OrdersRead,
        StockRead,
        StockReceive,
        CatalogueRead,
        NetworkRead,
        FloorWork,
        ShippingRead,
        ShippingWrite,
    ];
    // A badge that was found on the floor corrects no book.
    floor.into_iter().chain(has_pin.then_some(StockAdjust)).collect()
}

/// A badge that was made.
#[derive(Debug, Clone)]
pub struct MadeBadge {
    /// Its id.
    pub badge_id: BadgeId,
    /// What is printed on it; it is told only here.
    pub code: Secret,
}

/// Why a badge was not made or changed.
#[derive(Debug, thiserror::Error)]
pub enum BadgeError {
    /// The PIN.
    #[error("a PIN has 6 to 12 digits, and not the same one over and over")]
    Pin,
    /// No such person, or they were dismissed.
    #[error("there is no staff {0}")]
    NoSuchStaff(UserId),
    /// No such badge, or it was revoked.
    #[error("there is no badge {0}")]
    NoSuchBadge(BadgeId),
    /// Whoever makes a badge could use it.
    #[error("you can do this only for people who may do no more than you")]
    MoreThanOwn,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(BadgeError);

/// Makes a badge for a person; `by` is what the maker may do.
pub async fn make_badge(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    user_id: UserId,
    pin: Option<Secret>,
) -> Result<MadeBadge, BadgeError> {
    let pin_hash = hashed(pin).await?;
    let code = fresh_code();
    let (code_digest, by) = (code.digest(), by.clone());
    let badge_id = runtime
        .run(call, move |cx| {
            let (user_id, code_digest) = (user_id.clone(), code_digest.clone());
            let (pin_hash, by) = (pin_hash.clone(), by.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                let staff = store::find_staff(cx.tx, &organisation_id, &user_id).await?;
                if !staff.is_some_and(|staff| staff.is_active) {
                    return Err(BadgeError::NoSuchStaff(user_id));
                }
                let roles = store::roles_of(cx.tx, &organisation_id, &user_id).await?;
                if !roles.iter().all(|role| by.covers(role.permissions(), &role.area)) {
                    return Err(BadgeError::MoreThanOwn);
                }
                let badge_id = BadgeId::from_body(&cx.fresh());
                let has_pin = pin_hash.is_some();
                let row = store::BadgeRow { badge_id, user_id, code_digest, pin_hash };
                store::insert_badge(cx.tx, &organisation_id, &row, cx.now).await?;
                let after = json!({ "user_id": row.user_id, "has_pin": has_pin });
                let data = json!({ "user_id": row.user_id });
                cx.record("badge.made", row.badge_id.as_str(), data, Json::Null, after);
                Ok(row.badge_id)
            })
        })
        .await?;
    Ok(MadeBadge { badge_id, code })
}

/// Gives a badge another PIN, or none, and unlocks it; `by` is what the caller may do.
pub async fn set_pin(
    runtime: &Runtime,
    call: Call,
    by: &Access,
    badge_id: BadgeId,
    pin: Option<Secret>,
) -> Result<(), BadgeError> {
    let (pin_hash, by) = (hashed(pin).await?, by.clone());
    runtime
        .run(call, move |cx| {
            let (badge_id, pin_hash, by) = (badge_id.clone(), pin_hash.clone(), by.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                let found = store::find_badge_by_id(cx.tx, &organisation_id, &badge_id).await?;
                let badge = found.ok_or_else(|| BadgeError::NoSuchBadge(badge_id.clone()))?;
                let roles = store::roles_of(cx.tx, &organisation_id, &badge.user_id).await?;
                if !roles.iter().all(|role| by.covers(role.permissions(), &role.area)) {
                    return Err(BadgeError::MoreThanOwn);
                }
                store::set_pin(cx.tx, &organisation_id, &badge_id, pin_hash.as_deref()).await?;
                let (before, after) =
                    (json!({ "has_pin": badge.has_pin }), json!({ "has_pin": pin_hash.is_some() }));
                cx.record("badge.pin_set", badge_id.as_str(), json!({}), before, after);
                Ok(())
            })
        })
        .await
}

/// Revokes a badge: whoever came in with it is out from the next request on. False where there is none.
pub async fn revoke_badge(runtime: &Runtime, call: Call, badge_id: BadgeId) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let id = badge_id.clone();
            Box::pin(async move {
                let is_revoked = store::revoke_badge(cx.tx, &cx.organisation_id, &id, cx.now).await?;
                if is_revoked {
                    cx.record("badge.revoked", id.as_str(), json!({}), json!({}), Json::Null);
                }
                Ok::<_, Fault>(is_revoked)
            })
        })
        .await
}

/// Why a badge let nobody in.
#[derive(Debug, thiserror::Error)]
pub enum BadgeInError {
    /// The browser is no device, or one that was revoked.
    #[error("this is no shared device")]
    NoDevice,
    /// Nobody has this badge, or not any more.
    #[error("this badge opens nothing")]
    Refused,
    /// It has a PIN.
    #[error("this badge takes its PIN")]
    PinWanted,
    /// It was another PIN.
    #[error("this is not the badge's PIN")]
    WrongPin,
    /// Too many wrong PINs.
    #[error("this badge was locked after {PIN_TRIES} wrong PINs")]
    Locked,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(BadgeInError);

/// Begins a person's shift at a device, and ends the one before.
pub async fn badge_in(
    runtime: &Runtime,
    device_secret: &str,
    code: &str,
    pin: Option<Secret>,
) -> Result<SignedIn, BadgeInError> {
    let (device_digest, code_digest) = (digest(device_secret), digest(&same_code(code)));
    let organisation_id = runtime.organisation_id.clone();
    let (device, badge) = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                let device = store::find_device(tx, &organisation_id, &device_digest).await?;
                Ok((device, store::find_badge(tx, &organisation_id, &code_digest).await?))
            })
        })
        .await?;
    let device = device.ok_or(BadgeInError::NoDevice)?;
    let badge = badge.ok_or(BadgeInError::Refused)?;
    if badge.has_pin {
        check_pin(runtime, &badge, pin).await?;
    }
    let token = Secret::fresh("qms_");
    let (token_digest, valid) = (token.digest(), runtime.clock.as_lived(VALID));
    let begun = runtime
        .run(Call::by(format!("user:{}", badge.user_id)), move |cx| {
            let (token_digest, device, badge) = (token_digest.clone(), device.clone(), badge.clone());
            Box::pin(async move {
                let organisation_id = cx.organisation_id.clone();
                // Whoever was here before is not any more.
                store::revoke_at_device(cx.tx, &organisation_id, &device.device_id, cx.now).await?;
                store::forgive_pin(cx.tx, &organisation_id, &badge.badge_id).await?;
                let here = |row| TokenRow {
                    device_id: Some(device.device_id.to_string()),
                    badge_id: Some(badge.badge_id.to_string()),
                    ..row
                };
                begin_session(cx, badge.user_id.clone(), token_digest, valid, here).await
            })
        })
        .await?;
    Ok(begun.with(token))
}

/// Counts a try before its PIN is looked at, so that many at once count as many.
async fn check_pin(runtime: &Runtime, badge: &Badge, pin: Option<Secret>) -> Result<(), BadgeInError> {
    let pin = pin.filter(|pin| !pin.reveal().is_empty());
    let (organisation_id, badge_id) = (runtime.organisation_id.clone(), badge.badge_id.clone());
    if pin.is_none() && badge.pin_failures < PIN_TRIES {
        return Err(BadgeInError::PinWanted);
    }
    let tried: Option<String> = runtime
        .db
        .write(move |tx| {
            let (organisation_id, badge_id) = (organisation_id.clone(), badge_id.clone());
            Box::pin(async move { store::try_pin(tx, &organisation_id, &badge_id, PIN_TRIES).await })
        })
        .await
        .map_err(BadgeInError::Fault)?;
    let pin_hash = tried.ok_or(BadgeInError::Locked)?;
    let pin = pin.ok_or(BadgeInError::PinWanted)?;
    if password::is_right(pin, Some(pin_hash)).await { Ok(()) } else { Err(BadgeInError::WrongPin) }
}

async fn hashed(pin: Option<Secret>) -> Result<Option<String>, BadgeError> {
    let Some(pin) = pin.filter(|pin| !pin.reveal().is_empty()) else { return Ok(None) };
    let text = pin.reveal();
    let is_digits = (6..=12).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let is_one_digit = text.bytes().all(|byte| Some(byte) == text.bytes().next());
    if !is_digits || is_one_digit {
        return Err(BadgeError::Pin);
    }
    Ok(Some(password::hash(pin).await))
}

/// 100 random bits in twenty letters and digits: short enough for a card, too many to guess or to try offline.
fn fresh_code() -> Secret {
    let body = kernel::ids::body(u128::from_be_bytes(random()));
    Secret::new(format!("{PREFIX}{}", body[6..].to_ascii_uppercase()))
}

/// Scanners and people differ in case, and scanners add what they like around a code.
fn same_code(code: &str) -> String {
    code.trim_matches(|c: char| c.is_whitespace() || c.is_control()).to_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_fits_a_card_and_is_never_the_same() {
        let (one, other) = (fresh_code(), fresh_code());
        assert_eq!((one.reveal().len(), &one.reveal()[..2]), (22, PREFIX));
        assert_ne!(one.reveal(), other.reveal());
        assert_eq!(same_code(&format!("\u{1d}{}\r\n", one.reveal().to_lowercase())), one.reveal());
    }

    #[tokio::test]
    async fn a_pin_has_at_least_six_digits() {
        for wrong in ["12345", "1234567890123", "12a456", "111111", "１２３４５６"] {
            assert!(matches!(hashed(Some(Secret::new(wrong))).await, Err(BadgeError::Pin)), "{wrong}");
        }
        assert!(hashed(Some(Secret::new("271828"))).await.is_ok_and(|hash| hash.is_some()));
        assert!(hashed(Some(Secret::new(""))).await.is_ok_and(|hash| hash.is_none()));
    }

    #[test]
    fn a_badge_opens_the_floor_and_no_office() {
        use Permission::*;
        assert!(opens(true).has(StockAdjust) && !opens(false).has(StockAdjust));
        for office in
            [KeysWrite, PeopleWrite, OrdersWrite, OrdersCancel, SettingsWrite, DataExport, AuditRead]
        {
            assert!(!opens(true).has(office), "{office}");
        }
    }
}
