//! Language and theme: chosen on any page, kept in two cookies that hold nothing else.

use std::convert::Infallible;

use axum::extract::{Form, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use serde::Deserialize;
use web::{Needs, Routes};

use crate::href;
use crate::i18n::Language;

const LANGUAGE_COOKIE: &str = "qm_language";
const THEME_COOKIE: &str = "qm_theme";

/// Which colours a reader wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the device says.
    #[default]
    Device,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// All of them.
    pub const ALL: [Theme; 3] = [Theme::Device, Theme::Light, Theme::Dark];

    /// Its code in the cookie and on `<html data-theme>`.
    pub fn code(&self) -> &'static str {
        match self {
            Theme::Device => "device",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The key of its name.
    pub fn key(&self) -> &'static str {
        match self {
            Theme::Device => "theme-device",
            Theme::Light => "theme-light",
            Theme::Dark => "theme-dark",
        }
    }

    /// The theme a code stands for.
    pub fn parse(code: &str) -> Option<Theme> {
        Theme::ALL.into_iter().find(|theme| theme.code() == code)
    }
}

/// How a reader wants pages: from the cookies, else from what the browser says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Preferences {
    /// The language of all texts.
    pub language: Language,
    /// The colours.
    pub theme: Theme,
}

impl Preferences {
    /// Reads a request's headers.
    pub fn of(headers: &HeaderMap) -> Preferences {
        Preferences::of_person(headers, None)
    }

    /// Reads the request of somebody whose own language is known: it stands behind the cookie and before the browser.
    pub fn of_person(headers: &HeaderMap, own: Option<Language>) -> Preferences {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Preferences {
            language: cookie(headers, LANGUAGE_COOKIE)
                .and_then(Language::parse)
                .or(own)
                .or_else(|| asked.and_then(Language::negotiate))
                .unwrap_or_default(),
            theme: cookie(headers, THEME_COOKIE).and_then(Theme::parse).unwrap_or_default(),
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Preferences {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Preferences, Infallible> {
        Ok(Preferences::of(&parts.headers))
    }
}

fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value))
}

/// `POST /preferences`. Open to everybody: it changes nothing but the sender's own cookies.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Routes<S> {
    Routes::new().post(href::PREFERENCES, Needs::Nothing, choose)
}

#[derive(Debug, Deserialize)]
struct Choice {
    language: Option<String>,
    theme: Option<String>,
    back: Option<String>,
}

async fn choose(Form(choice): Form<Choice>) -> Response {
    let language = choice.language.as_deref().and_then(Language::parse).map(|language| language.tag());
    let theme = choice.theme.as_deref().and_then(Theme::parse).map(|theme| theme.code());
    let cookies = [(LANGUAGE_COOKIE, language), (THEME_COOKIE, theme)]
        .into_iter()
        .filter_map(|(name, value)| {
            let cookie = format!("{name}={}; Path=/; Max-Age=31536000; SameSite=Lax", value?);
            Some((header::SET_COOKIE, cookie))
        })
        .collect::<Vec<_>>();
    let back = choice.back.as_deref().filter(|path| is_ours(path)).unwrap_or(href::OVERVIEW);
    (StatusCode::SEE_OTHER, AppendHeaders(cookies), [(header::LOCATION, back)]).into_response()
}

/// True for a path on this server: `//elsewhere` and `/\elsewhere` are read as hosts by browsers.
pub(crate) fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::http::{HeaderValue, Request};
    use tower::ServiceExt;

    use super::*;

    async fn send(form: &'static str) -> Response {
        let request = Request::post("/preferences")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form))
            .unwrap();
        routes::<()>().with_state(()).into_router().oneshot(request).await.unwrap()
    }

    #[tokio::test]
    async fn a_chosen_language_is_kept_and_the_reader_comes_back_to_the_page() {
        let response = send("language=ru&back=%2Forders%3Fview%3Dlate").await;
        assert_eq!(response.status(), StatusCode::SEE_OTHER);
        assert_eq!(response.headers()[header::LOCATION], "/orders?view=late");
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
        assert!(cookie.starts_with("qm_language=ru; Path=/"), "{cookie}");
    }

    #[tokio::test]
    async fn nobody_is_sent_to_another_site() {
        for form in ["theme=dark&back=%2F%2Fevil.example", "back=%2F%5Cevil.example", "back=https%3A%2F%2Fx"]
        {
            assert_eq!(send(form).await.headers()[header::LOCATION], "/", "{form}");
        }
    }

    #[test]
    fn the_cookie_wins_over_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("id, en;q=0.5"));
        assert_eq!(Preferences::of(&headers).language, Language::Id);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; qm_language=zh-Hant; qm_theme=dark"));
        assert_eq!(Preferences::of(&headers), Preferences { language: Language::ZhHant, theme: Theme::Dark });
    }
}
