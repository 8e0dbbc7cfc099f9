//! Goods are expected from a supplier on a day: until they come they are the ledger's state `incoming`, which nobody can
//! promise for today.

use std::collections::{BTreeMap, HashMap};

use db::Fault;
use kernel::{ExpectedReceiptId, ItemId, MerchantId, NodeId, Quantity, time::Date};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    model::{Move, State, Transfer},
    store::{
        ExpectedLineRow, ExpectedRow,
        expect::{self as store},
        find_expected, list_expected_lines,
    },
};

/// Goods that will come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewExpected {
    /// Where.
    pub node_id: NodeId,
    /// Whose.
    pub owner_id: MerchantId,
    /// The number of the purchase order or of the notice: one at a node.
    pub reference: String,
    /// Who sends them.
    pub supplier: String,
    /// On which day.
    pub expected_on: Date,
    /// How many of each item; an item named twice is meant twice.
    pub lines: Vec<(ItemId, Quantity)>,
}

/// What is expected from now on instead; what is left out stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// The day.
    pub expected_on: Option<Date>,
    /// How many of these items in all, those that have come among them.
    pub lines: Vec<(ItemId, Quantity)>,
}

/// Why it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ExpectError {
    /// Something is expected under this reference there.
    #[error("goods are expected at this node under the reference `{0}` already: amend that, or use another")]
    Known(String),
    /// There is none.
    #[error("there is no expected receipt {0}")]
    NoSuch(ExpectedReceiptId),
    /// Nothing more is expected of it.
    #[error("the expected receipt is {state}: nothing more comes of it; expect the rest anew")]
    Ended {
        /// How it ended.
        state: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(ExpectError);

/// One with its lines, locked.
struct Open {
    row: ExpectedRow,
    lines: Vec<ExpectedLineRow>,
}

/// Goods are expected: they are incoming from now on.
pub async fn expect(cx: &mut Cx<'_>, new: &NewExpected) -> Result<ExpectedReceiptId, ExpectError> {
    let id = ExpectedReceiptId::from_body(&cx.fresh());
    if !store::insert_expected(cx.tx, &cx.organisation_id, &id, new, cx.now).await? {
        return Err(ExpectError::Known(new.reference.clone()));
    }
    let lines = sums(&new.lines);
    put(cx, &id, &lines).await?;
    let place = Place { id: &id, node_id: &new.node_id, owner_id: &new.owner_id };
    post(cx, lines.iter().map(|(item_id, units)| (place, item_id, *units)).collect()).await?;
    let data = json!({
        "node_id": new.node_id, "owner_id": new.owner_id, "reference": new.reference, "supplier": new.supplier,
        "expected_on": new.expected_on.to_string(), "units": lines.iter().map(|(_, units)| units).sum::<i64>(),
    });
    cx.tell("supply.expected", id.as_str(), data);
    Ok(id)
}

/// It comes on another day, or other quantities do. An item that was not expected joins; none of an item is 0.
pub async fn amend(
    cx: &mut Cx<'_>,
    id: &ExpectedReceiptId,
    amendment: &Amendment,
) -> Result<(), ExpectError> {
    let Open { mut row, lines: known } = lock(cx, id).await?;
    if let Some(expected_on) = amendment.expected_on {
        store::set_expected_on(cx.tx, &cx.organisation_id, id, expected_on).await?;
        row.expected_on = expected_on;
    }
    let lines = sums(&amendment.lines);
    put(cx, id, &lines).await?;
    let mut by_item: HashMap<ItemId, ExpectedLineRow> =
        known.into_iter().map(|line| (line.item_id.clone(), line)).collect();
    let mut changes = Vec::with_capacity(lines.len());
    for (item_id, quantity) in &lines {
        let none = ExpectedLineRow {
            expected_receipt_id: id.clone(),
            item_id: item_id.clone(),
            quantity: 0,
            received: 0,
        };
        let line = by_item.entry(item_id.clone()).or_insert(none);
        let before = line.outstanding();
        line.quantity = *quantity;
        changes.push((item_id, line.outstanding() - before));
    }
    let place = Place { id, node_id: &row.node_id, owner_id: &row.owner_id };
    post(cx, changes.into_iter().map(|(item_id, units)| (place, item_id, units)).collect()).await?;
    let data = json!({
        "reference": row.reference, "expected_on": row.expected_on.to_string(),
        "units": by_item.values().map(ExpectedLineRow::outstanding).sum::<i64>(),
    });
    cx.tell("supply.amended", id.as_str(), data);
    Ok(())
}

/// Nothing more comes: what is outstanding is incoming no more.
pub async fn close(cx: &mut Cx<'_>, id: &ExpectedReceiptId) -> Result<(), ExpectError> {
    let open = lock(cx, id).await?;
    end(cx, vec![open]).await?;
    Ok(())
}

async fn lock(cx: &mut Cx<'_>, id: &ExpectedReceiptId) -> Result<Open, ExpectError> {
    let mut found = lock_all(cx, &[id]).await?;
    if let Some(open) = found.pop() {
        return Ok(open);
    }
    match find_expected(cx.tx, &cx.organisation_id, id).await? {
        Some(row) => Err(ExpectError::Ended { state: row.state }),
        None => Err(ExpectError::NoSuch(id.clone())),
    }
}

async fn lock_all(cx: &mut Cx<'_>, ids: &[&ExpectedReceiptId]) -> Result<Vec<Open>, Fault> {
    let rows = store::lock_expected(cx.tx, &cx.organisation_id, ids.iter().copied()).await?;
    let mut lines: HashMap<ExpectedReceiptId, Vec<ExpectedLineRow>> = HashMap::new();
    for line in list_expected_lines(cx.tx, &cx.organisation_id, ids.iter().copied()).await? {
        lines.entry(line.expected_receipt_id.clone()).or_default().push(line);
    }
    let whole =
        |row: ExpectedRow| Open { lines: lines.remove(&row.expected_receipt_id).unwrap_or_default(), row };
    Ok(rows.into_iter().map(whole).collect())
}

/// Ends them: what is outstanding goes back to the supplier it never left.
async fn end(cx: &mut Cx<'_>, ended: Vec<Open>) -> Result<(), Fault> {
    let closed: Vec<(ExpectedReceiptId, &'static str)> = ended
        .iter()
        .map(|Open { row, lines }| {
            let has_come = lines.iter().any(|line| line.received > 0);
            (row.expected_receipt_id.clone(), if has_come { "closed" } else { "cancelled" })
        })
        .collect();
    store::close_expected(cx.tx, &cx.organisation_id, &closed, cx.now).await?;
    let back = ended.iter().flat_map(|Open { row, lines }| {
        let place = Place { id: &row.expected_receipt_id, node_id: &row.node_id, owner_id: &row.owner_id };
        lines.iter().map(move |line| (place, &line.item_id, -line.outstanding()))
    });
    post(cx, back.collect()).await?;
    for (Open { row, lines }, (id, state)) in ended.iter().zip(&closed) {
        let units: i64 = lines.iter().map(ExpectedLineRow::outstanding).sum();
        cx.tell(
            "supply.closed",
            id.as_str(),
            json!({ "reference": row.reference, "state": state, "units": units }),
        );
    }
    Ok(())
}

/// What came of what was expected.
pub(crate) struct Come<'a> {
    pub id: &'a ExpectedReceiptId,
    pub node_id: &'a NodeId,
    pub owner_id: &'a MerchantId,
    pub item_id: &'a ItemId,
    pub units: i64,
}

/// Books what came against what was expected; gives for each how many of its units were incoming, the rest is more than
/// was expected. An expectation of which everything has come ends. None where one is not open, or not of this place.
pub(crate) async fn take(cx: &mut Cx<'_>, come: &[Come<'_>]) -> Result<Option<Vec<i64>>, Fault> {
    if come.is_empty() {
        return Ok(Some(Vec::new()));
    }
    let mut ids: Vec<&ExpectedReceiptId> = come.iter().map(|come| come.id).collect();
    ids.sort();
    ids.dedup();
    let mut open: BTreeMap<ExpectedReceiptId, Open> = lock_all(cx, &ids)
        .await?
        .into_iter()
        .map(|open| (open.row.expected_receipt_id.clone(), open))
        .collect();
    let mut taken = Vec::with_capacity(come.len());
    let mut fresh: Vec<(ExpectedReceiptId, ItemId)> = Vec::new();
    let mut received: BTreeMap<(ExpectedReceiptId, ItemId), i64> = BTreeMap::new();
    for Come { id, node_id, owner_id, item_id, units } in come {
        let Some(Open { row, lines }) = open.get_mut(*id) else { return Ok(None) };
        if row.node_id != **node_id || row.owner_id != **owner_id {
            return Ok(None);
        }
        let place = match lines.iter().position(|line| line.item_id == **item_id) {
            Some(place) => place,
            None => {
                // Something else was in the box: it is written down with what it came with.
                fresh.push(((*id).clone(), (*item_id).clone()));
                lines.push(ExpectedLineRow {
                    expected_receipt_id: (*id).clone(),
                    item_id: (*item_id).clone(),
                    quantity: 0,
                    received: 0,
                });
                lines.len() - 1
            }
        };
        let line = &mut lines[place];
        taken.push(line.outstanding().min(*units));
        line.received += units;
        *received.entry(((*id).clone(), (*item_id).clone())).or_default() += units;
    }
    let strangers: Vec<(&ExpectedReceiptId, &ItemId, i64)> =
        fresh.iter().map(|(id, item_id)| (id, item_id, 0)).collect();
    store::put_lines(cx.tx, &cx.organisation_id, &strangers).await?;
    let received: Vec<(ExpectedReceiptId, ItemId, i64)> =
        received.into_iter().map(|((id, item_id), units)| (id, item_id, units)).collect();
    store::add_received(cx.tx, &cx.organisation_id, &received).await?;
    let is_through = |open: &Open| open.lines.iter().all(|line| line.outstanding() == 0);
    end(cx, open.into_values().filter(is_through).collect()).await?;
    Ok(Some(taken))
}

#[derive(Clone, Copy)]
struct Place<'a> {
    id: &'a ExpectedReceiptId,
    node_id: &'a NodeId,
    owner_id: &'a MerchantId,
}

/// More is incoming, or less.
async fn post(cx: &mut Cx<'_>, changes: Vec<(Place<'_>, &ItemId, i64)>) -> Result<(), Fault> {
    let transfers: Vec<Transfer> = changes
        .into_iter()
        .filter(|(_, _, units)| *units != 0)
        .map(|(place, item_id, units)| {
            let (from, to, reason) = if units > 0 {
                (State::Supplier, State::Incoming, "expect")
            } else {
                (State::Incoming, State::Supplier, "expect_less")
            };
            let moved = Move {
                item_id: item_id.clone(),
                owner_id: place.owner_id.clone(),
                node_id: place.node_id.clone(),
                from,
                to,
                quantity: Quantity::new(units.abs()).unwrap_or(Quantity::MAX),
            };
            moved.into_transfer(reason, place.id.as_str(), cx.now)
        })
        .collect();
    match ledger::post(cx, &transfers).await {
        Ok(()) => Ok(()),
        Err(PostError::Fault(fault)) => Err(fault),
        Err(PostError::Short { .. }) => {
            Err(Fault::Outrun { what: "incoming goods", touched: 0, expected: transfers.len() as u64 })
        }
    }
}

async fn put(cx: &Cx<'_>, id: &ExpectedReceiptId, lines: &[(ItemId, i64)]) -> Result<(), Fault> {
    let lines: Vec<(&ExpectedReceiptId, &ItemId, i64)> =
        lines.iter().map(|(item_id, quantity)| (id, item_id, *quantity)).collect();
    store::put_lines(cx.tx, &cx.organisation_id, &lines).await
}

/// Quantities by item, in the order of items.
fn sums(lines: &[(ItemId, Quantity)]) -> Vec<(ItemId, i64)> {
    let mut by_item: BTreeMap<&ItemId, i64> = BTreeMap::new();
    for (item_id, quantity) in lines {
        *by_item.entry(item_id).or_default() += quantity.units();
    }
    by_item.into_iter().map(|(item_id, units)| (item_id.clone(), units)).collect()
}
