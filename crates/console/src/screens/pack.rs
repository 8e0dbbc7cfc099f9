//! Packing one fulfilment order: scan into the open box, close it, print its label.

use std::collections::HashMap;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Item;
use db::{Fault, Tx};
use flows::station::{CloseParcel, StationScan};
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrganisationId, ParcelId};
use orders::Stage;
use orders::read::FulfilmentLineRow;
use runtime::event::SubjectEvent;
use serde::Deserialize;
use serde_json::{Value, json};
use shipping::{Contained, Parcel, ParcelLine, ParcelStatus, estimated_size};
use web::{Needs, Path, Permission, Routes};

use super::command::fresh_command;
use super::pick::ScanForm;
use super::queue::list_queue;
use super::station::{Said, Task, closed, find_other_order, find_task, scanned};
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::nodes::QueueRow;
use crate::pages::problem::Trouble;
use crate::pages::station::{BoxLabel, ClosedBox, Pack, TaskLine};
use crate::shell::Section;
use crate::words::Work;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::FloorWork);
    Routes::new()
        .get("/stations/{node_id}/pack/{fulfilment_order_id}", needs, get_pack)
        .post("/stations/{node_id}/pack/{fulfilment_order_id}/scan", needs, post_scan)
        .post("/stations/{node_id}/pack/{fulfilment_order_id}/close", needs, post_close)
}

type At = Path<(NodeId, FulfilmentOrderId)>;

async fn get_pack(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
) -> Result<Response, Upset> {
    show(&console, &desk, node_id, id, None).await
}

async fn post_scan(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
    Form(form): Form<ScanForm>,
) -> Result<Response, Upset> {
    let code = form.code.trim().to_owned();
    let call = desk.call(&form.command, &format!("pack {id}"), &json!({ "code": code }))?;
    let scan = StationScan { fulfilment_order_id: id.clone(), code: code.clone(), quantity: 1 };
    let said = scanned(console.flows.pack(call, scan).await)?;
    show(&console, &desk, node_id, id, Some((said, code))).await
}

#[derive(Debug, Deserialize)]
struct CloseForm {
    command: String,
    weight_grams: i64,
    length_mm: i64,
    width_mm: i64,
    height_mm: i64,
}

async fn post_close(
    State(console): State<Console>,
    desk: Desk,
    Path((node_id, id)): At,
    Form(form): Form<CloseForm>,
) -> Result<Response, Upset> {
    let CloseForm { command, weight_grams, length_mm, width_mm, height_mm } = form;
    let asked = json!([weight_grams, length_mm, width_mm, height_mm]);
    let call = desk.call(&command, &format!("close {id}"), &asked)?;
    let close = CloseParcel { fulfilment_order_id: id.clone(), weight_grams, length_mm, width_mm, height_mm };
    let said = closed(console.flows.close_parcel(call, close).await)?;
    show(&console, &desk, node_id, id, Some((said, String::new()))).await
}

struct Table {
    task: Task,
    items: HashMap<ItemId, Item>,
    parcels: Vec<Parcel>,
    contents: HashMap<ParcelId, Vec<ParcelLine>>,
    events: Vec<SubjectEvent>,
    other: Option<String>,
    next: Option<QueueRow>,
}

async fn read(
    tx: &Tx,
    organisation_id: &OrganisationId,
    (node_id, id): (&NodeId, &FulfilmentOrderId),
    said: Option<&Said>,
) -> Result<Option<Table>, Fault> {
    let Some(task) = find_task(tx, organisation_id, node_id, id).await? else { return Ok(None) };
    let item_ids: Vec<ItemId> = task.lines.iter().map(|line| line.item_id.clone()).collect();
    let items = catalogue::items_by_id(tx, organisation_id, &item_ids).await?;
    let parcels = shipping::list_parcels_of_fulfilment_order(tx, organisation_id, id).await?;
    let parcel_ids: Vec<ParcelId> = parcels.iter().map(|parcel| parcel.parcel_id.clone()).collect();
    let contents = shipping::parcel_lines(tx, organisation_id, &parcel_ids).await?;
    let subject = task.part.order_id.as_str();
    let events = runtime::event::list_of_subject(tx, organisation_id, subject).await?;
    let other = find_other_order(tx, organisation_id, said).await?;
    // Whoever is through with this one goes on with the most urgent of the others.
    let is_left =
        |line: &FulfilmentLineRow| line.units().get(Stage::Allocated) + line.units().get(Stage::Picked) > 0;
    let next = if task.lines.iter().any(is_left) {
        None
    } else {
        let waiting = list_queue(tx, organisation_id, node_id, &[Work::ToPick, Work::ToPack]).await?;
        waiting.into_iter().find(|row| row.id != id.as_str())
    };
    Ok(Some(Table { task, items, parcels, contents, events, other, next }))
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
    let table = runtime
        .read(move |tx| {
            Box::pin(async move { read(tx, &organisation_id, (&node_id, &id), answer.as_ref()).await })
        })
        .await?
        .ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let open = table.parcels.iter().find(|parcel| parcel.status == ParcelStatus::Open);
    let in_box = open.and_then(|open| table.contents.get(&open.parcel_id)).map_or(&[][..], Vec::as_slice);
    let contained: Vec<Contained> =
        in_box.iter().filter_map(|line| Some(contained(line, table.items.get(&line.item_id)?))).collect();
    let size = estimated_size(&contained);
    let is_weight_known = !contained.is_empty() && contained.iter().all(|goods| goods.weight_grams > 0);
    let lines = task_lines(&table);
    let status = said.as_ref().map_or(StatusCode::OK, |(said, _)| said.status());
    let name = |line_no| lines.iter().find(|line| line.line_no == line_no).map(|line| line.name.clone());
    let outcome = said.map(|(said, code)| said.outcome(&desk.t, code, name, table.other.as_deref()));
    let boxes = closed_boxes(&table, open);
    let Task { node, part, .. } = table.task;
    let mut shell = desk.shell(Section::Stations, None);
    shell.path = href::pack(node.node_id.as_str(), part.fulfilment_order_id.as_str());
    let view = Pack {
        t: desk.t.clone(),
        shell,
        node_id: node.node_id.to_string(),
        node: node.name,
        id: part.fulfilment_order_id.to_string(),
        order: part.external_reference,
        lines,
        in_box: in_box.iter().map(|line| line.quantity.units()).sum(),
        next: table.next,
        outcome,
        expected_grams: is_weight_known.then_some(size.weight_grams),
        expected_size_mm: [size.length_mm, size.width_mm, size.height_mm],
        boxes,
        command: fresh_command(),
    };
    Ok((status, page(&view)?).into_response())
}

fn contained(line: &ParcelLine, item: &Item) -> Contained {
    Contained {
        quantity: line.quantity,
        weight_grams: item.weight_grams,
        sides_mm: [item.length_mm, item.width_mm, item.height_mm],
    }
}

/// The stages of units that were scanned into a box here, wherever they are by now.
const BOXED: [Stage; 6] =
    [Stage::Packed, Stage::Shipped, Stage::ReadyForPickup, Stage::Delivered, Stage::Returned, Stage::Lost];

/// What is to be boxed here, with what is in a box; what the node gave up or the customer cancelled is no task.
fn task_lines(table: &Table) -> Vec<TaskLine> {
    let lines = table.task.lines.iter().map(|line| {
        let item = table.items.get(&line.item_id);
        let scanned = BOXED.iter().map(|stage| line.units().get(*stage)).sum();
        let waiting = line.units().get(Stage::Allocated) + line.units().get(Stage::Picked);
        TaskLine {
            line_no: line.line_no,
            sku: item.map(|item| item.sku.clone()).unwrap_or_default(),
            name: item.map(|item| item.title.clone()).unwrap_or_default(),
            location: String::new(),
            asked: waiting + scanned,
            scanned,
            short: 0,
            lots: Vec::new(),
        }
    });
    lines.collect()
}

/// The boxes that were closed. One whose label the carrier refused is open again under a new id: it is shown with the
/// carrier's reason until it is closed anew.
fn closed_boxes(table: &Table, open: Option<&Parcel>) -> Vec<ClosedBox> {
    let boxes = table.parcels.iter().filter_map(|parcel| {
        let label = match parcel.status {
            ParcelStatus::Open => return None,
            ParcelStatus::Closed => BoxLabel::Waiting,
            ParcelStatus::Cancelled => BoxLabel::Failed(refusal(&table.events, parcel, open?)?),
            ParcelStatus::Labelled
            | ParcelStatus::Dispatched
            | ParcelStatus::Delivered
            | ParcelStatus::Returned
            | ParcelStatus::Lost => BoxLabel::Ready,
        };
        // What was in a refused box lies in the one that took its place.
        let holder = if matches!(label, BoxLabel::Failed(_)) { open? } else { parcel };
        let inside = table.contents.get(&holder.parcel_id).map_or(&[][..], Vec::as_slice);
        Some(ClosedBox {
            parcel: parcel.parcel_id.to_string(),
            units: inside.iter().map(|line| line.quantity.units()).sum(),
            weight_grams: parcel.size.weight_grams,
            label,
        })
    });
    boxes.collect()
}

/// Why the carrier refused this parcel, if the open one took its place.
fn refusal(events: &[SubjectEvent], parcel: &Parcel, open: &Parcel) -> Option<String> {
    let told = events.iter().filter(|event| event.kind == "parcel.label_refused");
    let facts = told.filter_map(|event| serde_json::from_str::<Value>(&event.data).ok());
    let mut ours = facts.filter(|facts| {
        facts["parcel_id"] == parcel.parcel_id.as_str() && facts["successor_id"] == open.parcel_id.as_str()
    });
    Some(ours.next()?["reason"].as_str().unwrap_or_default().to_owned())
}
