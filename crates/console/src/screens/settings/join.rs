//! Where somebody who was invited joins.

use ::people::{EnrolError, Invitation, NewStaff, Secret, accept, find_invitation};
use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use web::{Needs, Path, Routes};

use crate::desk::{Console, Upset, page};
use crate::href;
use crate::pages::problem::Trouble;
use crate::pages::settings::Join;
use crate::preferences::Preferences;
use crate::screens::door::{enter, flaw_key};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get("/join/{token}", Needs::Nothing, get_join).post(
        "/join/{token}",
        Needs::Nothing,
        post_join,
    )
}

async fn get_join(
    State(console): State<Console>,
    preferences: Preferences,
    Path(secret): Path<String>,
) -> Result<Response, Upset> {
    let invited = invited(&console, &secret).await?;
    page(&view(&console, preferences, &secret, invited, String::new(), None))
}

#[derive(Deserialize)]
struct JoinForm {
    name: String,
    password: Secret,
}

async fn post_join(
    State(console): State<Console>,
    preferences: Preferences,
    headers: HeaderMap,
    Path(secret): Path<String>,
    Form(form): Form<JoinForm>,
) -> Result<Response, Upset> {
    let invited = invited(&console, &secret).await?;
    let runtime = &console.flows.runtime;
    let new = NewStaff {
        email: invited.email.clone(),
        name: form.name.clone(),
        password: form.password.clone(),
        language: preferences.language.tag().to_owned(),
    };
    let t = console.texts(preferences.language);
    let error = match accept(runtime, &Secret::new(secret.clone()), new).await {
        Ok(_) => {
            let entered = ::people::sign_in(runtime, &console.attempts, &invited.email, form.password).await;
            return match entered {
                Ok(session) => Ok(enter(&session, &headers, href::OVERVIEW)),
                // They are enrolled, and the door will say why it does not open.
                Err(_) => Ok(crate::desk::see(href::SIGN_IN)),
            };
        }
        Err(EnrolError::Invalid(flaws)) => {
            flaws.iter().map(|flaw| t.text(flaw_key(*flaw))).collect::<Vec<_>>().join(" ")
        }
        Err(EnrolError::EmailTaken) => t.text("email-taken"),
        Err(EnrolError::Fault(fault)) => return Err(Upset::commanding(fault)),
        Err(_) => return Err(Upset::of(Trouble::NotFound)),
    };
    let answer = page(&view(&console, preferences, &secret, invited, form.name, Some(error)))?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, answer).into_response())
}

async fn invited(console: &Console, secret: &str) -> Result<Invitation, Upset> {
    let found = find_invitation(&console.flows.runtime, secret).await?;
    found.ok_or(Upset::of(Trouble::NotFound))
}

fn view(
    console: &Console,
    preferences: Preferences,
    secret: &str,
    invited: Invitation,
    name: String,
    error: Option<String>,
) -> Join {
    Join {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path: format!("{}/{}", href::JOIN, href::encode(secret)),
        organisation: console.organisation.name.clone(),
        email: invited.email,
        name,
        error,
    }
}
