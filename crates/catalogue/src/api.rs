//! Items, channels and listings over HTTP.

mod channels;
mod item_change;
mod items;
mod listings;
mod one_or_many;

use axum::{
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use kernel::{MerchantId, Page, Scope};
use runtime::Runtime;
use serde::Serialize;
use web::{
    Needs, Permission, Problem, Routes,
    problems::{self, Kind},
};

use self::{
    channels::{ChannelIds, ChannelJson, ChannelsJson},
    item_change::ItemChangeJson,
    items::{ItemIds, ItemJson, Search},
    listings::{ListingIds, ListingJson, ListingsJson, OfItem},
    one_or_many::ItemsJson,
};

/// The most things in one request.
const MAX_MANY: usize = 10_000;
/// Room for that many items.
const MANY_BYTES: usize = web::BODY_LIMIT_MOST;

/// `/v1/items`, `/v1/channels`, `/v1/listings`.
pub fn routes() -> Routes<Runtime> {
    let (read, write) = (Needs::Within(Permission::CatalogueRead), Needs::Within(Permission::CatalogueWrite));
    Routes::new()
        .chapter("Catalogue", "What is sold where: items, channels, and the codes under which channels list items.")
        .post(
            "/v1/items",
            write
                .to("Add items")
                .about("One, or `{\"items\": […]}` with up to 10,000. All or none. The same item again changes nothing.")
                .command::<ItemsJson>()
                .gives::<ItemIds>(StatusCode::CREATED, "Added, or there already; ids in the order of the request.")
                .refuses(problems::DUPLICATE_CODE),
            items::post_items,
        )
        .get(
            "/v1/items",
            read.to("List items").asks::<Search>().gives_page::<ItemJson>("Items by SKU."),
            items::get_items,
        )
        .get(
            "/v1/items/{item_id}",
            read.to("See an item").gives::<ItemJson>(StatusCode::OK, "The item.").tagged(),
            items::get_item,
        )
        .patch(
            "/v1/items/{item_id}",
            write
                .to("Change an item")
                .about(
                    "A merge patch, also as `application/merge-patch+json`: what is absent stays, null takes away. \
                     Merchant and SKU are what makes it the same item, and stay.",
                )
                .guarded::<ItemChangeJson>()
                .gives::<ItemJson>(StatusCode::OK, "The item as it is now.")
                .refuses(problems::DUPLICATE_CODE),
            item_change::patch_item,
        )
        .post(
            "/v1/channels",
            write
                .to("Add channels")
                .command::<ChannelsJson>()
                .gives::<ChannelIds>(StatusCode::CREATED, "Added; ids in the order of the request.")
                .refuses(problems::DUPLICATE_CODE),
            channels::post_channels,
        )
        .get(
            "/v1/channels",
            read.to("List channels").gives_all::<ChannelJson>("The channels."),
            channels::get_channels,
        )
        .post(
            "/v1/listings",
            write
                .to("List items on channels")
                .about("From then on an order of the channel may name the item by `external_code`.")
                .command::<ListingsJson>()
                .gives::<ListingIds>(StatusCode::CREATED, "Listed; ids in the order of the request.")
                .refuses(problems::UNKNOWN_CHANNEL)
                .refuses(problems::UNKNOWN_ITEM)
                .refuses(problems::DUPLICATE_CODE),
            listings::post_listings,
        )
        .get(
            "/v1/listings",
            read.to("See where an item is listed").asks::<OfItem>().gives_all::<ListingJson>("Its listings."),
            listings::get_listings,
        )
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
