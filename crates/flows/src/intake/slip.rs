//! What a batch writes of the orders it accepted: at once, or whole in a slip that is filed within moments.
//!
//! Bounds are not among it: balances, quotas, entitlements, holds, keys and references are written with the acceptance,
//! whichever way this goes.

use std::time::Duration;

use db::{Fault, Tx};
use futures_util::future::try_join4;
use inventory::{Transfer, ledger};
use kernel::{ChannelId, MerchantId, OrderId, Timestamp, time::Date};
use orders::{
    fulfil::NewFulfilment,
    payment::NewPayment,
    place::NewOrder,
    store::{AcceptedLine, AcceptedOrder},
};
use runtime::{
    Call, Cx, Filing, Runtime,
    filing::{self, Told},
};
use serde::{Deserialize, Serialize};
use sourcing::NewDecision;

use crate::source::ResolvedLine;

/// From how many orders in a batch on they are filed later: as long as few come at once nothing is gained by it.
const LATER_FROM: usize = 8;
/// From how many unfiled orders on batches file their own again, so that nobody who waits for filing waits long.
const UNFILED_MAX: usize = 20_000;
/// How long slips lie, unless somebody waits for what is in them.
const SOON: Duration = Duration::from_secs(1);
/// About how many orders are filed in one transaction: while it runs, nobody's order is accepted.
const ROUND: i64 = 48;

/// What is written of accepted orders.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Slip {
    pub(super) accepted: Vec<Decided>,
    pub(super) fulfilments: Vec<NewFulfilment>,
    pub(super) payments: Vec<NewPayment>,
    pub(super) decisions: Vec<NewDecision>,
    pub(super) transfers: Vec<Transfer>,
    told: Told,
}

/// An accepted order, kept until it is written.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Decided {
    pub(super) order_id: OrderId,
    pub(super) merchant_id: MerchantId,
    pub(super) channel_id: ChannelId,
    pub(super) placed_at: Timestamp,
    pub(super) accepted_at: Timestamp,
    pub(super) order: NewOrder,
    pub(super) fingerprint: String,
    pub(super) raw: String,
    pub(super) lines: Vec<ResolvedLine>,
    /// Units of each line that wait, and until when.
    pub(super) waiting: Vec<(i64, Option<Date>)>,
}

/// When orders are filed later than they are accepted, and how much later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Later {
    /// From how many orders in a batch on.
    pub from: usize,
    /// How long slips lie, unless somebody waits for what is in them.
    pub after: Duration,
}

impl Default for Later {
    fn default() -> Later {
        Later { from: LATER_FROM, after: SOON }
    }
}

impl Later {
    /// Whether a batch of so many orders is to be filed later.
    pub(super) fn is_for(self, orders: usize, filing: &Filing) -> bool {
        orders >= self.from && !filing.is_paused() && filing.unfiled() + orders <= UNFILED_MAX
    }
}

impl Slip {
    /// Writes everything into its tables.
    pub(super) async fn file(&self, cx: &Cx<'_>) -> Result<(), Fault> {
        let (tx, organisation_id) = (cx.tx, &cx.organisation_id);
        let rows: Vec<AcceptedOrder<'_>> = self.accepted.iter().map(Decided::as_row).collect();
        // Together, so that PostgreSQL is not waited for after each.
        try_join4(
            async {
                orders::store::insert_orders(tx, organisation_id, &rows).await?;
                orders::store::insert_payments(tx, organisation_id, &self.payments).await
            },
            orders::store::insert_fulfilments(tx, organisation_id, &self.fulfilments),
            sourcing::store::insert_decisions(tx, organisation_id, &self.decisions),
            ledger::file(cx, &self.transfers),
        )
        .await?;
        Ok(())
    }

    /// Claims the references of its orders, and gives the claims up again where it is filed at once. One writer after
    /// another needs no claims for what is written at once.
    pub(super) async fn claim(&self, cx: &Cx<'_>, is_later: bool) -> Result<(), Fault> {
        if !is_later && cx.tx.engine() == db::Engine::Sqlite {
            return Ok(());
        }
        let rows: Vec<AcceptedOrder<'_>> = self.accepted.iter().map(Decided::as_row).collect();
        orders::store::claim_references(cx.tx, &cx.organisation_id, &rows).await?;
        if is_later { Ok(()) } else { self.release(cx.tx, cx).await }
    }

    async fn release(&self, tx: &Tx, cx: &Cx<'_>) -> Result<(), Fault> {
        let rows: Vec<AcceptedOrder<'_>> = self.accepted.iter().map(Decided::as_row).collect();
        orders::store::release_references(tx, &cx.organisation_id, &rows).await
    }

    /// Keeps it whole, with everything that was told.
    pub(super) async fn keep(&mut self, cx: &mut Cx<'_>) -> Result<(), Fault> {
        self.told = cx.take_told();
        let body = serde_json::to_string(self).map_err(|error| bad_slip(&error))?;
        filing::keep(cx.tx, &cx.organisation_id, self.accepted.len(), &body).await
    }
}

impl Decided {
    fn as_row(&self) -> AcceptedOrder<'_> {
        let lines = self
            .lines
            .iter()
            .zip(1..)
            .zip(&self.waiting)
            .map(|((resolved, line_no), (backordered, expected_on))| AcceptedLine {
                line_no,
                channel_line_no: resolved.asked as i64 + 1,
                item_id: &resolved.item_id,
                external_code: &self.order.lines[resolved.asked].external_code,
                title: &resolved.title,
                quantity: resolved.units,
                pack_factor: resolved.pack_factor,
                pack_price_minor: resolved.pack_price_minor,
                backordered: *backordered,
                expected_on: *expected_on,
            })
            .collect();
        AcceptedOrder {
            order_id: &self.order_id,
            merchant_id: &self.merchant_id,
            channel_id: &self.channel_id,
            placed_at: self.placed_at,
            accepted_at: self.accepted_at,
            order: &self.order,
            fingerprint: &self.fingerprint,
            raw: &self.raw,
            lines,
        }
    }
}

/// Somebody who files the slips of this house.
pub(crate) fn filing(runtime: &Runtime) -> Filing {
    let runtime = runtime.beside();
    Filing::start(move || {
        let runtime = runtime.clone();
        Box::pin(async move {
            file_all(&runtime).await?;
            let organisation_id = runtime.organisation_id.clone();
            runtime.read(move |tx| Box::pin(async move { filing::unfiled(tx, &organisation_id).await })).await
        })
    })
}

/// Files every slip that is there now, a few orders in a transaction; gives how many orders that were.
pub async fn file_all(runtime: &Runtime) -> Result<u64, Fault> {
    let runtime = runtime.beside();
    let organisation_id = runtime.organisation_id.clone();
    let newest = runtime.read(move |tx| Box::pin(async move { filing::newest(tx, &organisation_id).await }));
    let newest: Result<Option<i64>, Fault> = newest.await;
    let Some(until) = newest? else { return Ok(0) };
    let mut filed = 0;
    loop {
        let round: u64 = runtime
            .run(Call::by("intake"), move |cx| Box::pin(async move { file_some(cx, until).await }))
            .await?;
        if round == 0 {
            return Ok(filed);
        }
        filed += round;
    }
}

async fn file_some(cx: &mut Cx<'_>, until: i64) -> Result<u64, Fault> {
    let mut filed = 0;
    for slip in filing::take(cx.tx, &cx.organisation_id, until, ROUND).await? {
        let mut slip: Slip = serde_json::from_str(&slip.body).map_err(|error| bad_slip(&error))?;
        slip.file(cx).await?;
        slip.release(cx.tx, cx).await?;
        cx.give_told(std::mem::take(&mut slip.told));
        filed += slip.accepted.len() as u64;
    }
    Ok(filed)
}

fn bad_slip(error: &serde_json::Error) -> Fault {
    Fault::Shape { column: "slip.body".into(), problem: error.to_string() }
}
