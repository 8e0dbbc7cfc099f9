//! Signing in and out, by password or by an identity provider, and the account of the first person.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use db::Fault;
use kernel::IdentityProviderId;
use people::{
    EnrolError, Flaw, JourneyError, NewStaff, OrganisationChange, OrganisationError, ProviderAnswer, Secret,
    SignInError, SignedIn, cookie, is_https,
};
use runtime::Call;
use serde::Deserialize;
use web::{Caller, Needs, Path, Routes};

use crate::desk::{Console, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::look::Look;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::sign_in::{FirstRun, SignIn};
use crate::preferences::{Preferences, is_ours};
use crate::screens::badge;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::SIGN_IN, Needs::Nothing, get_sign_in)
        .post(href::SIGN_IN, Needs::Nothing, post_sign_in)
        .get("/sign-in/with/{provider_id}", Needs::Nothing, get_departure)
        .get("/sign-in/from/{provider_id}", Needs::Nothing, get_arrival)
        .post(href::SIGN_OUT, Needs::Nothing, post_sign_out)
        .get(href::FIRST_RUN, Needs::Nothing, get_first_run)
        .post(href::FIRST_RUN, Needs::Nothing, post_first_run)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
    /// How, where a shared device asks for something else than a badge.
    by: String,
}

async fn get_sign_in(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    caller: Option<axum::Extension<Caller>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    if caller.is_some() {
        return Ok(Redirect::to(destination(&asked.next)).into_response());
    }
    if !is_inhabited(&console).await? {
        return Ok(Redirect::to(href::FIRST_RUN).into_response());
    }
    if asked.by.is_empty() && badge::device(&console, &headers).await?.is_some() {
        let badge = href::with_query(href::BADGE, &[("next", &asked.next)]);
        return Ok(Redirect::to(&badge).into_response());
    }
    page(&door(&console, preferences, asked.next, String::new(), None).await?)
}

#[derive(Deserialize)]
struct SignInForm {
    email: String,
    password: Secret,
    #[serde(default)]
    next: String,
}

async fn post_sign_in(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Form(form): Form<SignInForm>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let refusal = match people::sign_in(runtime, &console.attempts, &form.email, form.password).await {
        Ok(session) => return Ok(enter(&session, &headers, destination(&form.next))),
        Err(SignInError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(error) => error,
    };
    let t = console.texts(preferences.language);
    let (status, error) = match refusal {
        SignInError::Locked { retry_after_seconds } => {
            let minutes = i64::from(retry_after_seconds.div_ceil(60));
            (StatusCode::TOO_MANY_REQUESTS, t.count("sign-in-locked", minutes))
        }
        SignInError::Refused | SignInError::Fault(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, t.text("sign-in-refused"))
        }
    };
    let answer = page(&door(&console, preferences, form.next, form.email, Some(error)).await?)?;
    Ok((status, answer).into_response())
}

/// Sends the browser to an identity provider.
async fn get_departure(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Path(provider_id): Path<IdentityProviderId>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    match console.journeys.depart(&console.flows.runtime, &provider_id).await {
        Ok(departure) => {
            let cookie = cookie::depart(&departure, destination(&asked.next), is_https(&headers));
            Ok(([(header::SET_COOKIE, cookie)], see(&departure.url)).into_response())
        }
        Err(error) => stranded(&console, preferences, &headers, asked.next, error).await,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Answered {
    code: String,
    state: String,
    iss: String,
    error: String,
}

/// Where an identity provider sends the browser back to.
async fn get_arrival(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Path(provider_id): Path<IdentityProviderId>,
    Query(answered): Query<Answered>,
) -> Result<Response, Upset> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let journey = cookies.into_iter().find_map(cookie::find_journey);
    let Some((secret, next)) = journey else {
        return stranded(&console, preferences, &headers, String::new(), JourneyError::NotBegunHere).await;
    };
    let Answered { code, state, iss, error } = answered;
    let answer = ProviderAnswer { code, state, iss, error };
    match console.journeys.arrive(&console.flows.runtime, &provider_id, &secret, answer).await {
        Ok(session) => {
            let mut response = enter(&session, &headers, destination(&next));
            response.headers_mut().append(header::SET_COOKIE, journey_s_end(&headers));
            Ok(response)
        }
        Err(error) => stranded(&console, preferences, &headers, next, error).await,
    }
}

/// A journey that led nowhere ends at the door, with the reason.
async fn stranded(
    console: &Console,
    preferences: Preferences,
    headers: &HeaderMap,
    next: String,
    error: JourneyError,
) -> Result<Response, Upset> {
    let (status, key) = match error {
        JourneyError::NoSuchProvider => return Err(Upset::of(Trouble::NotFound)),
        JourneyError::Fault(fault) => return Err(Upset::commanding(fault)),
        JourneyError::Unreachable(_) => (StatusCode::BAD_GATEWAY, "sign-in-unreachable"),
        JourneyError::NotAdmitted => (StatusCode::FORBIDDEN, "sign-in-not-admitted"),
        JourneyError::NotBegunHere | JourneyError::UsedBefore => {
            (StatusCode::UNPROCESSABLE_ENTITY, "sign-in-not-begun-here")
        }
        JourneyError::Declined(_) | JourneyError::NotProven(_) => {
            (StatusCode::UNPROCESSABLE_ENTITY, "sign-in-not-proven")
        }
    };
    tracing::warn!(%error, "nobody came in by an identity provider");
    let said = console.texts(preferences.language).text(key);
    let answer = page(&door(console, preferences, next, String::new(), Some(said)).await?)?;
    let mut response = (status, answer).into_response();
    response.headers_mut().append(header::SET_COOKIE, journey_s_end(headers));
    Ok(response)
}

fn journey_s_end(headers: &HeaderMap) -> HeaderValue {
    HeaderValue::from_str(&cookie::arrive(is_https(headers))).expect("a cookie of ours is a good header")
}

async fn post_sign_out(
    State(console): State<Console>,
    caller: Option<axum::Extension<Caller>>,
    headers: HeaderMap,
) -> Result<Response, Upset> {
    if let Some(axum::Extension(caller)) = caller {
        let call = caller.call();
        people::sign_out(&console.flows.runtime, call, caller.session_id).await.map_err(Upset::commanding)?;
    }
    let end = cookie::end(is_https(&headers));
    Ok(([(header::SET_COOKIE, end)], see(href::SIGN_IN)).into_response())
}

async fn get_first_run(State(console): State<Console>, preferences: Preferences) -> Result<Response, Upset> {
    if is_inhabited(&console).await? {
        return Ok(Redirect::to(href::SIGN_IN).into_response());
    }
    page(&FirstRun {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: href::FIRST_RUN.to_owned(),
        organisation: console.organisation.name.clone(),
        name: String::new(),
        email: String::new(),
        error: None,
    })
}

#[derive(Deserialize)]
struct FirstRunForm {
    secret: Secret,
    organisation: String,
    name: String,
    email: String,
    password: Secret,
}

async fn post_first_run(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Form(form): Form<FirstRunForm>,
) -> Result<Response, Upset> {
    let t = console.texts(preferences.language);
    let error = match settle(&console, preferences, &form).await {
        Ok(session) => return Ok(enter(&session, &headers, href::OVERVIEW)),
        Err(refusal) => refusal.sentence(&t)?,
    };
    let answer = page(&FirstRun {
        t,
        theme: preferences.theme,
        path: href::FIRST_RUN.to_owned(),
        organisation: form.organisation,
        name: form.name,
        email: form.email,
        error: Some(error),
    })?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

/// Enrols the first person, gives the organisation its name, and signs in.
async fn settle(
    console: &Console,
    preferences: Preferences,
    form: &FirstRunForm,
) -> Result<SignedIn, Unsettled> {
    let runtime = &console.flows.runtime;
    let new = NewStaff {
        email: form.email.clone(),
        name: form.name.clone(),
        password: form.password.clone(),
        language: preferences.language.tag().to_owned(),
    };
    let user_id = people::enrol_first(runtime, &form.secret, new).await.map_err(Unsettled::Enrol)?;
    if form.organisation.trim() != console.organisation.name {
        let change =
            OrganisationChange { name: Some(form.organisation.clone()), ..OrganisationChange::default() };
        let renamed = runtime.run(Call::by(format!("user:{user_id}")), move |cx| {
            let change = change.clone();
            Box::pin(async move { people::amend_organisation(cx, &change).await.map(drop) })
        });
        match renamed.await {
            // The account stands; a name that is none leaves the one there was.
            Ok(()) | Err(OrganisationError::Name | OrganisationError::TimeZone) => {}
            Err(OrganisationError::Fault(fault)) => return Err(Unsettled::Fault(fault)),
        }
    }
    people::sign_in(runtime, &console.attempts, &form.email, form.password.clone())
        .await
        .map_err(Unsettled::SignIn)
}

enum Unsettled {
    Enrol(EnrolError),
    SignIn(SignInError),
    Fault(Fault),
}

impl Unsettled {
    fn sentence(self, t: &Texts) -> Result<String, Upset> {
        let key = match self {
            Unsettled::Enrol(EnrolError::Invalid(flaws)) => {
                let sentences: Vec<String> = flaws.iter().map(|flaw| t.text(flaw_key(*flaw))).collect();
                return Ok(sentences.join(" "));
            }
            Unsettled::Enrol(EnrolError::EmailTaken) => "email-taken",
            Unsettled::Enrol(EnrolError::WrongFirstRunSecret) => "first-run-wrong-secret",
            Unsettled::Enrol(EnrolError::FirstRunOver) => "first-run-over",
            // Neither roles nor a link are asked for here.
            Unsettled::Enrol(EnrolError::MoreThanOwn | EnrolError::NoInvitation) => "bad-request-title",
            Unsettled::SignIn(SignInError::Refused | SignInError::Locked { .. }) => "sign-in-refused",
            Unsettled::Enrol(EnrolError::Fault(fault))
            | Unsettled::SignIn(SignInError::Fault(fault))
            | Unsettled::Fault(fault) => return Err(Upset::commanding(fault)),
        };
        Ok(t.text(key))
    }
}

pub(super) fn flaw_key(flaw: Flaw) -> &'static str {
    match flaw {
        Flaw::Email => "flaw-email",
        Flaw::Name => "flaw-name",
        Flaw::Password => "flaw-password",
        // The form has no language of its own: it takes the page's.
        Flaw::Language => "bad-request-title",
    }
}

async fn is_inhabited(console: &Console) -> Result<bool, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let runtime = &console.flows.runtime;
    let found =
        runtime.read(move |tx| Box::pin(async move { people::has_staff(tx, &organisation_id).await })).await;
    found.map_err(Upset::reading)
}

async fn door(
    console: &Console,
    preferences: Preferences,
    next: String,
    email: String,
    error: Option<String>,
) -> Result<SignIn, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let runtime = &console.flows.runtime;
    let (providers, brand) = runtime
        .read::<_, Fault, _>(move |tx| {
            Box::pin(async move {
                let providers = people::list_providers(tx, &organisation_id).await?;
                Ok((providers, people::find_brand(tx, &organisation_id, None).await?))
            })
        })
        .await?;
    let providers = providers.into_iter().map(|provider| {
        Choice::new(&href::sign_in_with(provider.provider_id.as_str(), &next), &provider.name)
    });
    Ok(SignIn {
        providers: providers.collect(),
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: href::with_query(href::SIGN_IN, &[("next", &next)]),
        look: Look::of(&brand),
        house: Some(brand.display_name).filter(|name| !name.is_empty()),
        next,
        email,
        error,
    })
}

pub(super) fn enter(session: &SignedIn, headers: &HeaderMap, to: &str) -> Response {
    let begin = cookie::begin(session, is_https(headers));
    ([(header::SET_COOKIE, begin)], see(to)).into_response()
}

/// Where somebody wanted to go, as far as that is a page of ours.
fn destination(next: &str) -> &str {
    if is_ours(next) { next } else { href::OVERVIEW }
}
