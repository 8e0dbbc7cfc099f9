//! What is held for carts, and the form that gives a hold up.

use std::collections::HashMap;

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, State};
use axum::response::Response;
use catalogue::Item;
use db::Fault;
use flows::hold::{HoldSeen, list_holds};
use inventory::hold::HoldError;
use inventory::store::HoldFilter;
use kernel::{ChannelId, HoldId, ItemId, NodeId, Page, PageRequest, Scope};
use network::Node;
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Path, Permission, Query, Routes, Within};

use super::command::fresh_command;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::holds::{HoldLine, HoldPart, HoldsPage};
use crate::pages::problem::Trouble;
use crate::shell::Section;

/// Holds on a page.
const LISTED: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::HOLDS, Needs::Within(Permission::OrdersRead), get_holds).post(
        "/holds/{hold_id}/release",
        Needs::Within(Permission::OrdersWrite),
        post_release,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct HoldsQuery {
    channel: String,
    item: String,
    after: String,
}

/// Open holds with the words for what they name.
struct Named {
    holds: Page<HoldSeen>,
    items: HashMap<ItemId, Item>,
    nodes: HashMap<NodeId, Node>,
    channels: Vec<catalogue::Channel>,
}

async fn get_holds(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<HoldsQuery>,
) -> Result<Response, Upset> {
    let item_id = ItemId::parse(&query.item).ok();
    let filter = HoldFilter {
        is_open: true,
        channel_id: ChannelId::parse(&query.channel).ok(),
        item_id: item_id.clone(),
        external_reference: None,
    };
    let found = read_holds(&console, scope, filter, &query.after).await?;
    let name = |item_id: &ItemId| {
        found.items.get(item_id).map_or_else(|| item_id.to_string(), |item| item.title.clone())
    };
    let channel_name = |code: &str| {
        let channel = found.channels.iter().find(|channel| channel.code == code);
        channel.map_or_else(|| code.to_owned(), |channel| channel.name.clone())
    };
    let line = |hold: &HoldSeen| HoldLine {
        id: hold.hold_id.to_string(),
        reference: hold.external_reference.clone(),
        channel: channel_name(&hold.channel),
        parts: hold
            .parts
            .iter()
            .map(|part| HoldPart {
                item: part.item_id.to_string(),
                name: name(&part.item_id),
                node_id: part.node_id.to_string(),
                node: found.nodes.get(&part.node_id).map_or_else(String::new, |node| node.name.clone()),
                quantity: part.quantity,
            })
            .collect(),
        placed_at: hold.placed_at,
        expires_at: hold.expires_at,
        command: fresh_command(),
    };
    let next = found.holds.next.as_ref().map(|after| {
        let parts = [("channel", query.channel.as_str()), ("item", &query.item), ("after", after)];
        href::with_query(href::HOLDS, &parts)
    });
    page(&HoldsPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        channels: found
            .channels
            .iter()
            .map(|channel| Choice::new(channel.channel_id.as_str(), &channel.name))
            .collect(),
        item_name: item_id.as_ref().map(name).unwrap_or_default(),
        item: item_id.map(|item_id| item_id.to_string()).unwrap_or_default(),
        can_release: desk.caller.access.may(Permission::OrdersWrite),
        rows: found.holds.rows.iter().map(line).collect(),
        channel: query.channel,
        next,
    })
}

async fn read_holds(
    console: &Console,
    scope: Scope,
    filter: HoldFilter,
    after: &str,
) -> Result<Named, Upset> {
    let wanted = PageRequest::new(Some(after.to_owned()).filter(|after| !after.is_empty()), Some(LISTED));
    let named_item = filter.item_id.clone();
    let holds = list_holds(&console.flows.runtime, scope.clone(), filter, wanted).await?;
    let parts = || holds.rows.iter().flat_map(|hold| &hold.parts);
    let mut item_ids: Vec<ItemId> = parts().map(|part| part.item_id.clone()).collect();
    item_ids.extend(named_item);
    let node_ids: Vec<NodeId> = parts().map(|part| part.node_id.clone()).collect();
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (items, nodes, channels) = runtime
        .read(move |tx| {
            Box::pin(async move {
                let items = catalogue::items_by_id(tx, &organisation_id, &item_ids).await?;
                let nodes = network::nodes_by_id(tx, &organisation_id, &node_ids).await?;
                let channels = catalogue::list_channels(tx, &organisation_id, &scope).await?;
                Ok::<_, Fault>((items, nodes, channels))
            })
        })
        .await?;
    Ok(Named { holds, items, nodes, channels })
}

#[derive(Debug, Deserialize)]
struct ReleaseForm {
    command: String,
}

async fn post_release(
    State(console): State<Console>,
    desk: Desk,
    Path(hold_id): Path<HoldId>,
    form: Result<Form<ReleaseForm>, FormRejection>,
) -> Result<Response, Upset> {
    let Ok(Form(form)) = form else { return Err(Upset::of(Trouble::BadRequest)) };
    let call = desk.call(&form.command, &href::hold_release(hold_id.as_str()), &json!(hold_id))?;
    match console.flows.release_hold(call, hold_id).await {
        // What an order got meanwhile is gone from the list too.
        Ok(()) | Err(HoldError::Ended { .. }) => Ok(see(href::HOLDS)),
        Err(HoldError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(HoldError::NoSuchHold(_) | HoldError::TooLong { .. }) => Err(Upset::of(Trouble::NotFound)),
    }
}
