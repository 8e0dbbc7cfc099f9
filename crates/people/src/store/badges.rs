//! Shared devices, and the badges with which people come in at them.

use db::{Fault, FromRow, Row, Tx, args};
use kernel::{BadgeId, DeviceId, NodeId, OrganisationId, Timestamp, UserId};

/// A device that several people work with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub device_id: DeviceId,
    /// What it is called.
    pub name: String,
    /// Where it stands.
    pub node_id: NodeId,
    /// True once a browser is it.
    pub is_taken: bool,
    /// Since when.
    pub created_at: Timestamp,
}

impl FromRow for Device {
    fn from_row(row: &Row) -> Result<Device, Fault> {
        let secret_digest: Option<String> = row.get("secret_digest")?;
        Ok(Device {
            device_id: row.get("device_id")?,
            name: row.get("name")?,
            node_id: row.get("node_id")?,
            is_taken: secret_digest.is_some(),
            created_at: row.get("created_at")?,
        })
    }
}

/// A badge, without its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Badge {
    /// Its id.
    pub badge_id: BadgeId,
    /// Whose.
    pub user_id: UserId,
    /// True where it takes a PIN.
    pub has_pin: bool,
    /// How often a wrong one was given since the last right one.
    pub pin_failures: i64,
    /// Since when.
    pub created_at: Timestamp,
}

impl Badge {
    /// True after too many wrong PINs.
    pub fn is_locked(&self) -> bool {
        self.has_pin && self.pin_failures >= crate::PIN_TRIES
    }
}

impl FromRow for Badge {
    fn from_row(row: &Row) -> Result<Badge, Fault> {
        let pin_hash: Option<String> = row.get("pin_hash")?;
        Ok(Badge {
            badge_id: row.get("badge_id")?,
            user_id: row.get("user_id")?,
            has_pin: pin_hash.is_some(),
            pin_failures: row.get("pin_failures")?,
            created_at: row.get("created_at")?,
        })
    }
}

/// A badge as it is written.
pub(crate) struct BadgeRow {
    pub badge_id: BadgeId,
    pub user_id: UserId,
    pub code_digest: String,
    pub pin_hash: Option<String>,
}

pub(crate) async fn insert_device(
    tx: &Tx,
    organisation_id: &OrganisationId,
    device: &Device,
    offer_digest: &str,
    offer_until: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into device (organisation_id, device_id, name, node_id, offer_digest, offer_until, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
        args![
            organisation_id,
            &device.device_id,
            &device.name,
            &device.node_id,
            offer_digest,
            offer_until,
            device.created_at
        ],
    )
    .await?;
    Ok(())
}

/// The devices in use, the newest first.
pub async fn list_devices(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Device>, Fault> {
    tx.query(
        "select device_id, name, node_id, secret_digest, created_at from device \
          where organisation_id = $1 and revoked_at is null order by device_id desc limit 1000",
        args![organisation_id],
    )
    .await
}

pub(crate) async fn find_offer(
    tx: &Tx,
    organisation_id: &OrganisationId,
    offer_digest: &str,
    now: Timestamp,
) -> Result<Option<Device>, Fault> {
    tx.query_optional(
        "select device_id, name, node_id, secret_digest, created_at from device \
          where organisation_id = $1 and offer_digest = $2 and revoked_at is null and offer_until > $3",
        args![organisation_id, offer_digest, now],
    )
    .await
}

/// Uses an offer up; false where somebody else did.
pub(crate) async fn take_offer(
    tx: &Tx,
    organisation_id: &OrganisationId,
    offer_digest: &str,
    secret_digest: &str,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update device set secret_digest = $3, offer_digest = null \
              where organisation_id = $1 and offer_digest = $2 and revoked_at is null",
            args![organisation_id, offer_digest, secret_digest],
        )
        .await?;
    Ok(touched > 0)
}

pub(crate) async fn find_device(
    tx: &Tx,
    organisation_id: &OrganisationId,
    secret_digest: &str,
) -> Result<Option<Device>, Fault> {
    tx.query_optional(
        "select device_id, name, node_id, secret_digest, created_at from device \
          where organisation_id = $1 and secret_digest = $2 and revoked_at is null",
        args![organisation_id, secret_digest],
    )
    .await
}

pub(crate) async fn revoke_device(
    tx: &Tx,
    organisation_id: &OrganisationId,
    device_id: &DeviceId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update device set revoked_at = $3 where organisation_id = $1 and device_id = $2 and revoked_at is null",
            args![organisation_id, device_id, now],
        )
        .await?;
    Ok(touched > 0)
}

/// Ends whoever's session there is at a device.
pub(crate) async fn revoke_at_device(
    tx: &Tx,
    organisation_id: &OrganisationId,
    device_id: &DeviceId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update access_token set revoked_at = $3 \
          where organisation_id = $1 and device_id = $2 and revoked_at is null",
        args![organisation_id, device_id, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn insert_badge(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge: &BadgeRow,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into badge (organisation_id, badge_id, user_id, code_digest, pin_hash, created_at) \
         values ($1, $2, $3, $4, $5, $6)",
        args![
            organisation_id,
            &badge.badge_id,
            &badge.user_id,
            &badge.code_digest,
            badge.pin_hash.clone(),
            now
        ],
    )
    .await?;
    Ok(())
}

/// The badges that are good, of everybody on the staff.
pub async fn list_badges(tx: &Tx, organisation_id: &OrganisationId) -> Result<Vec<Badge>, Fault> {
    tx.query(
        "select b.badge_id, b.user_id, b.pin_hash, b.pin_failures, b.created_at from badge b \
           join staff s on s.organisation_id = b.organisation_id and s.user_id = b.user_id and s.is_active \
          where b.organisation_id = $1 and b.revoked_at is null order by b.badge_id desc limit 10000",
        args![organisation_id],
    )
    .await
}

pub(crate) async fn find_badge(
    tx: &Tx,
    organisation_id: &OrganisationId,
    code_digest: &str,
) -> Result<Option<Badge>, Fault> {
    tx.query_optional(
        "select b.badge_id, b.user_id, b.pin_hash, b.pin_failures, b.created_at from badge b \
           join staff s on s.organisation_id = b.organisation_id and s.user_id = b.user_id and s.is_active \
          where b.organisation_id = $1 and b.code_digest = $2 and b.revoked_at is null",
        args![organisation_id, code_digest],
    )
    .await
}

pub(crate) async fn find_badge_by_id(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge_id: &BadgeId,
) -> Result<Option<Badge>, Fault> {
    tx.query_optional(
        "select badge_id, user_id, pin_hash, pin_failures, created_at from badge \
          where organisation_id = $1 and badge_id = $2 and revoked_at is null",
        args![organisation_id, badge_id],
    )
    .await
}

/// Counts a try; gives what the PIN is compared with, or none where the tries are used up.
pub(crate) async fn try_pin(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge_id: &BadgeId,
    most: i64,
) -> Result<Option<String>, Fault> {
    let found: Option<(Option<String>,)> = tx
        .query_optional(
            "update badge set pin_failures = pin_failures + 1 \
              where organisation_id = $1 and badge_id = $2 and pin_failures < $3 and revoked_at is null \
             returning pin_hash",
            args![organisation_id, badge_id, most],
        )
        .await?;
    Ok(found.and_then(|(pin_hash,)| pin_hash))
}

/// It was the right one.
pub(crate) async fn forgive_pin(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge_id: &BadgeId,
) -> Result<(), Fault> {
    tx.execute(
        "update badge set pin_failures = 0 where organisation_id = $1 and badge_id = $2",
        args![organisation_id, badge_id],
    )
    .await?;
    Ok(())
}

pub(crate) async fn set_pin(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge_id: &BadgeId,
    pin_hash: Option<&str>,
) -> Result<(), Fault> {
    tx.execute(
        "update badge set pin_hash = $3, pin_failures = 0 where organisation_id = $1 and badge_id = $2",
        args![organisation_id, badge_id, pin_hash.map(str::to_owned)],
    )
    .await?;
    Ok(())
}

pub(crate) async fn revoke_badge(
    tx: &Tx,
    organisation_id: &OrganisationId,
    badge_id: &BadgeId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let touched = tx
        .execute(
            "update badge set revoked_at = $3 where organisation_id = $1 and badge_id = $2 and revoked_at is null",
            args![organisation_id, badge_id, now],
        )
        .await?;
    Ok(touched > 0)
}
