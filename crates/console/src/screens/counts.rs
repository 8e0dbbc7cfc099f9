//! Counting goods, and the answers to corrections that wait.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Item;
use db::Fault;
use flows::approvals::list_proposals;
use flows::counts::{CountError, Counted};
use inventory::count::{Count, CountRefusal};
use inventory::propose::ProposalError;
use inventory::store::ProposedRow;
use kernel::{ItemId, Page, PageRequest, ProposedAdjustmentId, Quantity, Scope};
use network::Node;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Query, Routes, Within};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::counts::{CountForm, CountsPage, ProposalLine};
use crate::pages::problem::Trouble;
use crate::shell::{Notice, Section};
use crate::words::{LevelCause, StockState, Tone};

/// Proposals on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new()
        .get(href::COUNTS, Needs::Within(Permission::StockRead), get_counts)
        .post(href::COUNTS, Needs::Within(Permission::StockAdjust), post_count)
        .post(
            "/counts/proposals/{proposed_adjustment_id}",
            Needs::Within(Permission::StockApprove),
            post_answer,
        )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CountsQuery {
    after: String,
}

async fn get_counts(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<CountsQuery>,
) -> Result<Response, Upset> {
    let shown = view(&console, &desk, scope, &query.after, CountForm::default(), None).await?;
    page(&shown)
}

struct Named {
    proposals: Page<ProposedRow>,
    items: HashMap<ItemId, Item>,
    nodes: Vec<Node>,
    actors: Actors,
}

async fn view(
    console: &Console,
    desk: &Desk,
    scope: Scope,
    after: &str,
    form: CountForm,
    notice: Option<Notice>,
) -> Result<CountsPage, Upset> {
    let wanted = PageRequest::new(Some(after.to_owned()).filter(|after| !after.is_empty()), Some(LISTED));
    let runtime = &console.flows.runtime;
    let proposals = list_proposals(runtime, scope.clone(), true, wanted).await?;
    let organisation_id = runtime.organisation_id.clone();
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                let ids: Vec<ItemId> = proposals.rows.iter().map(|row| row.item_id.clone()).collect();
                let items = catalogue::items_by_id(tx, &organisation_id, &ids).await?;
                // Where a merchant's goods lie is no secret to the merchant.
                let places = if scope.merchant_ids().is_empty() { scope } else { Scope::EVERYTHING };
                let nodes = network::list_nodes(tx, &organisation_id, &places).await?;
                let authors = proposals.rows.iter().map(|row| row.proposed_by.as_str());
                let actors = list_actors(tx, &organisation_id, authors).await?;
                Ok::<_, Fault>(Named { proposals, items, nodes, actors })
            })
        })
        .await?;
    let access = &desk.caller.access;
    let can_count = access.may(Permission::StockAdjust);
    let command = if form.command.is_empty() { fresh_command() } else { form.command.clone() };
    Ok(CountsPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, notice),
        nodes: found.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        form: can_count.then_some(CountForm { command, ..form }),
        can_approve: access.may(Permission::StockApprove),
        rows: found.proposals.rows.iter().map(|row| line(desk, row, &found)).collect(),
        next: found.proposals.next.as_ref().map(|next| href::with_query(href::COUNTS, &[("after", next)])),
    })
}

fn line(desk: &Desk, row: &ProposedRow, found: &Named) -> ProposalLine {
    let item = found.items.get(&row.item_id);
    let node = found.nodes.iter().find(|node| node.node_id == row.node_id);
    let state = |name: &str| StockState::parse(name).unwrap_or(StockState::OnHand);
    ProposalLine {
        id: row.proposed_adjustment_id.to_string(),
        name: item.map(|item| item.title.clone()).unwrap_or_default(),
        sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
        node: node.map(|node| node.name.clone()).unwrap_or_default(),
        lot: row.lot.clone(),
        from: state(&row.from_state),
        to: state(&row.to_state),
        quantity: row.quantity.units(),
        reason: LevelCause::parse(&row.reason),
        note: row.note.clone(),
        by: found.actors.name(&desk.t, &row.proposed_by),
        at: row.proposed_at,
        is_own: row.proposed_by == desk.caller.actor,
        command: fresh_command(),
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sent {
    command: String,
    node: String,
    code: String,
    lot: String,
    counted: String,
    note: String,
}

async fn post_count(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<Sent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let note: String = sent.note.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let place = (sent.node.trim().to_owned(), sent.code.trim().to_owned());
    let known = console.flows.find_places_within(&scope, vec![place]).await?.pop().unwrap_or_default();
    let counted = sent.counted.trim().parse().ok().and_then(|units| Quantity::new(units).ok());
    let error = match (known, counted) {
        ((Some(node_id), Some((item_id, owner_id))), Some(counted)) => {
            let lot = sent.lot.trim().to_owned();
            let asked = json!([node_id, item_id, lot, counted, note]);
            let call = desk.call(&sent.command, href::COUNTS, &asked)?;
            let count = Count { node_id, item_id, owner_id, lot, counted, note };
            match console.flows.book_counts(call, vec![count]).await {
                Ok(answer) => {
                    let counted = answer.into_result().ok_or_else(|| desk.reused())?;
                    let notice = counted.first().map(|counted| outcome(t, counted));
                    let form = CountForm { node: sent.node, ..CountForm::default() };
                    return page(&view(&console, &desk, scope, "", form, notice).await?);
                }
                Err(CountError::NeedsLot { .. }) => t.text("receive-needs-lot"),
                Err(CountError::Refused { why: CountRefusal::UnknownLot, .. }) => t.text("count-unknown-lot"),
                Err(CountError::Refused { .. } | CountError::Outrun) => t.text("count-again"),
                Err(CountError::Fault(fault)) => return Err(Upset::commanding(fault)),
            }
        }
        (_, None) => t.text("level-bad-quantity"),
        (_, Some(_)) => t.text("row-unknown-item"),
    };
    let form = CountForm {
        command: fresh_command(),
        node: sent.node,
        code: sent.code,
        lot: sent.lot,
        counted: sent.counted,
        note: sent.note,
        error: Some(error),
    };
    let shown = view(&console, &desk, scope, "", form, None).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, page(&shown)?).into_response())
}

/// What a count came to, in a sentence.
fn outcome(t: &Texts, counted: &Counted) -> Notice {
    if counted.proposed_adjustment_id.is_some() {
        return Notice { tone: Tone::Warn, text: t.text("count-waits") };
    }
    if counted.missing > 0 {
        let text = t.fill("count-missing", "units", t.number(counted.missing));
        return Notice { tone: Tone::Bad, text };
    }
    if counted.booked == 0 {
        return Notice { tone: Tone::Good, text: t.text("count-same") };
    }
    let text = t.fill2(
        "count-booked",
        ("before", t.number(counted.book)),
        ("after", t.number(counted.book + counted.booked)),
    );
    Notice { tone: Tone::Good, text }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct AnswerForm {
    command: String,
    reason: String,
    answer: String,
}

async fn post_answer(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Path(id): Path<ProposedAdjustmentId>,
    Form(sent): Form<AnswerForm>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let reason: String = sent.reason.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    let is_approved = sent.answer == "yes";
    if reason.is_empty() || !(is_approved || sent.answer == "no") {
        return Err(Upset::of(Trouble::BadRequest));
    }
    let path = href::proposal(id.as_str());
    let call = desk.call(&sent.command, &path, &json!([id, is_approved, reason]))?;
    let text = match console.flows.decide_adjustment(call, id, is_approved, reason).await {
        Ok(answer) => {
            answer.into_result().ok_or_else(|| desk.reused())?;
            return Ok(see(href::COUNTS));
        }
        Err(ProposalError::Own) => t.text("proposal-own"),
        Err(ProposalError::Decided { .. }) => t.text("proposal-decided"),
        Err(ProposalError::Short { asked, present, .. }) => {
            let (asked, present) = (t.number(asked.units()), t.number(present.units()));
            t.fill2("proposal-short", ("asked", asked), ("present", present))
        }
        Err(ProposalError::NoSuch(_)) => return Err(Upset::of(Trouble::NotFound)),
        Err(ProposalError::Fault(fault)) => return Err(Upset::commanding(fault)),
    };
    let notice = Notice { tone: Tone::Bad, text };
    let shown = view(&console, &desk, scope, "", CountForm::default(), Some(notice)).await?;
    Ok((StatusCode::CONFLICT, page(&shown)?).into_response())
}
