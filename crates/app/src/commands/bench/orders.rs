//! `bench intake` and `bench hot`: how many orders a second are durably accepted, and how long one waits.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use db::Engine;
use flows::Flows;
use orders::place::NewOrder;
use serde::Serialize;

use super::{
    Database, Stage,
    client::Client,
    goods::{self, Goods},
    watch::{percentile, processor_time},
};

/// How many orders wait together in the bulk case: a full batch of the intake.
const BULK: usize = flows::intake::BATCH_MAX;

#[derive(Debug, clap::Args)]
pub struct Intake {
    #[command(flatten)]
    pub(super) database: Database,
    /// Orders of each case with one client; the other cases take more
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..))]
    pub(super) orders: u32,
    /// Measure the last cases again when the ledger has this many rows more
    #[arg(long, default_value_t = 0, value_name = "ROWS")]
    pub(super) ledger_rows: u64,
}

#[derive(Debug, clap::Args)]
pub struct Hot {
    #[command(flatten)]
    pub(super) database: Database,
    /// Orders of each case with one client; the other cases take more
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..))]
    pub(super) orders: u32,
}

/// A case that was measured.
#[derive(Debug, Serialize)]
pub struct Measured {
    engine: &'static str,
    case: &'static str,
    clients: usize,
    per_s: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// Processor time of this process for one order, clients and all that goes on beside them included.
    cpu_us_per_op: f64,
    /// Orders a second until every order could be searched, not only was accepted.
    filed_per_s: f64,
    /// How long a transaction that writes was held.
    transaction_p99_ms: f64,
    /// Rows of the ledger before it began.
    ledger_rows: i64,
    /// Orders a second against one transaction each with as many clients; of a hot item against spread ones.
    ratio_to_single: f64,
}

/// Which orders.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Of one to four lines, a few items far more often than the rest.
    Usual,
    /// Of one unit, each time of another item.
    Spread,
    /// Of one unit, always of the same item.
    Hot,
}

impl Kind {
    fn order(self, goods: &Goods, number: u64) -> NewOrder {
        match self {
            Kind::Usual => goods.order(number),
            Kind::Spread => goods.order_of_one(number, number as usize % goods::ITEMS),
            Kind::Hot => goods.order_of_one(number, 0),
        }
    }
}

/// Which way orders go in.
enum Way {
    Http,
    InProcess(Box<Flows>),
}

struct Case {
    name: &'static str,
    way: Way,
    kind: Kind,
    clients: usize,
    orders: usize,
}

/// Orders over HTTP, in bulk, and one transaction each.
pub async fn intake(stage: &Stage, asked: &Intake) -> anyhow::Result<Vec<Measured>> {
    let (orders, kind) = (asked.orders as usize, Kind::Usual);
    let mut measured: Vec<Measured> = Vec::new();
    for clients in [1, 8, 32] {
        // PostgreSQL commits side by side as many as it has connections; SQLite has one writer anyway.
        let workers = match stage.flows.runtime.db.engine() {
            Engine::Sqlite => 1,
            Engine::Postgres => clients.min(8),
        };
        let way = Way::InProcess(Box::new(stage.flows.with_queue(1, workers)));
        let case = Case { name: "single", way, kind, clients, orders: orders * clients.min(4) };
        measured.push(measure(stage, &case).await?);
    }
    let singles: Vec<(usize, f64)> = measured.iter().map(|row| (row.clients, row.per_s)).collect();
    let best_single = |clients: usize| {
        let within = singles.iter().filter(|(of, _)| *of <= clients).map(|(_, per_s)| *per_s);
        within.fold(f64::MIN_POSITIVE, f64::max)
    };
    let mut cases = vec![1, 8, 32];
    for is_large in [false, true] {
        if is_large {
            if asked.ledger_rows == 0 {
                break;
            }
            stage.pad_ledger(asked.ledger_rows).await?;
            cases = vec![32];
        }
        for clients in cases.iter().copied() {
            let case = Case { name: "http", way: Way::Http, kind, clients, orders: orders * clients.min(8) };
            measured.push(measure(stage, &case).await?);
        }
        let way = Way::InProcess(Box::new(stage.flows.clone()));
        let case = Case { name: "bulk", way, kind, clients: BULK, orders: orders * 10 };
        measured.push(measure(stage, &case).await?);
    }
    for row in &mut measured {
        row.ratio_to_single = row.per_s / best_single(row.clients);
    }
    Ok(measured)
}

/// Orders of one unit: each of another item, and all of the same.
pub async fn hot(stage: &Stage, asked: &Hot) -> anyhow::Result<Vec<Measured>> {
    let orders = asked.orders as usize;
    let mut measured: Vec<Measured> = Vec::new();
    for (is_http, clients, orders) in [(true, 32, orders * 8), (false, BULK, orders * 10)] {
        let mut spread = f64::MIN_POSITIVE;
        for (name, kind) in [("spread", Kind::Spread), ("hot", Kind::Hot)] {
            let way = if is_http { Way::Http } else { Way::InProcess(Box::new(stage.flows.clone())) };
            let mut row = measure(stage, &Case { name, way, kind, clients, orders }).await?;
            if matches!(kind, Kind::Spread) {
                spread = row.per_s;
            }
            row.ratio_to_single = row.per_s / spread;
            measured.push(row);
        }
    }
    Ok(measured)
}

/// Lets clients place orders, each its next one when the one before was answered.
async fn measure(stage: &Stage, case: &Case) -> anyhow::Result<Measured> {
    let left = Arc::new(AtomicUsize::new(case.orders));
    let ledger_rows = stage.ledger_rows().await?;
    let mut doors = Vec::with_capacity(case.clients);
    for _ in 0..case.clients {
        doors.push(match &case.way {
            Way::Http => Door::Http(Client::connect(stage.address, stage.token.clone()).await?),
            Way::InProcess(flows) => Door::InProcess(Flows::clone(flows)),
        });
    }
    let mut tasks = Vec::with_capacity(case.clients);
    stage.watch.take();
    let (start, processor) = (Instant::now(), processor_time()?);
    for mut door in doors {
        let (left, goods, made, kind) = (left.clone(), stage.goods.clone(), stage.made.clone(), case.kind);
        tasks.push(tokio::spawn(async move {
            let mut waited = Vec::new();
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                let order = kind.order(&goods, made.fetch_add(1, Ordering::Relaxed) as u64);
                let asked = Instant::now();
                door.place(order).await?;
                waited.push(asked.elapsed());
            }
            anyhow::Ok(waited)
        }));
    }
    let mut waited = Vec::with_capacity(case.orders);
    for task in tasks {
        waited.extend(task.await??);
    }
    let (elapsed, processor) = (start.elapsed(), processor_time()?.saturating_sub(processor));
    let held = stage.watch.take();
    if let Some(filing) = stage.flows.runtime.filing() {
        filing.settle().await?;
    }
    let filed = start.elapsed();
    waited.sort_unstable();
    Ok(Measured {
        engine: stage.flows.runtime.db.engine().name(),
        case: case.name,
        clients: case.clients,
        per_s: waited.len() as f64 / elapsed.as_secs_f64(),
        filed_per_s: waited.len() as f64 / filed.as_secs_f64(),
        p50_ms: percentile(&waited, 50),
        p95_ms: percentile(&waited, 95),
        p99_ms: percentile(&waited, 99),
        cpu_us_per_op: processor.as_secs_f64() * 1e6 / waited.len().max(1) as f64,
        transaction_p99_ms: percentile(&held, 99),
        ledger_rows,
        ratio_to_single: 1.0,
    })
}

/// How a client hands its orders in.
enum Door {
    Http(Client),
    InProcess(Flows),
}

impl Door {
    async fn place(&mut self, order: NewOrder) -> anyhow::Result<()> {
        match self {
            Door::Http(client) => client.place(&order).await,
            Door::InProcess(flows) => goods::place(flows, order).await,
        }
    }
}

pub fn print(measured: &[Measured]) {
    println!(
        "{:<9} {:<7} {:>7} {:>10} {:>9} {:>9} {:>9} {:>10} {:>10} {:>10} {:>12} {:>10}",
        "engine",
        "case",
        "clients",
        "orders/s",
        "p50 ms",
        "p95 ms",
        "p99 ms",
        "cpu µs/op",
        "filed/s",
        "tx p99 ms",
        "ledger rows",
        "ratio"
    );
    for row in measured {
        let Measured { engine, case, clients, per_s, p50_ms, p95_ms, p99_ms, .. } = row;
        let Measured { cpu_us_per_op, filed_per_s, transaction_p99_ms, ledger_rows, ratio_to_single, .. } =
            row;
        println!(
            "{engine:<9} {case:<7} {clients:>7} {per_s:>10.0} {p50_ms:>9.2} {p95_ms:>9.2} {p99_ms:>9.2} \
             {cpu_us_per_op:>10.0} {filed_per_s:>10.0} {transaction_p99_ms:>10.2} {ledger_rows:>12} {ratio_to_single:>9.1}x"
        );
    }
}
