//! A shared device: how a browser becomes one, and who comes in there with a badge.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use people::{
    BadgeInError, Device, DeviceError, Secret, badge_in, cookie, find_device, find_offer, is_https,
    take_device,
};
use serde::Deserialize;
use web::{Needs, Path, Routes};

use crate::desk::{Console, Upset, page, see};
use crate::href;
use crate::pages::badge::{EnrolDevice, ShowBadge};
use crate::pages::problem::Trouble;
use crate::preferences::{Preferences, is_ours};
use crate::screens::door::enter;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get("/device/{secret}", Needs::Nothing, get_device)
        .post("/device/{secret}", Needs::Nothing, post_device)
        .get(href::BADGE, Needs::Nothing, get_badge)
        .post(href::BADGE, Needs::Nothing, post_badge)
}

/// The secret of the device that a browser is, as its cookie says.
pub(super) fn device_secret(headers: &HeaderMap) -> Option<String> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let is_https = is_https(headers);
    cookies.into_iter().find_map(|value| cookie::find_device(value, is_https)).map(str::to_owned)
}

/// The device that a browser is, if it is one.
pub(super) async fn device(console: &Console, headers: &HeaderMap) -> Result<Option<Device>, Upset> {
    match device_secret(headers) {
        Some(secret) => Ok(find_device(&console.flows.runtime, &secret).await?),
        None => Ok(None),
    }
}

async fn get_device(
    State(console): State<Console>,
    preferences: Preferences,
    Path(secret): Path<String>,
) -> Result<Response, Upset> {
    let device = find_offer(&console.flows.runtime, &secret).await?.ok_or(Upset::of(Trouble::NotFound))?;
    page(&EnrolDevice {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: href::device(&secret),
        name: device.name,
    })
}

async fn post_device(
    State(console): State<Console>,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Result<Response, Upset> {
    let taken = take_device(&console.flows.runtime, &secret).await.map_err(|error| match error {
        DeviceError::Name | DeviceError::NoOffer => Upset::of(Trouble::NotFound),
        DeviceError::Fault(fault) => Upset::commanding(fault),
    })?;
    let is_https = is_https(&headers);
    // Whoever set it up is not the one who works with it.
    let mut response = see(href::BADGE);
    for cookie in [cookie::be_device(&taken, is_https), cookie::end(is_https)] {
        let value = cookie.parse().expect("a cookie of ours is a good header");
        response.headers_mut().append(header::SET_COOKIE, value);
    }
    Ok(response)
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BadgeForm {
    code: String,
    pin: String,
    next: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

async fn get_badge(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    let Some(device) = device(&console, &headers).await? else { return Ok(see(href::SIGN_IN)) };
    page(&show(
        &console,
        preferences,
        device.name,
        BadgeForm { next: asked.next, ..BadgeForm::default() },
        None,
    ))
}

async fn post_badge(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Form(form): Form<BadgeForm>,
) -> Result<Response, Upset> {
    let (Some(device), Some(secret)) = (device(&console, &headers).await?, device_secret(&headers)) else {
        return Ok(see(href::SIGN_IN));
    };
    let pin = (!form.pin.is_empty()).then(|| Secret::new(form.pin.trim()));
    let error = match badge_in(&console.flows.runtime, &secret, &form.code, pin).await {
        Ok(session) => {
            // Where no page was asked for, the work of the node is.
            let station = href::station(device.node_id.as_str());
            let to = if is_ours(&form.next) && !form.next.is_empty() { &form.next } else { &station };
            return Ok(enter(&session, &headers, to));
        }
        Err(BadgeInError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(BadgeInError::NoDevice) => return Ok(see(href::SIGN_IN)),
        Err(error) => error,
    };
    let key = match error {
        BadgeInError::PinWanted => None,
        BadgeInError::WrongPin => Some("badge-wrong-pin"),
        BadgeInError::Locked => Some("badge-locked"),
        _ => Some("badge-refused"),
    };
    let asks_pin = matches!(error, BadgeInError::PinWanted | BadgeInError::WrongPin);
    let said = key.map(|key| console.texts(preferences.language).text(key));
    let code = if asks_pin { form.code } else { String::new() };
    let answer = page(&show(
        &console,
        preferences,
        device.name,
        BadgeForm { code, pin: String::new(), ..form },
        said,
    ))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

fn show(
    console: &Console,
    preferences: Preferences,
    device: String,
    form: BadgeForm,
    error: Option<String>,
) -> ShowBadge {
    ShowBadge {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: href::with_query(href::BADGE, &[("next", &form.next)]),
        device,
        by_password: href::with_query(href::SIGN_IN, &[("next", &form.next), ("by", "password")]),
        code: form.code,
        next: form.next,
        error,
    }
}
