//! Devices that several people work with: a handheld, or the screen of a packing table. Each stands at one node.

use std::time::Duration;

use db::Fault;
use kernel::{DeviceId, NodeId, Timestamp};
use runtime::{Call, Runtime, has_fault};
use serde_json::{Value as Json, json};

use crate::{
    Secret,
    secret::digest,
    store::{self, Device},
};

/// How long the link that makes a browser a device can be used.
const VALID: Duration = Duration::from_secs(30 * 60);

/// A device that no browser is yet.
#[derive(Debug, Clone)]
pub struct OfferedDevice {
    /// Its id.
    pub device_id: DeviceId,
    /// The secret of the link; it is told only here.
    pub offer: Secret,
    /// Until when the link can be used.
    pub until: Timestamp,
}

/// Why there is no device.
#[derive(Debug, thiserror::Error)]
pub enum DeviceError {
    /// The name.
    #[error("a name has 1 to 100 characters")]
    Name,
    /// The link was used, or ran out.
    #[error("this link was used or ran out: ask for another")]
    NoOffer,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(DeviceError);

/// Adds a device at a node. Whichever browser opens the link first is it.
pub async fn add_device(
    runtime: &Runtime,
    call: Call,
    name: &str,
    node_id: NodeId,
) -> Result<OfferedDevice, DeviceError> {
    let name = name.trim().to_owned();
    if !(1..=100).contains(&name.chars().count()) || name.contains(char::is_control) {
        return Err(DeviceError::Name);
    }
    let offer = Secret::fresh("qmo_");
    let offer_digest = offer.digest();
    let valid = runtime.clock.as_lived(VALID);
    let (device_id, until) = runtime
        .run(call, move |cx| {
            let (name, node_id, offer_digest) = (name.clone(), node_id.clone(), offer_digest.clone());
            Box::pin(async move {
                let device_id = DeviceId::from_body(&cx.fresh());
                let until = cx.now.checked_add(valid).unwrap_or(cx.now);
                let device = Device { device_id, name, node_id, is_taken: false, created_at: cx.now };
                store::insert_device(cx.tx, &cx.organisation_id, &device, &offer_digest, until).await?;
                let after = json!({ "name": device.name, "node_id": device.node_id });
                let data = json!({ "node_id": device.node_id });
                cx.record("device.added", device.device_id.as_str(), data, Json::Null, after);
                Ok::<_, DeviceError>((device.device_id, until))
            })
        })
        .await?;
    Ok(OfferedDevice { device_id, offer, until })
}

/// The device that a link makes of a browser; none where the link was used, or ran out.
pub async fn find_offer(runtime: &Runtime, offer: &str) -> Result<Option<Device>, Fault> {
    let (organisation_id, digest, now) = (runtime.organisation_id.clone(), digest(offer), runtime.now());
    runtime
        .read(move |tx| Box::pin(async move { store::find_offer(tx, &organisation_id, &digest, now).await }))
        .await
}

/// Makes a browser the device of this link, once; gives what the browser keeps.
pub async fn take_device(runtime: &Runtime, offer: &str) -> Result<Secret, DeviceError> {
    let (offer_digest, secret) = (digest(offer), Secret::fresh("qmd_"));
    let secret_digest = secret.digest();
    runtime
        .run(Call::by("device"), move |cx| {
            let (offer_digest, secret_digest) = (offer_digest.clone(), secret_digest.clone());
            Box::pin(async move {
                let (organisation_id, now) = (cx.organisation_id.clone(), cx.now);
                let found = store::find_offer(cx.tx, &organisation_id, &offer_digest, now).await?;
                let device = found.ok_or(DeviceError::NoOffer)?;
                if !store::take_offer(cx.tx, &organisation_id, &offer_digest, &secret_digest).await? {
                    return Err(DeviceError::NoOffer);
                }
                cx.record("device.enrolled", device.device_id.as_str(), json!({}), Json::Null, Json::Null);
                Ok(())
            })
        })
        .await?;
    Ok(secret)
}

/// The device that keeps this secret; none where it was revoked.
pub async fn find_device(runtime: &Runtime, secret: &str) -> Result<Option<Device>, Fault> {
    let (organisation_id, digest) = (runtime.organisation_id.clone(), digest(secret));
    runtime
        .read(move |tx| Box::pin(async move { store::find_device(tx, &organisation_id, &digest).await }))
        .await
}

/// Takes a device out of use: whoever is signed in there is not from the next request on. False where there is none.
pub async fn revoke_device(runtime: &Runtime, call: Call, device_id: DeviceId) -> Result<bool, Fault> {
    runtime
        .run(call, move |cx| {
            let id = device_id.clone();
            Box::pin(async move {
                let is_revoked = store::revoke_device(cx.tx, &cx.organisation_id, &id, cx.now).await?;
                if is_revoked {
                    cx.record("device.revoked", id.as_str(), json!({}), json!({}), Json::Null);
                }
                Ok::<_, Fault>(is_revoked)
            })
        })
        .await
}
