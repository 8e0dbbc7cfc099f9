//! Statements and entitlements; the forms that change who owns what are in `act`, swaps in `swaps`.

mod act;
mod swaps;

use std::collections::HashMap;

use ::people::list_merchants;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::Item;
use db::Fault;
use inventory::store::{Entitlement, SettlementLine, StatementOf, StatementTotal};
use jiff::ToSpan;
use jiff::tz::TimeZone;
use kernel::{Date, ItemId, MerchantId, Money, NodeId, OrderId, Page, PageRequest, Scope, Timestamp};
use network::Node;
use serde::Deserialize;
use web::{Needs, Permission, Query, Routes, Within};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::ownership::{
    EntitlementRow, GrantForm, LineRow, OwnershipPage, SaleForm, StatementForm, TotalRow,
};
use crate::pages::problem::Trouble;
use crate::shell::{Notice, Section};

/// Lines of a statement on a page.
const LINES: i64 = 50;
/// Entitlements that are shown.
const ENTITLEMENTS: i64 = 100;

pub(super) fn routes() -> Routes<Console> {
    let see = Needs::Within(Permission::MoneyRead);
    Routes::new()
        .get(href::OWNERSHIP, see, get_page)
        .get(href::STATEMENT_FILE, see, get_file)
        .merge(act::routes())
        .merge(swaps::routes())
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct StatementQuery {
    merchant: String,
    with: String,
    from: String,
    until: String,
    after: String,
}

impl From<StatementQuery> for StatementForm {
    fn from(query: StatementQuery) -> StatementForm {
        let StatementQuery { merchant, with, from, until, after } = query;
        StatementForm { merchant, with, from, until, after }
    }
}

/// What a form asks for; days begin and end by the reader's clock.
fn statement_of(form: &StatementForm, zone: &TimeZone) -> Option<StatementOf> {
    let day = |text: &str, later: i64| -> Option<Timestamp> {
        let day: Date = text.parse().ok()?;
        let day = day.checked_add(later.days()).ok()?;
        Some(day.to_zoned(zone.clone()).ok()?.timestamp())
    };
    Some(StatementOf {
        merchant_id: MerchantId::parse(&form.merchant).ok()?,
        counterparty_id: MerchantId::parse(&form.with).ok(),
        from: day(&form.from, 0).unwrap_or(Timestamp::UNIX_EPOCH),
        until: day(&form.until, 1).unwrap_or(StatementOf::FOREVER),
    })
}

async fn get_page(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Upset> {
    let typed = Typed { of: query.into(), ..Typed::default() };
    show(&console, &desk, scope, typed).await
}

async fn get_file(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<StatementQuery>,
) -> Result<Response, Upset> {
    let of = statement_of(&query.into(), &desk.t.zone)
        .filter(|of| scope.has_merchant(&of.merchant_id))
        .ok_or(Upset::of(Trouble::NotFound))?;
    let name = format!("attachment; filename=\"statement-{}.csv\"", of.merchant_id);
    let name = HeaderValue::from_str(&name).map_err(|_| Upset::of(Trouble::NotFound))?;
    let file = flows::ownership::statement_file(&console.flows.runtime, of).await?;
    let kind = HeaderValue::from_static("text/csv; charset=utf-8");
    Ok(([(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

/// The page's forms as they are to be shown, and what to tell.
#[derive(Debug, Default)]
struct Typed {
    of: StatementForm,
    sale: SaleForm,
    grant: GrantForm,
    notice: Option<Notice>,
    is_refused: bool,
}

struct Read {
    merchants: Vec<::people::Merchant>,
    nodes: Vec<Node>,
    totals: Vec<StatementTotal>,
    lines: Page<SettlementLine>,
    entitlements: Page<Entitlement>,
    items: HashMap<ItemId, Item>,
    places: HashMap<NodeId, Node>,
    references: HashMap<OrderId, String>,
    actors: Actors,
}

impl Read {
    fn merchant(&self, merchant_id: &MerchantId) -> String {
        let known = self.merchants.iter().find(|merchant| merchant.merchant_id == *merchant_id);
        known.map_or_else(|| merchant_id.to_string(), |merchant| merchant.name.clone())
    }

    fn item(&self, item_id: &ItemId) -> (String, String) {
        let known = self.items.get(item_id);
        known.map_or_else(
            || (item_id.to_string(), String::new()),
            |item| (item.title.clone(), item.sku.clone()),
        )
    }
}

async fn show(console: &Console, desk: &Desk, scope: Scope, typed: Typed) -> Result<Response, Upset> {
    let Typed { mut of, mut sale, mut grant, notice, is_refused } = typed;
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (own, zone, asked) = (scope.clone().of_merchants(), desk.t.zone.clone(), of.clone());
    let read: Read = runtime
        .read(move |tx| {
            Box::pin(async move {
                let merchants = list_merchants(tx, &organisation_id, &own).await?;
                // Where a merchant's goods lie is no secret to the merchant.
                let at = if own.merchant_ids().is_empty() { scope } else { Scope::EVERYTHING };
                let first = merchants.first().map(|merchant| merchant.merchant_id.to_string());
                let merchant = if asked.merchant.is_empty() {
                    first.unwrap_or_default()
                } else {
                    asked.merchant.clone()
                };
                let statement = statement_of(&StatementForm { merchant, ..asked.clone() }, &zone)
                    .filter(|statement| own.has_merchant(&statement.merchant_id));
                let after = Some(asked.after).filter(|after| !after.is_empty());
                let (totals, lines) = match &statement {
                    Some(statement) => {
                        let wanted = PageRequest::new(after, Some(LINES));
                        (
                            inventory::store::list_statement_totals(tx, &organisation_id, statement).await?,
                            inventory::store::list_settlement_lines(tx, &organisation_id, statement, &wanted)
                                .await?,
                        )
                    }
                    None => (Vec::new(), Page { rows: Vec::new(), next: None }),
                };
                let wanted = PageRequest::new(None, Some(ENTITLEMENTS));
                let entitlements =
                    inventory::store::list_entitlements(tx, &organisation_id, &own, &wanted).await?;
                let item_ids: Vec<ItemId> = lines
                    .rows
                    .iter()
                    .map(|line| line.item_id.clone())
                    .chain(entitlements.rows.iter().map(|row| row.item_id.clone()))
                    .collect();
                let node_ids: Vec<NodeId> = lines.rows.iter().map(|line| line.node_id.clone()).collect();
                let orders: Vec<OrderId> =
                    lines.rows.iter().filter_map(|line| OrderId::parse(&line.cause_id).ok()).collect();
                let actors = lines.rows.iter().map(|line| line.actor.as_str());
                Ok::<_, Fault>(Read {
                    nodes: network::list_nodes(tx, &organisation_id, &at).await?,
                    items: catalogue::items_by_id(tx, &organisation_id, &item_ids).await?,
                    places: network::nodes_by_id(tx, &organisation_id, &node_ids).await?,
                    references: orders::store::references_of_orders(tx, &organisation_id, orders.iter())
                        .await?,
                    actors: list_actors(tx, &organisation_id, actors).await?,
                    merchants,
                    totals,
                    lines,
                    entitlements,
                })
            })
        })
        .await?;
    if of.merchant.is_empty() {
        let first = read.merchants.first();
        of.merchant = first.map(|merchant| merchant.merchant_id.to_string()).unwrap_or_default();
    }
    for party in [&mut sale.taker, &mut grant.reseller] {
        if party.is_empty() {
            // Not the one who is chosen as the other side already.
            *party = read.merchants.get(1).map(|other| other.merchant_id.to_string()).unwrap_or_default();
        }
    }
    for command in [&mut sale.command, &mut grant.command] {
        if command.is_empty() {
            *command = fresh_command();
        }
    }
    let mut shell = desk.shell(Section::Stock, notice);
    href::OWNERSHIP.clone_into(&mut shell.path);
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = OwnershipPage {
        t: desk.t.clone(),
        shell,
        merchants: choices(&read.merchants),
        nodes: read.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        totals: read.totals.iter().map(|total| total_row(&read, total)).collect(),
        lines: read.lines.rows.iter().map(|line| line_row(desk, &read, line)).collect(),
        next: read.lines.next.clone(),
        entitlements: read.entitlements.rows.iter().map(|row| entitlement_row(&read, row)).collect(),
        can_trade: desk.caller.access.may(Permission::StockTrade),
        currency: console.organisation.currency.to_string(),
        of,
        sale,
        grant,
    };
    Ok((status, page(&view)?).into_response())
}

fn choices(merchants: &[::people::Merchant]) -> Vec<Choice> {
    merchants.iter().map(|merchant| Choice::new(merchant.merchant_id.as_str(), &merchant.name)).collect()
}

fn total_row(read: &Read, total: &StatementTotal) -> TotalRow {
    let money = |minor| Money { minor, currency: total.currency };
    TotalRow {
        with: read.merchant(&total.counterparty_id),
        given_units: total.given_units,
        given: money(total.given_minor),
        got_units: total.got_units,
        got: money(total.got_minor),
        balance: money(total.balance_minor),
    }
}

fn line_row(desk: &Desk, read: &Read, line: &SettlementLine) -> LineRow {
    let money = |minor| Money { minor, currency: line.currency };
    let (item, sku) = read.item(&line.item_id);
    let order = OrderId::parse(&line.cause_id).ok();
    let named = order.as_ref().and_then(|order_id| read.references.get(order_id)).cloned();
    LineRow {
        at: line.happened_at,
        item,
        sku,
        node: read
            .places
            .get(&line.node_id)
            .map_or_else(|| line.node_id.to_string(), |node| node.name.clone()),
        giver: read.merchant(&line.giver_id),
        taker: read.merchant(&line.taker_id),
        units: line.quantity,
        price: money(line.unit_price_minor),
        amount: money(line.amount_minor),
        cause: named.unwrap_or_else(|| line.reference.clone()),
        cause_href: order.map(|order_id| href::order(order_id.as_str())),
        is_reversal: line.is_reversal,
        actor: read.actors.name(&desk.t, &line.actor),
    }
}

fn entitlement_row(read: &Read, row: &Entitlement) -> EntitlementRow {
    let (item, sku) = read.item(&row.item_id);
    EntitlementRow {
        item,
        sku,
        brand: read.merchant(&row.brand_id),
        reseller: read.merchant(&row.reseller_id),
        granted: row.granted,
        used: row.used,
        price: Money { minor: row.unit_price_minor, currency: row.currency },
    }
}
