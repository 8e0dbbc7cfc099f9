//! A world with a long past: days of trade lived through the doors, their orders again and again at earlier times, and
//! a morning's new orders on top. What is made so is as sound as what it was made of: whoever copies an order copies its
//! parts, its parcels, its money and its transfers, and balances grow by what the transfers add. Events and
//! receipts of decisions are not copied: what happened to a copy was never told.

use anyhow::{Context as _, Result, ensure};
use db::{Fault, copies::Copied};
use flows::Flows;
use jiff::SignedDuration;
use serde::Serialize;

use crate::{
    actors::Actors,
    run::{self, Plan},
};

/// How far back the past reaches.
const PAST_SECONDS: i64 = 2 * 365 * 24 * 3_600;

/// Copies that one transaction makes: some hundred thousand rows.
const COPIES_AT_ONCE: i64 = 25;

/// New orders are taken in steps of this length.
const STEP: SignedDuration = SignedDuration::from_mins(15);

/// The steps of a morning.
const STEPS: u32 = 16;

/// Balances, by table and column.
const BALANCES: (&str, &str) = ("stock_account", "quantity");

/// What an order is, table by table.
const COPIED: &[Copied] = &[
    Copied {
        table: "sales_order",
        original: "order_id",
        names: &["order_id", "external_reference"],
        times: &["placed_at", "accepted_at", "promised_by"],
    },
    Copied { table: "order_line", original: "order_id", names: &["order_id"], times: &[] },
    Copied {
        table: "fulfilment_order",
        original: "order_id",
        names: &["fulfilment_order_id", "order_id"],
        times: &["created_at"],
    },
    Copied {
        table: "fulfilment_line",
        original: "order_id",
        names: &["fulfilment_order_id", "order_id"],
        times: &[],
    },
    Copied {
        table: "payment",
        original: "order_id",
        names: &["payment_id", "order_id", "provider_reference"],
        times: &["created_at"],
    },
    Copied {
        table: "parcel",
        original: "order_id",
        names: &["parcel_id", "order_id", "fulfilment_order_id", "carrier_reference", "tracking_number"],
        times: &["opened_at", "closed_at", "dispatched_at", "delivered_at"],
    },
    Copied { table: "parcel_line", original: "parcel_id", names: &["parcel_id"], times: &[] },
    Copied {
        table: "tracker",
        original: "order_id",
        names: &["tracking_number", "parcel_id", "order_id"],
        times: &["milestone_at", "created_at"],
    },
    Copied {
        table: "tracking_event",
        original: "tracking_number",
        names: &["tracking_number"],
        times: &["happened_at", "received_at"],
    },
    Copied { table: "stock_transfer", original: "cause_id", names: &["cause_id"], times: &["happened_at"] },
];

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Orders that lived through the doors, the new ones among them.
    pub lived: u64,
    /// Orders that are copies.
    pub copied: u64,
    /// Rows copied, of all tables.
    pub rows: u64,
}

/// Makes a world with about so many orders in an empty, migrated database under a clock set by hand.
pub async fn make(flows: &Flows, plan: &Plan, orders: u64) -> Result<Made> {
    let report = run::run(flows, plan).await?;
    let lived: u64 = report.ended.values().map(|count| u64::try_from(*count).unwrap_or(0)).sum();
    ensure!(lived > 0, "nobody ordered anything in {} days", plan.days);
    let copies = i64::try_from(orders.saturating_sub(lived).div_ceil(lived))?;
    let seconds = PAST_SECONDS / copies.max(1);
    let mut rows = 0;
    for first in (1..=copies).step_by(usize::try_from(COPIES_AT_ONCE)?) {
        let end = (first + COPIES_AT_ONCE).min(copies + 1);
        rows += copy(flows, first..end, seconds).await.with_context(|| format!("copies from {first}"))?;
        tracing::info!(copies = end - 1, of = copies, rows, "copied");
    }
    let morning = live_a_morning(flows, plan).await?;
    Ok(Made { lived: lived + morning, copied: lived * copies.unsigned_abs(), rows })
}

async fn copy(flows: &Flows, copies: std::ops::Range<i64>, seconds: i64) -> Result<u64, Fault> {
    flows
        .runtime
        .db
        .write(move |tx| {
            let copies = copies.clone();
            Box::pin(async move {
                let mut rows = 0;
                for copied in COPIED {
                    rows += db::copies::copy(tx, copied, copies.clone(), seconds).await?;
                }
                let (table, column) = BALANCES;
                db::copies::scale(tx, table, column, copies.start, copies.end).await?;
                Ok(rows)
            })
        })
        .await
}

/// Orders that are still under way, as there always are.
async fn live_a_morning(flows: &Flows, plan: &Plan) -> Result<u64> {
    let world = std::sync::Arc::new(crate::world::World::new(plan.seed, plan.orders_a_day));
    let actors = Actors::new(flows.clone(), world, plan.orders_a_day).await?;
    let mut orders = 0;
    for _ in 0..STEPS {
        let from = flows.runtime.now();
        let to = from + STEP;
        flows.runtime.clock.advance_to(to);
        orders += actors.step(from, to).await?.orders;
        while flows.pump_once().await? > 0 {}
    }
    Ok(orders)
}
