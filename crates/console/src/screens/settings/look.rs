//! What the organisation is called, where its day begins, and how it and its merchants look.

use ::people::{
    Brand, BrandChange, BrandError, Colour, OrganisationChange, OrganisationError, amend_organisation,
    change_brand, find_brand, find_merchant, find_organisation, list_time_zones,
};
use axum::extract::{Form, Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::Fault;
use kernel::MerchantId;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Routes};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::look::{HouseEntry, LookForm, LookPage};
use crate::pages::problem::Trouble;
use crate::screens::command::fresh_command;
use crate::shell::Section;

/// The longest field but the picture, in bytes.
const FIELD_MOST: usize = 2000;

pub(super) fn routes() -> Routes<Console> {
    let (organisation, merchant) =
        (Needs::Throughout(Permission::SettingsWrite), Needs::Within(Permission::MerchantsWrite));
    Routes::new()
        .get(href::LOOK, organisation, get_own)
        .post(href::LOOK, organisation, post_own)
        .post("/settings/look/organisation", organisation, post_organisation)
        .get("/settings/merchants/{merchant_id}/look", merchant, get_merchant)
        .post("/settings/merchants/{merchant_id}/look", merchant, post_merchant)
}

async fn get_own(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    show(&console, desk, None, Refused::Nothing).await
}

async fn get_merchant(
    State(console): State<Console>,
    desk: Desk,
    Path(merchant_id): Path<MerchantId>,
) -> Result<Response, Upset> {
    show(&console, desk, Some(merchant_id), Refused::Nothing).await
}

async fn post_own(State(console): State<Console>, desk: Desk, form: Multipart) -> Result<Response, Upset> {
    post(&console, desk, None, form).await
}

async fn post_merchant(
    State(console): State<Console>,
    desk: Desk,
    Path(merchant_id): Path<MerchantId>,
    form: Multipart,
) -> Result<Response, Upset> {
    post(&console, desk, Some(merchant_id), form).await
}

#[derive(Debug, Deserialize)]
struct HouseForm {
    command: String,
    name: String,
    time_zone: String,
}

async fn post_organisation(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<HouseForm>,
) -> Result<Response, Upset> {
    let call = desk.call(&form.command, "organisation", &json!([form.name, form.time_zone]))?;
    let change =
        OrganisationChange { name: Some(form.name.clone()), time_zone: Some(form.time_zone.clone()) };
    let done = console.flows.runtime.command(call, move |cx| {
        let change = change.clone();
        Box::pin(async move { amend_organisation(cx, &change).await.map(drop) })
    });
    let key = match done.await {
        Ok(answer) => {
            return answer.into_result().map(|()| see(href::LOOK)).ok_or_else(|| desk.reused());
        }
        Err(OrganisationError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(OrganisationError::Name) => "flaw-merchant",
        Err(OrganisationError::TimeZone) => "flaw-zone",
    };
    let why = desk.t.text(key);
    let refused = show(&console, desk, None, Refused::House(form, why)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response())
}

fn address(merchant_id: Option<&MerchantId>) -> String {
    merchant_id.map_or(href::LOOK.to_owned(), |merchant_id| href::merchant_look(merchant_id.as_str()))
}

/// What was not done, and why, in the reader's language.
enum Refused {
    Nothing,
    Look(Sent, String),
    House(HouseForm, String),
}

/// The page; what was refused is shown as it was sent, with what is wrong.
async fn show(
    console: &Console,
    desk: Desk,
    merchant_id: Option<MerchantId>,
    refused: Refused,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let sought = merchant_id.clone();
    let (brand, merchant, organisation) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let merchant = match &sought {
                    Some(merchant_id) => find_merchant(tx, &organisation_id, merchant_id).await?,
                    None => None,
                };
                let brand = find_brand(tx, &organisation_id, sought.as_ref()).await?;
                Ok::<_, Fault>((brand, merchant, find_organisation(tx).await?))
            })
        })
        .await?;
    if merchant_id.is_some() != merchant.is_some() {
        return Err(Upset::of(Trouble::NotFound));
    }
    let logo = brand.logo.as_deref().map(href::brand_logo);
    let mut house = HouseEntry {
        name: organisation.as_ref().map(|house| house.name.clone()).unwrap_or_default(),
        time_zone: desk.house_zone.clone(),
        zones: list_time_zones(),
        error: None,
    };
    let (form, error) = match refused {
        Refused::Nothing => (form_of(brand, logo), None),
        Refused::Look(sent, error) => (sent.form(logo), Some(error)),
        Refused::House(sent, error) => {
            (house.name, house.time_zone, house.error) = (sent.name, sent.time_zone, Some(error));
            (form_of(brand, logo), None)
        }
    };
    let action = address(merchant_id.as_ref());
    let mut shell = desk.shell(Section::Settings, None);
    shell.path = action.clone();
    let tab = if merchant.is_some() { href::MERCHANTS } else { href::LOOK };
    page(&LookPage {
        tabs: tabs(&desk, tab),
        name: merchant.as_ref().map_or(shell.organisation.clone(), |merchant| merchant.name.clone()),
        house: merchant.is_none().then_some(house),
        action,
        form,
        error,
        command: fresh_command(),
        shell,
        t: desk.t,
    })
}

fn form_of(brand: Brand, logo: Option<String>) -> LookForm {
    LookForm {
        display_name: brand.display_name,
        accent: brand.accent.map(Colour::hex),
        support_email: brand.support_email,
        support_phone: brand.support_phone,
        support_link: brand.support_link,
        logo,
    }
}

/// The form as it came.
#[derive(Debug, Default)]
struct Sent {
    command: String,
    display_name: String,
    has_accent: bool,
    accent: String,
    support_email: String,
    support_phone: String,
    support_link: String,
    has_no_logo: bool,
    logo: Vec<u8>,
}

impl Sent {
    async fn read(mut form: Multipart) -> Result<Sent, Upset> {
        let cut = |_| Upset::of(Trouble::BadRequest);
        let mut sent = Sent::default();
        while let Some(mut field) = form.next_field().await.map_err(cut)? {
            let name = field.name().unwrap_or_default().to_owned();
            // One byte more than is taken tells that it is too long.
            let most = if name == "file" { pictures::BYTES_MOST + 1 } else { FIELD_MOST };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(cut)? {
                let room = most - bytes.len();
                bytes.extend_from_slice(&chunk[..chunk.len().min(room)]);
            }
            let text = || String::from_utf8_lossy(&bytes).into_owned();
            match name.as_str() {
                "command" => sent.command = text(),
                "display_name" => sent.display_name = text(),
                "has_accent" => sent.has_accent = true,
                "accent" => sent.accent = text(),
                "support_email" => sent.support_email = text(),
                "support_phone" => sent.support_phone = text(),
                "support_link" => sent.support_link = text(),
                "has_no_logo" => sent.has_no_logo = true,
                "file" => sent.logo = bytes,
                _ => {}
            }
        }
        Ok(sent)
    }

    fn change(&self) -> BrandChange {
        let accent = if self.has_accent { self.accent.clone() } else { String::new() };
        BrandChange {
            display_name: Some(self.display_name.clone()),
            accent: Some(accent),
            support_email: Some(self.support_email.clone()),
            support_phone: Some(self.support_phone.clone()),
            support_link: Some(self.support_link.clone()),
            // A form without a file sends an empty one.
            logo: (self.has_no_logo || !self.logo.is_empty()).then(|| self.logo.clone()),
        }
    }

    fn form(self, logo: Option<String>) -> LookForm {
        LookForm {
            accent: self.has_accent.then_some(self.accent),
            display_name: self.display_name,
            support_email: self.support_email,
            support_phone: self.support_phone,
            support_link: self.support_link,
            logo,
        }
    }
}

async fn post(
    console: &Console,
    desk: Desk,
    merchant_id: Option<MerchantId>,
    form: Multipart,
) -> Result<Response, Upset> {
    let sent = Sent::read(form).await?;
    let (change, place) = (sent.change(), address(merchant_id.as_ref()));
    let said = json!([
        change.display_name,
        change.accent,
        change.support_email,
        change.support_phone,
        change.support_link,
        change.logo
    ]);
    let call = desk.call(&sent.command, &place, &said)?;
    let subject = merchant_id.clone();
    let done = console.flows.runtime.command(call, move |cx| {
        let (subject, change) = (subject.clone(), change.clone());
        Box::pin(async move { change_brand(cx, subject.as_ref(), &change).await.map(drop) })
    });
    let why = match done.await {
        Ok(answer) => {
            return answer.into_result().map(|()| see(&place)).ok_or_else(|| desk.reused());
        }
        Err(BrandError::NoSuchMerchant(_)) => return Err(Upset::of(Trouble::NotFound)),
        Err(BrandError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(flaw) => in_words(&desk, &flaw),
    };
    let refused = show(console, desk, merchant_id, Refused::Look(sent, why)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, refused).into_response())
}

fn in_words(desk: &Desk, flaw: &BrandError) -> String {
    let key = match flaw {
        BrandError::TooPale { nearest, .. } => {
            return desk.t.fill("flaw-pale", "colour", nearest.hex());
        }
        BrandError::DisplayName => "flaw-merchant",
        BrandError::Accent => "flaw-colour",
        BrandError::SupportEmail => "flaw-email",
        BrandError::SupportPhone => "flaw-phone",
        BrandError::SupportLink => "flaw-link",
        BrandError::Logo(_) | BrandError::NoSuchMerchant(_) | BrandError::Fault(_) => "flaw-logo",
    };
    desk.t.text(key)
}
