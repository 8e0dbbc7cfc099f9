//! Who waits for supply, in their turn, and the form that moves somebody up.

use std::collections::HashMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::{Channel, Item};
use db::Fault;
use flows::waiting::{Awaited, WaitingSeen, find_awaited, list_waiting};
use kernel::{ItemId, OrderId, Page, PageRequest, Scope};
use orders::move_up::MoveUpError;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Query, Routes, Within};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::backorders::{BackorderLine, BackordersPage};
use crate::pages::problem::Trouble;
use crate::shell::{Notice, Section};
use crate::svg::Cover;
use crate::words::Tone;

/// Lines on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::BACKORDERS, Needs::Within(Permission::OrdersRead), get_backorders).post(
        "/orders/{order_id}/move-up",
        Needs::Within(Permission::OrdersCancel),
        post_move_up,
    )
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct QueueQuery {
    item: String,
    after: String,
}

/// Who waits, with the words for what they name.
struct Named {
    waiting: Page<WaitingSeen>,
    items: HashMap<ItemId, Item>,
    channels: Vec<Channel>,
    /// The item that was asked for, and what comes of it.
    asked: Option<(Item, Awaited)>,
}

async fn get_backorders(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<QueueQuery>,
) -> Result<Response, Upset> {
    page(&view(&console, &desk, scope, &query, None).await?)
}

async fn view(
    console: &Console,
    desk: &Desk,
    scope: Scope,
    query: &QueueQuery,
    notice: Option<Notice>,
) -> Result<BackordersPage, Upset> {
    let found = read_named(console, scope, query).await?;
    let line = |row: &WaitingSeen| {
        let channel = found.channels.iter().find(|channel| channel.channel_id == row.channel_id);
        BackorderLine {
            order_id: row.order_id.to_string(),
            reference: row.external_reference.clone(),
            channel: channel.map_or_else(|| row.channel.clone(), |channel| channel.name.clone()),
            name: found.items.get(&row.item_id).map(|item| item.title.clone()).unwrap_or_default(),
            sku: row.sku.clone(),
            units: row.units,
            placed_at: row.placed_at,
            expected_on: row.expected_on,
            is_late: row.is_late,
            is_moved_up: row.is_moved_up,
            command: fresh_command(),
        }
    };
    let next =
        found.waiting.next.as_ref().map(|after| {
            href::with_query(href::BACKORDERS, &[("item", query.item.as_str()), ("after", after)])
        });
    let mut shell = desk.shell(Section::Stock, notice);
    shell.path = href::with_query(href::BACKORDERS, &[("item", query.item.as_str())]);
    let asked = found.asked.as_ref().filter(|(_, awaited)| awaited.waiting > 0);
    Ok(BackordersPage {
        cover: asked.map(|(_, awaited)| Cover::new(&desk.t, awaited.waiting, &awaited.coming)),
        item_name: asked.map(|(item, _)| item.title.clone()).unwrap_or_default(),
        item: query.item.clone(),
        can_move: desk.caller.access.may(Permission::OrdersCancel),
        rows: found.waiting.rows.iter().map(line).collect(),
        next,
        t: desk.t.clone(),
        shell,
    })
}

async fn read_named(console: &Console, scope: Scope, query: &QueueQuery) -> Result<Named, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (code, seen) = (query.item.trim().to_owned(), scope.clone());
    let (item, channels) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let item = catalogue::find_item_by_code(tx, &organisation_id, &code).await?;
                let channels = catalogue::list_channels(tx, &organisation_id, &seen).await?;
                Ok::<_, Fault>((item, channels))
            })
        })
        .await?;
    let item = item.filter(|item| scope.has_merchant(&item.merchant_id));
    if !query.item.trim().is_empty() && item.is_none() {
        let waiting = Page { rows: Vec::new(), next: None };
        return Ok(Named { waiting, items: HashMap::new(), channels, asked: None });
    }
    let after = Some(query.after.clone()).filter(|after| !after.is_empty());
    let wanted = PageRequest::new(after, Some(LISTED));
    let item_id = item.as_ref().map(|item| item.item_id.clone());
    let waiting = list_waiting(runtime, scope, item_id, wanted).await?;
    let item_ids: Vec<ItemId> = waiting.rows.iter().map(|row| row.item_id.clone()).collect();
    let organisation_id = runtime.organisation_id.clone();
    let items: Result<_, Fault> = runtime
        .read(move |tx| {
            Box::pin(async move { catalogue::items_by_id(tx, &organisation_id, &item_ids).await })
        })
        .await;
    let items: HashMap<ItemId, Item> = items?;
    let mut asked = None;
    if let Some(item) = item {
        let awaited = find_awaited(runtime, item.item_id.clone(), item.merchant_id.clone()).await?;
        asked = Some((item, awaited));
    }
    Ok(Named { waiting, items, channels, asked })
}

#[derive(Debug, Deserialize)]
struct MoveForm {
    command: String,
    reason: String,
    #[serde(default)]
    item: String,
}

async fn post_move_up(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Path(order_id): Path<OrderId>,
    form: Result<Form<MoveForm>, FormRejection>,
) -> Result<Response, Upset> {
    let Ok(Form(form)) = form else { return Err(Upset::of(Trouble::BadRequest)) };
    let query = QueueQuery { item: form.item, after: String::new() };
    let path = href::order_move_up(order_id.as_str());
    let call = desk.call(&form.command, &path, &json!([order_id, form.reason]))?;
    let refused = match console.flows.move_up(call, order_id, form.reason).await {
        Ok(answer) => match answer.into_result() {
            Some(_) => {
                return Ok(see(&href::with_query(href::BACKORDERS, &[("item", query.item.as_str())])));
            }
            None => return Err(desk.reused()),
        },
        Err(MoveUpError::NotWaiting(_)) => "backorders-not-waiting",
        Err(MoveUpError::NoReason) => "backorders-no-reason",
        Err(MoveUpError::Fault(fault)) => return Err(Upset::commanding(fault)),
    };
    let notice = Notice { tone: Tone::Bad, text: desk.t.text(refused) };
    let view = view(&console, &desk, scope, &query, Some(notice)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&view)?).into_response())
}
