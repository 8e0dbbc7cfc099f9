//! Whatever goes wrong with a page is told on a page, in the reader's language.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::Next;
use axum::response::{Html, IntoResponse, Redirect, Response};
use web::{Barred, Caller};

use crate::desk::{Console, Upset, own_path};
use crate::href;
use crate::i18n::Language;
use crate::pages::problem::{Effect, ProblemPage, Trouble};
use crate::preferences::Preferences;
use crate::rights::permission_key;

/// The answer to an address that leads nowhere.
pub(super) async fn no_such_page() -> Upset {
    Upset::of(Trouble::NotFound)
}

/// The answer to a page that is sent something and takes nothing, or a form's address that is looked at.
pub(super) async fn wrong_method() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

/// Middleware: makes a page of an [`Upset`], and of any other refusal that is not a page yet.
pub(super) async fn dress(State(console): State<Console>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let own = parts.extensions.get::<Caller>().and_then(|caller| Language::parse(&caller.language));
    let preferences = Preferences::of_person(&parts.headers, own);
    let path = own_path(&parts);
    let is_command = !parts.method.is_safe();
    let response = next.run(Request::from_parts(parts, body)).await;
    let barred = response.extensions().get::<Barred>().copied();
    if barred == Some(Barred::Unknown) {
        let next = if is_command || path == href::OVERVIEW { "" } else { path.as_str() };
        return Redirect::to(&href::with_query(href::SIGN_IN, &[("next", next)])).into_response();
    }
    let status = response.status();
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if is_page || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let upset = response.extensions().get::<Upset>().cloned().unwrap_or_else(|| Upset {
        trouble: trouble(status),
        detail: match barred {
            Some(Barred::Lacks(permission)) => {
                let t = console.texts(preferences.language);
                Some(t.fill("permission-missing", "permission", t.text(permission_key(permission))))
            }
            Some(Barred::Viewing) => Some(console.texts(preferences.language).text("viewing-only")),
            _ => None,
        },
        effect: if is_command { Effect::NothingHappened } else { Effect::NoCommand },
    });
    let page = ProblemPage {
        t: console.texts(preferences.language),
        theme: preferences.theme,
        path,
        trouble: upset.trouble,
        detail: upset.detail,
        effect: upset.effect,
        request: web::request_id().unwrap_or_default(),
    };
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(error) => {
            tracing::error!(%error, "the page of a problem cannot be written");
            status.into_response()
        }
    }
}

fn trouble(status: StatusCode) -> Trouble {
    match status {
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => Trouble::NotFound,
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Trouble::Forbidden,
        StatusCode::CONFLICT => Trouble::Conflict,
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::TOO_MANY_REQUESTS => Trouble::TooMany,
        _ if status.is_client_error() => Trouble::BadRequest,
        _ => Trouble::Fault,
    }
}
