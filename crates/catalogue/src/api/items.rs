//! Items over HTTP.

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{ItemId, MerchantId, Page, Timestamp};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;
use utoipa::ToSchema;
use web::{Command, PageQuery, Path, Problem, Query, Within, answered, problems};

use super::{check_count, check_merchants, one_or_many::ItemsJson};
use crate::{AddItemsError, Item, ItemProblem, ItemRefusal, NewItem, store};

/// The most places an answer points at; the detail says how many there are.
const MAX_POINTED: usize = 100;

#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewItemJson {
    merchant_id: MerchantId,
    #[schema(min_length = 1, max_length = 200)]
    pub(super) sku: String,
    #[schema(min_length = 1, max_length = 500)]
    title: String,
    /// Each belongs to one item.
    #[serde(default)]
    #[schema(max_items = 100)]
    barcodes: Vec<String>,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    weight_grams: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    length_mm: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    width_mm: i64,
    #[serde(default)]
    #[schema(minimum = 0, maximum = 100_000)]
    height_mm: i64,
    /// True where units may only be received by lot.
    #[serde(default)]
    is_lot_tracked: Option<bool>,
}

impl From<NewItemJson> for NewItem {
    fn from(json: NewItemJson) -> NewItem {
        let NewItemJson {
            merchant_id,
            sku,
            title,
            barcodes,
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
            is_lot_tracked,
        } = json;
        NewItem {
            merchant_id,
            sku,
            title,
            barcodes,
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
            is_lot_tracked,
        }
    }
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct ItemIds {
    item_ids: Vec<ItemId>,
}

pub(super) async fn post_items(
    State(rt): State<Runtime>,
    Within(scope): Within,
    command: Command<ItemsJson>,
) -> Result<Response, Problem> {
    let (items, prefix) = match command.body {
        ItemsJson::One(item) => (vec![item], None),
        ItemsJson::Many(items) => (items, Some("/items")),
    };
    check_count(items.len(), "items")?;
    let items: Vec<NewItem> = items.into_iter().map(NewItem::from).collect();
    check_merchants(&scope, prefix.unwrap_or("/items"), items.iter().map(|item| &item.merchant_id))?;
    let answer = rt
        .command(command.call, move |cx| {
            let items = items.clone();
            Box::pin(async move {
                let item_ids = crate::add_items(cx, &items).await?;
                Ok::<_, AddItemsError>(ItemIds { item_ids })
            })
        })
        .await
        .map_err(|error| items_problem(error, prefix))?;
    answered(StatusCode::CREATED, answer)
}

fn items_problem(error: AddItemsError, prefix: Option<&str>) -> Problem {
    let refusals = match error {
        AddItemsError::Refused(refusals) => refusals,
        AddItemsError::Fault(fault) => return Problem::fault(fault),
    };
    let is_taken = |refusal: &ItemRefusal| place_of(&refusal.problem).1 == problems::DUPLICATE_CODE.slug();
    let detail = format!("{} problems; nothing was added.", refusals.len());
    let mut problem = match refusals.iter().all(is_taken) {
        true => Problem::conflict(problems::DUPLICATE_CODE, detail),
        false => Problem::unprocessable(problems::INVALID_FIELD, detail),
    };
    for ItemRefusal { index, problem: wrong } in refusals.iter().take(MAX_POINTED) {
        let (field, code) = place_of(wrong);
        let pointer = match prefix {
            Some(prefix) => format!("{prefix}/{index}/{field}"),
            None => format!("/{field}"),
        };
        problem = problem.at(pointer, code, wrong);
    }
    problem
}

/// The field that is wrong, and the kind of mistake.
pub(super) fn place_of(wrong: &ItemProblem) -> (&'static str, &'static str) {
    match wrong {
        ItemProblem::Text { field, .. } | ItemProblem::OutOfRange { field, .. } => {
            (field, problems::INVALID_FIELD.slug())
        }
        ItemProblem::TooManyBarcodes { .. } => ("barcodes", problems::INVALID_FIELD.slug()),
        ItemProblem::DuplicateCode { .. } => ("sku", problems::DUPLICATE_CODE.slug()),
        ItemProblem::BarcodeTaken { .. } => ("barcodes", problems::DUPLICATE_CODE.slug()),
    }
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub(super) struct ItemJson {
    item_id: ItemId,
    merchant_id: MerchantId,
    sku: String,
    title: String,
    barcodes: Vec<String>,
    weight_grams: i64,
    length_mm: i64,
    width_mm: i64,
    height_mm: i64,
    /// True where units may only be received by lot.
    is_lot_tracked: bool,
    /// Moved on by one with every change; in quotes it is good as `If-Match`.
    pub(super) version: i64,
    created_at: Timestamp,
}

impl ItemJson {
    pub(super) fn of(item: Item, barcodes: Option<Vec<String>>) -> ItemJson {
        let Item {
            item_id,
            merchant_id,
            sku,
            title,
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
            is_lot_tracked,
            version,
            created_at,
        } = item;
        let barcodes = barcodes.into_iter().flatten().collect();
        ItemJson {
            item_id,
            merchant_id,
            sku,
            title,
            barcodes,
            weight_grams,
            length_mm,
            width_mm,
            height_mm,
            is_lot_tracked,
            version,
            created_at,
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct Search {
    /// Only where SKU, title or a barcode begins so.
    search: Option<String>,
}

pub(super) async fn get_items(
    State(rt): State<Runtime>,
    Within(scope): Within,
    page: PageQuery,
    Query(Search { search }): Query<Search>,
) -> Result<Response, Problem> {
    let (organisation_id, request) = (rt.organisation_id.clone(), page.request.clone());
    let found = rt
        .read(move |tx| {
            Box::pin(async move {
                let found =
                    store::list_items(tx, &organisation_id, &scope, search.as_deref(), &request).await?;
                let item_ids: Vec<ItemId> = found.rows.iter().map(|item| item.item_id.clone()).collect();
                let mut barcodes = store::barcodes_of_items(tx, &organisation_id, &item_ids).await?;
                let rows = found.rows.into_iter().map(|item| {
                    let barcodes = barcodes.remove(&item.item_id);
                    ItemJson::of(item, barcodes)
                });
                Ok::<_, Problem>(Page { rows: rows.collect(), next: found.next })
            })
        })
        .await?;
    Ok(web::page(&page, found))
}

pub(super) async fn get_item(
    State(rt): State<Runtime>,
    Path(item_id): Path<ItemId>,
) -> Result<Response, Problem> {
    let (organisation_id, wanted) = (rt.organisation_id.clone(), item_id.clone());
    let found = rt
        .read(move |tx| {
            Box::pin(async move {
                let Some(item) = store::find_item(tx, &organisation_id, &wanted).await? else {
                    return Ok(None);
                };
                let mut barcodes = store::barcodes_of_items(tx, &organisation_id, &[wanted]).await?;
                let barcodes = barcodes.remove(&item.item_id);
                Ok::<_, Problem>(Some(ItemJson::of(item, barcodes)))
            })
        })
        .await?;
    let item = found.ok_or_else(|| no_item(&item_id))?;
    Ok(web::versioned(item.version, axum::Json(item)))
}

pub(super) fn no_item(item_id: &ItemId) -> Problem {
    Problem::not_found(problems::NOT_FOUND, format!("There is no item {item_id}."))
}
