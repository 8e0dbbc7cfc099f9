//! An item is changed over HTTP.

use axum::{extract::State, response::Response};
use kernel::ItemId;
use runtime::Runtime;
use serde::Deserialize;
use utoipa::ToSchema;
use web::{Guarded, Path, Problem, answered_versioned, problems};

use super::items::{ItemJson, no_item, place_of};
use crate::{AmendItemError, ItemChange, ItemProblem};

/// A merge patch (RFC 7396): what is absent stays; null takes away what an item can be without.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ItemChange)]
pub(super) struct ItemChangeJson {
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false, min_length = 1, max_length = 500)]
    title: Option<String>,
    /// All that the item has from then on; none where null.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<Vec<String>>, max_items = 100)]
    barcodes: Option<Option<Vec<String>>>,
    /// Null where it is not known.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 1_000_000_000)]
    weight_grams: Option<Option<i64>>,
    /// Null where it is not known.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000)]
    length_mm: Option<Option<i64>>,
    /// Null where it is not known.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000)]
    width_mm: Option<Option<i64>>,
    /// Null where it is not known.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(value_type = Option<i64>, minimum = 0, maximum = 100_000)]
    height_mm: Option<Option<i64>>,
    /// True where units may only be received by lot.
    #[serde(default, deserialize_with = "web::given")]
    #[schema(nullable = false)]
    is_lot_tracked: Option<bool>,
}

impl From<ItemChangeJson> for ItemChange {
    fn from(json: ItemChangeJson) -> ItemChange {
        let ItemChangeJson { title, barcodes, weight_grams, length_mm, width_mm, height_mm, is_lot_tracked } =
            json;
        ItemChange {
            title,
            barcodes: barcodes.map(Option::unwrap_or_default),
            // A measure that is not known is kept as 0.
            weight_grams: weight_grams.map(Option::unwrap_or_default),
            length_mm: length_mm.map(Option::unwrap_or_default),
            width_mm: width_mm.map(Option::unwrap_or_default),
            height_mm: height_mm.map(Option::unwrap_or_default),
            is_lot_tracked,
        }
    }
}

pub(super) async fn patch_item(
    State(rt): State<Runtime>,
    Path(item_id): Path<ItemId>,
    command: Guarded<ItemChangeJson>,
) -> Result<Response, Problem> {
    let (seen, change) = (command.seen, ItemChange::from(command.body));
    let answer = rt
        .command(command.call, move |cx| {
            let (item_id, change) = (item_id.clone(), change.clone());
            Box::pin(async move {
                let (item, barcodes) = crate::amend_item(cx, &item_id, seen, &change).await?;
                Ok::<_, AmendItemError>(ItemJson::of(item, Some(barcodes)))
            })
        })
        .await?;
    answered_versioned(answer, |item| item.version)
}

impl From<AmendItemError> for Problem {
    fn from(error: AmendItemError) -> Problem {
        match error {
            AmendItemError::UnknownItem { item_id } => no_item(&item_id),
            AmendItemError::Stale { present, .. } => web::stale(present),
            AmendItemError::Refused(wrong) => refused(&wrong),
            AmendItemError::Fault(fault) => Problem::fault(fault),
        }
    }
}

fn refused(wrong: &[ItemProblem]) -> Problem {
    let detail = wrong.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let is_taken = wrong.iter().all(|problem| place_of(problem).1 == problems::DUPLICATE_CODE.slug());
    let problem = match is_taken {
        true => Problem::conflict(problems::DUPLICATE_CODE, detail),
        false => Problem::unprocessable(problems::INVALID_FIELD, detail),
    };
    wrong.iter().fold(problem, |problem, wrong| {
        let (field, code) = place_of(wrong);
        problem.at(format!("/{field}"), code, wrong)
    })
}
