//! What tills tell of, and who gives way (R15): what is free goes first, then what is held for a cart, then what was
//! promised to the order that it harms least; that order is sourced again.

use db::Fault;
use inventory::{
    State,
    discrepancy::{DiscrepancyKind, DiscrepancyState, NewDiscrepancy, raise},
    hold::{self, HoldError},
    till::{self, Shortage, TillEvent, TillKind, Told},
};
use kernel::{DiscrepancyId, OrderId};
use runtime::{Answer, Call, Cx};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Flows,
    displace::{Claims, begin, lock_claims},
    receive::ALLOCATE_WAITING,
    station::StationError,
};

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TillOutcome {
    /// It is in the book.
    Booked,
    /// It is, and somebody who had been promised the units gave way.
    TookPromised,
    /// It is, and the book had not had these units: they were found and sold.
    Unbooked,
    /// It was told before; nothing was changed.
    Repeated,
    /// Something else was told under its key; nothing was changed.
    KeyTaken,
}

/// An event, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillDone {
    /// The till's key.
    pub key: String,
    /// What became of it.
    pub outcome: TillOutcome,
    /// Orders that gave way, and were given other units as far as there were any.
    pub re_sourced: Vec<OrderId>,
    /// What differs and was kept for somebody to see.
    pub discrepancies: Vec<DiscrepancyId>,
}

/// Why nothing was booked.
#[derive(Debug, thiserror::Error)]
pub enum TillError {
    /// Somebody changed an order at the same moment.
    #[error("an order changed meanwhile; nothing was booked, send it again")]
    Outrun,
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(TillError);

impl From<StationError> for TillError {
    fn from(error: StationError) -> TillError {
        match error {
            StationError::Fault(fault) => TillError::Fault(fault),
            _ => TillError::Outrun,
        }
    }
}

impl Flows {
    /// Books what tills told of, each once.
    pub async fn ring_up(
        &self,
        call: Call,
        events: Vec<TillEvent>,
    ) -> Result<Answer<Vec<TillDone>>, TillError> {
        let flows = self.clone();
        self.runtime
            .command(call, move |cx| {
                let (flows, events) = (flows.clone(), events.clone());
                Box::pin(async move { flows.ring_up_once(cx, &events).await })
            })
            .await
    }

    async fn ring_up_once(&self, cx: &mut Cx<'_>, events: &[TillEvent]) -> Result<Vec<TillDone>, TillError> {
        begin(cx).await?;
        let told = till::note(cx, events).await?;
        let fresh: Vec<TillEvent> = events
            .iter()
            .zip(&told)
            .filter(|(_, told)| **told == Told::New)
            .map(|(new, _)| new.clone())
            .collect();
        let short = till::shortages(cx, &fresh).await?;
        let mut claims = lock_claims(cx, &short).await?;
        let given_up = give_up_holds(cx, &short).await?;
        let open = till::book(cx, &fresh).await?;
        let mut done: Vec<TillDone> = Vec::with_capacity(fresh.len());
        let (mut found, mut unknown) = (Vec::new(), Vec::new());
        for (event, open) in fresh.iter().zip(open) {
            let (made, differs, left) = self.give_way(cx, event, open, &mut claims).await?;
            if left > 0 {
                unknown.push((event.clone(), left));
            }
            done.push(made);
            found.extend(differs);
        }
        till::book_unknown(cx, &unknown).await?;
        if given_up > 0 || fresh.iter().any(|event| event.kind == TillKind::Return(State::Available)) {
            cx.put_off(ALLOCATE_WAITING, "all", cx.now);
        }
        raise(cx, &found).await?;
        let mut done = done.into_iter();
        let answers = events.iter().zip(told).map(|(event, told)| {
            let was = |outcome| TillDone {
                key: event.key.clone(),
                outcome,
                re_sourced: Vec::new(),
                discrepancies: Vec::new(),
            };
            match told {
                Told::New => done.next().unwrap_or_else(|| was(TillOutcome::Booked)),
                Told::Again => was(TillOutcome::Repeated),
                Told::Otherwise => was(TillOutcome::KeyTaken),
            }
        });
        Ok(answers.collect())
    }

    /// Takes units that are not free from orders; gives what came of it, and how many units nobody has.
    async fn give_way(
        &self,
        cx: &mut Cx<'_>,
        event: &TillEvent,
        open: i64,
        claims: &mut Claims,
    ) -> Result<(TillDone, Vec<NewDiscrepancy>, i64), TillError> {
        let mut left = open;
        let (mut found, mut re_sourced) = (Vec::new(), Vec::new());
        if left > 0 {
            let short = Shortage {
                node_id: event.node_id.clone(),
                item_id: event.item_id.clone(),
                owner_id: event.owner_id.clone(),
                units: left,
            };
            let taken = claims.cover(cx, &short).await?;
            let displaced = self.displace(cx, taken, State::Customer, "till_sale", "sold_at_till").await?;
            for lost in displaced {
                left -= lost.units;
                let state = match lost.unallocated {
                    0 => DiscrepancyState::Repaired,
                    _ => DiscrepancyState::Open,
                };
                re_sourced.push(lost.order_id.clone());
                let order = Some(lost.order_id);
                found.push(differs(cx, event, DiscrepancyKind::TillTookPromised, lost.units, order, state));
            }
        }
        let mut outcome = if re_sourced.is_empty() { TillOutcome::Booked } else { TillOutcome::TookPromised };
        if left > 0 {
            outcome = TillOutcome::Unbooked;
            let open = DiscrepancyState::Open;
            found.push(differs(cx, event, DiscrepancyKind::TillUnbooked, left, None, open));
        }
        let discrepancies = found.iter().map(|new| new.id.clone()).collect();
        Ok((TillDone { key: event.key.clone(), outcome, re_sourced, discrepancies }, found, left))
    }
}

fn differs(
    cx: &mut Cx<'_>,
    event: &TillEvent,
    kind: DiscrepancyKind,
    units: i64,
    order_id: Option<OrderId>,
    state: DiscrepancyState,
) -> NewDiscrepancy {
    NewDiscrepancy {
        id: DiscrepancyId::from_body(&cx.fresh()),
        kind,
        item_id: event.item_id.clone(),
        owner_id: event.owner_id.clone(),
        node_id: Some(event.node_id.clone()),
        listing: None,
        lot: event.lot.clone(),
        order_id,
        // Free in the book, and sold.
        expected: 0,
        found: units,
        cause_id: format!("till:{}", event.key),
        state,
    }
}

/// Ends as many holds as cover what is short: a cart gives way before an order does.
async fn give_up_holds(cx: &mut Cx<'_>, short: &[Shortage]) -> Result<usize, Fault> {
    if short.is_empty() {
        return Ok(0);
    }
    let holds = till::holds_of(cx, short).await?;
    for hold_id in &holds {
        // Somebody may have ended it a moment ago.
        if let Err(HoldError::Fault(fault)) = hold::release(cx, hold_id).await {
            return Err(fault);
        }
    }
    Ok(holds.len())
}
