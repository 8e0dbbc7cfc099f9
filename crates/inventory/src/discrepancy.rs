//! Two numbers that should be one: what the book says, and what a count, a till or a channel says.
//!
//! Each is kept with its cause until it is repaired or somebody resolves it; none is corrected in silence.

use db::Fault;
use kernel::{ChannelId, DiscrepancyId, ItemId, MerchantId, NodeId, OrderId};
use runtime::Cx;
use serde_json::json;

use crate::store::{
    discrepancy::{self as store},
    find_discrepancy,
};

/// What differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscrepancyKind {
    /// Fewer units were counted than are held or promised.
    CountShort,
    /// A till sold units that were held or promised.
    TillTookPromised,
    /// A till sold units that the book did not have.
    TillUnbooked,
    /// A channel shows another quantity than it may sell.
    ChannelDiffers,
}

impl DiscrepancyKind {
    /// All of them.
    pub const ALL: [DiscrepancyKind; 4] = [
        DiscrepancyKind::CountShort,
        DiscrepancyKind::TillTookPromised,
        DiscrepancyKind::TillUnbooked,
        DiscrepancyKind::ChannelDiffers,
    ];

    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            DiscrepancyKind::CountShort => "count_short",
            DiscrepancyKind::TillTookPromised => "till_took_promised",
            DiscrepancyKind::TillUnbooked => "till_unbooked",
            DiscrepancyKind::ChannelDiffers => "channel_differs",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<DiscrepancyKind> {
        DiscrepancyKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a discrepancy is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscrepancyState {
    /// Somebody must look.
    Open,
    /// The channel was told what is right.
    Repairing,
    /// The channel was told as often as it is told: somebody must look.
    Stuck,
    /// The numbers are one again, or what followed from it is done.
    Repaired,
    /// Somebody settled it by hand.
    Resolved,
}

impl DiscrepancyState {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            DiscrepancyState::Open => "open",
            DiscrepancyState::Repairing => "repairing",
            DiscrepancyState::Stuck => "stuck",
            DiscrepancyState::Repaired => "repaired",
            DiscrepancyState::Resolved => "resolved",
        }
    }
}

/// A discrepancy that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDiscrepancy {
    /// Its id.
    pub id: DiscrepancyId,
    /// What differs.
    pub kind: DiscrepancyKind,
    /// Of what.
    pub item_id: ItemId,
    /// Whose.
    pub owner_id: MerchantId,
    /// Where, if it is of a node.
    pub node_id: Option<NodeId>,
    /// On which channel and under which code, if it is a channel's.
    pub listing: Option<(ChannelId, String)>,
    /// Of which lot; empty for none.
    pub lot: String,
    /// The order that lost units by it.
    pub order_id: Option<OrderId>,
    /// What the book says.
    pub expected: i64,
    /// What was found.
    pub found: i64,
    /// What brought it up: a count, a till's sale, a channel's report.
    pub cause_id: String,
    /// How far it is already.
    pub state: DiscrepancyState,
}

/// Keeps what differs, for people to see.
pub async fn raise(cx: &mut Cx<'_>, found: &[NewDiscrepancy]) -> Result<(), Fault> {
    if found.is_empty() {
        return Ok(());
    }
    store::insert_discrepancies(cx.tx, &cx.organisation_id, &cx.actor, cx.now, found).await?;
    for new in found {
        let channel_id = new.listing.as_ref().map(|(channel_id, _)| channel_id);
        let data = json!({
            "kind": new.kind.name(), "item_id": new.item_id, "owner_id": new.owner_id, "node_id": new.node_id,
            "channel_id": channel_id, "external_code": new.listing.as_ref().map_or("", |(_, code)| code),
            "order_id": new.order_id, "expected": new.expected, "found": new.found, "cause_id": new.cause_id,
            "state": new.state.name(),
        });
        cx.tell("discrepancy.found", new.id.as_str(), data);
    }
    Ok(())
}

/// The numbers are one again.
pub(crate) async fn repaired(cx: &mut Cx<'_>, ids: &[&DiscrepancyId]) -> Result<(), Fault> {
    if ids.is_empty() {
        return Ok(());
    }
    let state = DiscrepancyState::Repaired;
    let settled = store::settle(cx.tx, &cx.organisation_id, ids, state, "system", cx.now, "").await?;
    for id in settled {
        cx.tell("discrepancy.settled", id.as_str(), json!({ "state": state.name(), "reason": "" }));
    }
    Ok(())
}

/// Why it stays as it is.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// There is none.
    #[error("there is no discrepancy {0}")]
    NoSuch(DiscrepancyId),
    /// It needs nobody any more.
    #[error("it is {state} already")]
    Settled {
        /// How.
        state: String,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(ResolveError);

/// Somebody settles it by hand, and says how.
pub async fn resolve(cx: &mut Cx<'_>, id: &DiscrepancyId, reason: &str) -> Result<(), ResolveError> {
    let state = DiscrepancyState::Resolved;
    let before = find_discrepancy(cx.tx, &cx.organisation_id, id).await?;
    let before = before.ok_or_else(|| ResolveError::NoSuch(id.clone()))?;
    let settled = store::settle(cx.tx, &cx.organisation_id, &[id], state, &cx.actor, cx.now, reason).await?;
    if settled.is_empty() {
        return Err(ResolveError::Settled { state: before.state });
    }
    let data = json!({ "state": state.name(), "reason": reason });
    let was = json!({ "state": before.state });
    cx.record("discrepancy.settled", id.as_str(), data.clone(), was, data);
    Ok(())
}
