//! What channels may sell, item by channel; and what is ruled of one channel.

mod policy;

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::{Channel, Item};
use db::Fault;
use flows::availability::{AvailableOn, Goods, Question};
use flows::selling::{MoveWanted, QuotaWanted, SellingError};
use inventory::selling::{Limit, MoveQuotaError, SetQuotaError};
use kernel::{ChannelId, ItemId, Page, PageRequest, Scope};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Permission, Query, Routes, Within};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::board::{Board, BoardRow, Cell, MoveForm};
use crate::shell::{Notice, Section};
use crate::words::Tone;

/// Items on a page of the board.
const ITEMS: i64 = 25;

pub(super) fn routes() -> Routes<Console> {
    let (see, rule) = (Needs::Within(Permission::StockRead), Needs::Within(Permission::CatalogueWrite));
    Routes::new()
        .get(href::BOARD, see, get_board)
        .post(href::BOARD_MOVES, rule, post_move)
        .post(href::BOARD_QUOTAS, rule, post_quota)
        .get(href::BOARD_POLICY, see, policy::get_policy)
        .post(href::BOARD_POLICY, rule, policy::post_policy)
}

/// Which page of the board.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct BoardQuery {
    q: String,
    after: String,
}

async fn get_board(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<BoardQuery>,
) -> Result<Response, Upset> {
    show(&console, &desk, &scope, query, MoveForm::default(), None).await
}

#[derive(Debug, Deserialize)]
struct MoveSent {
    command: String,
    item: String,
    from: String,
    to: String,
    units: String,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

async fn post_move(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<MoveSent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let query = BoardQuery { q: sent.q, after: sent.after };
    let reason: String = sent.reason.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let form = MoveForm {
        item: sent.item.trim().to_owned(),
        from: sent.from,
        to: sent.to,
        units: sent.units.trim().to_owned(),
        reason,
    };
    let asked = json!([form.item, form.from, form.to, form.units, form.reason]);
    let call = desk.call(&sent.command, href::BOARD_MOVES, &asked)?;
    let wanted = MoveWanted {
        item: form.item.clone(),
        from: form.from.clone(),
        to: form.to.clone(),
        units: form.units.parse().unwrap_or(0),
        reason: form.reason.clone(),
    };
    let units = wanted.units;
    match console.flows.move_quota(call, scope.clone(), wanted).await {
        Ok(answer) => {
            if answer.into_result().is_none() {
                return Err(desk.reused());
            }
            let text = t.fill2("board-moved", ("units", t.number(units)), ("item", &form.item));
            let notice = Notice { tone: Tone::Good, text };
            show(&console, &desk, &scope, query, MoveForm::default(), Some(notice)).await
        }
        Err(error) => {
            let notice = Notice { tone: Tone::Bad, text: refusal(t, error)? };
            show(&console, &desk, &scope, query, form, Some(notice)).await
        }
    }
}

#[derive(Debug, Deserialize)]
struct QuotaSent {
    command: String,
    item: String,
    channel: String,
    #[serde(default)]
    units: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

async fn post_quota(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<QuotaSent>,
) -> Result<Response, Upset> {
    let query = BoardQuery { q: sent.q, after: sent.after };
    let (item, units) = (sent.item.trim().to_owned(), sent.units.trim());
    let call = desk.call(&sent.command, href::BOARD_QUOTAS, &json!([item, sent.channel, units]))?;
    let quantity = if units.is_empty() { None } else { Some(units.parse().unwrap_or(-1)) };
    let wanted = QuotaWanted { channel: sent.channel, item, quantity };
    let notice = match console.flows.set_quotas(call, scope.clone(), vec![wanted]).await {
        Ok(answer) => match answer.into_result() {
            Some(_) => Notice { tone: Tone::Good, text: desk.t.text("board-was-set") },
            None => return Err(desk.reused()),
        },
        Err(error) => Notice { tone: Tone::Bad, text: refusal(&desk.t, error)? },
    };
    show(&console, &desk, &scope, query, MoveForm::default(), Some(notice)).await
}

/// Why nothing was ruled, in the reader's language.
fn refusal(t: &Texts, error: SellingError) -> Result<String, Upset> {
    Ok(match error {
        SellingError::UnknownChannel { .. } => t.text("board-unknown-channel"),
        SellingError::UnknownItem { .. } => t.text("board-unknown-item"),
        SellingError::UnknownNode { .. } | SellingError::BadRule | SellingError::Policy(_) => {
            t.text("policy-bad")
        }
        SellingError::BadUnits { .. }
        | SellingError::Quotas(SetQuotaError::Twice { .. })
        | SellingError::Move(MoveQuotaError::TooMany) => t.text("board-bad-units"),
        SellingError::Quotas(SetQuotaError::BelowUsed { used, .. }) => {
            t.fill("board-below-used", "used", t.number(used))
        }
        SellingError::Move(MoveQuotaError::NoQuota { .. }) => t.text("board-no-quota"),
        SellingError::Move(MoveQuotaError::NotThatMany { left, .. }) => {
            t.fill("board-not-that-many", "left", t.number(left))
        }
        SellingError::Move(MoveQuotaError::SameChannel) => t.text("board-same-channel"),
        SellingError::Fault(fault)
        | SellingError::Quotas(SetQuotaError::Fault(fault))
        | SellingError::Move(MoveQuotaError::Fault(fault)) => return Err(Upset::commanding(fault)),
    })
}

async fn show(
    console: &Console,
    desk: &Desk,
    scope: &Scope,
    query: BoardQuery,
    form: MoveForm,
    notice: Option<Notice>,
) -> Result<Response, Upset> {
    let search = query.q.trim().to_owned();
    let (channels, items) = read(console, scope, &search, &query.after).await?;
    let question = Question {
        goods: items.rows.iter().map(|item| Goods::Item(item.item_id.to_string())).collect(),
        ..Question::default()
    };
    let told = console.flows.availability(scope, question).await?;
    let cells: HashMap<(&ItemId, &ChannelId), &AvailableOn> =
        told.rows.iter().map(|row| ((&row.item_id, &row.channel_id), row)).collect();
    let rows = items.rows.iter().map(|item| BoardRow {
        item: item.item_id.to_string(),
        name: item.title.clone(),
        sku: item.sku.clone(),
        cells: channels
            .iter()
            .map(|channel| cells.get(&(&item.item_id, &channel.channel_id)).map(|row| cell(row)))
            .collect(),
    });
    let is_refused = notice.as_ref().is_some_and(|notice| notice.tone == Tone::Bad);
    let mut shell = desk.shell(Section::Stock, notice);
    shell.path = href::BOARD.to_owned();
    let view = Board {
        rows: rows.collect(),
        position: told.position,
        channels: channels.iter().map(|channel| Choice::new(&channel.code, &channel.name)).collect(),
        next: items.next.clone(),
        can_rule: desk.caller.access.may(Permission::CatalogueWrite),
        search,
        after: query.after,
        form,
        move_command: fresh_command(),
        set_command: fresh_command(),
        t: desk.t.clone(),
        shell,
    };
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page(&view)?).into_response())
}

async fn read(
    console: &Console,
    scope: &Scope,
    search: &str,
    after: &str,
) -> Result<(Vec<Channel>, Page<Item>), Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let (scope, search) = (scope.clone(), search.to_owned());
    let wanted = PageRequest::new(Some(after.to_owned()).filter(|after| !after.is_empty()), Some(ITEMS));
    let found: Result<_, Fault> = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let mut channels = catalogue::list_channels(tx, &organisation_id, &scope).await?;
                channels.retain(|channel| scope.has_merchant(&channel.merchant_id));
                let sought = Some(search.as_str());
                let items = catalogue::list_items(tx, &organisation_id, &scope, sought, &wanted).await?;
                Ok((channels, items))
            })
        })
        .await;
    Ok(found?)
}

fn cell(row: &AvailableOn) -> Cell {
    Cell {
        ats: row.ats,
        quota: row.quota_left.zip(row.quota_used).map(|(left, used)| (left, left + used)),
        limit: row.limit.map(|limit| match limit {
            Limit::Off => "limit-off",
            Limit::Nodes => "limit-nodes",
            Limit::SetAside => "limit-set-aside",
            Limit::Buffer => "limit-buffer",
            Limit::Quota => "limit-quota",
            Limit::Life => "limit-life",
        }),
    }
}
