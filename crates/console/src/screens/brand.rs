//! The colours and logos that every page may take, customers' pages too. Their addresses change when they do, so
//! browsers keep them for ever.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use people::{Colour, find_logo};
use web::{Needs, Path, Routes};

use crate::desk::{Console, Upset};
use crate::look;
use crate::pages::problem::Trouble;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Nothing in a drawing runs or is fetched, also where somebody opens it by itself.
const STILL: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'; sandbox",
);

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get("/brand/colour/{colour}", Needs::Nothing, get_sheet).get(
        "/brand/logo/{digest}",
        Needs::Nothing,
        get_logo,
    )
}

/// The address says all there is to know: six digits of a colour.
async fn get_sheet(Path(colour): Path<String>) -> Result<Response, Upset> {
    let colour = Colour::parse(&format!("#{colour}")).ok_or(Upset::of(Trouble::NotFound))?;
    let kind = HeaderValue::from_static("text/css; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)];
    Ok((headers, look::sheet(colour)).into_response())
}

async fn get_logo(State(console): State<Console>, Path(digest): Path<String>) -> Result<Response, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let logo = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { find_logo(tx, &organisation_id, &digest).await }))
        .await?
        .ok_or(Upset::of(Trouble::NotFound))?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(logo.kind.media_type())),
        (header::CACHE_CONTROL, FOR_EVER),
        (header::CONTENT_SECURITY_POLICY, STILL),
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    Ok((headers, logo.bytes).into_response())
}
