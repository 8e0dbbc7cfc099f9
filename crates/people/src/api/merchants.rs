//! Merchants.

use axum::{Json as Answer, extract::State, http::StatusCode, response::Response};
use kernel::{MerchantId, Page};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Path, Problem, Within, answered, problems};

use super::invalid;
use crate::{MerchantError, add_merchant, list_merchants, rename_merchant};

#[derive(Serialize, Deserialize, ToSchema)]
pub(super) struct MerchantJson {
    merchant_id: MerchantId,
    name: String,
}

pub(super) async fn get_merchants(
    State(runtime): State<Runtime>,
    Within(scope): Within,
) -> Result<Answer<Page<MerchantJson>>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let merchants = runtime
        .read(move |tx| Box::pin(async move { list_merchants(tx, &organisation_id, &scope).await }))
        .await?;
    let rows = merchants
        .into_iter()
        .map(|merchant| MerchantJson { merchant_id: merchant.merchant_id, name: merchant.name })
        .collect();
    Ok(Answer(Page { rows, next: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MerchantName)]
pub(super) struct NameJson {
    /// From 1 to 200 characters.
    name: String,
}

pub(super) async fn post_merchant(
    State(runtime): State<Runtime>,
    command: Command<NameJson>,
) -> Result<Response, Problem> {
    let name = command.body.name;
    let answer = runtime
        .command(command.call, move |cx| {
            let name = name.clone();
            Box::pin(async move {
                let merchant_id = add_merchant(cx, &name).await?;
                Ok::<_, MerchantError>(MerchantJson { merchant_id, name: name.trim().to_owned() })
            })
        })
        .await?;
    answered(StatusCode::CREATED, answer)
}

pub(super) async fn patch_merchant(
    State(runtime): State<Runtime>,
    Path(merchant_id): Path<MerchantId>,
    command: Command<NameJson>,
) -> Result<Response, Problem> {
    let name = command.body.name;
    let answer = runtime
        .command(command.call, move |cx| {
            let (merchant_id, name) = (merchant_id.clone(), name.clone());
            Box::pin(async move {
                rename_merchant(cx, &merchant_id, &name).await?;
                Ok::<_, MerchantError>(MerchantJson { merchant_id, name: name.trim().to_owned() })
            })
        })
        .await?;
    answered(StatusCode::OK, answer)
}

impl From<MerchantError> for Problem {
    fn from(error: MerchantError) -> Problem {
        match error {
            MerchantError::Name => invalid("/name", &error.to_string()),
            MerchantError::NoSuchMerchant(_) => Problem::not_found(problems::NOT_FOUND, error),
            MerchantError::Fault(fault) => Problem::fault(fault),
        }
    }
}
