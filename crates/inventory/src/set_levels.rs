//! Stock is set to what was counted, but only from what the caller believed it to be: nobody overwrites what they did
//! not see.

use std::collections::{BTreeMap, BTreeSet};

use db::Fault;
use kernel::{ItemId, MerchantId, NodeId, ProposedAdjustmentId, Quantity};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    lot,
    model::{Account, Move, State, Transfer},
    propose::{self, Proposal},
    store,
};

/// The balance that is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// Everything present, whatever it is promised to. The difference is made in what is free.
    OnHand,
    /// What is free to promise.
    Available,
    /// What is not fit to send.
    Damaged,
    /// What waits to be inspected.
    Quarantine,
}

impl Measure {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            Measure::OnHand => "on_hand",
            Measure::Available => "available",
            Measure::Damaged => "damaged",
            Measure::Quarantine => "quarantine",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Measure> {
        [Measure::OnHand, Measure::Available, Measure::Damaged, Measure::Quarantine]
            .into_iter()
            .find(|measure| measure.name() == name)
    }

    /// The states it adds up.
    fn states(self) -> &'static [State] {
        match self {
            Measure::OnHand => &State::ON_HAND,
            Measure::Available => &[State::Available],
            Measure::Damaged => &[State::Damaged],
            Measure::Quarantine => &[State::Quarantine],
        }
    }

    /// The state that grows or shrinks.
    fn moves(self) -> State {
        match self {
            Measure::OnHand | Measure::Available => State::Available,
            Measure::Damaged => State::Damaged,
            Measure::Quarantine => State::Quarantine,
        }
    }
}

/// Why stock is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LevelReason {
    /// It was counted.
    Count,
    /// The book was wrong.
    Correction,
    /// It is not there.
    Lost,
    /// More is there.
    Found,
    /// It is broken.
    Broken,
    /// It is too old.
    Expired,
    /// It was given away or used here.
    Used,
}

impl LevelReason {
    /// All of them, in the order screens show them.
    pub const ALL: [LevelReason; 7] = [
        LevelReason::Count,
        LevelReason::Correction,
        LevelReason::Lost,
        LevelReason::Found,
        LevelReason::Broken,
        LevelReason::Expired,
        LevelReason::Used,
    ];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            LevelReason::Count => "count",
            LevelReason::Correction => "correction",
            LevelReason::Lost => "lost",
            LevelReason::Found => "found",
            LevelReason::Broken => "broken",
            LevelReason::Expired => "expired",
            LevelReason::Used => "used",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<LevelReason> {
        LevelReason::ALL.into_iter().find(|reason| reason.name() == name)
    }
}

/// What stock is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Level {
    /// Where.
    pub node_id: NodeId,
    /// What.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Of which lot; empty for none.
    pub lot: String,
    /// Which balance.
    pub measure: Measure,
    /// What it is to be.
    pub quantity: Quantity,
    /// What the caller believes it to be; none where they do not care.
    pub change_from: Option<Quantity>,
    /// Why.
    pub reason: LevelReason,
    /// More about it.
    pub note: String,
}

/// What a level was and is.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct LevelSet {
    /// Before.
    pub before: i64,
    /// After; the same where nothing had to be done, or where it waits.
    pub after: i64,
    /// What waits for somebody's yes, where the difference is more than one may set alone.
    #[serde(default)]
    pub proposed_adjustment_id: Option<ProposedAdjustmentId>,
}

/// Why a level was not set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LevelRefusal {
    /// Somebody changed it since the caller looked.
    #[error("it is {present} by now, not {expected}: look again, then set it from {present}")]
    Stale {
        /// What the caller believed.
        expected: i64,
        /// What there is.
        present: i64,
    },
    /// More is promised or off the shelf than there would be left.
    #[error(
        "{committed} are promised or off the shelf, so {asked} cannot be all there is; cancel or re-source orders first"
    )]
    Committed {
        /// What it was to be.
        asked: i64,
        /// What is promised, picked, packed or not fit to send.
        committed: i64,
    },
    /// Nobody knows the lot.
    #[error("no lot of this code of the item was ever received")]
    UnknownLot,
    /// More than a balance can hold.
    #[error("a balance cannot hold that many")]
    TooMany,
}

/// Held by whoever sets balances that may not be there yet.
pub(crate) const LOCK: &str = "inventory.levels";

/// Sets levels one after the other, each from what the one before left; those that are refused change nothing. Two who
/// set the same at the same moment are decided one after the other, by locks that hold until the end.
pub async fn set_levels(
    cx: &mut Cx<'_>,
    levels: &[Level],
) -> Result<Vec<Result<LevelSet, LevelRefusal>>, Fault> {
    // A balance that is not there yet has no row to lock.
    cx.tx.lock_name(LOCK).await?;
    let accounts: BTreeSet<i64> = levels.iter().flat_map(Level::accounts).collect();
    store::lock_accounts(cx.tx, &cx.organisation_id, accounts.iter().copied()).await?;
    let present = store::balances(cx.tx, &cx.organisation_id, accounts.iter().copied()).await?;
    let mut present: BTreeMap<i64, i64> = present.into_iter().collect();
    let mut transfers: Vec<Transfer> = Vec::new();
    let mut answers = Vec::with_capacity(levels.len());
    let lots = lot::known(cx, levels.iter().map(|level| (&level.item_id, level.lot.as_str()))).await?;
    let limit = propose::find_limit(cx.tx, &cx.organisation_id).await?;
    let mut proposals = Vec::new();
    for level in levels {
        let is_known = level.lot.is_empty() || lots.contains(&(level.item_id.clone(), level.lot.clone()));
        let mut answer =
            if is_known { decide(&mut present, level, limit) } else { Err(LevelRefusal::UnknownLot) };
        if let Ok(set) = &mut answer
            && set.before != set.after
        {
            if propose::takes_two(limit, set.after - set.before) {
                let proposal = level.proposal(set, cx);
                set.after = set.before;
                set.proposed_adjustment_id = Some(proposal.id.clone());
                proposals.push(proposal);
            } else {
                transfers.push(level.transfer(set, cx));
                tell(cx, level, set);
            }
        }
        answers.push(answer);
    }
    propose::propose(cx, &proposals).await?;
    match ledger::post(cx, &transfers).await {
        Ok(()) => Ok(answers),
        Err(PostError::Fault(fault)) => Err(fault),
        Err(PostError::Short { .. }) => {
            Err(Fault::Outrun { what: "levels set", touched: 0, expected: transfers.len() as u64 })
        }
    }
}

impl Level {
    fn account(&self, state: State) -> i64 {
        let account = Account::at(&self.item_id, &self.owner_id, &self.node_id, state);
        Account { lot: self.lot.clone(), ..account }.account_id()
    }

    /// Every account that decides it or is moved by it.
    fn accounts(&self) -> impl Iterator<Item = i64> {
        let loss = Account::outside(&self.item_id, &self.owner_id, State::Loss).account_id();
        let states = self.measure.states().iter().map(|state| self.account(*state));
        states.chain([loss]).collect::<Vec<_>>().into_iter()
    }

    /// From which state to which so many units go.
    fn ways(&self, set: &LevelSet) -> (State, State, Quantity) {
        let state = self.measure.moves();
        let (from, to) = if set.after > set.before { (State::Loss, state) } else { (state, State::Loss) };
        let quantity = Quantity::new((set.after - set.before).abs()).expect("two quantities differ by one");
        (from, to, quantity)
    }

    fn proposal(&self, set: &LevelSet, cx: &mut Cx<'_>) -> Proposal {
        let (from, to, quantity) = self.ways(set);
        Proposal {
            id: ProposedAdjustmentId::from_body(&cx.fresh()),
            node_id: self.node_id.clone(),
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            lot: self.lot.clone(),
            from,
            to,
            quantity,
            reason: self.reason.name(),
            note: self.note.clone(),
        }
    }

    fn transfer(&self, set: &LevelSet, cx: &Cx<'_>) -> Transfer {
        let (from, to, quantity) = self.ways(set);
        let units = Move {
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            node_id: self.node_id.clone(),
            from,
            to,
            quantity,
        };
        let note = if self.note.is_empty() { self.reason.name() } else { &self.note };
        units.into_transfer(self.reason.name(), &format!("adjustment:{note}"), cx.now).of_lot(&self.lot)
    }
}

fn decide(
    present: &mut BTreeMap<i64, i64>,
    level: &Level,
    limit: Option<i64>,
) -> Result<LevelSet, LevelRefusal> {
    let of = |present: &BTreeMap<i64, i64>, state| present.get(&level.account(state)).copied().unwrap_or(0);
    let before: i64 = level.measure.states().iter().map(|state| of(present, *state)).sum();
    let after = level.quantity.units();
    if let Some(expected) = level.change_from.map(Quantity::units)
        && expected != before
    {
        return Err(LevelRefusal::Stale { expected, present: before });
    }
    let moves = level.measure.moves();
    let left = of(present, moves) + after - before;
    if left < 0 {
        return Err(LevelRefusal::Committed { asked: after, committed: before - of(present, moves) });
    }
    if Quantity::new(left).is_err() {
        return Err(LevelRefusal::TooMany);
    }
    if !propose::takes_two(limit, after - before) {
        present.insert(level.account(moves), left);
    }
    Ok(LevelSet { before, after, proposed_adjustment_id: None })
}

fn tell(cx: &mut Cx<'_>, level: &Level, set: &LevelSet) {
    let measure = level.measure.name();
    let data = json!({
        "node_id": level.node_id, "owner_id": level.owner_id, "lot": level.lot, "measure": measure, "before": set.before,
        "after": set.after, "reason": level.reason.name(), "note": level.note,
    });
    let state = |quantity: i64| json!({ "node_id": level.node_id, measure: quantity });
    cx.record("stock.level_set", level.item_id.as_str(), data, state(set.before), state(set.after));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(measure: Measure, quantity: i64, change_from: Option<i64>) -> Level {
        Level {
            node_id: NodeId::from_body("leeds"),
            item_id: ItemId::from_body("tea"),
            owner_id: MerchantId::from_body("m"),
            lot: String::new(),
            measure,
            quantity: Quantity::new(quantity).unwrap(),
            change_from: change_from.map(|from| Quantity::new(from).unwrap()),
            reason: LevelReason::Count,
            note: String::new(),
        }
    }

    /// Ten are available, three are promised.
    fn shelf() -> BTreeMap<i64, i64> {
        let any = level(Measure::Available, 0, None);
        BTreeMap::from([(any.account(State::Available), 10), (any.account(State::Allocated), 3)])
    }

    #[test]
    fn a_level_is_set_from_what_the_caller_saw_and_from_nothing_else() {
        use LevelRefusal::{Committed, Stale};
        for (measure, quantity, from, told) in [
            (Measure::Available, 12, Some(10), Ok((10, 12))),
            (Measure::Available, 0, Some(10), Ok((10, 0))),
            (Measure::Available, 10, Some(10), Ok((10, 10))),
            (Measure::Available, 7, None, Ok((10, 7))),
            (Measure::Available, 7, Some(9), Err(Stale { expected: 9, present: 10 })),
            (Measure::OnHand, 15, Some(13), Ok((13, 15))),
            (Measure::OnHand, 3, Some(13), Ok((13, 3))),
            (Measure::OnHand, 2, Some(13), Err(Committed { asked: 2, committed: 3 })),
            (Measure::Damaged, 2, Some(0), Ok((0, 2))),
        ] {
            let set = decide(&mut shelf(), &level(measure, quantity, from), None);
            assert_eq!(set.map(|set| (set.before, set.after)), told, "{measure:?} {quantity} {from:?}");
        }
    }

    #[test]
    fn the_next_level_of_a_list_begins_where_the_last_one_left() {
        let mut shelf = shelf();
        assert!(decide(&mut shelf, &level(Measure::Available, 12, Some(10)), Some(8)).is_ok());
        assert!(decide(&mut shelf, &level(Measure::OnHand, 20, Some(15)), Some(8)).is_ok());
        // Nine more than are there wait for somebody's yes.
        assert!(decide(&mut shelf, &level(Measure::OnHand, 29, Some(20)), Some(8)).is_ok());
        assert_eq!(
            decide(&mut shelf, &level(Measure::Available, 1, Some(10)), None),
            Err(LevelRefusal::Stale { expected: 10, present: 17 })
        );
    }
}
