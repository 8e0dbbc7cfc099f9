//! Badges and the shared devices they are scanned at.

use std::collections::HashMap;

use ::people::{
    Badge, BadgeError, Device, DeviceError, Secret, Staff, add_device, is_https, list_badges, list_devices,
    list_staff, make_badge, revoke_badge, revoke_device, set_pin,
};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use db::Fault;
use kernel::{BadgeId, DeviceId, NodeId, UserId};
use serde::Deserialize;
use web::{Needs, Path, Permission, Routes};

use super::{Areas, tabs};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::settings::{BadgeRow, Badges, DeviceRow, MadeBadge};
use crate::shell::Section;
use crate::svg::barcode;

pub(super) fn routes() -> Routes<Console> {
    let change = Needs::Throughout(Permission::PeopleWrite);
    Routes::new()
        .get(href::BADGES, Needs::Throughout(Permission::PeopleRead), get_badges)
        .post(href::BADGES, change, post_badge)
        .post("/settings/badges/{badge_id}/pin", change, post_pin)
        .post("/settings/badges/{badge_id}/revocation", change, post_revocation)
        .post("/settings/devices", change, post_device)
        .post("/settings/devices/{device_id}/revocation", change, post_device_revocation)
}

async fn get_badges(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    show(&console, &desk, None, None).await
}

struct Found {
    staff: Vec<Staff>,
    badges: Vec<Badge>,
    devices: Vec<Device>,
    areas: Areas,
}

/// The page, with the badge or the link of the device that was made just now.
async fn show(
    console: &Console,
    desk: &Desk,
    made: Option<(UserId, Secret)>,
    link: Option<String>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Fault>(Found {
                    staff: list_staff(tx, &organisation_id).await?,
                    badges: list_badges(tx, &organisation_id).await?,
                    devices: list_devices(tx, &organisation_id).await?,
                    areas: Areas::read(tx, &organisation_id).await?,
                })
            })
        })
        .await?;
    let names: HashMap<&UserId, &str> =
        found.staff.iter().map(|staff| (&staff.user_id, staff.name.as_str())).collect();
    let name_of = |user_id: &UserId| names.get(user_id).map(|name| (*name).to_owned()).unwrap_or_default();
    let areas = found.areas.names();
    let badges = found.badges.iter().map(|badge| BadgeRow {
        id: badge.badge_id.to_string(),
        person: name_of(&badge.user_id),
        has_pin: badge.has_pin,
        is_locked: badge.is_locked(),
        since: badge.created_at,
    });
    let devices = found.devices.iter().map(|device| DeviceRow {
        id: device.device_id.to_string(),
        name: device.name.clone(),
        node: areas.get(device.node_id.as_str()).map(|name| (*name).to_owned()).unwrap_or_default(),
        is_taken: device.is_taken,
        since: device.created_at,
    });
    let made = match &made {
        Some((user_id, code)) => Some(MadeBadge {
            person: name_of(user_id),
            bars: barcode::bars(code.reveal()).ok_or(Upset::of(Trouble::Fault))?,
            code: code.reveal().to_owned(),
        }),
        None => None,
    };
    let active = found.staff.iter().filter(|staff| staff.is_active);
    let mut shell = desk.shell(Section::Settings, None);
    shell.path = href::BADGES.to_owned();
    page(&Badges {
        tabs: tabs(desk, href::BADGES),
        badges: badges.collect(),
        devices: devices.collect(),
        people: active.map(|staff| Choice::new(staff.user_id.as_str(), &staff.name)).collect(),
        nodes: found.areas.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        can_change: desk.caller.access.may_throughout(Permission::PeopleWrite),
        made,
        here: link
            .as_deref()
            .and_then(|link| link.split_once("/device/"))
            .map_or_else(String::new, |(_, secret)| href::device(secret)),
        link,
        t: desk.t.clone(),
        shell,
    })
}

#[derive(Deserialize)]
struct BadgeForm {
    user_id: UserId,
    #[serde(default)]
    pin: String,
}

async fn post_badge(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<BadgeForm>,
) -> Result<Response, Upset> {
    let (call, access) = (desk.caller.call(), &desk.caller.access);
    let pin = Some(Secret::new(form.pin.trim()));
    let made = make_badge(&console.flows.runtime, call, access, form.user_id.clone(), pin).await;
    let made = made.map_err(|error| upset(&desk, error))?;
    show(&console, &desk, Some((form.user_id, made.code)), None).await
}

#[derive(Deserialize)]
struct PinForm {
    #[serde(default)]
    pin: String,
}

async fn post_pin(
    State(console): State<Console>,
    desk: Desk,
    Path(badge_id): Path<BadgeId>,
    Form(form): Form<PinForm>,
) -> Result<Response, Upset> {
    let (call, access) = (desk.caller.call(), &desk.caller.access);
    let pin = Some(Secret::new(form.pin.trim()));
    let done = set_pin(&console.flows.runtime, call, access, badge_id, pin).await;
    done.map_err(|error| upset(&desk, error))?;
    Ok(see(href::BADGES))
}

async fn post_revocation(
    State(console): State<Console>,
    desk: Desk,
    Path(badge_id): Path<BadgeId>,
) -> Result<Response, Upset> {
    revoke_badge(&console.flows.runtime, desk.caller.call(), badge_id).await.map_err(Upset::commanding)?;
    Ok(see(href::BADGES))
}

#[derive(Deserialize)]
struct DeviceForm {
    name: String,
    node_id: NodeId,
}

async fn post_device(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Form(form): Form<DeviceForm>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let (organisation_id, sought) = (runtime.organisation_id.clone(), form.node_id.clone());
    let node = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move { network::find_node(tx, &organisation_id, &sought).await })
        })
        .await?;
    node.ok_or(Upset::of(Trouble::BadRequest))?;
    let made = add_device(runtime, desk.caller.call(), &form.name, form.node_id).await;
    let made = made.map_err(|error| match error {
        DeviceError::Name | DeviceError::NoOffer => Upset::of(Trouble::BadRequest),
        DeviceError::Fault(fault) => Upset::commanding(fault),
    })?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_https(&headers) { "https" } else { "http" };
    let link = format!("{scheme}://{host}{}", href::device(made.offer.reveal()));
    show(&console, &desk, None, Some(link)).await
}

async fn post_device_revocation(
    State(console): State<Console>,
    desk: Desk,
    Path(device_id): Path<DeviceId>,
) -> Result<Response, Upset> {
    revoke_device(&console.flows.runtime, desk.caller.call(), device_id).await.map_err(Upset::commanding)?;
    Ok(see(href::BADGES))
}

fn upset(desk: &Desk, error: BadgeError) -> Upset {
    match error {
        BadgeError::Pin => Upset::refused(Trouble::BadRequest, desk.t.text("badge-flaw-pin")),
        BadgeError::NoSuchStaff(_) | BadgeError::NoSuchBadge(_) => Upset::of(Trouble::NotFound),
        BadgeError::MoreThanOwn => Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")),
        BadgeError::Fault(fault) => Upset::commanding(fault),
    }
}
