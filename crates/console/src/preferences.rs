//! Language, theme and density: kept with the person who chose them, and for the doors, where nobody is known yet, in
//! two cookies that hold nothing else.

use std::convert::Infallible;

use axum::Extension;
use axum::extract::{Form, FromRequestParts, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Response};
use people::{PreferError, PreferenceChange, prefer};
use serde::Deserialize;
use web::{Caller, Needs, Routes};

use crate::desk::{Console, Upset};
use crate::href;
use crate::i18n::Language;
use crate::pages::problem::Trouble;

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

/// How much a reader wants on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Density {
    /// With air.
    #[default]
    Comfortable,
    /// As much as fits.
    Dense,
}

impl Density {
    /// Both.
    pub const ALL: [Density; 2] = [Density::Comfortable, Density::Dense];

    /// Its code on `<html data-density>`.
    pub fn code(&self) -> &'static str {
        match self {
            Density::Comfortable => "comfortable",
            Density::Dense => "dense",
        }
    }

    /// The key of its name.
    pub fn key(&self) -> &'static str {
        match self {
            Density::Comfortable => "density-comfortable",
            Density::Dense => "density-dense",
        }
    }

    /// The density a code stands for.
    pub fn parse(code: &str) -> Option<Density> {
        Density::ALL.into_iter().find(|density| density.code() == code)
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

    /// Reads the request of somebody whose own language is known: it stands before whatever this browser was told.
    pub fn of_person(headers: &HeaderMap, own: Option<Language>) -> Preferences {
        let asked = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Preferences {
            language: own
                .or_else(|| cookie(headers, LANGUAGE_COOKIE).and_then(Language::parse))
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

/// `POST /preferences`. Open to everybody: it changes nothing but what the sender sees.
pub(crate) fn routes() -> Routes<Console> {
    Routes::new().post(href::PREFERENCES, Needs::Nothing, choose)
}

#[derive(Debug, Deserialize)]
struct Choice {
    #[serde(default, deserialize_with = "web::given")]
    language: Option<String>,
    #[serde(default, deserialize_with = "web::given")]
    theme: Option<String>,
    back: Option<String>,
}

async fn choose(
    State(console): State<Console>,
    caller: Option<Extension<Caller>>,
    Form(choice): Form<Choice>,
) -> Result<Response, Upset> {
    let language = choice.language.as_deref().and_then(Language::parse);
    let theme = choice.theme.as_deref().and_then(Theme::parse);
    if let Some(Extension(caller)) = caller.filter(|Extension(caller)| !caller.is_machine)
        && let Some(user_id) = caller.user_id.clone()
    {
        let change = PreferenceChange {
            language: language.map(|language| language.tag().to_owned()),
            theme: theme.map(|theme| theme.code().to_owned()),
            ..PreferenceChange::default()
        };
        let kept = console.flows.runtime.run(caller.call(), move |cx| {
            let (user_id, change) = (user_id.clone(), change.clone());
            Box::pin(async move { prefer(cx, &user_id, &change).await })
        });
        match kept.await {
            Ok(()) => {}
            Err(PreferError::Fault(fault)) => return Err(Upset::commanding(fault)),
            Err(_) => return Err(Upset::of(Trouble::BadRequest)),
        }
    }
    let cookies = AppendHeaders(cookies(language, theme));
    Ok((StatusCode::SEE_OTHER, cookies, [(header::LOCATION, way_back(choice.back.as_deref()))])
        .into_response())
}

/// What a browser keeps of a choice.
pub(crate) fn cookies(language: Option<Language>, theme: Option<Theme>) -> Vec<(HeaderName, String)> {
    let chosen = [
        (LANGUAGE_COOKIE, language.map(|language| language.tag())),
        (THEME_COOKIE, theme.map(|theme| theme.code())),
    ];
    let kept = chosen.into_iter().filter_map(|(name, value)| {
        let cookie = format!("{name}={}; Path=/; Max-Age=31536000; SameSite=Lax", value?);
        Some((header::SET_COOKIE, cookie))
    });
    kept.collect()
}

/// The page that a choice was made on, as far as that is a page of ours.
fn way_back(back: Option<&str>) -> String {
    back.filter(|path| is_ours(path)).unwrap_or(href::OVERVIEW).to_owned()
}

/// True for a path on this server: `//elsewhere` and `/\elsewhere` are read as hosts by browsers.
pub(crate) fn is_ours(path: &str) -> bool {
    path.starts_with('/')
        && !path[1..].starts_with(['/', '\\'])
        && path.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(way_back(Some("/orders?view=late")), "/orders?view=late");
        for path in ["//evil.example", "/\\evil.example", "https://x", ""] {
            assert_eq!(way_back(Some(path)), "/", "{path}");
        }
    }

    #[test]
    fn one_s_own_wins_over_the_cookie_and_the_cookie_over_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static("id, en;q=0.5"));
        assert_eq!(Preferences::of(&headers).language, Language::Id);
        headers.insert(header::COOKIE, HeaderValue::from_static("a=b; qm_language=zh-Hant; qm_theme=dark"));
        assert_eq!(Preferences::of(&headers), Preferences { language: Language::ZhHant, theme: Theme::Dark });
        assert_eq!(Preferences::of_person(&headers, Some(Language::Bg)).language, Language::Bg);
    }
}
