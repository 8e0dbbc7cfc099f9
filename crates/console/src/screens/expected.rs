//! Goods that suppliers said would come: the list by day, one of them, and the forms that take it in or expect no more.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::Fault;
use flows::supply::ExpectedSeen;
use inventory::expect::ExpectError;
use inventory::lot::Lot;
use inventory::receive::{Receipt, ReceiveError};
use inventory::store::ExpectedFilter;
use kernel::{ExpectedReceiptId, ItemId, NodeId, PageRequest, Quantity};
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::HashMap;
use web::{Needs, Path, Permission, Query, Routes, Within};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::expected::{ExpectedLine, ExpectedOne, ExpectedPage, ItemLine};
use crate::pages::problem::Trouble;
use crate::shell::Section;

/// How many a page lists.
const LISTED: i64 = 50;
/// The longest delivery note, in bytes.
const NOTE: usize = 200;

pub(super) fn routes() -> Routes<Console> {
    let (see, receive) = (Needs::Within(Permission::StockRead), Needs::Within(Permission::StockReceive));
    Routes::new()
        .get(href::EXPECTED, see, get_expected)
        .get("/expected/{expected_receipt_id}", see, get_one)
        .post("/expected/{expected_receipt_id}/receive", receive, post_receive)
        .post("/expected/{expected_receipt_id}/close", receive, post_close)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct ListQuery {
    after: String,
}

async fn get_expected(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<ListQuery>,
) -> Result<Response, Upset> {
    let wanted = PageRequest::new(Some(query.after).filter(|after| !after.is_empty()), Some(LISTED));
    let found = console.flows.list_expected(scope, ExpectedFilter::default(), wanted).await?;
    let names = node_names(&console, found.rows.iter().map(|row| row.node_id.clone()).collect()).await?;
    page(&ExpectedPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Receive, None),
        rows: found.rows.iter().map(|row| line(row, &names)).collect(),
        next: found.next.map(|after| href::with_query(href::EXPECTED, &[("after", &after)])),
    })
}

async fn node_names(console: &Console, node_ids: Vec<NodeId>) -> Result<HashMap<NodeId, String>, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let nodes: Result<_, Fault> = runtime
        .read(move |tx| Box::pin(async move { network::nodes_by_id(tx, &organisation_id, &node_ids).await }))
        .await;
    Ok(nodes?.into_iter().map(|(node_id, node)| (node_id, node.name)).collect())
}

fn line(row: &ExpectedSeen, names: &HashMap<NodeId, String>) -> ExpectedLine {
    ExpectedLine {
        id: row.expected_receipt_id.to_string(),
        reference: row.reference.clone(),
        supplier: row.supplier.clone(),
        node: names.get(&row.node_id).cloned().unwrap_or_default(),
        day: row.expected_on.clone(),
        is_late: row.is_late,
        units: row.lines.iter().map(|line| line.quantity).sum(),
        outstanding: row.lines.iter().map(|line| line.outstanding).sum(),
    }
}

async fn find(console: &Console, id: &ExpectedReceiptId) -> Result<ExpectedSeen, Upset> {
    let found = console.flows.find_expected(id.clone()).await?;
    found.ok_or_else(|| Upset::of(Trouble::NotFound))
}

async fn get_one(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<ExpectedReceiptId>,
) -> Result<Response, Upset> {
    let seen = find(&console, &id).await?;
    let view = view(&console, &desk, &seen, None).await?;
    page(&view)
}

/// What was sent, and why it was not taken.
struct Refused {
    sent: Sent,
    error: String,
}

async fn view(
    console: &Console,
    desk: &Desk,
    seen: &ExpectedSeen,
    refused: Option<Refused>,
) -> Result<ExpectedOne, Upset> {
    let names = node_names(console, vec![seen.node_id.clone()]).await?;
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let ids: Vec<ItemId> = seen.lines.iter().map(|line| line.item_id.clone()).collect();
    let items: Result<_, Fault> = runtime
        .read(move |tx| Box::pin(async move { catalogue::items_by_id(tx, &organisation_id, &ids).await }))
        .await;
    let items = items?;
    let (sent, error) = refused.map_or((None, None), |refused| (Some(refused.sent), Some(refused.error)));
    let typed = |item_id: &ItemId| {
        let lines = sent.as_ref().map(|sent| &sent.lines)?;
        lines.iter().find(|typed| typed.item == item_id.as_str()).cloned()
    };
    let lines = seen
        .lines
        .iter()
        .map(|line| {
            let item = items.get(&line.item_id);
            let typed = typed(&line.item_id)
                .unwrap_or_else(|| Typed { now: line.outstanding.to_string(), ..Typed::default() });
            ItemLine {
                item: line.item_id.to_string(),
                sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
                name: item.map_or_else(|| line.item_id.to_string(), |item| item.title.clone()),
                quantity: line.quantity,
                received: line.received,
                now: typed.now,
                needs_lot: item.is_some_and(|item| item.is_lot_tracked),
                lot: typed.lot,
                expires_on: typed.expires_on,
            }
        })
        .collect();
    Ok(ExpectedOne {
        t: desk.t.clone(),
        shell: desk.shell(Section::Receive, None),
        head: line(seen, &names),
        is_open: seen.state == "open",
        can_receive: desk.caller.access.may(Permission::StockReceive),
        note: sent.as_ref().map(|sent| sent.note.clone()).unwrap_or_default(),
        command: sent.as_ref().map_or_else(fresh_command, |sent| sent.command.clone()),
        close: fresh_command(),
        lines,
        error,
    })
}

/// A form with a field for each item.
#[derive(Debug, Default)]
struct Sent {
    command: String,
    note: String,
    lines: Vec<Typed>,
}

/// An item and what comes of it now, as typed.
#[derive(Debug, Clone, Default, Serialize)]
struct Typed {
    item: String,
    now: String,
    lot: String,
    expires_on: String,
}

impl Typed {
    /// Its lot, if it has one; none at all where what was typed is no lot.
    fn lot(&self) -> Option<Option<Lot>> {
        let expires_on = match self.expires_on.as_str() {
            "" => None,
            day => Some(day.parse().ok()?),
        };
        match self.lot.as_str() {
            "" => expires_on.is_none().then_some(None),
            code => Lot::is_code(code).then(|| Some(Lot { code: code.to_owned(), expires_on })),
        }
    }
}

impl Sent {
    fn read(fields: Vec<(String, String)>) -> Option<Sent> {
        let mut sent = Sent::default();
        for (name, value) in fields {
            match name.as_str() {
                "command" => sent.command = value,
                "note" => value.trim().clone_into(&mut sent.note),
                "item" => sent.lines.push(Typed { item: value, ..Typed::default() }),
                "now" => value.trim().clone_into(&mut sent.lines.last_mut()?.now),
                "lot" => value.trim().clone_into(&mut sent.lines.last_mut()?.lot),
                "expires_on" => value.trim().clone_into(&mut sent.lines.last_mut()?.expires_on),
                _ => return None,
            }
        }
        Some(sent)
    }
}

async fn post_receive(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<ExpectedReceiptId>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, Upset> {
    let sent = Sent::read(form).ok_or_else(|| Upset::of(Trouble::BadRequest))?;
    let seen = find(&console, &id).await?;
    let t = &desk.t;
    let is_note =
        !sent.note.is_empty() && sent.note.len() <= NOTE && !sent.note.chars().any(char::is_control);
    let receipts: Option<Vec<Receipt>> = sent
        .lines
        .iter()
        .map(|typed| {
            let Typed { item, now, .. } = typed;
            let units = if now.is_empty() { Some(0) } else { now.parse().ok() };
            let quantity = units.and_then(|units| Quantity::new(units).ok())?;
            Some(Receipt {
                node_id: seen.node_id.clone(),
                item_id: ItemId::parse(item).ok()?,
                owner_id: seen.owner_id.clone(),
                quantity,
                reference: sent.note.clone(),
                lot: typed.lot().unwrap_or_default(),
                expected: Some(id.clone()),
            })
        })
        .collect();
    let receipts = receipts.map(|receipts| {
        // Nothing of an item may come, and another than was expected has its own form.
        let is_meant = |receipt: &Receipt| seen.lines.iter().any(|line| line.item_id == receipt.item_id);
        let some = receipts.into_iter().filter(|receipt| !receipt.quantity.is_zero());
        some.filter(is_meant).collect::<Vec<_>>()
    });
    let error = match receipts {
        _ if !is_note => t.text("receive-bad-reference"),
        _ if sent.lines.iter().any(|typed| typed.lot().is_none()) => t.text("receive-bad-lot"),
        Some(receipts) if !receipts.is_empty() => {
            let path = href::expected_receive(id.as_str());
            let call = desk.call(&sent.command, &path, &json!([sent.note, sent.lines]))?;
            match console.flows.receive(call, receipts).await {
                Ok(answer) => match answer.into_result() {
                    Some(received) if received.booked > 0 => {
                        return Ok(see(&href::expected(id.as_str())));
                    }
                    Some(_) => t.text("receive-repeated"),
                    None => return Err(desk.reused()),
                },
                Err(ReceiveError::NotExpected) => t.text("expected-over"),
                Err(ReceiveError::Nothing) => t.text("row-bad-quantity"),
                Err(ReceiveError::NeedsLot { .. }) => t.text("receive-needs-lot"),
                Err(ReceiveError::OtherExpiry(lot)) => {
                    let known = lot.known.map_or_else(|| t.text("lot-keeps"), |known| known.to_string());
                    t.fill("receive-other-expiry", "known", known)
                }
                Err(ReceiveError::Fault(fault)) => return Err(Upset::commanding(fault)),
            }
        }
        _ => t.text("row-bad-quantity"),
    };
    let seen = find(&console, &id).await?;
    let view = view(&console, &desk, &seen, Some(Refused { sent, error })).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&view)?).into_response())
}

async fn post_close(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<ExpectedReceiptId>,
    Form(form): Form<Vec<(String, String)>>,
) -> Result<Response, Upset> {
    let sent = Sent::read(form).ok_or_else(|| Upset::of(Trouble::BadRequest))?;
    let call = desk.call(&sent.command, &href::expected_close(id.as_str()), &json!(id))?;
    match console.flows.close_expected(call, id.clone()).await {
        Ok(_) | Err(ExpectError::Ended { .. }) => Ok(see(&href::expected(id.as_str()))),
        Err(ExpectError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(ExpectError::NoSuch(_) | ExpectError::Known(_)) => Err(Upset::of(Trouble::NotFound)),
    }
}
