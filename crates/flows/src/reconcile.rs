//! A channel says what it shows, and is told where that is not what it may sell (R13, F12).

use std::collections::HashMap;

use catalogue::Channel;
use db::Fault;
use inventory::reconcile::{Shown, Verdict, reconcile};
use kernel::{DiscrepancyId, Scope, Timestamp};
use runtime::{Answer, Call};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Flows,
    availability::{AvailableOn, Goods, Question},
};

/// What a channel shows of a code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reported {
    /// The channel's code.
    pub external_code: String,
    /// How many it shows.
    pub quantity: i64,
    /// The discrepancy whose repair this is the echo of.
    pub origin: Option<DiscrepancyId>,
}

/// What a code's report came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportOutcome {
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
    /// The channel has no such code.
    Unknown,
}

/// A code, and what its report came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReportDone {
    /// The channel's code.
    pub external_code: String,
    /// What it came to.
    pub outcome: ReportOutcome,
    /// What the channel may sell: whole packs.
    pub offered: Option<i64>,
    /// What is kept of the difference.
    pub discrepancy_id: Option<DiscrepancyId>,
}

impl Flows {
    /// Holds what a channel showed at a time against what it may sell. Each code is named once.
    pub async fn reconcile(
        &self,
        call: Call,
        channel: Channel,
        reported_at: Timestamp,
        report: Vec<Reported>,
    ) -> Result<Answer<Vec<ReportDone>>, Fault> {
        let question = Question {
            goods: report.iter().map(|row| Goods::Listing(row.external_code.clone())).collect(),
            channels: vec![channel.channel_id.to_string()],
            ..Question::default()
        };
        let offered = self.availability(&Scope::EVERYTHING, question).await?;
        let offered: HashMap<String, AvailableOn> =
            offered.rows.into_iter().map(|row| (row.asked.clone(), row)).collect();
        let known = |row: &Reported| {
            let on = offered.get(&row.external_code)?;
            Some(Shown {
                external_code: row.external_code.clone(),
                item_id: on.item_id.clone(),
                owner_id: channel.merchant_id.clone(),
                shown: row.quantity,
                offered: on.packs,
                origin: row.origin.clone(),
            })
        };
        let rows: Vec<(Reported, Option<Shown>)> =
            report.into_iter().map(|row| (row.clone(), known(&row))).collect();
        let channel_id = channel.channel_id;
        self.runtime
            .command(call, move |cx| {
                let (rows, channel_id) = (rows.clone(), channel_id.clone());
                Box::pin(async move {
                    let shown: Vec<Shown> = rows.iter().filter_map(|(_, shown)| shown.clone()).collect();
                    let verdicts = reconcile(cx, &channel_id, reported_at, &shown).await?;
                    let mut verdicts = verdicts.into_iter();
                    let done = rows.into_iter().map(|(row, shown)| {
                        let verdict = shown.as_ref().and_then(|_| verdicts.next());
                        ReportDone {
                            external_code: row.external_code,
                            outcome: verdict.as_ref().map_or(ReportOutcome::Unknown, |(of, _)| outcome(*of)),
                            offered: shown.map(|shown| shown.offered),
                            discrepancy_id: verdict.and_then(|(_, id)| id),
                        }
                    });
                    Ok(done.collect())
                })
            })
            .await
    }
}

fn outcome(verdict: Verdict) -> ReportOutcome {
    match verdict {
        Verdict::Same => ReportOutcome::Same,
        Verdict::Told => ReportOutcome::Told,
        Verdict::Repaired => ReportOutcome::Repaired,
        Verdict::Known => ReportOutcome::Known,
        Verdict::Stuck => ReportOutcome::Stuck,
    }
}
