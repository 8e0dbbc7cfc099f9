//! Goods in, the book corrected, and every number with its ledger.

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use inventory::{
    adjust::{Adjustment, Correction},
    lot::Lot,
    receive::Receipt,
    store::LedgerLine,
};
use kernel::{
    ExpectedReceiptId, ItemId, MerchantId, NodeId, Page, ProposedAdjustmentId, Quantity, Scope, time::Date,
};
use runtime::Answer;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{Command, Problem, Query, Within, answered, problems};

use super::refusals::{refused_adjustment, refused_receipt};
use crate::{Flows, receive::ALLOCATE_WAITING};

/// Receipts as they are sent. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptsJson {
    #[schema(min_items = 1, max_items = 10_000)]
    receipts: Vec<ReceiptJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ReceiptJson {
    /// Code or id.
    node: String,
    /// SKU, barcode or id.
    item: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// The delivery note.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
    /// Of which lot the units are; an item that is tracked by lots needs it.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 60)]
    lot: Option<String>,
    /// The lot's last good day. A lot that is known keeps the one it has.
    #[serde(default)]
    #[schema(format = Date, example = "2026-03-02")]
    expires_on: Option<String>,
    /// As what it was expected: then it was incoming, as far as it was outstanding.
    #[serde(default)]
    expected_receipt_id: Option<ExpectedReceiptId>,
}

/// Books goods that arrived.
pub(super) async fn post_receipts(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<ReceiptsJson>,
) -> Result<Response, Problem> {
    let asked = command.body.receipts;
    if asked.is_empty() || asked.len() > 10_000 {
        return Err(Problem::unprocessable(
            problems::INVALID_FIELD,
            "Send from 1 to 10,000 receipts at a time.",
        ));
    }
    let mut problem: Option<Problem> = None;
    let mut bad = |place: usize, field: &str, message: String| {
        let begun = problem
            .take()
            .unwrap_or_else(|| Problem::unprocessable(problems::INVALID_FIELD, "Nothing was booked."));
        problem = Some(begun.at(format!("/receipts/{place}/{field}"), "invalid", &message));
    };
    let places: Vec<(String, String)> =
        asked.iter().map(|receipt| (receipt.node.clone(), receipt.item.clone())).collect();
    let known = flows.find_places_within(&scope, places).await?;
    let mut receipts = Vec::with_capacity(asked.len());
    for (place, (receipt, (node_id, item))) in asked.into_iter().zip(known).enumerate() {
        let quantity = Quantity::new(receipt.quantity).ok().filter(|quantity| !quantity.is_zero());
        let reference = receipt.reference.trim().to_owned();
        if quantity.is_none() {
            bad(place, "quantity", "a receipt is of 1 to 1,000,000,000,000 units".into());
        }
        if reference.is_empty() || reference.len() > 200 || reference.chars().any(char::is_control) {
            bad(place, "reference", "1 to 200 characters are good: the delivery note".into());
        }
        let code = receipt.lot.map(|lot| lot.trim().to_owned());
        if code.as_ref().is_some_and(|code| !Lot::is_code(code)) {
            bad(place, "lot", "1 to 60 characters are good: what is printed on the goods".into());
        }
        let expires_on = receipt.expires_on.as_deref().map(str::parse::<Date>);
        if expires_on.as_ref().is_some_and(Result::is_err) {
            bad(place, "expires_on", "a day such as 2026-03-02".into());
        }
        if expires_on.is_some() && code.is_none() {
            bad(place, "lot", "say of which lot this is the last day".into());
        }
        let expires_on = expires_on.and_then(Result::ok);
        let lot = code.map(|code| Lot { code, expires_on });
        if node_id.is_none() {
            bad(place, "node", format!("there is no node `{}`", receipt.node));
        }
        if item.is_none() {
            bad(place, "item", format!("there is no item `{}`", receipt.item));
        }
        if let (Some(quantity), Some(node_id), Some((item_id, owner_id))) = (quantity, node_id, item) {
            let expected = receipt.expected_receipt_id;
            receipts.push(Receipt { node_id, item_id, owner_id, quantity, lot, reference, expected });
        }
    }
    match problem {
        Some(problem) => Err(problem),
        None => {
            let answer = flows.receive(command.call, receipts).await.map_err(refused_receipt)?;
            answered(StatusCode::CREATED, answer)
        }
    }
}

type Known = (Option<NodeId>, Option<(ItemId, MerchantId)>);

impl Flows {
    /// The same for somebody who works in a part of the organisation: a node that is not theirs is known to them only
    /// for their own merchants' items, and another merchant's item only at their own nodes.
    pub async fn find_places_within(
        &self,
        scope: &Scope,
        pairs: Vec<(String, String)>,
    ) -> Result<Vec<Known>, db::Fault> {
        let known = self.find_places(pairs).await?;
        let theirs = |(node_id, item): Known| {
            let is_node = node_id.as_ref().is_some_and(|node_id| scope.has_node(node_id));
            let is_item = item.as_ref().is_some_and(|(_, owner_id)| scope.has_merchant(owner_id));
            (node_id.filter(|_| is_node || is_item), item.filter(|_| is_node || is_item))
        };
        Ok(known.into_iter().map(theirs).collect())
    }

    /// Finds nodes by code or id and items by SKU, barcode or id, pair by pair.
    pub async fn find_places(&self, pairs: Vec<(String, String)>) -> Result<Vec<Known>, db::Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        self.runtime
            .read(move |tx| {
                Box::pin(async move {
                    let node_codes: Vec<String> = pairs.iter().map(|(node, _)| node.clone()).collect();
                    let item_codes: Vec<String> = pairs.iter().map(|(_, item)| item.clone()).collect();
                    let node_ids: Vec<NodeId> =
                        node_codes.iter().filter_map(|code| NodeId::parse(code).ok()).collect();
                    let item_ids: Vec<ItemId> =
                        item_codes.iter().filter_map(|code| ItemId::parse(code).ok()).collect();
                    let by_code = network::find_nodes_by_code(tx, &organisation_id, &node_codes).await?;
                    let by_id = network::nodes_by_id(tx, &organisation_id, &node_ids).await?;
                    let items = catalogue::find_items_by_code(tx, &organisation_id, &item_codes).await?;
                    let items_by_id = catalogue::items_by_id(tx, &organisation_id, &item_ids).await?;
                    let known = pairs.iter().map(|(node, item)| {
                        let node_id = by_code.get(node).map(|node| node.node_id.clone()).or_else(|| {
                            NodeId::parse(node).ok().filter(|node_id| by_id.contains_key(node_id))
                        });
                        let item = items.get(item).or_else(|| {
                            ItemId::parse(item).ok().and_then(|item_id| items_by_id.get(&item_id))
                        });
                        (node_id, item.map(|item| (item.item_id.clone(), item.merchant_id.clone())))
                    });
                    Ok(known.collect())
                })
            })
            .await
    }
}

/// What may be wrong with the book.
#[derive(ToSchema)]
#[schema(as = Correction, rename_all = "snake_case")]
#[expect(dead_code, reason = "only its schema is wanted")]
enum CorrectionJson {
    Lost,
    Found,
    Damaged,
    Mended,
    Scrapped,
}

/// A correction as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AdjustmentJson {
    /// Code or id.
    node: String,
    /// SKU, barcode or id.
    item: String,
    /// Of which lot; left out for units of none.
    #[serde(default)]
    lot: String,
    #[schema(value_type = CorrectionJson)]
    correction: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// Why. What is longer than 200 characters is cut.
    note: String,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(super) struct Adjusted {
    /// False where it waits.
    adjusted: bool,
    /// What waits for somebody's yes, where it is more than one may correct alone.
    #[serde(default)]
    proposed_adjustment_id: Option<ProposedAdjustmentId>,
}

/// Corrects the book.
pub(super) async fn post_adjustment(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<AdjustmentJson>,
) -> Result<Response, Problem> {
    let body = command.body;
    let place = (body.node.clone(), body.item.clone());
    let mut known = flows.find_places_within(&scope, vec![place]).await?;
    let invalid = |pointer: &str, message: &str| {
        Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed.")
            .at(pointer, "invalid", message)
    };
    let (node_id, item) = known.pop().unwrap_or((None, None));
    let node_id = node_id.ok_or_else(|| invalid("/node", "there is no such node"))?;
    let (item_id, owner_id) = item.ok_or_else(|| invalid("/item", "there is no such item"))?;
    let correction = Correction::parse(&body.correction)
        .ok_or_else(|| invalid("/correction", "one of lost, found, damaged, mended, scrapped"))?;
    let quantity = Quantity::new(body.quantity).map_err(|error| invalid("/quantity", &error.to_string()))?;
    let note: String = body.note.chars().filter(|c| !c.is_control()).take(200).collect();
    let lot = body.lot;
    let adjustment = Adjustment { node_id, item_id, owner_id, lot, correction, quantity, note };
    let answer: Answer<Adjusted> = flows
        .runtime
        .command(command.call, move |cx| {
            let adjustment = adjustment.clone();
            Box::pin(async move {
                let proposed_adjustment_id = inventory::adjust::adjust(cx, &adjustment).await?;
                cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                Ok(Adjusted { adjusted: proposed_adjustment_id.is_none(), proposed_adjustment_id })
            })
        })
        .await
        .map_err(refused_adjustment)?;
    answered(StatusCode::CREATED, answer)
}

/// Whose stock.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct StockQuery {
    /// SKU, barcode or id.
    pub(super) item: String,
}

/// The stock of an item at every node.
pub(super) async fn get_stock(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<StockQuery>,
) -> Result<Response, Problem> {
    let (item_id, _) = flows.find_item(&scope, &query.item).await?;
    let organisation_id = flows.runtime.organisation_id.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                inventory::store::list_stock_of_items(tx, &organisation_id, &scope, [&item_id].into_iter())
                    .await
            })
        })
        .await?;
    Ok(axum::Json(Page { rows, next: None }).into_response())
}

impl Flows {
    /// An item whose stock may be asked for: of one of the merchants, or of whatever lies at one of the nodes.
    pub(super) async fn find_item(&self, scope: &Scope, code: &str) -> Result<(ItemId, MerchantId), Problem> {
        let mut known = self.find_places(vec![(String::new(), code.to_owned())]).await?;
        let item = known.pop().and_then(|(_, item)| item);
        let has_nodes = !scope.node_ids().is_empty();
        item.filter(|(_, owner_id)| has_nodes || scope.has_merchant(owner_id)).ok_or_else(|| {
            Problem::unprocessable(problems::UNKNOWN_ITEM, format!("There is no item `{code}`."))
        })
    }
}

/// Which movements.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct LedgerQuery {
    /// SKU, barcode or id.
    item: String,
    /// Only at this node.
    #[serde(default)]
    node_id: String,
    /// Only into or out of this state.
    #[serde(default)]
    state: String,
    /// Only transfers before this one: the `before` of the page before.
    before: Option<i64>,
    /// How many, up to 250; 50 where it is left out.
    limit: Option<i64>,
}

/// A page of movements.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LedgerJson {
    rows: Vec<LedgerLine>,
    /// Give it as `before` for older ones; null on the last page.
    before: Option<i64>,
}

/// The movements behind a number, newest first.
pub(super) async fn get_ledger(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<LedgerQuery>,
) -> Result<Response, Problem> {
    let (item_id, owner_id) = flows.find_item(&scope, &query.item).await?;
    let is_node = NodeId::parse(&query.node_id).is_ok_and(|node_id| scope.has_node(&node_id));
    if !is_node && !scope.has_merchant(&owner_id) {
        return Err(Problem::not_found(
            problems::NOT_FOUND,
            "Name a node of yours in `node_id`: the item's other movements are not within what you may see.",
        ));
    }
    let organisation_id = flows.runtime.organisation_id.clone();
    let limit = query.limit.unwrap_or(50).clamp(1, 250);
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let before = query.before.unwrap_or(i64::MAX);
                let (node_id, state) = (query.node_id, query.state);
                inventory::store::list_ledger(tx, &organisation_id, &item_id, &node_id, &state, before, limit)
                    .await
            })
        })
        .await?;
    let before = rows.last().filter(|_| rows.len() as i64 == limit).map(|line| line.transfer_id);
    Ok(axum::Json(LedgerJson { rows, before }).into_response())
}
