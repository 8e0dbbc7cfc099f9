//! Items, channels and listings over HTTP.

mod channels;
mod items;
mod listings;
mod one_or_many;

use axum::{
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
};
use kernel::{MerchantId, Page, Scope};
use runtime::Runtime;
use serde::Serialize;
use web::{
    Needs, Permission, Problem, Routes,
    problems::{self, Kind},
};

/// The most things in one request.
const MAX_MANY: usize = 10_000;
/// Room for that many items.
const MANY_BYTES: usize = 16 * 1024 * 1024;

/// `/v1/items`, `/v1/channels`, `/v1/listings`.
pub fn routes() -> Routes<Runtime> {
    let (read, write) = (Needs::Within(Permission::CatalogueRead), Needs::Within(Permission::CatalogueWrite));
    Routes::new()
        .post("/v1/items", write, items::post_items)
        .get("/v1/items", read, items::get_items)
        .get("/v1/items/{item_id}", read, items::get_item)
        .post("/v1/channels", write, channels::post_channels)
        .get("/v1/channels", read, channels::get_channels)
        .post("/v1/listings", write, listings::post_listings)
        .get("/v1/listings", read, listings::get_listings)
        .wrap(|router| router.layer(DefaultBodyLimit::max(MANY_BYTES)))
}

fn check_count(given: usize, name: &'static str) -> Result<(), Problem> {
    if given <= MAX_MANY {
        return Ok(());
    }
    let says = format!("{given} {name} at once; at most {MAX_MANY}.");
    Err(wrong_at(problems::INVALID_FIELD, format!("/{name}"), &says))
}

/// Whoever works for some merchants adds only to theirs.
fn check_merchants<'a>(
    scope: &Scope,
    pointer: &str,
    merchant_ids: impl Iterator<Item = &'a MerchantId>,
) -> Result<(), Problem> {
    let theirs = |(_, merchant_id): &(usize, &MerchantId)| !scope.has_merchant(merchant_id);
    match merchant_ids.enumerate().find(theirs) {
        None => Ok(()),
        Some((index, merchant_id)) => {
            let says =
                format!("There is no merchant {merchant_id}, or it is not within what you may change.");
            Err(wrong_at(problems::INVALID_FIELD, format!("{pointer}/{index}/merchant_id"), &says))
        }
    }
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
