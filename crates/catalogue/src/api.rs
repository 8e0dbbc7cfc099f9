//! Items, channels and listings over HTTP.

mod channels;
mod items;
mod listings;
mod one_or_many;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use kernel::Page;
use runtime::Runtime;
use serde::Serialize;
use web::{
    Problem,
    problems::{self, Kind},
};

/// The most things in one request.
const MAX_MANY: usize = 10_000;
/// Room for that many items.
const MANY_BYTES: usize = 16 * 1024 * 1024;

/// `/v1/items`, `/v1/channels`, `/v1/listings`.
pub fn routes() -> Router<Runtime> {
    Router::new()
        .route("/v1/items", post(items::post_items).get(items::get_items))
        .route("/v1/items/{item_id}", get(items::get_item))
        .route("/v1/channels", post(channels::post_channels).get(channels::get_channels))
        .route("/v1/listings", post(listings::post_listings).get(listings::get_listings))
        .layer(DefaultBodyLimit::max(MANY_BYTES))
}

fn check_count(given: usize, name: &'static str) -> Result<(), Problem> {
    if given <= MAX_MANY {
        return Ok(());
    }
    let says = format!("{given} {name} at once; at most {MAX_MANY}.");
    Err(wrong_at(problems::INVALID_FIELD, format!("/{name}"), &says))
}

/// What is wrong at one place of the body.
fn wrong_at(kind: Kind<422>, pointer: String, says: &str) -> Problem {
    Problem::unprocessable(kind, says).at(pointer, kind.slug(), says)
}

/// A code at one place of the body that something else has.
fn taken_at(pointer: String, says: &str) -> Problem {
    let kind = problems::DUPLICATE_CODE;
    Problem::conflict(kind, says).at(pointer, kind.slug(), says)
}

/// A list that is never long: all of it, in the shape of a page.
fn whole<T: Serialize>(rows: impl IntoIterator<Item = T>) -> Response {
    axum::Json(Page { rows: rows.into_iter().collect(), next: None }).into_response()
}
