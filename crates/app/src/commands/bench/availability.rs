//! `bench availability`: how often a second product pages may ask what can be sold of one item, and how long one waits:
//! with nothing happening, and while orders are taken.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::ensure;
use flows::availability::{Goods as Asked, Question};
use serde::Serialize;

use super::{
    Database, Stage,
    client::Client,
    goods,
    watch::{percentile, processor_time},
};

#[derive(Debug, clap::Args)]
pub struct Availability {
    #[command(flatten)]
    pub(super) database: Database,
    /// Questions of each case with one client; the other cases take more
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(10..))]
    pub(super) questions: u32,
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
    /// Processor time of this process for one question, clients and all that goes on beside them included.
    cpu_us_per_op: f64,
    /// Questions a second against the same case with one client.
    ratio_to_single: f64,
}

/// How many questions: each client asks its next one when the one before was answered.
struct Case {
    name: &'static str,
    clients: usize,
    questions: usize,
    is_http: bool,
    /// Orders are taken meanwhile, as fast as one caller can hand them in.
    with_orders: bool,
}

pub async fn run(stage: &Stage, asked: &Availability) -> anyhow::Result<Vec<Measured>> {
    let questions = asked.questions as usize;
    let mut measured: Vec<Measured> = Vec::new();
    for (name, is_http, with_orders) in
        [("process", false, false), ("http", true, false), ("orders", true, true)]
    {
        let mut single = f64::MIN_POSITIVE;
        for clients in [1, 16] {
            let case = Case { name, clients, questions: questions * clients.min(8), is_http, with_orders };
            let mut row = measure(stage, &case).await?;
            if clients == 1 {
                single = row.per_s;
            }
            row.ratio_to_single = row.per_s / single;
            measured.push(row);
        }
    }
    Ok(measured)
}

async fn measure(stage: &Stage, case: &Case) -> anyhow::Result<Measured> {
    let left = Arc::new(AtomicUsize::new(case.questions));
    let is_over = Arc::new(AtomicBool::new(false));
    let orders = case.with_orders.then(|| {
        let (flows, goods, made, is_over) =
            (stage.flows.clone(), stage.goods.clone(), stage.made.clone(), is_over.clone());
        tokio::spawn(async move {
            while !is_over.load(Ordering::Relaxed) {
                goods::place(&flows, goods.order(made.fetch_add(1, Ordering::Relaxed) as u64)).await?;
            }
            anyhow::Ok(())
        })
    });
    let mut tasks = Vec::new();
    let (start, processor) = (Instant::now(), processor_time()?);
    for _ in 0..case.clients {
        let (left, channel) = (left.clone(), stage.goods.channel());
        let mut door = if case.is_http {
            Door::Http(Client::connect(stage.address, stage.token.clone()).await?)
        } else {
            Door::Process(stage.flows.clone())
        };
        tasks.push(tokio::spawn(async move {
            let mut waited = Vec::new();
            while let Ok(number) =
                left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
            {
                let asked = Instant::now();
                door.ask(&goods::sku(number % goods::ITEMS), channel).await?;
                waited.push(asked.elapsed());
            }
            anyhow::Ok(waited)
        }));
    }
    let mut waited: Vec<Duration> = Vec::with_capacity(case.questions);
    for task in tasks {
        waited.extend(task.await??);
    }
    let (elapsed, processor) = (start.elapsed(), processor_time()?.saturating_sub(processor));
    is_over.store(true, Ordering::Relaxed);
    if let Some(orders) = orders {
        orders.await??;
    }
    waited.sort_unstable();
    Ok(Measured {
        engine: stage.flows.runtime.db.engine().name(),
        case: case.name,
        clients: case.clients,
        per_s: waited.len() as f64 / elapsed.as_secs_f64(),
        p50_ms: percentile(&waited, 50),
        p95_ms: percentile(&waited, 95),
        p99_ms: percentile(&waited, 99),
        cpu_us_per_op: processor.as_secs_f64() * 1e6 / waited.len().max(1) as f64,
        ratio_to_single: 1.0,
    })
}

/// How a client asks.
enum Door {
    Http(Client),
    Process(flows::Flows),
}

impl Door {
    async fn ask(&mut self, sku: &str, channel: &str) -> anyhow::Result<()> {
        match self {
            Door::Http(client) => {
                let body = format!("{{\"items\":[\"{sku}\"],\"channels\":[\"{channel}\"]}}");
                let (status, answer) = client.post("/v1/availability", &body).await?;
                ensure!(
                    status == 200 && answer.contains("\"ats\":"),
                    "the server answered {status}: {answer}"
                );
            }
            Door::Process(flows) => {
                let goods = vec![Asked::Item(sku.to_owned())];
                let question = Question { goods, channels: vec![channel.to_owned()], ..Question::default() };
                let told = flows.availability(&kernel::Scope::EVERYTHING, question).await?;
                ensure!(told.rows.len() == 1, "{sku} is not known");
            }
        }
        Ok(())
    }
}

pub fn print(measured: &[Measured]) {
    println!(
        "{:<9} {:<8} {:>7} {:>12} {:>9} {:>9} {:>9} {:>10} {:>10}",
        "engine", "case", "clients", "questions/s", "p50 ms", "p95 ms", "p99 ms", "cpu µs/op", "to single"
    );
    for row in measured {
        let Measured { engine, case, clients, per_s, p50_ms, p95_ms, p99_ms, cpu_us_per_op, ratio_to_single } =
            row;
        println!(
            "{engine:<9} {case:<8} {clients:>7} {per_s:>12.0} {p50_ms:>9.3} {p95_ms:>9.3} {p99_ms:>9.3} \
             {cpu_us_per_op:>10.1} {ratio_to_single:>9.1}x"
        );
    }
}
