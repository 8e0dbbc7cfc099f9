//! Swaps instead of trucks: asked for, and made.

use ::people::list_merchants;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::Fault;
use flows::ownership::PlannedWay;
use inventory::ownership::OwnershipTransfer;
use inventory::swap::WayCost;
use kernel::{MerchantId, Money, Scope};
use serde::Deserialize;
use serde_json::json;
use web::{Needs, Permission, Query, Routes, Within};

use super::act::{parties, price, refused, units};
use super::choices;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::Choice;
use crate::pages::ownership::{SwapRow, SwapsFound, SwapsPage, WayForm};
use crate::pages::problem::Trouble;
use crate::screens::command::fresh_command;
use crate::shell::{Notice, Section};
use crate::words::Tone;

/// How far goods get in a day where nobody says otherwise.
const KM_A_DAY: i64 = 500;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::StockTrade);
    Routes::new().get(href::SWAPS, needs, get_swaps).post(href::SWAPS, needs, post_swap)
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct WayQuery {
    owner: String,
    item: String,
    from: String,
    to: String,
    quantity: String,
    cost: String,
    km: String,
}

async fn get_swaps(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<WayQuery>,
) -> Result<Response, Upset> {
    let WayQuery { owner, item, from, to, quantity, cost, km } = query;
    let way = WayForm { owner, item, from, to, quantity, cost, km };
    show(&console, &desk, scope, way, None).await
}

/// What is asked, or the key of what is wrong with it.
async fn planned(
    console: &Console,
    scope: &Scope,
    way: &WayForm,
) -> Result<Result<PlannedWay, &'static str>, Fault> {
    let item = way.item.trim().to_owned();
    let pairs = vec![(way.from.clone(), item.clone()), (way.to.clone(), item)];
    let mut known = console.flows.find_places(pairs).await?;
    let (to_node, item) = known.pop().unwrap_or_default();
    let from_node = known.pop().and_then(|(node_id, _)| node_id);
    let cost = price(&way.cost, console.organisation.currency);
    Ok((|| {
        let owner_id = MerchantId::parse(&way.owner).ok().filter(|owner_id| scope.has_merchant(owner_id));
        let (item_id, _) = item.ok_or("row-unknown-item")?;
        let (from_node, to_node) = from_node.zip(to_node).ok_or("row-unknown-node")?;
        if from_node == to_node {
            return Err("swap-same-node");
        }
        let quantity =
            units(&way.quantity).filter(|quantity| !quantity.is_zero()).ok_or("row-bad-quantity")?;
        let km_a_day = way.km.trim().parse().ok().filter(|km| (1..=10_000).contains(km));
        Ok(PlannedWay {
            owner_id: owner_id.ok_or("ownership-bad-party")?,
            item_id,
            from_node,
            to_node,
            quantity: quantity.units(),
            cost: WayCost {
                // For 1,000 units in minor units is for one in thousandths of them.
                per_unit_km_milli_minor: cost.ok_or("ownership-bad-price")?.minor,
                km_a_day: km_a_day.ok_or("row-bad-quantity")?,
            },
        })
    })())
}

async fn show(
    console: &Console,
    desk: &Desk,
    scope: Scope,
    mut way: WayForm,
    notice: Option<Notice>,
) -> Result<Response, Upset> {
    let (t, currency) = (&desk.t, console.organisation.currency);
    let (mut notice, mut status, mut found) = (notice, StatusCode::OK, None);
    let own = scope.clone().of_merchants();
    if way.km.is_empty() {
        way.km = KM_A_DAY.to_string();
    }
    if !way.item.is_empty() {
        match planned(console, &scope, &way).await? {
            Ok(planned) => found = console.flows.propose_swaps(own.clone(), planned).await?,
            Err(key) => {
                status = StatusCode::UNPROCESSABLE_ENTITY;
                notice = notice.or_else(|| Some(Notice { tone: Tone::Bad, text: t.text(key) }));
            }
        }
    }
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (merchants, nodes) = runtime
        .read(move |tx| {
            Box::pin(async move {
                // Where a merchant's goods lie is no secret to the merchant.
                let at = if own.merchant_ids().is_empty() { scope } else { Scope::EVERYTHING };
                Ok::<_, Fault>((
                    list_merchants(tx, &organisation_id, &own).await?,
                    network::list_nodes(tx, &organisation_id, &at).await?,
                ))
            })
        })
        .await?;
    let name = |merchant_id: &MerchantId| {
        let known = merchants.iter().find(|merchant| merchant.merchant_id == *merchant_id);
        known.map_or_else(|| merchant_id.to_string(), |merchant| merchant.name.clone())
    };
    let found = found.map(|found| SwapsFound {
        km: found.metres / 1_000,
        left: found.left,
        days: found.saved_days,
        rows: found
            .proposals
            .iter()
            .map(|proposal| SwapRow {
                partner: proposal.partner_id.to_string(),
                name: name(&proposal.partner_id),
                units: proposal.quantity,
                saved: Money { minor: proposal.saved_minor, currency },
                command: fresh_command(),
            })
            .collect(),
    });
    if way.to.is_empty() {
        // Not where the goods are already.
        way.to = nodes.get(1).map(|node| node.node_id.to_string()).unwrap_or_default();
    }
    let mut shell = desk.shell(Section::Stock, notice);
    href::SWAPS.clone_into(&mut shell.path);
    let view = SwapsPage {
        t: t.clone(),
        shell,
        merchants: choices(&merchants),
        nodes: nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        currency: currency.to_string(),
        way,
        found,
    };
    Ok((status, page(&view)?).into_response())
}

#[derive(Debug, Deserialize)]
struct SwapSent {
    command: String,
    owner: String,
    partner: String,
    item: String,
    from: String,
    to: String,
    quantity: String,
}

async fn post_swap(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Form(sent): Form<SwapSent>,
) -> Result<Response, Upset> {
    let t = &desk.t;
    let bad = || Upset::of(Trouble::BadRequest);
    let (owner_id, partner_id) = parties(&scope, &sent.owner, &sent.partner).ok_or_else(bad)?;
    let pairs = [&sent.from, &sent.to].map(|node| (node.clone(), sent.item.trim().to_owned()));
    let mut known = console.flows.find_places(pairs.to_vec()).await?;
    let (to_node, item) = known.pop().unwrap_or_default();
    let from_node = known.pop().and_then(|(node_id, _)| node_id);
    let (item_id, _) = item.ok_or_else(bad)?;
    let (from_node, to_node) = from_node.zip(to_node).filter(|(from, to)| from != to).ok_or_else(bad)?;
    let quantity = units(&sent.quantity).filter(|quantity| !quantity.is_zero()).ok_or_else(bad)?;
    let asked = json!([sent.owner, sent.partner, sent.item, sent.from, sent.to, sent.quantity]);
    let call = desk.call(&sent.command, href::SWAPS, &asked)?;
    let free = Money { minor: 0, currency: console.organisation.currency };
    let reference = sent.command.trim().to_owned();
    let nodes = (from_node, to_node);
    let swap = OwnershipTransfer::swap(owner_id, partner_id, reference, item_id, nodes, quantity, free);
    let notice = match console.flows.transfer_ownership(call, swap).await {
        Ok(answer) => {
            answer.into_result().ok_or_else(|| desk.reused())?;
            let text = t.fill("swap-done", "units", t.number(quantity.units()));
            Notice { tone: Tone::Good, text }
        }
        Err(error) => Notice { tone: Tone::Bad, text: refused(t, error)? },
    };
    let way = WayForm { owner: sent.owner, ..WayForm::default() };
    show(&console, &desk, scope, way, Some(notice)).await
}
