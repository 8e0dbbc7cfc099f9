//! Goods change hands in place, resellers are entitled, and statements say who owes whom.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use inventory::{
    entitle::{Grant, GrantError},
    ownership::{OwnershipTransfer, Trade, TransferError, TransferKind},
    store::StatementOf,
    swap::{Proposals, WayCost},
};
use kernel::{Currency, ItemId, MerchantId, Money, NodeId, Page, Quantity, Scope, Timestamp};
use serde::Deserialize;
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use web::{Command, PageQuery, Problem, Query, Within, answered, page, problems};

use crate::{
    Flows,
    ownership::{self, PlannedWay},
};

/// The most lines of one transfer.
const LINES_MAX: usize = 250;
/// The dearest unit, in minor units: a bound that keeps every amount countable.
pub const PRICE_MAX: i64 = 1_000_000_000;
/// The longest reference.
const REFERENCE_MAX: usize = 200;

/// Wrong fields, collected so that all are told at once.
#[derive(Default)]
struct Wrong(Option<Problem>);

impl Wrong {
    fn at(&mut self, pointer: impl Into<String>, message: &str) {
        let begun = self
            .0
            .take()
            .unwrap_or_else(|| Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed."));
        self.0 = Some(begun.at(pointer.into(), "invalid", message));
    }

    fn none(self) -> Result<(), Problem> {
        self.0.map_or(Ok(()), Err)
    }
}

/// Units to change hands as they are sent. Nodes and items go by code and SKU, or by id.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOwnershipTransfer)]
pub(super) struct TransferJson {
    /// Who gives the goods and is owed for them.
    giver_id: MerchantId,
    /// Who gets them and owes.
    taker_id: MerchantId,
    /// The giver's name for it: the same again is a repeat.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
    /// Of every price.
    currency: Currency,
    #[schema(min_items = 1, max_items = 250)]
    lines: Vec<TransferLineJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOwnershipTransferLine)]
struct TransferLineJson {
    /// Code or id.
    node: String,
    /// SKU, barcode or id.
    item: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// What a unit costs the taker.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    unit_price_minor: i64,
}

impl Flows {
    /// Says of each merchant that is none, or not within the scope.
    async fn check_parties(
        &self,
        scope: &Scope,
        parties: &[(&str, &MerchantId)],
        wrong: &mut Wrong,
    ) -> Result<(), Problem> {
        let organisation_id = self.runtime.organisation_id.clone();
        let seen = scope.clone().of_merchants();
        let known = self
            .runtime
            .read(move |tx| {
                Box::pin(async move { people::list_merchants(tx, &organisation_id, &seen).await })
            })
            .await?;
        for (pointer, merchant_id) in parties {
            if known.iter().all(|merchant| merchant.merchant_id != **merchant_id) {
                wrong.at(*pointer, "there is no such merchant, or you may not act for them");
            }
        }
        if let [(_, one), (pointer, other)] = parties
            && one == other
        {
            wrong.at(*pointer, "two different merchants are needed");
        }
        Ok(())
    }
}

fn check_reference(reference: &str, wrong: &mut Wrong) -> String {
    let reference = reference.trim().to_owned();
    if reference.is_empty() || reference.len() > REFERENCE_MAX || reference.chars().any(char::is_control) {
        wrong.at("/reference", "1 to 200 characters are good: your name for the transfer");
    }
    reference
}

fn check_quantity(pointer: &str, quantity: i64, wrong: &mut Wrong) -> Quantity {
    let good = Quantity::new(quantity).ok().filter(|quantity| !quantity.is_zero());
    good.unwrap_or_else(|| {
        wrong.at(pointer, "from 1 to 1,000,000,000,000 units");
        Quantity::ZERO
    })
}

fn check_price(pointer: &str, minor: i64, wrong: &mut Wrong) {
    if !(0..=PRICE_MAX).contains(&minor) {
        wrong.at(pointer, "a whole number of minor units from 0 to 1,000,000,000");
    }
}

/// Makes goods change their owner.
pub(super) async fn post_transfer(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<TransferJson>,
) -> Result<Response, Problem> {
    let body = command.body;
    let mut wrong = Wrong::default();
    flows
        .check_parties(&scope, &[("/giver_id", &body.giver_id), ("/taker_id", &body.taker_id)], &mut wrong)
        .await?;
    let reference = check_reference(&body.reference, &mut wrong);
    if body.lines.is_empty() || body.lines.len() > LINES_MAX {
        wrong.at("/lines", "from 1 to 250 lines");
        wrong.none()?;
        return Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed."));
    }
    let places = body.lines.iter().map(|line| (line.node.clone(), line.item.clone())).collect();
    let known = flows.find_places(places).await?;
    let mut trades = Vec::with_capacity(body.lines.len());
    for (place, (line, (node_id, item))) in body.lines.into_iter().zip(known).enumerate() {
        if node_id.is_none() {
            wrong.at(format!("/lines/{place}/node"), "there is no such node");
        }
        if item.is_none() {
            wrong.at(format!("/lines/{place}/item"), "there is no such item");
        }
        let quantity = check_quantity(&format!("/lines/{place}/quantity"), line.quantity, &mut wrong);
        check_price(&format!("/lines/{place}/unit_price_minor"), line.unit_price_minor, &mut wrong);
        if let (Some(node_id), Some((item_id, _))) = (node_id, item) {
            trades.push(Trade {
                item_id,
                node_id,
                giver_id: body.giver_id.clone(),
                taker_id: body.taker_id.clone(),
                lot: String::new(),
                quantity,
                unit_price: Money { minor: line.unit_price_minor, currency: body.currency },
                entitlement_id: None,
                is_reversal: false,
            });
        }
    }
    wrong.none()?;
    let (giver_id, taker_id) = (body.giver_id, body.taker_id);
    let transfer = OwnershipTransfer { kind: TransferKind::Sale, giver_id, taker_id, reference, trades };
    answered(
        StatusCode::CREATED,
        flows.transfer_ownership(command.call, transfer).await.map_err(refused_transfer)?,
    )
}

/// Why nothing changed hands.
fn refused_transfer(error: TransferError) -> Problem {
    match error {
        TransferError::Nothing => Problem::unprocessable(problems::INVALID_FIELD, &error),
        TransferError::Conflict { ref ownership_transfer_id, .. } => {
            Problem::conflict(problems::REFERENCE_TAKEN, &error)
                .with("ownership_transfer_id", json!(ownership_transfer_id))
                .at("/reference", "taken", "another transfer has this reference")
        }
        TransferError::Short { place, asked, present } => {
            Problem::conflict(problems::INSUFFICIENT_STOCK, &error)
                .with("asked", json!(asked))
                .with("present", json!(present))
                .at(format!("/lines/{place}/quantity"), "refused", "more than the giver has free there")
        }
        TransferError::TooMuch { place } => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
            format!("/lines/{place}/quantity"),
            "invalid",
            "the amount is too large",
        ),
        TransferError::Fault(fault) => Problem::fault(fault),
    }
}

/// Whose statement, with whom, and of which period.
#[derive(Debug, Deserialize, IntoParams)]
pub(super) struct StatementQuery {
    /// Whose statement.
    merchant_id: MerchantId,
    /// Only with this merchant.
    counterparty_id: Option<MerchantId>,
    /// From this instant on; from the beginning where it is left out.
    from: Option<Timestamp>,
    /// Up to this instant and without it; up to now where it is left out.
    until: Option<Timestamp>,
}

impl StatementQuery {
    fn of(self, scope: &Scope) -> Result<StatementOf, Problem> {
        if !scope.has_merchant(&self.merchant_id) {
            let says = "There is no such merchant, or their money is not within what you may see.";
            return Err(Problem::not_found(problems::NOT_FOUND, says));
        }
        Ok(StatementOf {
            merchant_id: self.merchant_id,
            counterparty_id: self.counterparty_id,
            from: self.from.unwrap_or(Timestamp::UNIX_EPOCH),
            until: self.until.unwrap_or(StatementOf::FOREVER),
        })
    }
}

/// A page of a statement's lines.
pub(super) async fn get_settlement_lines(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Problem> {
    let of = query.of(&scope)?;
    let rows = flows.list_settlement_lines(of, paging.request.clone()).await?;
    Ok(page(&paging, rows))
}

/// What a statement comes to.
pub(super) async fn get_statement(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Problem> {
    let rows = ownership::list_statement_totals(&flows.runtime, query.of(&scope)?).await?;
    Ok(Json(Page { rows, next: None }).into_response())
}

/// A statement as a file.
pub(super) async fn get_statement_csv(
    State(flows): State<Flows>,
    Within(scope): Within,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Problem> {
    let of = query.of(&scope)?;
    let name = format!("attachment; filename=\"statement-{}.csv\"", of.merchant_id);
    let file = ownership::statement_file(&flows.runtime, of).await?;
    let mut answer = file.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8"));
    if let Ok(name) = HeaderValue::from_str(&name) {
        headers.insert(header::CONTENT_DISPOSITION, name);
    }
    Ok(answer)
}

/// An entitlement as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewEntitlement)]
pub(super) struct GrantJson {
    /// Whose pool it is.
    brand_id: MerchantId,
    /// Who may sell from it.
    reseller_id: MerchantId,
    /// SKU, barcode or id, of the brand's.
    item: String,
    /// How many units over all, with those that were sold already.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    granted: i64,
    /// What a unit costs the reseller from now on.
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    unit_price_minor: i64,
    currency: Currency,
}

/// Entitles a reseller: the brand's word alone is needed.
pub(super) async fn post_entitlement(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<GrantJson>,
) -> Result<Response, Problem> {
    let body = command.body;
    let mut wrong = Wrong::default();
    flows.check_parties(&scope, &[("/brand_id", &body.brand_id)], &mut wrong).await?;
    flows.check_parties(&Scope::EVERYTHING, &[("/reseller_id", &body.reseller_id)], &mut wrong).await?;
    if body.brand_id == body.reseller_id {
        wrong.at("/reseller_id", "a brand sells its own goods without an entitlement");
    }
    let item = flows.find_places(vec![(String::new(), body.item)]).await?.pop().and_then(|(_, item)| item);
    let item_id = item.filter(|(_, owner_id)| *owner_id == body.brand_id).map(|(item_id, _)| item_id);
    if item_id.is_none() {
        wrong.at("/item", "the brand has no such item");
    }
    let granted = Quantity::new(body.granted).unwrap_or_else(|_| {
        wrong.at("/granted", "a whole number of units from 0");
        Quantity::ZERO
    });
    check_price("/unit_price_minor", body.unit_price_minor, &mut wrong);
    wrong.none()?;
    let Some(item_id) = item_id else {
        return Err(Problem::unprocessable(problems::INVALID_FIELD, "Nothing was changed."));
    };
    let unit_price = Money { minor: body.unit_price_minor, currency: body.currency };
    let grant =
        Grant { item_id, brand_id: body.brand_id, reseller_id: body.reseller_id, granted, unit_price };
    answered(StatusCode::CREATED, flows.grant_entitlement(command.call, grant).await.map_err(refused_grant)?)
}

/// Why nothing was granted.
fn refused_grant(error: GrantError) -> Problem {
    match error {
        GrantError::BelowUsed { used, .. } => Problem::unprocessable(problems::INVALID_FIELD, &error)
            .with("used", json!(used))
            .at("/granted", "invalid", "fewer than were sold already"),
        GrantError::OtherCurrency(_) => Problem::unprocessable(problems::INVALID_FIELD, &error).at(
            "/currency",
            "invalid",
            "not the currency this entitlement settles in",
        ),
        GrantError::Fault(fault) => Problem::fault(fault),
    }
}

/// Entitlements that one gave or has.
pub(super) async fn get_entitlements(
    State(flows): State<Flows>,
    Within(scope): Within,
    paging: PageQuery,
) -> Result<Response, Problem> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let request = paging.request.clone();
    let rows = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                inventory::store::list_entitlements(tx, &organisation_id, &scope, &request).await
            })
        })
        .await?;
    Ok(page(&paging, rows))
}

/// Goods that would be carried, as they are sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = PlannedGoodsTransfer)]
pub(super) struct WayJson {
    /// Whose goods.
    owner_id: MerchantId,
    /// SKU, barcode or id.
    item: String,
    /// Where they are: code or id.
    from_node: String,
    /// Where they are wanted: code or id.
    to_node: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// What a unit costs for each kilometre, in thousandths of a minor unit.
    #[schema(minimum = 0, maximum = 1_000_000)]
    per_unit_km_milli_minor: i64,
    /// How far goods get in a day.
    #[serde(default = "km_a_day")]
    #[schema(minimum = 1, maximum = 10_000)]
    km_a_day: i64,
}

fn km_a_day() -> i64 {
    500
}

/// Item, the node where it is, and the node where it is wanted.
type Way = (ItemId, NodeId, NodeId);

impl Flows {
    async fn find_way(
        &self,
        item: &str,
        from: &str,
        to: &str,
        wrong: &mut Wrong,
    ) -> Result<Option<Way>, Problem> {
        let pairs = [from, to].map(|node| (node.to_owned(), item.to_owned()));
        let mut known = self.find_places(pairs.to_vec()).await?;
        let (to_node, item) = known.pop().unwrap_or_default();
        let from_node = known.pop().and_then(|(node_id, _)| node_id);
        if item.is_none() {
            wrong.at("/item", "there is no such item");
        }
        for (pointer, node_id) in [("/from_node", &from_node), ("/to_node", &to_node)] {
            if node_id.is_none() {
                wrong.at(pointer, "there is no such node");
            }
        }
        if from_node.is_some() && from_node == to_node {
            wrong.at("/to_node", "two different nodes are needed");
        }
        Ok(item.zip(from_node).zip(to_node).map(|(((item_id, _), from), to)| (item_id, from, to)))
    }
}

/// Proposes swaps instead of a truck.
pub(super) async fn post_swap_proposals(
    State(flows): State<Flows>,
    Within(scope): Within,
    web::Json(body): web::Json<WayJson>,
) -> Result<Json<Proposals>, Problem> {
    let mut wrong = Wrong::default();
    flows.check_parties(&scope, &[("/owner_id", &body.owner_id)], &mut wrong).await?;
    let way = flows.find_way(&body.item, &body.from_node, &body.to_node, &mut wrong).await?;
    check_quantity("/quantity", body.quantity, &mut wrong);
    for (pointer, number, range) in [
        ("/per_unit_km_milli_minor", body.per_unit_km_milli_minor, 0..=1_000_000),
        ("/km_a_day", body.km_a_day, 1..=10_000),
    ] {
        if !range.contains(&number) {
            wrong.at(pointer, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
    }
    wrong.none()?;
    let proposals = match way {
        Some((item_id, from_node, to_node)) => {
            let cost =
                WayCost { per_unit_km_milli_minor: body.per_unit_km_milli_minor, km_a_day: body.km_a_day };
            let (owner_id, quantity) = (body.owner_id, body.quantity);
            let way = PlannedWay { owner_id, item_id, from_node, to_node, quantity, cost };
            flows.propose_swaps(scope.of_merchants(), way).await?
        }
        None => None,
    };
    proposals
        .map(Json)
        .ok_or_else(|| Problem::unprocessable(problems::UNKNOWN_NODE, "There is no such node."))
}

/// A swap as it is sent.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewOwnershipSwap)]
pub(super) struct SwapJson {
    /// Who has goods at `from_node` and wants them at `to_node`.
    owner_id: MerchantId,
    /// Who has as many at `to_node`.
    partner_id: MerchantId,
    /// SKU, barcode or id.
    item: String,
    /// Code or id.
    from_node: String,
    /// Code or id.
    to_node: String,
    #[schema(minimum = 1, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// What both lines are priced at; they even out.
    #[serde(default)]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    unit_price_minor: i64,
    currency: Currency,
    /// The owner's name for it: the same again is a repeat.
    #[schema(min_length = 1, max_length = 200)]
    reference: String,
}

/// Swaps goods at two nodes.
pub(super) async fn post_swap(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<SwapJson>,
) -> Result<Response, Problem> {
    let body = command.body;
    let mut wrong = Wrong::default();
    let parties = [("/owner_id", &body.owner_id), ("/partner_id", &body.partner_id)];
    flows.check_parties(&scope, &parties, &mut wrong).await?;
    let way = flows.find_way(&body.item, &body.from_node, &body.to_node, &mut wrong).await?;
    let quantity = check_quantity("/quantity", body.quantity, &mut wrong);
    check_price("/unit_price_minor", body.unit_price_minor, &mut wrong);
    let reference = check_reference(&body.reference, &mut wrong);
    wrong.none()?;
    let Some((item_id, from_node, to_node)) = way else {
        return Err(Problem::unprocessable(problems::UNKNOWN_NODE, "There is no such node."));
    };
    let unit_price = Money { minor: body.unit_price_minor, currency: body.currency };
    let (owner_id, partner_id) = (body.owner_id, body.partner_id);
    let swap = OwnershipTransfer::swap(
        owner_id,
        partner_id,
        reference,
        item_id,
        (from_node, to_node),
        quantity,
        unit_price,
    );
    let answer = flows.transfer_ownership(command.call, swap).await.map_err(|error| match error {
        TransferError::Short { asked, present, .. } => {
            Problem::conflict(problems::INSUFFICIENT_STOCK, "One of the two has fewer units free by now.")
                .with("asked", json!(asked))
                .with("present", json!(present))
                .at("/quantity", "refused", "more than one of the two has free")
        }
        other => refused_transfer(other),
    })?;
    answered(StatusCode::CREATED, answer)
}
