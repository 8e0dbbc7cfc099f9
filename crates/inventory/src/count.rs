//! Goods are counted, and the book says what was counted.
//!
//! What is counted are good units on the shelf: free, held for carts, or promised to orders. The difference is taken
//! against the ledger when the count is booked, not against what a screen showed before. It is made in what is free;
//! units that are held or promised and are not there are told to the caller, who knows whose they are.

use std::collections::{BTreeMap, BTreeSet};

use db::Fault;
use kernel::{ItemId, MerchantId, NodeId, ProposedAdjustmentId, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    lot,
    model::{Account, Move, State},
    propose::{self, Proposal},
    set_levels::{LOCK, LevelReason},
    store,
};

/// The states of good units that lie on the shelf.
const ON_SHELF: [State; 3] = [State::Available, State::Held, State::Allocated];

/// What somebody counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// Where.
    pub node_id: NodeId,
    /// What.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Of which lot; empty for units of none.
    pub lot: String,
    /// How many good units lie there.
    pub counted: Quantity,
    /// More about it.
    pub note: String,
}

/// What a count came to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Difference {
    /// What the book said.
    pub book: i64,
    /// What is more in the book now than before; below 0 for less. Nothing where it waits.
    pub booked: i64,
    /// Units that are held or promised and are not there.
    pub missing: i64,
    /// True where the difference is more than one may book alone.
    pub waits: bool,
    /// What then waits for somebody's yes: what of it is free.
    pub proposed: Option<ProposedAdjustmentId>,
}

/// Why a count changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CountRefusal {
    /// Nobody knows the lot.
    #[error("no lot of this code of the item was ever received")]
    UnknownLot,
    /// The same was counted twice in one list.
    #[error("the same is counted twice here: send one count of it")]
    Twice,
}

/// Books counts; gives for each what came of it. Those that are refused change nothing.
pub async fn count(
    cx: &mut Cx<'_>,
    counts: &[Count],
) -> Result<Vec<Result<Difference, CountRefusal>>, Fault> {
    cx.tx.lock_name(LOCK).await?;
    let accounts: BTreeSet<i64> = counts.iter().flat_map(Count::accounts).collect();
    store::lock_accounts(cx.tx, &cx.organisation_id, accounts.iter().copied()).await?;
    let present = store::balances(cx.tx, &cx.organisation_id, accounts.iter().copied()).await?;
    let present: BTreeMap<i64, i64> = present.into_iter().collect();
    let limit = propose::find_limit(cx.tx, &cx.organisation_id).await?;
    let lots = lot::known(cx, counts.iter().map(|count| (&count.item_id, count.lot.as_str()))).await?;
    let mut seen = BTreeSet::new();
    let (mut transfers, mut proposals) = (Vec::new(), Vec::new());
    let mut told = Vec::with_capacity(counts.len());
    for count in counts {
        if !seen.insert(count.account(State::Available)) {
            told.push(Err(CountRefusal::Twice));
            continue;
        }
        if !count.lot.is_empty() && !lots.contains(&(count.item_id.clone(), count.lot.clone())) {
            told.push(Err(CountRefusal::UnknownLot));
            continue;
        }
        let of = |state| present.get(&count.account(state)).copied().unwrap_or(0);
        let Decided { book, change, missing } =
            decide(of(State::Available), of(State::Held) + of(State::Allocated), count.counted.units());
        let waits = propose::takes_two(limit, count.counted.units() - book);
        let mut difference = Difference { book, booked: 0, missing, waits, proposed: None };
        if let Some((from, to, quantity)) = ways(change) {
            if waits {
                let id = ProposedAdjustmentId::from_body(&cx.fresh());
                difference.proposed = Some(id.clone());
                proposals.push(count.proposal(id, from, to, quantity));
            } else {
                difference.booked = change;
                let cause = format!("count:{}", count.note);
                let units = count.moved(from, to, quantity);
                let reason = LevelReason::Count.name();
                transfers.push(units.into_transfer(reason, &cause, cx.now).of_lot(&count.lot));
            }
        }
        tell(cx, count, &difference);
        told.push(Ok(difference));
    }
    propose::propose(cx, &proposals).await?;
    match ledger::post(cx, &transfers).await {
        Ok(()) => Ok(told),
        Err(PostError::Fault(fault)) => Err(fault),
        Err(PostError::Short { .. }) => {
            Err(Fault::Outrun { what: "counts booked", touched: 0, expected: transfers.len() as u64 })
        }
    }
}

impl Count {
    fn account(&self, state: State) -> i64 {
        let account = Account::at(&self.item_id, &self.owner_id, &self.node_id, state);
        Account { lot: self.lot.clone(), ..account }.account_id()
    }

    /// Every account that decides it or is moved by it.
    fn accounts(&self) -> Vec<i64> {
        let loss = Account::outside(&self.item_id, &self.owner_id, State::Loss).account_id();
        ON_SHELF.into_iter().map(|state| self.account(state)).chain([loss]).collect()
    }

    fn moved(&self, from: State, to: State, quantity: Quantity) -> Move {
        Move {
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            node_id: self.node_id.clone(),
            from,
            to,
            quantity,
        }
    }

    fn proposal(&self, id: ProposedAdjustmentId, from: State, to: State, quantity: Quantity) -> Proposal {
        Proposal {
            id,
            node_id: self.node_id.clone(),
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            lot: self.lot.clone(),
            from,
            to,
            quantity,
            reason: LevelReason::Count.name(),
            note: self.note.clone(),
        }
    }
}

struct Decided {
    book: i64,
    /// By how much what is free changes.
    change: i64,
    missing: i64,
}

fn decide(free: i64, claimed: i64, counted: i64) -> Decided {
    let book = free + claimed;
    Decided { book, change: (counted - book).max(-free), missing: (claimed - counted).max(0) }
}

fn ways(change: i64) -> Option<(State, State, Quantity)> {
    let quantity = Quantity::new(change.abs()).ok().filter(|quantity| !quantity.is_zero())?;
    let (free, lost) = (State::Available, State::Loss);
    Some(if change > 0 { (lost, free, quantity) } else { (free, lost, quantity) })
}

fn tell(cx: &mut Cx<'_>, count: &Count, difference: &Difference) {
    let data = json!({
        "node_id": count.node_id, "owner_id": count.owner_id, "lot": count.lot, "book": difference.book,
        "counted": count.counted, "booked": difference.booked, "missing": difference.missing,
        "proposed_adjustment_id": difference.proposed, "note": count.note,
    });
    let state = |units: i64| json!({ "node_id": count.node_id, "on_shelf": units });
    let after = difference.book + difference.booked;
    cx.record("stock.counted", count.item_id.as_str(), data, state(difference.book), state(after));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_changes_what_is_free_and_names_what_is_promised_and_not_there() {
        for (free, claimed, counted, told) in [
            (7, 3, 10, (10, 0, 0)),
            (7, 3, 12, (10, 2, 0)),
            (7, 3, 4, (10, -6, 0)),
            (7, 3, 3, (10, -7, 0)),
            (7, 3, 1, (10, -7, 2)),
            (0, 3, 0, (3, 0, 3)),
            (0, 0, 5, (0, 5, 0)),
        ] {
            let decided = decide(free, claimed, counted);
            assert_eq!((decided.book, decided.change, decided.missing), told, "{free} {claimed} {counted}");
        }
    }
}
