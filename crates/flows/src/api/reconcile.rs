//! What channels show.

use std::collections::BTreeSet;

use axum::{extract::State, http::StatusCode, response::Response};
use kernel::{DiscrepancyId, Timestamp};
use runtime::Answer;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use web::{Command, Needs, Permission, Problem, Routes, Within, answered, problems};

use crate::{
    Flows,
    reconcile::{ReportDone, Reported},
};

/// The most codes of one report.
const ROWS_MAX: usize = 250;

pub(super) fn routes() -> Routes<Flows> {
    Routes::new()
        .chapter("Discrepancies", "Where the book and the world differ, and why: docs/guide/discrepancies.md.")
        .post(
            "/v1/channel-stock-reports",
            Needs::Within(Permission::OrdersWrite)
                .to("Report what a channel shows")
                .about(
                    "Held against what the channel may sell. A difference is kept as a discrepancy, and told as \
                     `channel.stock_told`, up to three times; a report that such a repair brought about names the \
                     discrepancy as `origin`, and begins no other.",
                )
                .command::<ReportJson>()
                .gives::<ReportAnswer>(StatusCode::OK, "What each code came to.")
                .refuses(problems::UNKNOWN_CHANNEL),
            post_report,
        )
}

/// What a channel shows at a time.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelStockReport)]
pub(super) struct ReportJson {
    /// The channel's code or id.
    channel: String,
    /// When it showed this; a clock that is fast is taken as now.
    reported_at: Timestamp,
    #[schema(min_items = 1, max_items = 250)]
    rows: Vec<RowJson>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ChannelStockReportRow)]
struct RowJson {
    /// The channel's own code.
    external_code: String,
    /// How many it shows: packs of the code.
    #[schema(minimum = 0, maximum = 1_000_000_000_000_i64)]
    quantity: i64,
    /// The discrepancy whose repair this is the echo of.
    origin: Option<DiscrepancyId>,
}

/// What each code came to, in their sequence.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = ChannelStockReportDone)]
pub(super) struct ReportAnswer {
    rows: Vec<ReportDone>,
}

/// Takes a report in.
pub(super) async fn post_report(
    State(flows): State<Flows>,
    Within(scope): Within,
    command: Command<ReportJson>,
) -> Result<Response, Problem> {
    let ReportJson { channel: named, reported_at, rows } = command.body;
    if rows.is_empty() || rows.len() > ROWS_MAX {
        let says = format!("Send from 1 to {ROWS_MAX} rows at a time.");
        return Err(Problem::unprocessable(problems::INVALID_FIELD, &says).at("/rows", "invalid", &says));
    }
    let organisation_id = flows.runtime.organisation_id.clone();
    let channels = flows
        .runtime
        .read(move |tx| Box::pin(async move { catalogue::list_channels(tx, &organisation_id, &scope).await }))
        .await?;
    let is_named =
        |channel: &catalogue::Channel| channel.code == named || channel.channel_id.as_str() == named;
    let Some(channel) = channels.into_iter().find(is_named) else {
        let says = format!("There is no channel `{named}`.");
        return Err(Problem::unprocessable(problems::UNKNOWN_CHANNEL, &says).at("/channel", "unknown", &says));
    };
    let mut problem: Option<Problem> = None;
    let mut seen = BTreeSet::new();
    for (place, row) in rows.iter().enumerate() {
        for (is_wrong, field, message) in [
            (!(1..=800).contains(&row.external_code.len()), "external_code", "1 to 800 bytes are good"),
            (!seen.insert(&row.external_code), "external_code", "is named twice: report each code once"),
            (!(0..=1_000_000_000_000).contains(&row.quantity), "quantity", "a whole number from 0"),
        ] {
            if is_wrong {
                let begun = problem.take().unwrap_or_else(|| {
                    Problem::unprocessable(problems::INVALID_FIELD, "Nothing was taken in.")
                });
                problem = Some(begun.at(format!("/rows/{place}/{field}"), "invalid", message));
            }
        }
    }
    if let Some(problem) = problem {
        return Err(problem);
    }
    let report = rows.into_iter().map(|RowJson { external_code, quantity, origin }| Reported {
        external_code,
        quantity,
        origin,
    });
    let reported_at = reported_at.min(flows.runtime.now());
    let answer = match flows.reconcile(command.call, channel, reported_at, report.collect()).await? {
        Answer::Done(rows) => Answer::Done(ReportAnswer { rows }),
        Answer::Replayed(rows) => Answer::Replayed(ReportAnswer { rows }),
        Answer::KeyReused => Answer::KeyReused,
    };
    answered(StatusCode::OK, answer)
}
