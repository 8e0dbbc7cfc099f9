//! The name of an item or of a node, changed only from the version that the page showed.

use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use catalogue::{AmendItemError, ItemChange};
use db::Fault;
use kernel::{ItemId, NodeId, Timestamp};
use network::{AmendNodeError, NodeChange};
use runtime::Cx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::{Needs, Path, Permission, Routes};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use super::is_part;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::problem::Trouble;
use crate::pages::rename::{Rename, Theirs, Undo};
use crate::shell::Section;

pub(super) fn routes() -> Routes<Console> {
    let (items, nodes) = (Needs::Within(Permission::CatalogueWrite), Needs::Within(Permission::NetworkWrite));
    Routes::new()
        .get("/items/{item_id}/title", items, get_item)
        .post("/items/{item_id}/title", items, post_item)
        .get("/nodes/{node_id}/name", nodes, get_node)
        .post("/nodes/{node_id}/name", nodes, post_node)
}

/// What has a name.
#[derive(Debug, Clone)]
enum Thing {
    Item(ItemId),
    Node(NodeId),
}

impl Thing {
    fn action(&self) -> String {
        match self {
            Thing::Item(item_id) => href::item_title(item_id.as_str()),
            Thing::Node(node_id) => href::node_name(node_id.as_str()),
        }
    }

    fn back(&self) -> String {
        match self {
            Thing::Item(item_id) => href::stock_of(item_id.as_str()),
            Thing::Node(node_id) => href::node(node_id.as_str()),
        }
    }

    fn section(&self) -> Section {
        match self {
            Thing::Item(_) => Section::Stock,
            Thing::Node(_) => Section::Nodes,
        }
    }
}

/// What the address says of a name that was given just now.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Was {
    was: String,
}

/// What a form says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
struct Said {
    command: String,
    seen: i64,
    /// The name that was seen.
    from: String,
    name: String,
}

async fn get_item(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(item_id): Path<ItemId>,
    Query(was): Query<Was>,
) -> Result<Response, Upset> {
    show(&console, &desk, &headers, &Thing::Item(item_id), was).await
}

async fn get_node(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(node_id): Path<NodeId>,
    Query(was): Query<Was>,
) -> Result<Response, Upset> {
    show(&console, &desk, &headers, &Thing::Node(node_id), was).await
}

async fn post_item(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(item_id): Path<ItemId>,
    Form(said): Form<Said>,
) -> Result<Response, Upset> {
    rename(&console, &desk, &headers, Thing::Item(item_id), said).await
}

async fn post_node(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(node_id): Path<NodeId>,
    Form(said): Form<Said>,
) -> Result<Response, Upset> {
    rename(&console, &desk, &headers, Thing::Node(node_id), said).await
}

/// The thing as it is, and who changed it last.
struct Found {
    code: String,
    name: String,
    version: i64,
    last: Option<(String, Timestamp)>,
    actors: Actors,
}

async fn find(console: &Console, thing: &Thing) -> Result<Found, Upset> {
    let (organisation_id, thing) = (console.organisation.organisation_id.clone(), thing.clone());
    let found: Result<Option<Found>, Fault> = console
        .flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let (named, id, kind) = match &thing {
                    Thing::Item(item_id) => {
                        let item = catalogue::find_item(tx, &organisation_id, item_id).await?;
                        let named = item.map(|item| (item.sku, item.title, item.version));
                        (named, item_id.as_str(), "item.amended")
                    }
                    Thing::Node(node_id) => {
                        let node = network::find_node(tx, &organisation_id, node_id).await?;
                        let named = node.map(|node| (node.code, node.name, node.version));
                        (named, node_id.as_str(), "node.amended")
                    }
                };
                let Some((code, name, version)) = named else { return Ok(None) };
                let events = runtime::event::list_of_subject(tx, &organisation_id, id).await?;
                let last = events.into_iter().rev().find(|event| event.kind == kind);
                let last = last.map(|event| (event.actor, event.happened_at));
                let actors = last.iter().map(|(actor, _)| actor.as_str());
                let actors = list_actors(tx, &organisation_id, actors).await?;
                Ok(Some(Found { code, name, version, last, actors }))
            })
        })
        .await;
    found?.ok_or(Upset::of(Trouble::NotFound))
}

fn form_of(desk: &Desk, thing: &Thing, found: Found) -> Rename {
    Rename {
        shell: desk.shell(thing.section(), None),
        t: desk.t.clone(),
        action: thing.action(),
        back: thing.back(),
        code: found.code,
        typed: found.name.clone(),
        name: found.name,
        seen: found.version,
        command: fresh_command(),
        error: None,
        theirs: None,
        undo: None,
    }
}

fn shown(headers: &HeaderMap, view: &Rename) -> Result<Response, Upset> {
    if is_part(headers) { page(&view.as_form()) } else { page(view) }
}

async fn show(
    console: &Console,
    desk: &Desk,
    headers: &HeaderMap,
    thing: &Thing,
    Was { was }: Was,
) -> Result<Response, Upset> {
    let mut view = form_of(desk, thing, find(console, thing).await?);
    let is_other = !was.is_empty() && was != view.name && was.chars().count() <= 200;
    view.undo = is_other.then(|| Undo { name: was, command: fresh_command() });
    shown(headers, &view)
}

/// What became of it, as it is kept under its key.
#[derive(Debug, Serialize, Deserialize)]
enum Renamed {
    Done,
    Stale,
    Refused,
    Gone,
}

async fn rename(
    console: &Console,
    desk: &Desk,
    headers: &HeaderMap,
    thing: Thing,
    said: Said,
) -> Result<Response, Upset> {
    let name = said.name.trim().to_owned();
    let asked = json!([said.seen, said.from, name]);
    let call = desk.call(&said.command, &format!("POST {}", thing.action()), &asked)?;
    let (what, to, seen) = (thing.clone(), name.clone(), said.seen);
    let renamed = console
        .flows
        .runtime
        .command(call, move |cx| {
            let (what, to) = (what.clone(), to.clone());
            Box::pin(async move { amend(cx, &what, seen, to).await })
        })
        .await
        .map_err(Upset::commanding)?;
    let Some(renamed) = renamed.into_result() else { return Err(desk.reused()) };
    let error = match renamed {
        Renamed::Done => return Ok(see(&href::with_query(&thing.action(), &[("was", &said.from)]))),
        Renamed::Gone => return Err(Upset::of(Trouble::NotFound)),
        Renamed::Stale => None,
        Renamed::Refused => Some(desk.t.text("rename-bad")),
    };
    let found = find(console, &thing).await?;
    let theirs = found.last.as_ref().filter(|_| error.is_none());
    let theirs = theirs.map(|(actor, at)| Theirs { actor: found.actors.name(&desk.t, actor), at: *at });
    let error = error.unwrap_or_else(|| desk.t.fill("rename-stale", "name", &found.name));
    let view = Rename { typed: name, error: Some(error), theirs, ..form_of(desk, &thing, found) };
    Ok((StatusCode::CONFLICT, shown(headers, &view)?).into_response())
}

async fn amend(cx: &mut Cx<'_>, thing: &Thing, seen: i64, name: String) -> Result<Renamed, Fault> {
    match thing {
        Thing::Item(item_id) => {
            let change = ItemChange { title: Some(name), ..ItemChange::default() };
            match catalogue::amend_item(cx, item_id, Some(seen), &change).await {
                Ok(_) => Ok(Renamed::Done),
                Err(AmendItemError::UnknownItem { .. }) => Ok(Renamed::Gone),
                Err(AmendItemError::Stale { .. }) => Ok(Renamed::Stale),
                Err(AmendItemError::Refused(_)) => Ok(Renamed::Refused),
                Err(AmendItemError::Fault(fault)) => Err(fault),
            }
        }
        Thing::Node(node_id) => {
            let change = NodeChange { name: Some(name), ..NodeChange::default() };
            match network::amend_node(cx, node_id, Some(seen), &change).await {
                Ok(_) => Ok(Renamed::Done),
                Err(AmendNodeError::UnknownNode { .. }) => Ok(Renamed::Gone),
                Err(AmendNodeError::Stale { .. }) => Ok(Renamed::Stale),
                Err(AmendNodeError::Refused(_)) => Ok(Renamed::Refused),
                Err(AmendNodeError::Fault(fault)) => Err(fault),
            }
        }
    }
}
