//! Stock held for a cart until a time. What a hold has is in the ledger's state `held` and in the hold's parts, and both
//! move in one transaction; a hold ends once: an order gets it, somebody gives it up, or its time is over.

use std::{collections::HashMap, time::Duration};

use db::{Fault, Tx};
use kernel::{ChannelId, HoldId, ItemId, MerchantId, OrderId, OrganisationId, Timestamp};
use runtime::Cx;
use serde_json::{Value as Json, json};

use crate::{
    ledger::{self, PostError},
    model::{Move, State, Transfer},
    store::{
        HoldRow, Part, find_hold,
        hold::{self as store, HoldLineRow},
        list_hold_parts,
    },
};

/// How long a hold lasts where its caller does not say, in seconds.
pub const SECONDS: u64 = 900;

/// The longest that may be asked for at a time, in seconds.
pub const SECONDS_MAX: u64 = 3_600;

/// How long a hold may last in all, however often it is extended.
pub const LIFE_MAX: Duration = Duration::from_secs(4 * 3_600);

/// Where a hold is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldState {
    /// It holds stock.
    Open,
    /// An order got it.
    Consumed,
    /// It was given up.
    Released,
    /// Its time was over.
    Expired,
}

impl HoldState {
    /// All of them.
    pub const ALL: [HoldState; 4] =
        [HoldState::Open, HoldState::Consumed, HoldState::Released, HoldState::Expired];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            HoldState::Open => "open",
            HoldState::Consumed => "consumed",
            HoldState::Released => "released",
            HoldState::Expired => "expired",
        }
    }
}

/// A hold as it is placed; its transfers are posted by whoever places it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewHold {
    /// Its id.
    pub hold_id: HoldId,
    /// Where it was asked for.
    pub channel_id: ChannelId,
    /// Whose goods.
    pub merchant_id: MerchantId,
    /// The caller's own name for it.
    pub external_reference: String,
    /// A digest of what was asked for.
    pub fingerprint: String,
    /// Since when.
    pub placed_at: Timestamp,
    /// Until when.
    pub expires_at: Timestamp,
    /// What was asked for.
    pub lines: Vec<HoldLineRow>,
    /// What it holds.
    pub parts: Vec<Part>,
}

/// A hold with what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenHold {
    /// The hold.
    pub hold: HoldRow,
    /// What it holds.
    pub parts: Vec<Part>,
}

/// Why a hold stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum HoldError {
    /// There is none.
    #[error("there is no hold {0}")]
    NoSuchHold(HoldId),
    /// It has ended.
    #[error("the hold is {state} and cannot be changed any more; place another")]
    Ended {
        /// How.
        state: &'static str,
    },
    /// It would last longer than any may.
    #[error("a hold lasts until {latest} at the longest")]
    TooLong {
        /// Until when it may last.
        latest: Timestamp,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(HoldError);

impl Part {
    /// Free units that are held from now on.
    pub fn taken(&self, at: Timestamp) -> Transfer {
        self.transfer(State::Available, State::Held, "hold", at)
    }

    /// Held units that are free again.
    pub fn given_back(&self, at: Timestamp) -> Transfer {
        self.transfer(State::Held, State::Available, "hold_end", at)
    }

    fn transfer(&self, from: State, to: State, reason: &'static str, at: Timestamp) -> Transfer {
        let units = Move {
            item_id: self.item_id.clone(),
            owner_id: self.owner_id.clone(),
            node_id: self.node_id.clone(),
            from,
            to,
            quantity: self.quantity,
        };
        units.into_transfer(reason, self.hold_id.as_str(), at).of_lot(&self.lot.code)
    }
}

impl OpenHold {
    /// How many units it holds.
    pub fn units(&self) -> i64 {
        units(&self.parts)
    }
}

fn units(parts: &[Part]) -> i64 {
    parts.iter().map(|part| part.quantity.units()).sum()
}

/// Writes holds. Their transfers are the caller's to post in the same transaction, netted with what else it moves.
pub async fn place(cx: &mut Cx<'_>, holds: &[NewHold]) -> Result<(), Fault> {
    store::insert_holds(cx.tx, &cx.organisation_id, holds).await
}

/// Tells of a hold that is placed.
pub fn tell_placed(cx: &mut Cx<'_>, hold: &NewHold) {
    let data = json!({
        "channel_id": hold.channel_id, "external_reference": hold.external_reference,
        "units": units(&hold.parts), "expires_at": hold.expires_at,
    });
    cx.tell("hold.placed", hold.hold_id.as_str(), data);
}

/// Those of these holds that are open and not due, with what they hold; locked where that is wanted.
pub async fn find_open(
    tx: &Tx,
    organisation_id: &OrganisationId,
    hold_ids: &[HoldId],
    now: Timestamp,
    is_locked: bool,
) -> Result<Vec<OpenHold>, Fault> {
    let rows = if is_locked {
        store::lock_open(tx, organisation_id, hold_ids.iter()).await?
    } else {
        store::find_open(tx, organisation_id, hold_ids.iter()).await?
    };
    with_parts(tx, organisation_id, rows.into_iter().filter(|hold| hold.expires_at > now).collect()).await
}

async fn with_parts(
    tx: &Tx,
    organisation_id: &OrganisationId,
    rows: Vec<HoldRow>,
) -> Result<Vec<OpenHold>, Fault> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let mut parts: HashMap<HoldId, Vec<Part>> = HashMap::new();
    for part in list_hold_parts(tx, organisation_id, rows.iter().map(|hold| &hold.hold_id)).await? {
        parts.entry(part.hold_id.clone()).or_default().push(part);
    }
    let whole = |hold: HoldRow| OpenHold { parts: parts.remove(&hold.hold_id).unwrap_or_default(), hold };
    Ok(rows.into_iter().map(whole).collect())
}

/// Gives holds to orders: each once, or [`Fault::Outrun`]. Their transfers are the caller's to post.
pub async fn consume(cx: &mut Cx<'_>, consumed: &[(OpenHold, OrderId)]) -> Result<(), Fault> {
    let rows: Vec<(&HoldId, &OrderId)> =
        consumed.iter().map(|(open, order_id)| (&open.hold.hold_id, order_id)).collect();
    store::consume_holds(cx.tx, &cx.organisation_id, &rows, cx.now).await
}

/// Tells of a hold that an order gets.
pub fn tell_consumed(cx: &mut Cx<'_>, open: &OpenHold, order_id: &OrderId) {
    let mut data = facts(open);
    data["order_id"] = json!(order_id);
    cx.tell("hold.consumed", open.hold.hold_id.as_str(), data);
}

fn facts(open: &OpenHold) -> Json {
    json!({
        "channel_id": open.hold.channel_id, "external_reference": open.hold.external_reference,
        "units": open.units(),
    })
}

/// Gives a hold up. One that has ended already, other than by an order, stays as it is.
pub async fn release(cx: &mut Cx<'_>, hold_id: &HoldId) -> Result<HoldRow, HoldError> {
    let open = store::lock_open(cx.tx, &cx.organisation_id, [hold_id].into_iter()).await?;
    let open = with_parts(cx.tx, &cx.organisation_id, open).await?;
    end(cx, &open, HoldState::Released, "hold.released").await?;
    let hold = find_hold(cx.tx, &cx.organisation_id, hold_id).await?;
    let hold = hold.ok_or_else(|| HoldError::NoSuchHold(hold_id.clone()))?;
    if hold.state == HoldState::Consumed.name() {
        return Err(HoldError::Ended { state: HoldState::Consumed.name() });
    }
    Ok(hold)
}

/// Lets a hold last so many seconds from now; never shorter than it would.
pub async fn extend(cx: &mut Cx<'_>, hold_id: &HoldId, seconds: u64) -> Result<HoldRow, HoldError> {
    let locked = store::lock_open(cx.tx, &cx.organisation_id, [hold_id].into_iter()).await?;
    let Some(mut hold) = locked.into_iter().next() else {
        let hold = find_hold(cx.tx, &cx.organisation_id, hold_id).await?;
        let hold = hold.ok_or_else(|| HoldError::NoSuchHold(hold_id.clone()))?;
        let ended = HoldState::ALL.into_iter().find(|state| state.name() == hold.state);
        return Err(HoldError::Ended { state: ended.unwrap_or(HoldState::Expired).name() });
    };
    let latest = hold.placed_at.checked_add(LIFE_MAX).unwrap_or(Timestamp::MAX);
    let until = cx.now.checked_add(Duration::from_secs(seconds)).unwrap_or(Timestamp::MAX);
    if until > latest {
        return Err(HoldError::TooLong { latest });
    }
    let until = until.max(hold.expires_at);
    if !store::extend_hold(cx.tx, &cx.organisation_id, hold_id, until, cx.now).await? {
        return Err(HoldError::Ended { state: HoldState::Expired.name() });
    }
    if until != hold.expires_at {
        let data = json!({
            "channel_id": hold.channel_id, "external_reference": hold.external_reference, "expires_at": until,
        });
        cx.tell("hold.extended", hold_id.as_str(), data);
    }
    hold.expires_at = until;
    Ok(hold)
}

/// True where a hold is due.
pub async fn is_any_due(tx: &Tx, organisation_id: &OrganisationId, now: Timestamp) -> Result<bool, Fault> {
    store::is_any_due(tx, organisation_id, now).await
}

/// Ends up to `limit` holds that are due; gives how many.
pub async fn expire_due(cx: &mut Cx<'_>, limit: i64) -> Result<usize, Fault> {
    let due = store::lock_due(cx.tx, &cx.organisation_id, cx.now, limit).await?;
    expire(cx, due).await
}

/// Ends every hold that is due and has some of these items, so that nobody is refused for its sake.
pub async fn expire_due_of_items(
    cx: &mut Cx<'_>,
    items: impl Iterator<Item = &ItemId>,
) -> Result<usize, Fault> {
    let due = store::lock_due_of_items(cx.tx, &cx.organisation_id, cx.now, items).await?;
    expire(cx, due).await
}

/// Ends these holds, as far as they are open.
pub async fn expire_these(cx: &mut Cx<'_>, hold_ids: &[HoldId]) -> Result<usize, Fault> {
    let due = store::lock_open(cx.tx, &cx.organisation_id, hold_ids.iter()).await?;
    expire(cx, due).await
}

async fn expire(cx: &mut Cx<'_>, due: Vec<HoldRow>) -> Result<usize, Fault> {
    let due = with_parts(cx.tx, &cx.organisation_id, due).await?;
    end(cx, &due, HoldState::Expired, "hold.expired").await?;
    Ok(due.len())
}

/// Removes holds that ended before a time, `limit` at most; gives how many. The ledger keeps what they moved.
pub async fn forget_ended(cx: &mut Cx<'_>, before: Timestamp, limit: i64) -> Result<u64, Fault> {
    store::forget_ended(cx.tx, &cx.organisation_id, before, limit).await
}

async fn end(cx: &mut Cx<'_>, open: &[OpenHold], state: HoldState, kind: &'static str) -> Result<(), Fault> {
    if open.is_empty() {
        return Ok(());
    }
    let hold_ids: Vec<&HoldId> = open.iter().map(|open| &open.hold.hold_id).collect();
    store::end_holds(cx.tx, &cx.organisation_id, &hold_ids, state, cx.now).await?;
    let back: Vec<Transfer> =
        open.iter().flat_map(|open| &open.parts).map(|part| part.given_back(cx.now)).collect();
    match ledger::post(cx, &back).await {
        Ok(()) => {}
        Err(PostError::Fault(fault)) => return Err(fault),
        Err(PostError::Short { .. }) => {
            return Err(Fault::Outrun {
                what: "held stock given back",
                touched: 0,
                expected: back.len() as u64,
            });
        }
    }
    for open in open {
        cx.tell(kind, open.hold.hold_id.as_str(), facts(open));
    }
    Ok(())
}
