//! Identity providers: who proves who people are.

use ::people::{
    Assignment, IdentityProvider, ProviderError, ProviderSetup, Role, Secret, SetupFlaw, is_https,
    list_providers, remove_provider, set_up_provider,
};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use db::Fault;
use kernel::IdentityProviderId;
use serde::Deserialize;
use web::{Needs, Path, Permission, Routes};

use super::{Areas, read_area, tabs, value_of};
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::settings::{ProviderForm, Providers};
use crate::rights::role_key;
use crate::screens::command::fresh_command;
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let owners = Needs::Throughout(Permission::OwnersWrite);
    Routes::new()
        .get(href::SIGN_IN_SETTINGS, owners, get_providers)
        .post("/settings/sign-in/{provider_id}", owners, post_provider)
        .post("/settings/sign-in/{provider_id}/removal", owners, post_removal)
}

async fn get_providers(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
) -> Result<Response, Upset> {
    show(&console, &desk, &headers, None).await
}

/// The page; `refused` is shown as it was sent, with what is wrong.
async fn show(
    console: &Console,
    desk: &Desk,
    headers: &HeaderMap,
    refused: Option<ProviderForm>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (known, areas) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let known = list_providers(tx, &organisation_id).await?;
                Ok::<_, Fault>((known, Areas::read(tx, &organisation_id).await?))
            })
        })
        .await?;
    let (t, access) = (&desk.t, &desk.caller.access);
    let mut forms: Vec<ProviderForm> = known.iter().map(form_of).collect();
    forms.push(empty(headers));
    if let Some(refused) = refused {
        match forms
            .iter_mut()
            .find(|form| form.is_new == refused.is_new && (form.is_new || form.id == refused.id))
        {
            Some(place) => *place = refused,
            None => forms.push(refused),
        }
    }
    let roles = Role::ALL.iter().filter(|role| **role != Role::Owner);
    let mut shell = desk.shell(Section::Settings, None);
    shell.path = href::SIGN_IN_SETTINGS.to_owned();
    page(&Providers {
        tabs: tabs(desk, href::SIGN_IN_SETTINGS),
        providers: forms,
        roles: roles.map(|role| Choice::new(role.code(), &t.text(role_key(*role)))).collect(),
        areas: areas.choices(t, access),
        t: t.clone(),
        shell,
    })
}

fn form_of(provider: &IdentityProvider) -> ProviderForm {
    let admits = provider.admits.as_ref();
    ProviderForm {
        id: provider.provider_id.to_string(),
        is_new: false,
        name: provider.name.clone(),
        issuer: provider.issuer.clone(),
        client_id: provider.client_id.clone(),
        address: provider.address.clone(),
        redirect_uri: provider.redirect_uri(),
        domains: provider.domains.join(" "),
        role: admits.map(|admits| admits.role.code().to_owned()).unwrap_or_default(),
        area: admits.map(|admits| value_of(&admits.area).to_owned()).unwrap_or_default(),
        error: None,
    }
}

/// A form to fill in. Its id is there before the provider is, for the provider must be told where it sends browsers
/// back to.
fn empty(headers: &HeaderMap) -> ProviderForm {
    let id = IdentityProviderId::from_body(&fresh_command());
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let scheme = if is_https(headers) { "https" } else { "http" };
    let address = format!("{scheme}://{host}");
    let redirect_uri = format!("{address}/sign-in/from/{id}");
    ProviderForm { id: id.to_string(), is_new: true, address, redirect_uri, ..ProviderForm::default() }
}

#[derive(Deserialize)]
struct SetupForm {
    #[serde(default)]
    is_new: String,
    name: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret: String,
    address: String,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    area: String,
}

async fn post_provider(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(provider_id): Path<IdentityProviderId>,
    Form(form): Form<SetupForm>,
) -> Result<Response, Upset> {
    let bad = || Upset::of(Trouble::BadRequest);
    let admits = match form.role.as_str() {
        "" => None,
        role => {
            let role = Role::parse(role).ok_or_else(bad)?;
            Some(Assignment { role, area: read_area(&form.area).ok_or_else(bad)? })
        }
    };
    let secret = form.client_secret.trim();
    let setup = ProviderSetup {
        name: form.name.clone(),
        issuer: form.issuer.clone(),
        client_id: form.client_id.clone(),
        client_secret: (!secret.is_empty()).then(|| Secret::new(secret)),
        address: form.address.clone(),
        domains: form.domains.split([' ', ',']).map(str::to_owned).collect(),
        admits,
    };
    let (call, access, reach) = (desk.caller.call(), &desk.caller.access, console.journeys.reach());
    let runtime = &console.flows.runtime;
    let done = set_up_provider(runtime, call, access, reach, Some(provider_id.clone()), setup).await;
    let error = match done {
        Ok(_) => return Ok(see(href::SIGN_IN_SETTINGS)),
        Err(ProviderError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(ProviderError::NoSuchProvider(_)) => return Err(Upset::of(Trouble::NotFound)),
        Err(ProviderError::MoreThanOwn) => {
            return Err(Upset::refused(Trouble::Forbidden, desk.t.text("more-than-own")));
        }
        Err(ProviderError::TooMany) => desk.t.text("provider-too-many"),
        Err(ProviderError::Invalid(flaws)) => {
            flaws.iter().map(|flaw| desk.t.text(flaw_key(*flaw))).collect::<Vec<_>>().join(" ")
        }
    };
    let refused = ProviderForm {
        redirect_uri: format!("{}/sign-in/from/{provider_id}", form.address.trim_end_matches('/')),
        id: provider_id.to_string(),
        is_new: !form.is_new.is_empty(),
        name: form.name,
        issuer: form.issuer,
        client_id: form.client_id,
        address: form.address,
        domains: form.domains,
        role: form.role,
        area: form.area,
        error: Some(error),
    };
    let answer = show(&console, &desk, &headers, Some(refused)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

async fn post_removal(
    State(console): State<Console>,
    desk: Desk,
    Path(provider_id): Path<IdentityProviderId>,
) -> Result<Response, Upset> {
    let call = desk.caller.call();
    remove_provider(&console.flows.runtime, call, provider_id).await.map_err(Upset::commanding)?;
    Ok(see(href::SIGN_IN_SETTINGS))
}

fn flaw_key(flaw: SetupFlaw) -> &'static str {
    match flaw {
        SetupFlaw::Name => "provider-flaw-name",
        SetupFlaw::Issuer => "provider-flaw-issuer",
        SetupFlaw::ClientId => "provider-flaw-client",
        SetupFlaw::ClientSecret => "provider-flaw-secret",
        SetupFlaw::Address => "provider-flaw-address",
        SetupFlaw::Domains => "provider-flaw-domains",
        SetupFlaw::Admits => "provider-flaw-admits",
    }
}
