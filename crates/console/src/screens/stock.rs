//! The stock grid, the ledger behind each of its numbers, and the form that sets one.

mod level;

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use catalogue::Item;
use db::{Fault, Tx};
use inventory::store::{BalanceEntry, BalanceLedger, BalanceOf, ItemBalances, StockRow};
use kernel::{HoldId, ItemId, MerchantId, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope};
use network::Node;
use serde::Deserialize;
use web::{Needs, Permission, Query, Routes, Within};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use super::is_part;
use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::problem::Trouble;
use crate::pages::stock::{
    Account, Balances, HoldHere, ItemRows, LedgerPage, LevelForm, LevelUndo, NodeRow, ShareRow, StockGrid,
    Transfer,
};
use crate::shell::Section;
use crate::words::{StockState, TransferReason};

/// Items on a page of the grid.
const ITEMS: i64 = 25;
/// Nodes shown of each, those with the most of it; the item by itself is shown with all.
const NODES: usize = 3;
/// Carts shown beside a ledger.
const HOLDS: i64 = 10;
/// Movements on a page of a ledger.
const TRANSFERS: i64 = 50;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Within(Permission::StockRead);
    Routes::new().get(href::STOCK, needs, get_grid).get(href::LEDGER, needs, get_ledger).post(
        href::LEVEL,
        Needs::Within(Permission::StockAdjust),
        level::post_level,
    )
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct GridQuery {
    q: String,
    node: String,
    item: String,
    after: String,
}

struct Grid {
    nodes: Vec<Node>,
    items: Page<Item>,
    balances: Vec<ItemBalances>,
    shares: Vec<StockRow>,
    merchants: Vec<people::Merchant>,
}

async fn get_grid(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    Query(query): Query<GridQuery>,
) -> Result<Response, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let search = query.q.trim().to_owned();
    // Whoever works at one node looks at that one: items by themselves belong to merchants.
    let own = scope.node_ids().first().filter(|_| scope.merchant_ids().is_empty());
    let node_id = NodeId::parse(&query.node).ok().or_else(|| own.cloned());
    let item_id = ItemId::parse(&query.item).ok();
    let search = if own.is_some() { String::new() } else { search };
    if let Some(node_id) = &node_id
        && !scope.has_node(node_id)
        && scope.merchant_ids().is_empty()
    {
        return Err(Upset::of(Trouble::NotFound));
    }
    let (sought, at, only) = (search.clone(), node_id.clone(), item_id.clone());
    let (is_of_node, only_named) = (own.is_some(), item_id.is_some());
    let after = Some(query.after.clone()).filter(|after| !after.is_empty());
    let grid: Grid = runtime
        .read(move |tx| {
            Box::pin(async move {
                // Where a merchant's goods lie is no secret to the merchant.
                let is_merchants = !scope.merchant_ids().is_empty();
                let named = if is_merchants { Scope::EVERYTHING } else { scope.clone() };
                let nodes = network::list_nodes(tx, &organisation_id, &named).await?;
                let wanted = PageRequest::new(after, Some(ITEMS));
                let items = match only {
                    Some(item_id) => {
                        let item = catalogue::find_item(tx, &organisation_id, &item_id).await?;
                        let mine = item.filter(|item| is_of_node || scope.has_merchant(&item.merchant_id));
                        Page { rows: mine.into_iter().collect(), next: None }
                    }
                    None => list_items(tx, &organisation_id, &scope, &sought, at.as_ref(), &wanted).await?,
                };
                let ids = items.rows.iter().map(|item| &item.item_id);
                let balances =
                    inventory::store::list_balances_of_items(tx, &organisation_id, &scope, ids).await?;
                // To a node an item exists where the node has had some.
                let is_foreign = is_of_node && only_named && balances.is_empty();
                let items = if is_foreign { Page { rows: Vec::new(), next: None } } else { items };
                let (mut shares, mut merchants) = (Vec::new(), Vec::new());
                if only_named {
                    let ids = items.rows.iter().map(|item| &item.item_id);
                    shares = inventory::store::list_stock_of_items(tx, &organisation_id, &scope, ids).await?;
                    merchants = people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await?;
                }
                Ok::<_, Fault>(Grid { nodes, items, balances, shares, merchants })
            })
        })
        .await?;
    page(&StockGrid {
        nodes: grid.nodes.iter().map(|node| Choice::new(node.node_id.as_str(), &node.name)).collect(),
        next: grid.items.next.clone(),
        shares: share_rows(&grid, node_id.as_ref()),
        items: item_rows(
            grid,
            node_id.as_ref(),
            !search.is_empty(),
            if item_id.is_some() { usize::MAX } else { NODES },
        ),
        item: item_id.map(|item_id| item_id.to_string()).unwrap_or_default(),
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        can_export: desk.caller.access.may_throughout(Permission::DataExport),
        export: fresh_command(),
        can_rename: desk.caller.access.may(Permission::CatalogueWrite),
        can_set: desk.caller.access.may(Permission::StockAdjust),
        can_see_money: desk.caller.access.may(Permission::MoneyRead),
        can_see_holds: desk.caller.access.may(Permission::OrdersRead),
        search,
        node: node_id.map(|node_id| node_id.to_string()).unwrap_or_default(),
        after: query.after,
    })
}

/// A page of items: those a node has where one is named and nothing is searched for, else all that match.
async fn list_items(
    tx: &Tx,
    organisation_id: &OrganisationId,
    scope: &Scope,
    search: &str,
    node_id: Option<&NodeId>,
    wanted: &PageRequest,
) -> Result<Page<Item>, Fault> {
    let (Some(node_id), true) = (node_id, search.is_empty()) else {
        return catalogue::list_items(tx, organisation_id, scope, Some(search), wanted).await;
    };
    let after = wanted.after.as_deref();
    let ids =
        inventory::store::list_items_at_node(tx, organisation_id, node_id, after, wanted.limit + 1).await?;
    let Page { rows, next } = Page::of(ids, wanted.limit, ItemId::to_string);
    let mut known = catalogue::items_by_id(tx, organisation_id, &rows).await?;
    Ok(Page { rows: rows.iter().filter_map(|item_id| known.remove(item_id)).collect(), next })
}

/// Each item with up to `shown` of its nodes, or with one of them. Of a search at a node only what the node knows is
/// shown.
fn item_rows(grid: Grid, node_id: Option<&NodeId>, is_search: bool, shown: usize) -> Vec<ItemRows> {
    let names: HashMap<&NodeId, &str> =
        grid.nodes.iter().map(|node| (&node.node_id, node.name.as_str())).collect();
    let mut totals: HashMap<ItemId, Balances> = HashMap::new();
    let mut by_item: HashMap<ItemId, Vec<NodeRow>> = HashMap::new();
    for row in &grid.balances {
        let Some(at) = &row.node_id else {
            totals.insert(row.item_id.clone(), balances(row));
            continue;
        };
        if node_id.is_none_or(|wanted| wanted == at) {
            let name = names.get(at).copied().unwrap_or(at.as_str());
            let row_of_node =
                NodeRow { node: at.to_string(), name: name.to_owned(), balances: balances(row) };
            by_item.entry(row.item_id.clone()).or_default().push(row_of_node);
        }
    }
    let rows = grid.items.rows.into_iter().map(|item| {
        let mut nodes = by_item.remove(&item.item_id).unwrap_or_default();
        nodes.sort_by(|one, other| {
            let most = |row: &NodeRow| Reverse((row.balances.on_hand, row.balances.incoming));
            most(one).cmp(&most(other)).then_with(|| one.name.cmp(&other.name))
        });
        let more = nodes.len().saturating_sub(shown);
        nodes.truncate(shown);
        ItemRows {
            total: totals.get(&item.item_id).copied().unwrap_or_default(),
            nodes,
            more: i64::try_from(more).unwrap_or(i64::MAX),
            item: item.item_id.to_string(),
            sku: item.sku,
            name: item.title,
        }
    });
    rows.filter(|item| !(is_search && node_id.is_some() && item.nodes.is_empty())).collect()
}

/// Who owns what of an item, of which lot: told where there is more than one answer.
fn share_rows(grid: &Grid, node_id: Option<&NodeId>) -> Vec<ShareRow> {
    let owners: HashSet<&MerchantId> = grid.shares.iter().map(|row| &row.owner_id).collect();
    if owners.len() < 2 && grid.shares.iter().all(|row| row.lot.is_empty()) {
        return Vec::new();
    }
    let here = grid.shares.iter().filter(|row| node_id.is_none_or(|node_id| row.node_id == *node_id));
    let rows = here.filter(|row| row.on_hand != 0 || row.incoming != 0).map(|row| {
        let node = grid.nodes.iter().find(|node| node.node_id == row.node_id);
        let owner = grid.merchants.iter().find(|merchant| merchant.merchant_id == row.owner_id);
        ShareRow {
            node: node.map_or_else(|| row.node_id.to_string(), |node| node.name.clone()),
            owner: owner.map_or_else(|| row.owner_id.to_string(), |merchant| merchant.name.clone()),
            lot: row.lot.clone(),
            balances: Balances {
                on_hand: row.on_hand,
                available: row.available,
                held: row.held,
                allocated: row.allocated,
                picked: row.picked,
                packed: row.packed,
                damaged: row.damaged,
                incoming: row.incoming,
            },
        }
    });
    rows.collect()
}

fn balances(row: &ItemBalances) -> Balances {
    Balances {
        on_hand: row.on_hand,
        available: row.available,
        held: row.held,
        allocated: row.allocated,
        picked: row.picked,
        packed: row.packed,
        damaged: row.damaged,
        incoming: row.incoming,
    }
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct LedgerQuery {
    item: String,
    node: String,
    state: String,
    before: Option<i64>,
    /// What it was before it was set just now, and what it was set to.
    was: Option<i64>,
    set: Option<i64>,
}

struct Ledger {
    item: Item,
    nodes: HashMap<NodeId, Node>,
    ledger: BalanceLedger,
    references: HashMap<OrderId, String>,
    carts: HashMap<HoldId, String>,
    holds: Vec<HoldHere>,
    actors: Actors,
    /// True where some of it is of lots.
    is_by_lot: bool,
}

async fn get_ledger(
    State(console): State<Console>,
    Within(scope): Within,
    desk: Desk,
    headers: HeaderMap,
    Query(query): Query<LedgerQuery>,
) -> Result<Response, Upset> {
    let view = ledger_view(&console, &scope, &desk, query).await?;
    if is_part(&headers) { page(&view.as_ledger()) } else { page(&view) }
}

async fn ledger_view(
    console: &Console,
    scope: &Scope,
    desk: &Desk,
    query: LedgerQuery,
) -> Result<LedgerPage, Upset> {
    let nowhere = || Upset::of(Trouble::NotFound);
    let item_id = ItemId::parse(&query.item).map_err(|_| nowhere())?;
    let node_id = match query.node.as_str() {
        "" => None,
        node => Some(NodeId::parse(node).map_err(|_| nowhere())?),
    };
    let state = match query.state.as_str() {
        "" => StockState::OnHand,
        code => StockState::parse(code).ok_or_else(nowhere)?,
    };
    let states = states(state);
    let sees_holds = state == StockState::Held && desk.caller.access.may(Permission::OrdersRead);
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let (of_item, at) = (item_id.clone(), node_id.clone());
    let found = runtime
        .read(move |tx| {
            Box::pin(async move {
                let of = BalanceOf { item_id: &of_item, node_id: at.as_ref(), states: &states };
                read_ledger(tx, &organisation_id, &of, query.before, sees_holds).await
            })
        })
        .await?
        .filter(|found| {
            let is_node = node_id.as_ref().is_some_and(|node_id| scope.has_node(node_id));
            is_node || scope.has_merchant(&found.item.merchant_id)
        })
        .ok_or_else(nowhere)?;
    let node = match &node_id {
        Some(node_id) => Some(found.nodes.get(node_id).ok_or_else(nowhere)?.name.clone()),
        None => None,
    };
    let older = found.ledger.older.map(|before| {
        let at = node_id.as_ref().map_or("", NodeId::as_str);
        let before = before.to_string();
        let parts = [("item", item_id.as_str()), ("node", at), ("state", state.code()), ("before", &before)];
        href::with_query(href::LEDGER, &parts)
    });
    let may_set = node_id.is_some() && desk.caller.access.may(Permission::StockAdjust);
    let balance = found.ledger.balance;
    let level = level::form_of(&desk.t, state, fresh_command(), balance).filter(|_| may_set);
    // One number for several lots says of none how many there are.
    let is_by_lot = found.is_by_lot && level.is_some();
    let level = level.filter(|_| !is_by_lot);
    // Once somebody else has changed it, there is nothing to set back.
    let before = query.was.filter(|was| query.set == Some(balance) && *was != balance && *was >= 0);
    let undo = before.map(|before| LevelUndo { before, command: fresh_command() });
    Ok(LedgerPage {
        t: desk.t.clone(),
        shell: desk.shell(Section::Stock, None),
        transfers: found.ledger.entries.iter().map(|entry| transfer(&desk.t, entry, &found)).collect(),
        item: found.item.title,
        sku: found.item.sku,
        node,
        state,
        balance,
        older,
        holds: found.holds,
        item_id: item_id.to_string(),
        node_id: node_id.map(|node_id| node_id.to_string()).unwrap_or_default(),
        is_by_lot,
        level: level.map(|level| LevelForm { undo, ..level }),
    })
}

/// The states of the ledger that a column of the grid adds up.
fn states(state: StockState) -> Vec<inventory::State> {
    match state {
        StockState::OnHand => inventory::State::ON_HAND.to_vec(),
        state => inventory::State::parse(state.code()).into_iter().collect(),
    }
}

async fn read_ledger(
    tx: &Tx,
    organisation_id: &OrganisationId,
    of: &BalanceOf<'_>,
    before: Option<i64>,
    sees_holds: bool,
) -> Result<Option<Ledger>, Fault> {
    let Some(item) = catalogue::find_item(tx, organisation_id, of.item_id).await? else { return Ok(None) };
    let ledger = inventory::store::list_ledger_of_balance(tx, organisation_id, of, before, TRANSFERS).await?;
    let lines = || ledger.entries.iter().map(|entry| &entry.line);
    let spots = lines().flat_map(|line| [&line.from_node_id, &line.to_node_id]);
    let mut node_ids: Vec<NodeId> = spots.filter_map(|spot| NodeId::parse(spot).ok()).collect();
    node_ids.extend(of.node_id.cloned());
    let nodes = network::nodes_by_id(tx, organisation_id, &node_ids).await?;
    let orders: Vec<OrderId> = lines().filter_map(|line| OrderId::parse(&line.cause_id).ok()).collect();
    let references = orders::store::references_of_orders(tx, organisation_id, orders.iter()).await?;
    let actors = list_actors(tx, organisation_id, lines().map(|line| line.actor.as_str())).await?;
    let holds = if sees_holds {
        inventory::store::list_holds_of_balance(tx, organisation_id, of.item_id, of.node_id, HOLDS).await?
    } else {
        Vec::new()
    };
    let holds = holds
        .into_iter()
        .map(|hold| HoldHere {
            reference: hold.external_reference,
            quantity: hold.quantity,
            expires_at: hold.expires_at,
        })
        .collect();
    let carts: Vec<HoldId> = lines().filter_map(|line| HoldId::parse(&line.cause_id).ok()).collect();
    let carts = inventory::store::references_of_holds(tx, organisation_id, carts.iter()).await?;
    let items = [of.item_id].into_iter();
    let stock = inventory::store::list_stock_of_items(tx, organisation_id, &Scope::EVERYTHING, items).await?;
    let is_by_lot = stock.iter().any(|row| of.node_id == Some(&row.node_id) && !row.lot.is_empty());
    Ok(Some(Ledger { item, nodes, ledger, references, carts, holds, actors, is_by_lot }))
}

fn transfer(t: &Texts, entry: &BalanceEntry, found: &Ledger) -> Transfer {
    let line = &entry.line;
    let account = |state: &str, spot: &str| {
        let node = NodeId::parse(spot).ok().and_then(|node_id| found.nodes.get(&node_id));
        Account {
            // The ledger has no state that the words lack; a test goes through them all.
            state: StockState::parse(state).unwrap_or(StockState::OnHand),
            node: node.map(|node| node.name.clone()),
        }
    };
    let order = OrderId::parse(&line.cause_id).ok();
    let reference = order.as_ref().and_then(|order_id| found.references.get(order_id));
    let cart = HoldId::parse(&line.cause_id).ok().and_then(|hold_id| found.carts.get(&hold_id));
    Transfer {
        at: line.happened_at,
        from: account(&line.from_state, &line.from_node_id),
        to: account(&line.to_state, &line.to_node_id),
        change: entry.change,
        after: entry.after,
        reason: reason(&line.reason),
        cause: reference.or(cart).map_or_else(|| cause(&line.cause_id).to_owned(), String::clone),
        cause_href: order.map(|order_id| href::order(order_id.as_str())),
        actor: found.actors.name(t, &line.actor),
    }
}

/// The word for a movement as the ledger has it. Every correction of the book is one word; its states tell the rest.
fn reason(kept: &str) -> TransferReason {
    match kept {
        "receipt" => TransferReason::Receive,
        "expect" | "expect_less" => TransferReason::Expect,
        "allocate" => TransferReason::Allocate,
        "hold" => TransferReason::Hold,
        "cancel" | "hold_end" => TransferReason::Release,
        "pick" => TransferReason::Pick,
        "short_not_found" | "short_damaged" => TransferReason::Short,
        "till_sale" => TransferReason::Sell,
        "till_return" => TransferReason::Return,
        "pack" => TransferReason::Pack,
        "unpack" => TransferReason::Unpack,
        "dispatch" => TransferReason::Dispatch,
        "return" => TransferReason::Return,
        "ownership" => TransferReason::Own,
        "expired" => TransferReason::Expire,
        _ => TransferReason::Adjust,
    }
}

/// What people wrote of a cause: the delivery note of a receipt, the note of a correction.
fn cause(kept: &str) -> &str {
    match kept.split_once(':') {
        Some(("receipt", rest)) => rest.splitn(3, ':').nth(2).unwrap_or(rest),
        Some(("adjustment" | "count" | "till", note)) => note,
        _ => kept,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_of_the_ledger_has_its_word() {
        for state in inventory::State::ON_HAND {
            assert_eq!(states(StockState::parse(state.name()).unwrap()), [state]);
        }
        for word in StockState::ALL.iter().filter(|word| **word != StockState::OnHand) {
            assert_eq!(states(*word).len(), 1, "{}", word.code());
        }
        assert_eq!(states(StockState::OnHand).len(), 8);
    }

    #[test]
    fn a_cause_is_shown_as_people_wrote_it() {
        assert_eq!(cause("receipt:nod_1:itm_1:DN 7:2"), "DN 7:2");
        assert_eq!(cause("adjustment:counted twice"), "counted twice");
        assert_eq!(cause("ord_1"), "ord_1");
    }
}
