//! What a channel shows, held against what it may sell.
//!
//! A difference is found once and told to the channel, with the id of the discrepancy. What the channel reports because of
//! that is an echo: it may end the discrepancy and never begins another, so that no repair feeds on itself. A channel
//! that goes on showing something else is told a few times, and then somebody must look.

use db::Fault;
use kernel::{ChannelId, DiscrepancyId, ItemId, MerchantId, Timestamp};
use runtime::Cx;
use serde_json::json;

use crate::{
    discrepancy::{DiscrepancyKind, DiscrepancyState, NewDiscrepancy, raise, repaired},
    store::{
        DiscrepancyRow,
        discrepancy::{self as store},
    },
};

/// How often a channel is told of one difference.
pub const TRIES: i64 = 3;

/// What a channel shows of a code of its, and what it may sell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The channel's code.
    pub external_code: String,
    /// The item; of a kit the one that fewest of it can be made of.
    pub item_id: ItemId,
    /// Whose goods.
    pub owner_id: MerchantId,
    /// What the channel shows.
    pub shown: i64,
    /// What it may sell.
    pub offered: i64,
    /// The discrepancy whose repair this is the echo of.
    pub origin: Option<DiscrepancyId>,
}

/// What a channel's report of a code comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is as it should be.
    Same,
    /// It differs, and the channel is told what is right.
    Told,
    /// It differed, and does no more.
    Repaired,
    /// It differs, which is known: nothing is done because of this report.
    Known,
    /// The channel was told as often as it is told: somebody must look.
    Stuck,
}

fn judge(open: Option<&DiscrepancyRow>, shown: &Shown, reported_at: Timestamp) -> Verdict {
    let is_same = shown.shown == shown.offered;
    let Some(open) = open else {
        return match (is_same, &shown.origin) {
            (true, _) => Verdict::Same,
            // The echo of a repair that is over.
            (false, Some(_)) => Verdict::Known,
            (false, None) => Verdict::Told,
        };
    };
    // What may be sold has moved on since; the channel did as it was told.
    if is_same || open.told == Some(shown.shown) {
        return Verdict::Repaired;
    }
    let is_older = open.told_at.is_some_and(|told_at| reported_at < told_at);
    if is_older || shown.origin.is_some() || open.state == DiscrepancyState::Stuck.name() {
        return Verdict::Known;
    }
    if open.tries >= TRIES { Verdict::Stuck } else { Verdict::Told }
}

/// Holds what a channel showed at a time against what it may sell; gives for each code what it came to, and its
/// discrepancy.
pub async fn reconcile(
    cx: &mut Cx<'_>,
    channel_id: &ChannelId,
    reported_at: Timestamp,
    report: &[Shown],
) -> Result<Vec<(Verdict, Option<DiscrepancyId>)>, Fault> {
    let codes = report.iter().map(|shown| &shown.external_code);
    let open = store::lock_of_channel(cx.tx, &cx.organisation_id, channel_id, codes).await?;
    let mut verdicts = Vec::with_capacity(report.len());
    let (mut found, mut told, mut stuck, mut over) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for shown in report {
        let known = open.iter().find(|row| row.external_code == shown.external_code);
        let verdict = judge(known, shown, reported_at);
        let mut id = known.map(|row| row.discrepancy_id.clone());
        match verdict {
            Verdict::Told => {
                let id = id.get_or_insert_with(|| DiscrepancyId::from_body(&cx.fresh())).clone();
                if known.is_none() {
                    found.push(new(id.clone(), channel_id, shown));
                }
                told.push((id, known.map_or(0, |row| row.tries) + 1, shown));
            }
            Verdict::Stuck => stuck.extend(id.clone()),
            Verdict::Repaired => over.extend(known.map(|row| &row.discrepancy_id)),
            Verdict::Same | Verdict::Known => {}
        }
        verdicts.push((verdict, id));
    }
    raise(cx, &found).await?;
    let rows: Vec<(DiscrepancyId, i64, i64)> =
        told.iter().map(|(id, _, shown)| (id.clone(), shown.offered, shown.shown)).collect();
    if !rows.is_empty() {
        store::note_told(cx.tx, &cx.organisation_id, &rows, cx.now).await?;
    }
    store::note_stuck(cx.tx, &cx.organisation_id, &stuck).await?;
    repaired(cx, &over).await?;
    for (id, attempt, shown) in told {
        let data = json!({
            "external_code": shown.external_code, "item_id": shown.item_id, "quantity": shown.offered,
            "shown": shown.shown, "discrepancy_id": id, "attempt": attempt,
        });
        let state = |quantity: i64| json!({ "external_code": shown.external_code, "quantity": quantity });
        cx.record("channel.stock_told", channel_id.as_str(), data, state(shown.shown), state(shown.offered));
    }
    Ok(verdicts)
}

fn new(id: DiscrepancyId, channel_id: &ChannelId, shown: &Shown) -> NewDiscrepancy {
    NewDiscrepancy {
        id,
        kind: DiscrepancyKind::ChannelDiffers,
        item_id: shown.item_id.clone(),
        owner_id: shown.owner_id.clone(),
        node_id: None,
        listing: Some((channel_id.clone(), shown.external_code.clone())),
        lot: String::new(),
        order_id: None,
        expected: shown.offered,
        found: shown.shown,
        cause_id: "report".into(),
        state: DiscrepancyState::Repairing,
    }
}
