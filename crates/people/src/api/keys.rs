//! Keys of machines.

use axum::{
    Json as Answer,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{MerchantId, NodeId, Page, SessionId, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Caller, Json, Path, Permission, Permissions, Problem, problems};

use super::{area, invalid, person};
use crate::{MakeKeyError, NewKey, TokenFacts, list_keys, make_key, sign_out, store};

#[derive(Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub(super) struct KeyJson {
    key_id: SessionId,
    user_id: UserId,
    name: String,
    /// Null for all that its maker may.
    permissions: Option<Vec<&'static str>>,
    merchant_id: String,
    node_id: String,
    created_at: Timestamp,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    /// The version it speaks where a request does not say: the newest when it was made. Null for the newest at any time.
    api_version: Option<String>,
}

impl From<TokenFacts> for KeyJson {
    fn from(key: TokenFacts) -> KeyJson {
        let permissions = key.permissions.as_deref().map(store::permissions_of);
        KeyJson {
            key_id: key.session_id,
            user_id: key.user_id,
            name: key.name,
            permissions: permissions.map(|all| all.iter().map(Permission::code).collect()),
            merchant_id: key.merchant_id,
            node_id: key.node_id,
            created_at: key.created_at,
            expires_at: key.expires_at,
            used_at: key.used_at,
            api_version: key.api_version,
        }
    }
}

/// The caller's keys, or everybody's for whoever looks after the people.
pub(super) async fn get_keys(
    State(runtime): State<Runtime>,
    caller: Caller,
) -> Result<Answer<Page<KeyJson>>, Problem> {
    let user_id = person(&caller)?;
    let is_all = caller.access.may_throughout(Permission::PeopleWrite);
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let keys = runtime
        .read(move |tx| {
            Box::pin(
                async move { list_keys(tx, &organisation_id, Some(&user_id).filter(|_| !is_all), now).await },
            )
        })
        .await?;
    Ok(Answer(Page { rows: keys.into_iter().map(KeyJson::from).collect(), next: None }))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewKeyJson {
    /// What it is for, up to 100 characters.
    name: String,
    /// All that its maker may, where it is left out.
    permissions: Option<Vec<String>>,
    merchant_id: Option<MerchantId>,
    node_id: Option<NodeId>,
    /// How long it holds.
    #[schema(minimum = 1)]
    valid_days: u32,
}

#[derive(Serialize, ToSchema)]
#[schema(as = MadeKey)]
pub(super) struct MadeJson {
    key: String,
    key_id: SessionId,
    expires_at: Timestamp,
}

pub(super) async fn post_key(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewKeyJson>,
) -> Result<Response, Problem> {
    let user_id = person(&caller)?;
    let mut permissions: Option<Permissions> = None;
    if let Some(codes) = body.permissions {
        let read = |(place, code): (usize, &String)| {
            Permission::parse(code)
                .ok_or_else(|| invalid(&format!("/permissions/{place}"), "there is no such permission"))
        };
        permissions = Some(codes.iter().enumerate().map(read).collect::<Result<_, Problem>>()?);
    }
    let area = area(body.merchant_id, body.node_id)?;
    let new = NewKey { name: body.name, permissions, area, days: body.valid_days };
    let made = make_key(&runtime, caller.call(), &caller.access, user_id, new).await?;
    let body =
        MadeJson { key: made.key.reveal().to_owned(), key_id: made.key_id, expires_at: made.expires_at };
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

/// Revokes a key of the caller's, or anybody's for whoever looks after the people. A repeat changes nothing.
pub(super) async fn delete_key(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(key_id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    let user_id = person(&caller)?;
    let (organisation_id, sought) = (runtime.organisation_id.clone(), key_id.clone());
    let found = runtime
        .read(move |tx| Box::pin(async move { store::find_token(tx, &organisation_id, &sought).await }))
        .await?;
    let is_all = caller.access.may_throughout(Permission::PeopleWrite);
    if found.is_some_and(|(maker, kind)| kind != "api" || (maker != user_id && !is_all)) {
        return Err(Problem::not_found(problems::NOT_FOUND, "You have no such key."));
    }
    sign_out(&runtime, caller.call(), key_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl From<MakeKeyError> for Problem {
    fn from(error: MakeKeyError) -> Problem {
        let says = error.to_string();
        match error {
            MakeKeyError::BadName => invalid("/name", &says),
            MakeKeyError::BadDays(_) => invalid("/valid_days", &says),
            MakeKeyError::ForNothing => invalid("/permissions", &says),
            MakeKeyError::MoreThanOwn => Problem::forbidden(problems::MORE_THAN_OWN, says),
            MakeKeyError::Fault(fault) => Problem::fault(fault),
        }
    }
}
