//! Signing in and out over HTTP, and who asks.

use axum::{
    Extension, Json as Answer, Router,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use kernel::{Currency, MerchantId, OrganisationId, SessionId, Timestamp, UserId};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use web::{Caller, Json, Path, Problem, problems};

use crate::{
    Attempts, DismissError, EnrolError, Flaw, MintError, NewStaff, Secret, SignInError, cookie, dismiss,
    enrol, enrol_first, find_organisation, find_staff, list_merchants, mint_token, sign_in, sign_out, whoami,
};

/// The routes. `attempts` is shared with whatever other door signs people in.
pub fn routes(attempts: Attempts) -> Router<Runtime> {
    Router::new()
        .route("/v1/first-run", post(post_first_run))
        .route("/v1/sign-in", post(post_sign_in))
        .route("/v1/sign-out", post(post_sign_out))
        .route("/v1/me", get(get_me))
        .route("/v1/merchants", get(get_merchants))
        .route("/v1/staff", post(post_staff))
        .route("/v1/staff/{user_id}/dismissal", post(post_dismissal))
        .route("/v1/tokens", post(post_token))
        .route("/v1/tokens/{session_id}", delete(delete_token))
        .layer(Extension(attempts))
}

/// Middleware: finds out who asks, by bearer token or session cookie, and puts it on the request as [`Caller`]. What
/// a browser sends on behalf of another site changes nothing.
pub async fn identify(State(runtime): State<Runtime>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let bearer = bearer(headers);
    // Browsers add cookies by themselves, and never a bearer token.
    if bearer.is_none() && !request.method().is_safe() && is_cross_site(headers) {
        let refusal = "This came from a page of another site, so it was not done.";
        return Problem::forbidden(problems::CROSS_SITE, refusal).into_response();
    }
    let token = bearer.or_else(|| session_cookie(headers)).map(str::to_owned);
    if let Some(token) = token {
        match whoami(&runtime, &token).await {
            Ok(Some(caller)) => drop(request.extensions_mut().insert(caller)),
            Ok(None) => {}
            Err(fault) => return Problem::fault(fault).into_response(),
        }
    }
    next.run(request).await
}

/// True where the browser speaks HTTPS to the proxy before us, as far as the proxy says so.
pub fn is_https(headers: &HeaderMap) -> bool {
    let said = headers.get("x-forwarded-proto").and_then(|value| value.to_str().ok());
    said.is_some_and(|said| said.split(',').next().unwrap_or_default().trim().eq_ignore_ascii_case("https"))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn session_cookie(headers: &HeaderMap) -> Option<&str> {
    headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(cookie::find)
}

/// `Sec-Fetch-Site` tells; browsers too old for it send `Origin`, which must be our own host. Neither: no browser.
fn is_cross_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let Some(origin) = text("origin") else { return false };
    let origin_host = origin.split_once("://").map(|(_, host)| host);
    origin_host.is_none() || (origin_host != text("host") && origin_host != text("x-forwarded-host"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewStaffJson {
    email: String,
    name: String,
    password: Secret,
    language: String,
}

impl From<NewStaffJson> for NewStaff {
    fn from(json: NewStaffJson) -> NewStaff {
        let NewStaffJson { email, name, password, language } = json;
        NewStaff { email, name, password, language }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstRunJson {
    secret: Secret,
    staff: NewStaffJson,
}

#[derive(Serialize)]
struct EnrolledJson {
    user_id: UserId,
}

async fn post_first_run(
    State(runtime): State<Runtime>,
    Json(body): Json<FirstRunJson>,
) -> Result<Response, Problem> {
    let user_id = enrol_first(&runtime, &body.secret, body.staff.into())
        .await
        .map_err(|error| enrol_problem(error, "/staff"))?;
    Ok((StatusCode::CREATED, Answer(EnrolledJson { user_id })).into_response())
}

async fn post_staff(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewStaffJson>,
) -> Result<Response, Problem> {
    person(&caller)?;
    let user_id =
        enrol(&runtime, caller.call(), body.into()).await.map_err(|error| enrol_problem(error, ""))?;
    Ok((StatusCode::CREATED, Answer(EnrolledJson { user_id })).into_response())
}

async fn post_dismissal(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(user_id): Path<UserId>,
    Json(()): Json<()>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    dismiss(&runtime, caller.call(), user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignInJson {
    email: String,
    password: Secret,
}

#[derive(Serialize)]
struct SignedInJson {
    token: String,
    user_id: UserId,
    session_id: SessionId,
    expires_at: Timestamp,
}

async fn post_sign_in(
    State(runtime): State<Runtime>,
    Extension(attempts): Extension<Attempts>,
    Json(body): Json<SignInJson>,
) -> Result<Answer<SignedInJson>, Problem> {
    let session = sign_in(&runtime, &attempts, &body.email, body.password).await?;
    Ok(Answer(SignedInJson {
        token: session.token.reveal().to_owned(),
        user_id: session.user_id,
        session_id: session.session_id,
        expires_at: session.expires_at,
    }))
}

async fn post_sign_out(State(runtime): State<Runtime>, caller: Caller) -> Result<StatusCode, Problem> {
    let call = caller.call();
    sign_out(&runtime, call, caller.session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct MeJson {
    user_id: UserId,
    email: String,
    name: String,
    language: String,
    session_id: SessionId,
    is_machine: bool,
    organisation: OrganisationJson,
}

#[derive(Serialize)]
struct OrganisationJson {
    organisation_id: OrganisationId,
    name: String,
    currency: Currency,
    time_zone: String,
}

async fn get_me(State(runtime): State<Runtime>, caller: Caller) -> Result<Answer<MeJson>, Problem> {
    let (organisation_id, user_id) = (runtime.organisation_id.clone(), caller.user_id.clone());
    let (staff, organisation) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let staff = match &user_id {
                    Some(user_id) => find_staff(tx, &organisation_id, user_id).await?,
                    None => None,
                };
                Ok::<_, db::Fault>((staff, find_organisation(tx).await?))
            })
        })
        .await?;
    let (Some(staff), Some(organisation)) = (staff, organisation) else {
        return Err(Problem::not_found(problems::NOT_FOUND, "This caller is no person."));
    };
    Ok(Answer(MeJson {
        user_id: staff.user_id,
        email: staff.email,
        name: staff.name,
        language: staff.language,
        session_id: caller.session_id,
        is_machine: caller.is_machine,
        organisation: OrganisationJson {
            organisation_id: organisation.organisation_id,
            name: organisation.name,
            currency: organisation.currency,
            time_zone: organisation.time_zone,
        },
    }))
}

#[derive(Serialize)]
struct MerchantsJson {
    rows: Vec<MerchantJson>,
}

#[derive(Serialize)]
struct MerchantJson {
    merchant_id: MerchantId,
    name: String,
}

async fn get_merchants(
    State(runtime): State<Runtime>,
    _caller: Caller,
) -> Result<Answer<MerchantsJson>, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let merchants =
        runtime.read(move |tx| Box::pin(async move { list_merchants(tx, &organisation_id).await })).await?;
    let rows = merchants
        .into_iter()
        .map(|merchant| MerchantJson { merchant_id: merchant.merchant_id, name: merchant.name })
        .collect();
    Ok(Answer(MerchantsJson { rows }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewTokenJson {
    valid_days: u32,
}

#[derive(Serialize)]
struct TokenJson {
    token: String,
    session_id: SessionId,
    expires_at: Timestamp,
}

async fn post_token(
    State(runtime): State<Runtime>,
    caller: Caller,
    Json(body): Json<NewTokenJson>,
) -> Result<Response, Problem> {
    let user_id = person(&caller)?;
    let minted = mint_token(&runtime, caller.call(), user_id, body.valid_days).await?;
    let token = minted.token.reveal().to_owned();
    let body = TokenJson { token, session_id: minted.session_id, expires_at: minted.expires_at };
    Ok((StatusCode::CREATED, Answer(body)).into_response())
}

async fn delete_token(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(session_id): Path<SessionId>,
) -> Result<StatusCode, Problem> {
    person(&caller)?;
    sign_out(&runtime, caller.call(), session_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whoever steals a machine's token cannot make more of it.
fn person(caller: &Caller) -> Result<UserId, Problem> {
    match &caller.user_id {
        Some(user_id) if !caller.is_machine => Ok(user_id.clone()),
        _ => Err(Problem::forbidden(problems::FORBIDDEN, "A machine's token does not open this.")),
    }
}

fn enrol_problem(error: EnrolError, at: &str) -> Problem {
    match error {
        EnrolError::Invalid(ref flaws) => {
            let problem = Problem::unprocessable(problems::INVALID_FIELD, &error);
            flaws.iter().fold(problem, |problem, flaw| {
                let field = match flaw {
                    Flaw::Email => "email",
                    Flaw::Name => "name",
                    Flaw::Password => "password",
                    Flaw::Language => "language",
                };
                problem.at(format!("{at}/{field}"), problems::INVALID_FIELD.slug(), flaw)
            })
        }
        EnrolError::EmailTaken => Problem::conflict(problems::DUPLICATE_CODE, error),
        EnrolError::WrongFirstRunSecret => Problem::forbidden(problems::FORBIDDEN, error),
        EnrolError::FirstRunOver => Problem::conflict(problems::FIRST_RUN_OVER, error),
        EnrolError::Fault(fault) => Problem::fault(fault),
    }
}

impl From<SignInError> for Problem {
    fn from(error: SignInError) -> Problem {
        match error {
            SignInError::Refused => Problem::unauthorised(problems::SIGN_IN_REFUSED, error),
            SignInError::Locked { retry_after_seconds } => {
                Problem::too_many_requests(problems::TOO_MANY_ATTEMPTS, error).after(retry_after_seconds)
            }
            SignInError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<MintError> for Problem {
    fn from(error: MintError) -> Problem {
        match error {
            MintError::BadDays(_) => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
                "/valid_days",
                problems::INVALID_FIELD.slug(),
                &error,
            ),
            MintError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<DismissError> for Problem {
    fn from(error: DismissError) -> Problem {
        match error {
            DismissError::NoSuchStaff(_) => Problem::not_found(problems::NOT_FOUND, error),
            DismissError::LastOne => Problem::conflict(problems::LAST_ONE, error),
            DismissError::Fault(fault) => Problem::fault(fault),
        }
    }
}
