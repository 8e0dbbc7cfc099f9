//! Where somebody works, what waits there, and how the answer to a scan is said.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use db::{Fault, Tx};
use flows::short::ShortDone;
use flows::station::{ParcelClosed, ScanDone, StationError};
use kernel::{FulfilmentOrderId, NodeId, OrganisationId};
use network::Node;
use orders::read::{FulfilmentLineRow, FulfilmentRow};
use runtime::Answer;
use shipping::CloseError;
use warehouse::{ScanRefusal, Stage};
use web::{Needs, Path, Permission, Routes, Within};

use super::queue::list_queue;
use super::{pack, pick};
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::problem::Trouble;
use crate::pages::station::{Outcome, Station, StationNode, Stations};
use crate::shell::Section;
use crate::words::{Feedback, Work};

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::FloorWork);
    Routes::new()
        .get(href::STATIONS, needs, get_stations)
        .get("/stations/{node_id}", needs, get_station)
        .merge(pick::routes())
        .merge(pack::routes())
}

async fn get_stations(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (nodes, counts) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let nodes = network::list_nodes(tx, &organisation_id, &scope).await?;
                let counts = orders::store::count_work_by_node(tx, &organisation_id).await?;
                Ok::<_, Fault>((nodes, counts))
            })
        })
        .await?;
    let count = |node_id: &NodeId, work: Work| {
        let here = counts.iter().find(|(at, status, _)| at == node_id && status == work.code());
        here.map_or(0, |(_, _, count)| *count)
    };
    let stations = nodes.into_iter().map(|node| {
        let (to_pick, to_pack) = (count(&node.node_id, Work::ToPick), count(&node.node_id, Work::ToPack));
        let station = StationNode { id: node.node_id.to_string(), name: node.name, to_pick, to_pack };
        (node.is_active, station)
    });
    // A node that is switched off gets no new work, and finishes what it has.
    let nodes = stations.filter(|(is_active, at)| *is_active || at.to_pick + at.to_pack > 0);
    page(&Stations {
        nodes: nodes.map(|(_, station)| station).collect(),
        t: desk.t.clone(),
        shell: desk.shell(Section::Stations, None),
    })
}

async fn get_station(
    State(console): State<Console>,
    desk: Desk,
    Path(node_id): Path<NodeId>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (node, queue) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let node = network::find_node(tx, &organisation_id, &node_id).await?;
                let kinds = [Work::ToPick, Work::ToPack];
                let queue = list_queue(tx, &organisation_id, &node_id, &kinds).await?;
                Ok::<_, Fault>((node, queue))
            })
        })
        .await?;
    let node = node.ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let desk = desk.at_node(&node.time_zone);
    page(&Station {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stations, None),
        node_id: node.node_id.to_string(),
        node: node.name,
        queue,
    })
}

/// A fulfilment order at the node that works on it.
pub(super) struct Task {
    pub node: Node,
    pub part: FulfilmentRow,
    pub lines: Vec<FulfilmentLineRow>,
}

/// The task of this id, if it is this node's.
pub(super) async fn find_task(
    tx: &Tx,
    organisation_id: &OrganisationId,
    node_id: &NodeId,
    id: &FulfilmentOrderId,
) -> Result<Option<Task>, Fault> {
    let part = orders::store::find_fulfilment(tx, organisation_id, id).await?;
    let Some(part) = part.filter(|part| part.node_id == *node_id) else { return Ok(None) };
    let Some(node) = network::find_node(tx, organisation_id, node_id).await? else { return Ok(None) };
    let lines = orders::store::list_lines_of_fulfilments(tx, organisation_id, [id].into_iter()).await?;
    Ok(Some(Task { node, part, lines }))
}

/// What the station answers.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// Units were moved.
    Scanned(ScanDone),
    /// Units were given up.
    Short(ShortDone),
    /// A box was closed.
    Closed,
    /// The scan was not right.
    Refused(ScanRefusal),
    /// More were reported missing than are left.
    NotThatMany(i64),
    /// Nothing was done, for the reason that a text of this key gives.
    NotDone(&'static str),
}

impl Said {
    pub fn status(&self) -> StatusCode {
        match self {
            Said::Scanned(_) | Said::Short(_) | Said::Closed => StatusCode::OK,
            Said::Refused(_) | Said::NotThatMany(_) | Said::NotDone(_) => StatusCode::UNPROCESSABLE_ENTITY,
        }
    }

    /// In the reader's language. `item` names the line of a scan that was right, `other` the order that wants the
    /// units of one that was not.
    pub fn outcome(
        self,
        t: &Texts,
        code: String,
        item: impl Fn(i64) -> Option<String>,
        other: Option<&str>,
    ) -> Outcome {
        let (feedback, about) = match self {
            Said::Scanned(done) => {
                let feedback = if done.is_complete { Feedback::Done } else { Feedback::Ok };
                (feedback, item(done.line_no).unwrap_or_default())
            }
            Said::Short(done) => {
                let moved: i64 = done.re_sourced.iter().map(|part| part.units).sum();
                let facts = [("short-moved", moved), ("short-waits", done.unallocated)];
                let facts = facts.into_iter().filter(|(_, units)| *units > 0);
                let facts: Vec<String> = facts.map(|(key, units)| t.count(key, units)).collect();
                (Feedback::Done, facts.join(" "))
            }
            Said::Closed => (Feedback::Done, t.text("box-closed")),
            Said::Refused(refusal) => refused(t, refusal, other),
            Said::NotThatMany(left) => (Feedback::Refused, t.count("short-only", left)),
            Said::NotDone(key) => (Feedback::Refused, t.text(key)),
        };
        Outcome { feedback, code, about }
    }
}

fn refused(t: &Texts, refusal: ScanRefusal, other: Option<&str>) -> (Feedback, String) {
    match refusal {
        ScanRefusal::UnknownCode { .. } => (Feedback::Unknown, String::new()),
        ScanRefusal::WrongItem { scanned, expected: Some(expected) } => {
            let wanted = t.fill("scan-wanted", "item", expected.title);
            (Feedback::Wrong, format!("{}. {wanted}", scanned.title))
        }
        ScanRefusal::WrongItem { scanned, expected: None } => (Feedback::Wrong, scanned.title),
        ScanRefusal::TooMany { left, .. } => (Feedback::TooMany, t.count("short-only", left.units())),
        ScanRefusal::AlreadyComplete { goods } => (Feedback::TooMany, goods.title),
        ScanRefusal::WrongOrder { belongs_to, scanned } => {
            let order = other.unwrap_or(belongs_to.as_str());
            let order = t.fill("scan-belongs-to", "order", order);
            (Feedback::WrongOrder, format!("{}. {order}", scanned.title))
        }
        ScanRefusal::WrongStage { goods, needs } => {
            let first = match needs {
                Stage::Pick => t.text("scan-pick-first"),
                Stage::Pack => t.text("scan-pack-first"),
            };
            (Feedback::WrongStage, format!("{}. {first}", goods.title))
        }
        ScanRefusal::NoQuantity => (Feedback::Refused, t.text("row-bad-quantity")),
    }
}

/// The order that wants the units of a refused scan, to be named to the picker.
pub(super) async fn find_other_order(
    tx: &Tx,
    organisation_id: &OrganisationId,
    said: Option<&Said>,
) -> Result<Option<String>, Fault> {
    let Some(Said::Refused(ScanRefusal::WrongOrder { belongs_to, .. })) = said else { return Ok(None) };
    let other = orders::store::find_fulfilment(tx, organisation_id, belongs_to).await?;
    Ok(other.map(|other| other.external_reference))
}

/// What became of a scan.
pub(super) fn scanned(result: Result<Answer<ScanDone>, StationError>) -> Result<Said, Upset> {
    said(result, Said::Scanned)
}

/// What became of a short pick.
pub(super) fn given_up(result: Result<Answer<ShortDone>, StationError>) -> Result<Said, Upset> {
    said(result, Said::Short)
}

/// What became of closing a box.
pub(super) fn closed(result: Result<Answer<ParcelClosed>, StationError>) -> Result<Said, Upset> {
    said(result, |_| Said::Closed)
}

fn said<R>(result: Result<Answer<R>, StationError>, done: impl FnOnce(R) -> Said) -> Result<Said, Upset> {
    Ok(match result {
        Ok(answer) => answer.into_result().map_or(Said::NotDone("command-reused"), done),
        Err(StationError::NoSuchWork(_)) => return Err(Upset::of(Trouble::NotFound)),
        Err(StationError::Refused { refusal, .. }) => Said::Refused(refusal),
        Err(StationError::NotThatMany { left, .. }) => Said::NotThatMany(left),
        Err(StationError::NoOpenParcel(_) | StationError::Parcel(CloseError::Empty { .. })) => {
            Said::NotDone("box-none-open")
        }
        Err(StationError::Parcel(CloseError::NoRate(_))) => Said::NotDone("box-no-rate"),
        Err(StationError::Parcel(_) | StationError::Outrun) => Said::NotDone("conflict-advice"),
        Err(StationError::Fault(fault)) => return Err(Upset::commanding(fault)),
    })
}
