//! Picking one fulfilment order: scan after scan, or "cannot find it".

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Item;
use db::Fault;
use flows::short::{ShortPick, ShortReason as Reason};
use flows::station::StationScan;
use inventory::store::LotOfCause;
use kernel::{FulfilmentOrderId, ItemId, NodeId};
use orders::Stage;
use orders::read::FulfilmentLineRow;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Routes};

use super::command::fresh_command;
use super::station::{Said, Task, find_other_order, find_task, given_up, scanned};
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::problem::Trouble;
use crate::pages::station::{Pick, TaskLine, TaskLot};
use crate::shell::Section;
use crate::words::ShortReason;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::FloorWork);
    Routes::new()
        .get("/stations/{node_id}/pick/{fulfilment_order_id}", needs, get_pick)
        .post("/stations/{node_id}/pick/{fulfilment_order_id}/scan", needs, post_scan)
        .post("/stations/{node_id}/pick/{fulfilment_order_id}/short", needs, post_short)
}

type At = Path<(NodeId, FulfilmentOrderId)>;

async fn get_pick(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
) -> Result<Response, Upset> {
    show(&console, &desk, node_id, id, None).await
}

/// What a scanner sends.
#[derive(Debug, Deserialize)]
pub(super) struct ScanForm {
    pub command: String,
    pub code: String,
}

async fn post_scan(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
    Form(form): Form<ScanForm>,
) -> Result<Response, Upset> {
    let code = form.code.trim().to_owned();
    let call = desk.call(&form.command, &format!("pick {id}"), &json!({ "code": code }))?;
    let scan = StationScan { fulfilment_order_id: id.clone(), code: code.clone(), quantity: 1 };
    let said = scanned(console.flows.pick(call, scan).await)?;
    show(&console, &desk, node_id, id, Some((said, code))).await
}

#[derive(Debug, Deserialize)]
struct ShortForm {
    command: String,
    line: i64,
    quantity: i64,
    reason: String,
}

async fn post_short(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
    Form(form): Form<ShortForm>,
) -> Result<Response, Upset> {
    let reason = match ShortReason::parse(&form.reason) {
        // Whatever lies there instead: what was wanted is not found.
        Some(ShortReason::NotFound | ShortReason::WrongItem) => Reason::NotFound,
        Some(ShortReason::Damaged) => Reason::Damaged,
        None => return Err(Upset::of(Trouble::BadRequest)),
    };
    let asked = json!({ "line": form.line, "quantity": form.quantity, "reason": form.reason });
    let call = desk.call(&form.command, &format!("short {id}"), &asked)?;
    let short =
        ShortPick { fulfilment_order_id: id.clone(), line_no: form.line, quantity: form.quantity, reason };
    let said = given_up(console.flows.short(call, short).await)?;
    show(&console, &desk, node_id, id, Some((said, String::new()))).await
}

struct Shelf {
    task: Task,
    items: HashMap<ItemId, Item>,
    lots: Vec<LotOfCause>,
    other: Option<String>,
}

async fn show(
    console: &Console,
    desk: &Desk,
    node_id: NodeId,
    id: FulfilmentOrderId,
    said: Option<(Said, String)>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let answer = said.as_ref().map(|(said, _)| said.clone());
    let shelf = runtime
        .read(move |tx| {
            Box::pin(async move {
                let Some(task) = find_task(tx, &organisation_id, &node_id, &id).await? else {
                    return Ok(None);
                };
                let ids: Vec<ItemId> = task.lines.iter().map(|line| line.item_id.clone()).collect();
                let items = catalogue::items_by_id(tx, &organisation_id, &ids).await?;
                let other = find_other_order(tx, &organisation_id, answer.as_ref()).await?;
                let causes = [task.part.order_id.as_str()].into_iter();
                let lots = inventory::store::list_lots_of_causes(tx, &organisation_id, causes).await?;
                Ok::<_, Fault>(Some(Shelf { task, items, lots, other }))
            })
        })
        .await?
        .ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let Task { node, part, lines } = shelf.task;
    let mut lots = shelf.lots;
    lots.retain(|of| of.node_id == node.node_id && of.state == inventory::State::Allocated);
    let lines: Vec<TaskLine> =
        lines.iter().map(|line| task_line(line, shelf.items.get(&line.item_id), &lots)).collect();
    let status = said.as_ref().map_or(StatusCode::OK, |(said, _)| said.status());
    let name = |line_no| lines.iter().find(|line| line.line_no == line_no).map(|line| line.name.clone());
    let outcome = said.map(|(said, code)| said.outcome(&desk.t, code, name, shelf.other.as_deref()));
    let mut shell = desk.shell(Section::Stations, None);
    shell.path = href::pick(node.node_id.as_str(), part.fulfilment_order_id.as_str());
    let view = Pick {
        t: desk.t.clone(),
        shell,
        node_id: node.node_id.to_string(),
        node: node.name,
        id: part.fulfilment_order_id.to_string(),
        order: part.external_reference,
        due: part.promised_by,
        lines,
        outcome,
        command: fresh_command(),
    };
    Ok((status, page(&view)?).into_response())
}

/// What was cancelled is nobody's task any more; what is off the shelf is done, wherever it is now.
fn task_line(line: &FulfilmentLineRow, item: Option<&Item>, lots: &[LotOfCause]) -> TaskLine {
    let units = line.units();
    let (short, cancelled) = (units.get(Stage::Unallocated), units.get(Stage::Cancelled));
    let asked = line.quantity - cancelled;
    TaskLine {
        line_no: line.line_no,
        sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
        name: item.map(|item| item.title.clone()).unwrap_or_default(),
        location: String::new(),
        asked,
        scanned: asked - short - units.get(Stage::Allocated),
        short,
        lots: lots
            .iter()
            .filter(|of| of.item_id == line.item_id)
            .map(|of| TaskLot {
                code: of.lot.clone(),
                expires_on: of.expires_on.map(|day| day.to_string()).unwrap_or_default(),
                quantity: of.quantity,
            })
            .collect(),
    }
}
