//! What tills tell of has happened: the unit is gone, or it is back, whatever the book says.
//!
//! A till may have been offline for a day: it sends what happened at once, in any order and more than once. Each event
//! is booked once under the till's own key. No balance goes below zero for it: what the book does not have free is told
//! to the caller, who takes it from whom it harms least, and what nobody has is found first and then sold.

use std::collections::BTreeMap;

use db::Fault;
use kernel::{HoldId, ItemId, MerchantId, NodeId, Quantity, Timestamp, time::Date};
use runtime::Cx;
use serde_json::json;

use crate::{
    ledger::{self, PostError},
    lot::{self, Life, Lot, Lots},
    model::{Move, State, Transfer},
    store::{
        list_available, lock_available,
        till::{self as store},
    },
};

/// What happened at a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TillKind {
    /// Units were sold.
    Sale,
    /// Units came back, and are in this state now.
    Return(State),
}

impl TillKind {
    /// As stored.
    pub const fn name(self) -> &'static str {
        match self {
            TillKind::Sale => "sale",
            TillKind::Return(_) => "return",
        }
    }
}

/// An event that a till tells of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TillEvent {
    /// The till's own key: one at a node.
    pub key: String,
    /// What happened.
    pub kind: TillKind,
    /// Where.
    pub node_id: NodeId,
    /// What was sold or brought back.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Of which lot, if the till knows it; else empty.
    pub lot: String,
    /// How many units.
    pub quantity: Quantity,
    /// When.
    pub happened_at: Timestamp,
}

/// What an event is to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It is news.
    New,
    /// It was told before.
    Again,
    /// Something else was told under its key.
    Otherwise,
}

/// Goods of an owner at a node, which are looked at together.
type Place = (NodeId, ItemId, MerchantId);

impl TillEvent {
    fn place(&self) -> Place {
        (self.node_id.clone(), self.item_id.clone(), self.owner_id.clone())
    }

    fn cause(&self) -> String {
        format!("till:{}", self.key)
    }

    fn transfer(&self, from: State, to: State, units: i64, reason: &'static str, lot: &str) -> Transfer {
        let units = Move {
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            node_id: self.node_id.clone(),
            from,
            to,
            quantity: Quantity::new(units).unwrap_or(Quantity::ZERO),
        };
        units.into_transfer(reason, &self.cause(), self.happened_at).of_lot(lot)
    }
}

/// Writes events down under their keys; gives what each is.
pub async fn note(cx: &mut Cx<'_>, events: &[TillEvent]) -> Result<Vec<Told>, Fault> {
    let mut first: BTreeMap<(&NodeId, &str), &TillEvent> = BTreeMap::new();
    for event in events {
        first.entry((&event.node_id, event.key.as_str())).or_insert(event);
    }
    let fresh: Vec<&TillEvent> = first.values().copied().collect();
    let taken = store::insert_events(cx.tx, &cx.organisation_id, cx.now, &fresh).await?;
    let known = store::find_events(cx.tx, &cx.organisation_id, &fresh).await?;
    let mut is_new: BTreeMap<(NodeId, String), bool> = taken.into_iter().map(|key| (key, true)).collect();
    let told = events.iter().map(|event| {
        let key = (event.node_id.clone(), event.key.clone());
        let same = known.iter().any(|row| {
            row.node_id == event.node_id
                && row.till_key == event.key
                && row.kind == event.kind.name()
                && row.item_id == event.item_id
                && row.quantity == event.quantity.units()
        });
        match (same, is_new.remove(&key)) {
            (false, _) => Told::Otherwise,
            (true, Some(_)) => Told::New,
            (true, None) => Told::Again,
        }
    });
    Ok(told.collect())
}

/// Units that tills sold and that are not free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// Where.
    pub node_id: NodeId,
    /// What.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// How many.
    pub units: i64,
}

/// What would not be free for these events, as things stand; nothing is locked.
pub async fn shortages(cx: &Cx<'_>, events: &[TillEvent]) -> Result<Vec<Shortage>, Fault> {
    let items = events.iter().map(|event| &event.item_id);
    let mut free: BTreeMap<Place, i64> = BTreeMap::new();
    for row in list_available(cx.tx, &cx.organisation_id, items).await? {
        *free.entry((row.node_id, row.item_id, row.owner_id)).or_default() += row.quantity.units();
    }
    let mut left: BTreeMap<Place, i64> = BTreeMap::new();
    for event in events {
        let units = event.quantity.units();
        let place = event.place();
        let left = left.entry(place.clone()).or_insert_with(|| free.get(&place).copied().unwrap_or_default());
        *left += match event.kind {
            TillKind::Sale => -units,
            TillKind::Return(State::Available) => units,
            TillKind::Return(_) => 0,
        };
    }
    let short = left.into_iter().filter(|(_, left)| *left < 0);
    let short = short.map(|((node_id, item_id, owner_id), left)| Shortage {
        node_id,
        item_id,
        owner_id,
        units: -left,
    });
    Ok(short.collect())
}

/// Open holds that hold some of what is short, those that end first, as many as cover it.
pub async fn holds_of(cx: &Cx<'_>, short: &[Shortage]) -> Result<Vec<HoldId>, Fault> {
    let parts = store::list_held(cx.tx, &cx.organisation_id, short).await?;
    let mut chosen: Vec<HoldId> = Vec::new();
    for shortage in short {
        let mut open = shortage.units;
        let of = parts.iter().filter(|part| {
            (&part.node_id, &part.item_id, &part.owner_id)
                == (&shortage.node_id, &shortage.item_id, &shortage.owner_id)
        });
        for part in of {
            if open <= 0 {
                break;
            }
            open -= part.quantity;
            if !chosen.contains(&part.hold_id) {
                chosen.push(part.hold_id.clone());
            }
        }
    }
    Ok(chosen)
}

/// Books what came back, then what was sold out of what is free; gives for each event how many of its units were not.
pub async fn book(cx: &mut Cx<'_>, events: &[TillEvent]) -> Result<Vec<i64>, Fault> {
    let items = events.iter().map(|event| &event.item_id);
    let mut shelf: BTreeMap<Place, Lots> = BTreeMap::new();
    for row in lock_available(cx.tx, &cx.organisation_id, items).await? {
        let place = (row.node_id, row.item_id, row.owner_id);
        shelf.entry(place).or_default().add(row.lot, row.quantity.units());
    }
    // Goods are back, whatever the till calls their lot: of a lot that nobody knows they are of none.
    let known = lot::known(cx, events.iter().map(|event| (&event.item_id, event.lot.as_str()))).await?;
    let lot_of = |event: &TillEvent| {
        let key = (event.item_id.clone(), event.lot.clone());
        if known.contains(&key) { key.1 } else { String::new() }
    };
    let mut open = vec![0; events.len()];
    let mut transfers = Vec::new();
    let mut order: Vec<usize> = (0..events.len()).collect();
    // What came back is on the shelf by now, whenever it came: so no sale takes from others what lies there.
    order.sort_by_key(|place| {
        let event = &events[*place];
        (event.kind == TillKind::Sale, event.happened_at, &event.key)
    });
    for place in order {
        let event = &events[place];
        let units = event.quantity.units();
        match event.kind {
            TillKind::Return(state) => {
                let code = lot_of(event);
                transfers.push(event.transfer(State::Customer, state, units, "till_return", &code));
                if state == State::Available {
                    let lot = Lot { code, expires_on: None };
                    shelf.entry(event.place()).or_default().add(lot, units);
                }
            }
            TillKind::Sale => {
                let taken = shelf.get_mut(&event.place()).map(|lots| lots.take(ANY, units));
                let taken = taken.unwrap_or_default();
                open[place] = units - taken.iter().map(|(_, units)| units).sum::<i64>();
                for (lot, units) in taken {
                    let (free, gone) = (State::Available, State::Customer);
                    transfers.push(event.transfer(free, gone, units, "till_sale", &lot.code));
                }
            }
        }
        tell(cx, event);
    }
    post(cx, &transfers).await?;
    Ok(open)
}

/// What was sold has been there, expired or not.
const ANY: Life = Life { today: Date::MIN, min_days: 0 };

/// Books units that were sold and that nobody knew of: they are found, and gone.
pub async fn book_unknown(cx: &mut Cx<'_>, sold: &[(TillEvent, i64)]) -> Result<(), Fault> {
    let (lost, free, gone) = (State::Loss, State::Available, State::Customer);
    let transfers = sold.iter().flat_map(|(event, units)| {
        [
            event.transfer(lost, free, *units, "till_found", ""),
            event.transfer(free, gone, *units, "till_sale", ""),
        ]
    });
    post(cx, &transfers.collect::<Vec<_>>()).await
}

async fn post(cx: &mut Cx<'_>, transfers: &[Transfer]) -> Result<(), Fault> {
    match ledger::post(cx, transfers).await {
        Ok(()) => Ok(()),
        Err(PostError::Fault(fault)) => Err(fault),
        Err(PostError::Short { .. }) => {
            Err(Fault::Outrun { what: "till events booked", touched: 0, expected: transfers.len() as u64 })
        }
    }
}

fn tell(cx: &mut Cx<'_>, event: &TillEvent) {
    let state = match event.kind {
        TillKind::Sale => State::Customer,
        TillKind::Return(state) => state,
    };
    let data = json!({
        "kind": event.kind.name(), "node_id": event.node_id, "owner_id": event.owner_id, "lot": event.lot,
        "quantity": event.quantity, "state": state.name(), "till_key": event.key, "happened_at": event.happened_at,
    });
    cx.tell("stock.till_told", event.item_id.as_str(), data);
}
