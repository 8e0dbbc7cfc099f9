//! Taking goods in.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Item;
use db::{Fault, Tx};
use inventory::lot::Lot;
use inventory::receive::{Receipt as Goods, ReceiveError};
use inventory::store::RecentReceipt;
use kernel::{Date, ItemId, OrganisationId, Quantity, Scope};
use network::Node;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Permission, Routes, Within};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::receive::{Receipt, Receive, ReceiveForm};
use crate::shell::{Notice, Section};
use crate::words::{StockState, Tone};

/// How many receipts are listed.
const SHOWN: i64 = 20;
/// The longest delivery note, in bytes.
const REFERENCE: usize = 200;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::StockReceive);
    Routes::new().get(href::RECEIVE, needs, get_form).post(href::RECEIVE, needs, post_form)
}

async fn get_form(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
) -> Result<Response, Upset> {
    show(&console, &desk, scope, ReceiveForm::default(), None, fresh_command()).await
}

#[derive(Debug, Deserialize)]
struct Sent {
    command: String,
    node: String,
    code: String,
    quantity: String,
    #[serde(default)]
    lot: String,
    #[serde(default)]
    expires_on: String,
    #[serde(default)]
    reference: String,
}

async fn post_form(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<Sent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let mut form = ReceiveForm {
        node: sent.node.trim().to_owned(),
        code: sent.code.trim().to_owned(),
        quantity: sent.quantity.trim().to_owned(),
        lot: sent.lot.trim().to_owned(),
        expires_on: sent.expires_on.trim().to_owned(),
        reference: sent.reference.trim().to_owned(),
        ..ReceiveForm::default()
    };
    let place = (form.node.clone(), form.code.clone());
    let (node_id, item) =
        console.flows.find_places_within(&scope, vec![place]).await?.pop().unwrap_or_default();
    let quantity = form.quantity.parse().ok().and_then(|units| Quantity::new(units).ok());
    let quantity = quantity.filter(|quantity| !quantity.is_zero());
    let is_reference_bad = form.reference.len() > REFERENCE || form.reference.chars().any(char::is_control);
    form.code_error = item.is_none().then(|| t.text("row-unknown-item"));
    form.quantity_error = quantity.is_none().then(|| t.text("row-bad-quantity"));
    form.reference_error = is_reference_bad.then(|| t.text("receive-bad-reference"));
    let lot = read_lot(t, &mut form);
    let (Some(node_id), Some((item_id, owner_id)), Some(quantity), Some(lot), false) =
        (node_id, item, quantity, lot, is_reference_bad)
    else {
        return show(&console, &desk, scope, form, None, sent.command).await;
    };
    let asked = json!([form.node, form.code, form.quantity, form.lot, form.expires_on, form.reference]);
    let call = desk.call(&sent.command, href::RECEIVE, &asked)?;
    // Goods without a delivery note are told apart by their form.
    let reference =
        if form.reference.is_empty() { sent.command.trim().to_owned() } else { form.reference.clone() };
    let goods = Goods { node_id, item_id, owner_id, quantity, lot, reference, expected: None };
    let notice = match console.flows.receive(call, vec![goods]).await {
        Ok(answer) => match answer.into_result() {
            Some(received) if received.booked > 0 => {
                let units = t.number(quantity.units());
                let text = t.fill2("receive-done", ("units", units), ("item", &form.code));
                form = ReceiveForm { node: form.node, ..ReceiveForm::default() };
                Notice { tone: Tone::Good, text }
            }
            Some(_) => Notice { tone: Tone::Warn, text: t.text("receive-repeated") },
            None => Notice { tone: Tone::Bad, text: t.text("command-reused") },
        },
        Err(ReceiveError::Nothing | ReceiveError::NotExpected) => {
            Notice { tone: Tone::Bad, text: t.text("row-bad-quantity") }
        }
        Err(ReceiveError::NeedsLot { .. }) => {
            form.lot_error = Some(t.text("receive-needs-lot"));
            return show(&console, &desk, scope, form, None, fresh_command()).await;
        }
        Err(ReceiveError::OtherExpiry(lot)) => {
            let known = lot.known.map_or_else(|| t.text("lot-keeps"), |known| known.to_string());
            form.expiry_error = Some(t.fill("receive-other-expiry", "known", known));
            return show(&console, &desk, scope, form, None, fresh_command()).await;
        }
        Err(ReceiveError::Fault(fault)) => return Err(Upset::commanding(fault)),
    };
    show(&console, &desk, scope, form, Some(notice), fresh_command()).await
}

/// The lot of the form, if it has one; none at all where what it says is no lot.
fn read_lot(t: &Texts, form: &mut ReceiveForm) -> Option<Option<Lot>> {
    let expires_on = (!form.expires_on.is_empty()).then(|| form.expires_on.parse::<Date>());
    form.expiry_error = expires_on.as_ref().is_some_and(Result::is_err).then(|| t.text("receive-bad-day"));
    let is_bad = if form.lot.is_empty() { expires_on.is_some() } else { !Lot::is_code(&form.lot) };
    form.lot_error = is_bad.then(|| t.text("receive-bad-lot"));
    let lot = Lot { code: form.lot.clone(), expires_on: expires_on.and_then(Result::ok) };
    let is_good = form.lot_error.is_none() && form.expiry_error.is_none();
    is_good.then(|| Some(lot).filter(|lot| !lot.code.is_empty()))
}

struct Dock {
    nodes: Vec<Node>,
    receipts: Vec<RecentReceipt>,
    items: HashMap<ItemId, Item>,
    actors: Actors,
}

async fn read(tx: &Tx, organisation_id: &OrganisationId, scope: &Scope) -> Result<Dock, Fault> {
    let nodes = network::list_nodes(tx, organisation_id, scope).await?;
    let receipts = inventory::store::list_newest_receipts(tx, organisation_id, scope, SHOWN).await?;
    let ids: Vec<ItemId> = receipts.iter().map(|receipt| receipt.item_id.clone()).collect();
    let items = catalogue::items_by_id(tx, organisation_id, &ids).await?;
    let actors = receipts.iter().map(|receipt| receipt.actor.as_str());
    let actors = list_actors(tx, organisation_id, actors).await?;
    Ok(Dock { nodes, receipts, items, actors })
}

async fn show(
    console: &Console,
    desk: &Desk,
    scope: Scope,
    form: ReceiveForm,
    notice: Option<Notice>,
    command: String,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let dock =
        runtime.read(move |tx| Box::pin(async move { read(tx, &organisation_id, &scope).await })).await?;
    let status = if form.is_refused() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shell = desk.shell(Section::Receive, notice);
    shell.path = href::RECEIVE.to_owned();
    let view = Receive {
        t: desk.t.clone(),
        shell,
        nodes: dock.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        form,
        command,
        receipts: dock.receipts.iter().map(|receipt| row(&desk.t, receipt, &dock)).collect(),
    };
    Ok((status, page(&view)?).into_response())
}

fn row(t: &Texts, receipt: &RecentReceipt, dock: &Dock) -> Receipt {
    let item = dock.items.get(&receipt.item_id);
    let node = dock.nodes.iter().find(|node| node.node_id == receipt.node_id);
    let (item_id, node_id) = (receipt.item_id.as_str(), receipt.node_id.as_str());
    Receipt {
        at: receipt.happened_at,
        item: item.map_or(item_id, |item| item.title.as_str()).to_owned(),
        sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
        units: receipt.quantity,
        node: node.map_or(node_id, |node| node.name.as_str()).to_owned(),
        actor: dock.actors.name(t, &receipt.actor),
        ledger: href::ledger(item_id, node_id, StockState::OnHand.code()),
    }
}
