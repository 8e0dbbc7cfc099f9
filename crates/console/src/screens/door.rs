//! Signing in and out, and the account of the first person.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use people::{EnrolError, Flaw, NewStaff, RenameError, Secret, SignInError, SignedIn, cookie, is_https};
use runtime::Call;
use serde::Deserialize;
use web::{Caller, Needs, Routes};

use crate::desk::{Console, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::sign_in::{FirstRun, SignIn};
use crate::preferences::{Preferences, is_ours};

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::SIGN_IN, Needs::Nothing, get_sign_in)
        .post(href::SIGN_IN, Needs::Nothing, post_sign_in)
        .post(href::SIGN_OUT, Needs::Nothing, post_sign_out)
        .get(href::FIRST_RUN, Needs::Nothing, get_first_run)
        .post(href::FIRST_RUN, Needs::Nothing, post_first_run)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Asked {
    next: String,
}

async fn get_sign_in(
    State(console): State<Console>,
    preferences: Preferences,
    caller: Option<axum::Extension<Caller>>,
    Query(asked): Query<Asked>,
) -> Result<Response, Upset> {
    if caller.is_some() {
        return Ok(Redirect::to(destination(&asked.next)).into_response());
    }
    if !is_inhabited(&console).await? {
        return Ok(Redirect::to(href::FIRST_RUN).into_response());
    }
    page(&door(&console, preferences, asked.next, String::new(), None))
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
    let answer = page(&door(&console, preferences, form.next, form.email, Some(error)))?;
    Ok((status, answer).into_response())
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
        let renamed = people::rename(runtime, Call::by(format!("user:{user_id}")), &form.organisation).await;
        match renamed {
            // The account stands; a name that is none leaves the one there was.
            Ok(()) | Err(RenameError::Name) => {}
            Err(RenameError::Fault(fault)) => return Err(Unsettled::Fault(fault)),
        }
    }
    people::sign_in(runtime, &console.attempts, &form.email, form.password.clone())
        .await
        .map_err(Unsettled::SignIn)
}

enum Unsettled {
    Enrol(EnrolError),
    SignIn(SignInError),
    Fault(db::Fault),
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

fn door(
    console: &Console,
    preferences: Preferences,
    next: String,
    email: String,
    error: Option<String>,
) -> SignIn {
    SignIn {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: href::with_query(href::SIGN_IN, &[("next", &next)]),
        next,
        email,
        error,
    }
}

pub(super) fn enter(session: &SignedIn, headers: &HeaderMap, to: &str) -> Response {
    let begin = cookie::begin(session, is_https(headers));
    ([(header::SET_COOKIE, begin)], see(to)).into_response()
}

/// Where somebody wanted to go, as far as that is a page of ours.
fn destination(next: &str) -> &str {
    if is_ours(next) { next } else { href::OVERVIEW }
}
