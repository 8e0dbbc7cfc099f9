//! Badges and shared devices.

use axum::{
    Json as Answer,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{BadgeId, DeviceId, NodeId, Page, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Json, Path, Problem, problems};

use super::{invalid, person};
use crate::{
    BadgeError, DeviceError, Secret, add_device, list_badges, list_devices, make_badge, revoke_badge,
    revoke_device, set_pin,
};

#[derive(Serialize, ToSchema)]
pub(super) struct DeviceJson {
    device_id: DeviceId,
    name: String,
    node_id: NodeId,
    /// False until a browser opened its link.
    is_enrolled: bool,
    created_at: Timestamp,
}

pub(super) async fn get_devices(State(runtime): State<Runtime>) -> Result<Answer<Page<DeviceJson>>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let devices =
        runtime.read(move |tx| Box::pin(async move { list_devices(tx, &organisation_id).await })).await?;
    let rows = devices.into_iter().map(|device| DeviceJson {
        device_id: device.device_id,
        name: device.name,
        node_id: device.node_id,
        is_enrolled: device.is_taken,
        created_at: device.created_at,
    });
    Ok(Answer(Page { rows: rows.collect(), next: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewDeviceJson {
    name: String,
    node_id: NodeId,
}

#[derive(Serialize, ToSchema)]
pub(super) struct OfferedDeviceJson {
    device_id: DeviceId,
    /// Of the link `/device/SECRET`, which makes a browser the device.
    secret: String,
    expires_at: Timestamp,
}

pub(super) async fn post_device(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewDeviceJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let made = add_device(&runtime, caller.call(), &body.name, body.node_id).await?;
    let body = OfferedDeviceJson {
        device_id: made.device_id,
        secret: made.offer.reveal().to_owned(),
        expires_at: made.until,
    };
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

pub(super) async fn delete_device(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(device_id): Path<DeviceId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    revoke_device(&runtime, caller.call(), device_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize, ToSchema)]
pub(super) struct BadgeJson {
    badge_id: BadgeId,
    user_id: UserId,
    has_pin: bool,
    is_locked: bool,
    created_at: Timestamp,
}

pub(super) async fn get_badges(State(runtime): State<Runtime>) -> Result<Answer<Page<BadgeJson>>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let badges =
        runtime.read(move |tx| Box::pin(async move { list_badges(tx, &organisation_id).await })).await?;
    let rows = badges.into_iter().map(|badge| BadgeJson {
        is_locked: badge.is_locked(),
        badge_id: badge.badge_id,
        user_id: badge.user_id,
        has_pin: badge.has_pin,
        created_at: badge.created_at,
    });
    Ok(Answer(Page { rows: rows.collect(), next: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewBadgeJson {
    user_id: UserId,
    #[schema(value_type = Option<String>, format = Password)]
    pin: Option<Secret>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct MadeBadgeJson {
    badge_id: BadgeId,
    code: String,
}

pub(super) async fn post_badge(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewBadgeJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let made = make_badge(&runtime, caller.call(), &caller.access, body.user_id, body.pin).await?;
    let body = MadeBadgeJson { badge_id: made.badge_id, code: made.code.reveal().to_owned() };
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PinJson {
    /// None takes it away.
    #[schema(value_type = Option<String>, format = Password)]
    pin: Option<Secret>,
}

/// Sets the PIN, or takes it away, and unlocks the badge.
pub(super) async fn post_pin(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(badge_id): Path<BadgeId>,
    Json(body): Json<PinJson>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    set_pin(&runtime, caller.call(), &caller.access, badge_id, body.pin).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete_badge(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(badge_id): Path<BadgeId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    revoke_badge(&runtime, caller.call(), badge_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<DeviceError> for Problem {
    fn from(error: DeviceError) -> Problem {
        match error {
            DeviceError::Name => invalid("/name", &error.to_string()),
            DeviceError::NoOffer => Problem::not_found(problems::NOT_FOUND, error),
            DeviceError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<BadgeError> for Problem {
    fn from(error: BadgeError) -> Problem {
        match error {
            BadgeError::Pin => invalid("/pin", &error.to_string()),
            BadgeError::NoSuchStaff(_) | BadgeError::NoSuchBadge(_) => {
                Problem::not_found(problems::NOT_FOUND, error)
            }
            BadgeError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            BadgeError::Fault(fault) => Problem::fault(fault),
        }
    }
}
