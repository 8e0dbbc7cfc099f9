//! Identity providers.

use axum::{
    Extension, Json as Answer,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{IdentityProviderId, Page, UserId};
use outbound::Reach;
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Json, Path, Problem, problems};

use super::{RoleJson, person};
use crate::{
    IdentityProvider, ProviderError, ProviderSetup, Secret, SetupFlaw, UnlinkError, list_providers,
    remove_provider, set_up_provider, unlink_identities,
};

/// A provider, without the secret we share with it.
#[derive(Serialize, ToSchema)]
pub(super) struct ProviderJson {
    provider_id: IdentityProviderId,
    name: String,
    issuer: String,
    client_id: String,
    address: String,
    redirect_uri: String,
    domains: Vec<String>,
    admits: Option<RoleJson>,
}

impl From<IdentityProvider> for ProviderJson {
    fn from(provider: IdentityProvider) -> ProviderJson {
        ProviderJson {
            redirect_uri: provider.redirect_uri(),
            admits: provider.admits.as_ref().map(RoleJson::from),
            provider_id: provider.provider_id,
            name: provider.name,
            issuer: provider.issuer,
            client_id: provider.client_id,
            address: provider.address,
            domains: provider.domains,
        }
    }
}

pub(super) async fn get_providers(
    State(runtime): State<Runtime>,
) -> Result<Answer<Page<ProviderJson>>, Problem> {
    let rows = known(&runtime).await?.into_iter().map(ProviderJson::from).collect();
    Ok(Answer(Page { rows, next: None }))
}

async fn known(runtime: &Runtime) -> Result<Vec<IdentityProvider>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let found =
        runtime.read(move |tx| Box::pin(async move { list_providers(tx, &organisation_id).await })).await?;
    Ok(found)
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewProviderJson {
    name: String,
    issuer: String,
    client_id: String,
    #[schema(value_type = String, format = Password)]
    client_secret: Secret,
    address: String,
    #[serde(default)]
    domains: Vec<String>,
    admits: Option<RoleJson>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct ProviderAddedJson {
    provider_id: IdentityProviderId,
}

pub(super) async fn post_provider(
    State(runtime): State<Runtime>,
    Extension(reach): Extension<Reach>,
    caller: Caller,
    Json(body): Json<NewProviderJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let NewProviderJson { name, issuer, client_id, client_secret, address, domains, admits } = body;
    let admits = admits.map(RoleJson::read).transpose()?;
    let client_secret = Some(client_secret);
    let setup = ProviderSetup { name, issuer, client_id, client_secret, address, domains, admits };
    let provider_id = set_up_provider(&runtime, caller.call(), &caller.access, reach, None, setup).await?;
    Ok((StatusCode::CREATED, Answer(ProviderAddedJson { provider_id })).into_response())
}

/// What is left out stays as it is.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderChangeJson {
    name: Option<String>,
    issuer: Option<String>,
    client_id: Option<String>,
    #[schema(value_type = Option<String>, format = Password)]
    client_secret: Option<Secret>,
    address: Option<String>,
    domains: Option<Vec<String>>,
    /// `null` refuses people whom nobody enrolled.
    #[serde(default, with = "said_or_not")]
    #[schema(value_type = Option<RoleJson>)]
    admits: Option<Option<RoleJson>>,
}

/// Tells `null` from nothing.
mod said_or_not {
    use serde::{Deserialize, Deserializer};

    pub fn deserialize<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
        from: D,
    ) -> Result<Option<Option<T>>, D::Error> {
        Option::deserialize(from).map(Some)
    }
}

pub(super) async fn patch_provider(
    State(runtime): State<Runtime>,
    Extension(reach): Extension<Reach>,
    caller: Caller,
    Path(provider_id): Path<IdentityProviderId>,
    Json(body): Json<ProviderChangeJson>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    let found = known(&runtime).await?.into_iter().find(|provider| provider.provider_id == provider_id);
    let former = found.ok_or_else(|| Problem::from(ProviderError::NoSuchProvider(provider_id.clone())))?;
    let admits = match body.admits {
        Some(said) => said.map(RoleJson::read).transpose()?,
        None => former.admits,
    };
    let setup = ProviderSetup {
        name: body.name.unwrap_or(former.name),
        issuer: body.issuer.unwrap_or(former.issuer),
        client_id: body.client_id.unwrap_or(former.client_id),
        client_secret: body.client_secret,
        address: body.address.unwrap_or(former.address),
        domains: body.domains.unwrap_or(former.domains),
        admits,
    };
    set_up_provider(&runtime, caller.call(), &caller.access, reach, Some(provider_id), setup).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) async fn delete_provider(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(provider_id): Path<IdentityProviderId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    remove_provider(&runtime, caller.call(), provider_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The next time the person comes in by a provider, their e-mail address decides again who they are.
pub(super) async fn delete_identities(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(user_id): Path<UserId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    unlink_identities(&runtime, caller.call(), &caller.access, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<ProviderError> for Problem {
    fn from(error: ProviderError) -> Problem {
        match error {
            ProviderError::Invalid(ref flaws) => {
                let problem = Problem::unprocessable(problems::INVALID_FIELD, &error);
                flaws.iter().fold(problem, |problem, flaw| {
                    let field = match flaw {
                        SetupFlaw::Name => "/name",
                        SetupFlaw::Issuer => "/issuer",
                        SetupFlaw::ClientId => "/client_id",
                        SetupFlaw::ClientSecret => "/client_secret",
                        SetupFlaw::Address => "/address",
                        SetupFlaw::Domains => "/domains",
                        SetupFlaw::Admits => "/admits",
                    };
                    problem.at(field, problems::INVALID_FIELD.slug(), flaw)
                })
            }
            ProviderError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            ProviderError::TooMany => Problem::unprocessable(problems::INVALID_FIELD, error),
            ProviderError::NoSuchProvider(_) => Problem::not_found(problems::NOT_FOUND, error),
            ProviderError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<UnlinkError> for Problem {
    fn from(error: UnlinkError) -> Problem {
        match error {
            UnlinkError::NoSuchStaff(_) => Problem::not_found(problems::NOT_FOUND, error),
            UnlinkError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, error),
            UnlinkError::Fault(fault) => Problem::fault(fault),
        }
    }
}
