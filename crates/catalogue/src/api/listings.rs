//! Listings over HTTP.

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{ChannelId, ItemId, ListingId, Timestamp};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa::ToSchema;
use web::{Command, Problem, Query, Within, answered, problems};

use super::{check_count, taken_at, whole, wrong_at};
use crate::{Component, Listing, MapListingsError, NewListing, Remap, store};

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewListingJson {
    channel_id: ChannelId,
    /// What the channel calls the item.
    #[schema(min_length = 1, max_length = 200)]
    external_code: String,
    item_id: ItemId,
    /// How many base units a pack has.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 1_000_000)]
    pack_factor: i64,
    /// What else one sale takes, where the code means a kit: other items, none twice.
    #[serde(default)]
    #[schema(max_items = 49)]
    also: Vec<ComponentJson>,
}

/// An item of a kit.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = KitComponent)]
struct ComponentJson {
    item_id: ItemId,
    /// How many base units of it one sale takes.
    #[schema(minimum = 1, maximum = 1_000_000)]
    quantity: i64,
}

impl From<ComponentJson> for Component {
    fn from(ComponentJson { item_id, quantity }: ComponentJson) -> Component {
        Component { item_id, quantity }
    }
}

impl From<Component> for ComponentJson {
    fn from(Component { item_id, quantity }: Component) -> ComponentJson {
        ComponentJson { item_id, quantity }
    }
}

fn one() -> i64 {
    1
}

#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Remap)]
enum RemapJson {
    #[default]
    Refuse,
    Allow,
}

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ListingsJson {
    #[schema(max_items = 10_000)]
    listings: Vec<NewListingJson>,
    /// `allow` where codes may come to mean something else than they do.
    #[serde(default)]
    remap: RemapJson,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ListingIds {
    listing_ids: Vec<ListingId>,
}

pub(super) async fn post_listings(
    State(rt): State<Runtime>,
    Within(scope): Within,
    command: Command<ListingsJson>,
) -> Result<Response, Problem> {
    check_count(command.body.listings.len(), "listings")?;
    let new = |json: NewListingJson| {
        let NewListingJson { channel_id, external_code, item_id, pack_factor, also } = json;
        let also = also.into_iter().map(Component::from).collect();
        NewListing { channel_id, external_code, item_id, pack_factor, also }
    };
    let listings: Vec<NewListing> = command.body.listings.into_iter().map(new).collect();
    let remap = match command.body.remap {
        RemapJson::Refuse => Remap::Refuse,
        RemapJson::Allow => Remap::Allow,
    };
    let answer = rt
        .command(command.call, move |cx| {
            let (listings, scope) = (listings.clone(), scope.clone());
            Box::pin(async move {
                let listing_ids = crate::map_listings(cx, &scope, &listings, remap).await?;
                Ok::<_, MapListingsError>(ListingIds { listing_ids })
            })
        })
        .await?;
    answered(StatusCode::CREATED, answer)
}

impl From<MapListingsError> for Problem {
    fn from(error: MapListingsError) -> Problem {
        let says = error.to_string();
        let at = |index: usize, field: &str| format!("/listings/{index}/{field}");
        match error {
            MapListingsError::Text { index, .. } => {
                let pointer = at(index, "external_code");
                wrong_at(problems::INVALID_FIELD, pointer, &says)
            }
            MapListingsError::BadPackFactor { index, .. } => {
                let pointer = at(index, "pack_factor");
                wrong_at(problems::INVALID_FIELD, pointer, &says)
            }
            MapListingsError::BadKit { index, .. } => {
                let pointer = at(index, "also");
                wrong_at(problems::INVALID_FIELD, pointer, &says)
            }
            MapListingsError::UnknownChannel { index, .. } => {
                let pointer = at(index, "channel_id");
                wrong_at(problems::UNKNOWN_CHANNEL, pointer, &says)
            }
            MapListingsError::UnknownItem { index, .. } | MapListingsError::OtherMerchant { index, .. } => {
                let pointer = at(index, "item_id");
                wrong_at(problems::UNKNOWN_ITEM, pointer, &says)
            }
            MapListingsError::DuplicateCode { index, .. } => {
                let pointer = at(index, "external_code");
                taken_at(pointer, &says)
            }
            MapListingsError::Fault(fault) => Problem::fault(fault),
        }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ListingJson {
    listing_id: ListingId,
    channel_id: ChannelId,
    external_code: String,
    item_id: ItemId,
    pack_factor: i64,
    /// What else one sale takes; empty unless the code means a kit.
    also: Vec<ComponentJson>,
    created_at: Timestamp,
}

impl From<Listing> for ListingJson {
    fn from(listing: Listing) -> ListingJson {
        let Listing { listing_id, channel_id, external_code, item_id, pack_factor, also, created_at } =
            listing;
        let also = also.into_iter().map(ComponentJson::from).collect();
        ListingJson { listing_id, channel_id, external_code, item_id, pack_factor, also, created_at }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct OfItem {
    item_id: ItemId,
}

pub(super) async fn get_listings(
    State(rt): State<Runtime>,
    Within(scope): Within,
    Query(OfItem { item_id }): Query<OfItem>,
) -> Result<Response, Problem> {
    let organisation_id = rt.organisation_id.clone();
    let listings = rt
        .read(move |tx| {
            Box::pin(async move {
                Ok::<_, Problem>(store::list_listings(tx, &organisation_id, &scope, &item_id).await?)
            })
        })
        .await?;
    Ok(whole(listings.into_iter().map(ListingJson::from)))
}
