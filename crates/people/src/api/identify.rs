//! Finds out who asks.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use web::{Problem, problems};

use crate::{Doorkeeper, cookie};

/// Middleware: finds out who asks, by bearer token or session cookie, and puts it on the request as [`Caller`]. What
/// a browser sends on behalf of another site changes nothing.
pub async fn identify(State(doorkeeper): State<Doorkeeper>, mut request: Request, next: Next) -> Response {
    let headers = request.headers();
    let bearer = bearer(headers);
    // Browsers add cookies by themselves, and never a bearer token.
    if bearer.is_none() && !request.method().is_safe() && is_cross_site(headers) {
        let refusal = "This came from a page of another site, so it was not done.";
        return Problem::forbidden(problems::CROSS_SITE, refusal).into_response();
    }
    let token = bearer.or_else(|| cookie_of(headers, cookie::find)).map(str::to_owned);
    let device = cookie_of(headers, cookie::find_device).map(str::to_owned);
    if let Some(token) = token {
        match doorkeeper.who_and_how(&token, device.as_deref()).await {
            Ok(Some((caller, viewing, pinned))) => {
                // Ids, so that the log tells whose request it was and not what they are called.
                let span = tracing::Span::current();
                span.record("actor", &caller.actor);
                span.record("organisation", doorkeeper.runtime.organisation_id.as_str());
                request.extensions_mut().insert(caller);
                if let Some(viewing) = viewing {
                    request.extensions_mut().insert(viewing);
                }
                if let Some(pinned) = pinned {
                    request.extensions_mut().insert(pinned);
                }
            }
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

fn cookie_of<'h>(headers: &'h HeaderMap, find: fn(&'h str, bool) -> Option<&'h str>) -> Option<&'h str> {
    let is_https = is_https(headers);
    let mut cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    cookies.find_map(|value| find(value, is_https))
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
