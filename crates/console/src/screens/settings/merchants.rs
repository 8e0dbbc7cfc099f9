//! The merchants and their names.

use ::people::{MerchantError, add_merchant, list_merchants, rename_merchant};
use axum::extract::{Form, State};
use axum::response::Response;
use kernel::MerchantId;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Routes, Within};

use super::tabs;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::settings::Merchants;
use crate::screens::command::fresh_command;
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let change = Needs::Throughout(Permission::MerchantsWrite);
    Routes::new()
        .get(href::MERCHANTS, Needs::Within(Permission::MerchantsRead), get_merchants)
        .post(href::MERCHANTS, change, post_merchant)
        .post("/settings/merchants/{merchant_id}", change, post_name)
}

async fn get_merchants(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let merchants = runtime
        .read(move |tx| Box::pin(async move { list_merchants(tx, &organisation_id, &scope).await }))
        .await?;
    let choice = |merchant: &::people::Merchant| Choice::new(merchant.merchant_id.as_str(), &merchant.name);
    page(&Merchants {
        tabs: tabs(&desk, href::MERCHANTS),
        merchants: merchants.iter().map(choice).collect(),
        can_change: desk.caller.access.may_throughout(Permission::MerchantsWrite),
        command: fresh_command(),
        shell: desk.shell(Section::Settings, None),
        t: desk.t,
    })
}

#[derive(Debug, Deserialize)]
struct NewForm {
    command: String,
    name: String,
}

async fn post_merchant(
    State(console): State<Console>,
    desk: Desk,
    Form(form): Form<NewForm>,
) -> Result<Response, Upset> {
    let call = desk.call(&form.command, href::MERCHANTS, &json!([form.name]))?;
    let name = form.name;
    let added = console.flows.runtime.command(call, move |cx| {
        let name = name.clone();
        Box::pin(async move { add_merchant(cx, &name).await })
    });
    let added = added.await.map_err(|error| not_done(&desk, error))?;
    if added.into_result().is_none() {
        return Err(desk.reused());
    }
    Ok(see(href::MERCHANTS))
}

#[derive(Debug, Deserialize)]
struct NameForm {
    name: String,
}

async fn post_name(
    State(console): State<Console>,
    desk: Desk,
    Path(merchant_id): Path<MerchantId>,
    Form(form): Form<NameForm>,
) -> Result<Response, Upset> {
    let renamed = console.flows.runtime.run(desk.caller.call(), move |cx| {
        let (merchant_id, name) = (merchant_id.clone(), form.name.clone());
        Box::pin(async move { rename_merchant(cx, &merchant_id, &name).await })
    });
    renamed.await.map_err(|error| not_done(&desk, error))?;
    Ok(see(href::MERCHANTS))
}

fn not_done(desk: &Desk, error: MerchantError) -> Upset {
    match error {
        MerchantError::Name => Upset::refused(Trouble::BadRequest, desk.t.text("flaw-merchant")),
        MerchantError::NoSuchMerchant(_) => Upset::of(Trouble::NotFound),
        MerchantError::Fault(fault) => Upset::commanding(fault),
    }
}
