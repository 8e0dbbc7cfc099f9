//! What one channel may sell by rule, in general or of one item.

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::{Channel, Item};
use db::{Fault, Tx};
use flows::selling::{PolicySays, PolicyWanted};
use inventory::selling::{Beyond, Policy, PolicyRow, list_policies};
use kernel::{OrganisationId, Scope};
use network::Node;
use serde::Deserialize;
use serde_json::json;
use web::{Permission, Query, Within};

use super::refusal;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::board::{PolicyForm, PolicyPage};
use crate::pages::problem::Trouble;
use crate::screens::command::fresh_command;
use crate::shell::{Notice, Section};
use crate::words::Tone;

/// The most rules of items that are listed of a channel.
const OWN_MOST: i64 = 1_000;

/// Which rule.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct Which {
    channel: String,
    item: String,
}

pub(super) async fn get_policy(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(which): Query<Which>,
) -> Result<Response, Upset> {
    show(&console, &desk, &scope, &which, None, None).await
}

/// `command`, `channel`, `item`, `is_on`, `node_rule`, `buffer`, `min_life_days`, `beyond`, `beyond_most`, `available_from`, `does`, and `node` once for each that
/// is ticked.
pub(super) async fn post_policy(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Upset> {
    let of = |name: &str| {
        let found = fields.iter().find(|(field, _)| field == name);
        found.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
    };
    let which = Which { channel: of("channel"), item: of("item") };
    let says = PolicySays {
        is_on: of("is_on") == "yes",
        node_rule: of("node_rule"),
        nodes: if of("node_rule") == "all" {
            Vec::new()
        } else {
            fields.iter().filter(|(field, _)| field == "node").map(|(_, value)| value.clone()).collect()
        },
        buffer: of("buffer").parse().unwrap_or(-1),
        min_life_days: of("min_life_days").parse().unwrap_or(-1),
        beyond: Beyond::parse(&of("beyond")).unwrap_or_default(),
        beyond_most: Some(of("beyond_most"))
            .filter(|most| !most.is_empty())
            .map(|most| most.parse().unwrap_or(-1)),
        available_from: of("available_from").parse().ok(),
    };
    let call = desk.call(&of("command"), href::BOARD_POLICY, &json!(fields))?;
    let wanted = PolicyWanted {
        channel: which.channel.clone(),
        item: Some(which.item.clone()).filter(|item| !item.is_empty()),
        says: (of("does") != "clear").then(|| says.clone()),
    };
    match console.flows.set_policy(call, scope.clone(), wanted).await {
        Ok(answer) => {
            if answer.into_result().is_none() {
                return Err(desk.reused());
            }
            let notice = Notice { tone: Tone::Good, text: desk.t.text("policy-saved") };
            show(&console, &desk, &scope, &which, None, Some(notice)).await
        }
        Err(error) => {
            let notice = Notice { tone: Tone::Bad, text: refusal(&desk.t, error)? };
            show(&console, &desk, &scope, &which, Some(says), Some(notice)).await
        }
    }
}

/// A channel, its rules and what they name.
struct Found {
    channel: Channel,
    item: Option<Item>,
    nodes: Vec<Node>,
    policies: Vec<PolicyRow>,
    items: Vec<Item>,
}

async fn find(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    which: &Which,
) -> Result<Option<Found>, Fault> {
    let channel = catalogue::find_channel_by_code(tx, organisation_id, &which.channel).await?;
    let Some(channel) = channel.filter(|channel| scope.has_merchant(&channel.merchant_id)) else {
        return Ok(None);
    };
    let mut item = None;
    if !which.item.is_empty() {
        item = catalogue::find_item_by_code(tx, organisation_id, &which.item)
            .await?
            .filter(|item| item.merchant_id == channel.merchant_id);
        if item.is_none() {
            return Ok(None);
        }
    }
    let ids = std::iter::once(&channel.channel_id);
    let policies = list_policies(tx, organisation_id, ids, "", OWN_MOST).await?;
    let named: Vec<_> = policies.iter().filter_map(|row| row.item_id.clone()).collect();
    let items = catalogue::items_by_id(tx, organisation_id, &named).await?;
    let mut items: Vec<Item> = items.into_values().collect();
    items.sort_by(|a, b| a.sku.cmp(&b.sku));
    let nodes = network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?;
    Ok(Some(Found { channel, item, nodes, policies, items }))
}

async fn show(
    console: &Console,
    desk: &Desk,
    scope: &Scope,
    which: &Which,
    typed: Option<PolicySays>,
    notice: Option<Notice>,
) -> Result<Response, Upset> {
    let organisation_id = console.organisation.organisation_id.clone();
    let (scope, wanted) = (scope.clone(), which.clone());
    let found: Result<Option<Found>, Fault> = console
        .flows
        .runtime
        .read(move |tx| Box::pin(async move { find(tx, &organisation_id, &scope, &wanted).await }))
        .await;
    let found = found?.ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let is_refused = typed.is_some();
    let mut shell = desk.shell(Section::Stock, notice);
    shell.path = href::with_query(
        href::BOARD_POLICY,
        &[("channel", which.channel.as_str()), ("item", which.item.as_str())],
    );
    let view = PolicyPage {
        form: form(&found, typed),
        own: found.items.iter().map(|item| Choice::new(&item.sku, &item.title)).collect(),
        can_rule: desk.caller.access.may(Permission::CatalogueWrite),
        channel: found.channel.code,
        name: found.channel.name,
        command: fresh_command(),
        t: desk.t.clone(),
        shell,
    };
    let status = if is_refused { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    Ok((status, page(&view)?).into_response())
}

fn form(found: &Found, typed: Option<PolicySays>) -> PolicyForm {
    let item_id = found.item.as_ref().map(|item| &item.item_id);
    let standing = found.policies.iter().find(|row| row.item_id.as_ref() == item_id);
    let policy = standing.map(|row| row.policy.clone()).unwrap_or_default();
    let says = typed.unwrap_or_else(|| says(&policy));
    PolicyForm {
        item: found.item.as_ref().map(|item| item.sku.clone()).unwrap_or_default(),
        is_there: standing.is_some(),
        is_on: says.is_on,
        nodes: found
            .nodes
            .iter()
            .map(|node| {
                let is_named = says.nodes.iter().any(|named| named == node.node_id.as_str());
                (Choice::new(node.node_id.as_str(), &node.name), is_named)
            })
            .collect(),
        node_rule: says.node_rule,
        buffer: says.buffer.max(0).to_string(),
        min_life_days: says.min_life_days.max(0).to_string(),
        beyond: says.beyond.name().to_owned(),
        beyond_most: says.beyond_most.map(|most| most.max(0).to_string()).unwrap_or_default(),
        available_from: says.available_from.map(|day| day.to_string()).unwrap_or_default(),
    }
}

fn says(policy: &Policy) -> PolicySays {
    PolicySays {
        is_on: policy.is_on,
        node_rule: policy.nodes.rule().to_owned(),
        nodes: policy.nodes.named().map(ToString::to_string).collect(),
        buffer: policy.buffer,
        min_life_days: policy.min_life_days,
        beyond: policy.beyond,
        beyond_most: policy.beyond_most,
        available_from: policy.available_from,
    }
}
