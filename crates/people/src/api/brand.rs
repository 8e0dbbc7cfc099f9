//! How the organisation and its merchants look.

use axum::{Json as Answer, extract::State, http::StatusCode, response::Response};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kernel::MerchantId;
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Path, Problem, answered, problems};

use super::invalid;
use crate::{Brand, BrandChange, BrandError, Colour, change_brand, find_brand, find_shown_brand};

/// How somebody looks; what is empty is as the organisation has it, and there as the product does.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Brand)]
pub(super) struct BrandJson {
    /// What customers call them; empty where it is their name.
    display_name: String,
    /// The colour on light pages, like `#0b5f73`.
    #[serde(skip_serializing_if = "Option::is_none")]
    accent: Option<String>,
    /// The colour on dark pages, made of the other.
    #[serde(skip_serializing_if = "Option::is_none")]
    accent_dark: Option<String>,
    support_email: String,
    support_phone: String,
    support_link: String,
    /// Where the logo is on this server; another logo is another address.
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_path: Option<String>,
}

impl From<Brand> for BrandJson {
    fn from(brand: Brand) -> BrandJson {
        BrandJson {
            display_name: brand.display_name,
            accent: brand.accent.map(Colour::hex),
            accent_dark: brand.accent.map(|accent| accent.for_dark_pages().hex()),
            support_email: brand.support_email,
            support_phone: brand.support_phone,
            support_link: brand.support_link,
            logo_path: brand.logo.map(|digest| format!("/brand/logo/{digest}")),
        }
    }
}

/// What shall be another way. What is left out stays; what is empty goes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BrandChange)]
pub(super) struct BrandChangeJson {
    /// Up to 200 characters.
    #[serde(default, deserialize_with = "web::given")]
    display_name: Option<String>,
    /// Like `#0b5f73`. Refused where text in it could not be read on light pages; the refusal names one that can.
    #[serde(default, deserialize_with = "web::given")]
    accent: Option<String>,
    #[serde(default, deserialize_with = "web::given")]
    support_email: Option<String>,
    #[serde(default, deserialize_with = "web::given")]
    support_phone: Option<String>,
    /// Begins with `https://`.
    #[serde(default, deserialize_with = "web::given")]
    support_link: Option<String>,
    /// A PNG or SVG picture of up to 128 KiB and 1,024 pixels a side, in base64. It is written anew.
    #[serde(default, deserialize_with = "web::given")]
    logo: Option<String>,
}

impl BrandChangeJson {
    fn read(self) -> Result<BrandChange, Problem> {
        let logo = self.logo.map(|logo| STANDARD.decode(logo)).transpose();
        Ok(BrandChange {
            display_name: self.display_name,
            accent: self.accent,
            support_email: self.support_email,
            support_phone: self.support_phone,
            support_link: self.support_link,
            logo: logo.map_err(|_| invalid("/logo", "this is not base64"))?,
        })
    }
}

pub(super) async fn get_brand(State(runtime): State<Runtime>) -> Result<Answer<BrandJson>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let brand =
        runtime.read(move |tx| Box::pin(async move { find_brand(tx, &organisation_id, None).await })).await?;
    Ok(Answer(brand.into()))
}

pub(super) async fn get_merchant_brand(
    State(runtime): State<Runtime>,
    Path(merchant_id): Path<MerchantId>,
) -> Result<Answer<BrandJson>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let brand = runtime
        .read(move |tx| {
            Box::pin(async move {
                if crate::find_merchant(tx, &organisation_id, &merchant_id).await?.is_none() {
                    return Err(BrandError::NoSuchMerchant(merchant_id));
                }
                Ok(find_shown_brand(tx, &organisation_id, &merchant_id).await?)
            })
        })
        .await?;
    Ok(Answer(brand.into()))
}

pub(super) async fn patch_brand(
    State(runtime): State<Runtime>,
    command: Command<BrandChangeJson>,
) -> Result<Response, Problem> {
    change(&runtime, None, command).await
}

pub(super) async fn patch_merchant_brand(
    State(runtime): State<Runtime>,
    Path(merchant_id): Path<MerchantId>,
    command: Command<BrandChangeJson>,
) -> Result<Response, Problem> {
    change(&runtime, Some(merchant_id), command).await
}

async fn change(
    runtime: &Runtime,
    merchant_id: Option<MerchantId>,
    command: Command<BrandChangeJson>,
) -> Result<Response, Problem> {
    let change = command.body.read()?;
    let answer = runtime
        .command(command.call, move |cx| {
            let (merchant_id, change) = (merchant_id.clone(), change.clone());
            Box::pin(async move {
                let brand = change_brand(cx, merchant_id.as_ref(), &change).await?;
                Ok::<_, BrandError>(BrandJson::from(brand))
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

impl From<BrandError> for Problem {
    fn from(error: BrandError) -> Problem {
        let pointer = match error {
            BrandError::DisplayName => "/display_name",
            BrandError::Accent | BrandError::TooPale { .. } => "/accent",
            BrandError::SupportEmail => "/support_email",
            BrandError::SupportPhone => "/support_phone",
            BrandError::SupportLink => "/support_link",
            BrandError::Logo(_) => "/logo",
            BrandError::NoSuchMerchant(_) => return Problem::not_found(problems::NOT_FOUND, error),
            BrandError::Fault(fault) => return Problem::fault(fault),
        };
        invalid(pointer, &error.to_string())
    }
}
