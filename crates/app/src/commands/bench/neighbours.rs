//! `bench neighbours`: how long one merchant's orders wait while another sends a hundred times as many.
//!
//! Both send at a steady pace whatever the answers take, over HTTP, each with a key of their own and under the limits
//! that the configuration sets. The same pace of the quiet one is measured beside a quiet neighbour and beside a loud
//! one, in turns, in one run.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use db::Engine;
use serde::Serialize;
use tokio::{
    task::JoinSet,
    time::{Instant, MissedTickBehavior, interval_at},
};

use super::{Stage, client::Client, goods::Goods, watch::percentile};

/// How often as many orders the loud neighbour sends.
const LOUDER: u32 = 100;

/// Connections of each merchant: so many of its orders wait at once at most.
const CONNECTIONS: u32 = 32;

/// How often quiet and loud take turns.
const ROUNDS: u32 = 3;

#[derive(Debug, clap::Args)]
pub struct Neighbours {
    #[command(flatten)]
    pub(super) database: super::Database,
    /// Orders a second of the merchant that is measured; the loud neighbour sends a hundred times as many
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=100))]
    per_second: u32,
    /// How many seconds each turn takes
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

/// What the quiet merchant lived through beside one neighbour.
#[derive(Debug, Serialize)]
pub struct Beside {
    engine: &'static str,
    /// `quiet` or `loud`.
    neighbour: &'static str,
    /// Orders of the quiet merchant that were answered.
    orders: usize,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// Orders a second that were accepted of the neighbour.
    neighbour_accepted_per_s: f64,
    /// Orders a second that the neighbour was told to send later.
    neighbour_refused_per_s: f64,
}

/// A merchant who sends orders.
#[derive(Clone)]
struct Sender {
    address: SocketAddr,
    token: Arc<str>,
    goods: Arc<Goods>,
    made: Arc<AtomicU64>,
}

/// What was answered to a sender: how long each accepted order waited, and how many were refused for their number.
#[derive(Default)]
struct Answered {
    waited: Vec<Duration>,
    refused: usize,
}

impl Sender {
    /// Sends so many orders a second for a while. What finds no free connection is not sent.
    async fn send(&self, per_second: u32, lasting: Duration) -> anyhow::Result<Answered> {
        let connections = per_second.min(CONNECTIONS);
        let pause = Duration::from_secs(1) * connections / per_second;
        let begin = Instant::now();
        let mut tasks = JoinSet::new();
        for place in 0..connections {
            let sender = self.clone();
            let first = begin + pause * place / connections;
            tasks.spawn(async move { sender.send_on_one(first, pause, begin + lasting).await });
        }
        let mut all = Answered::default();
        while let Some(task) = tasks.join_next().await {
            let Answered { waited, refused } = task??;
            all.waited.extend(waited);
            all.refused += refused;
        }
        Ok(all)
    }

    async fn send_on_one(&self, first: Instant, pause: Duration, end: Instant) -> anyhow::Result<Answered> {
        let mut client = Client::connect(self.address, self.token.clone()).await?;
        let mut beat = interval_at(first, pause);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut answered = Answered::default();
        while beat.tick().await < end {
            let order = self.goods.order(self.made.fetch_add(1, Ordering::Relaxed));
            let asked = Instant::now();
            if client.offer(&order).await? {
                answered.waited.push(asked.elapsed());
            } else {
                answered.refused += 1;
            }
        }
        Ok(answered)
    }
}

/// Measures the quiet merchant beside both kinds of neighbours, in turns.
pub async fn run(stage: &Stage, neighbours: &Neighbours) -> anyhow::Result<Vec<Beside>> {
    let [quiet, neighbour] = stage.merchants().await?.map(|(goods, token)| Sender {
        address: stage.address,
        token: token.into(),
        goods: Arc::new(goods),
        made: Arc::default(),
    });
    let lasting = Duration::from_secs(neighbours.seconds.into());
    let mut measured = [("quiet", 1), ("loud", LOUDER)]
        .map(|(name, times)| (name, times * neighbours.per_second, Answered::default(), Answered::default()));
    for _ in 0..ROUNDS {
        for (_, per_second, own, others) in &mut measured {
            let (mine, theirs) = tokio::try_join!(
                quiet.send(neighbours.per_second, lasting),
                neighbour.send(*per_second, lasting)
            )?;
            own.waited.extend(mine.waited);
            own.refused += mine.refused;
            others.waited.extend(theirs.waited);
            others.refused += theirs.refused;
        }
    }
    let seconds = f64::from(neighbours.seconds * ROUNDS);
    let engine: Engine = stage.flows.runtime.db.engine();
    Ok(measured
        .into_iter()
        .map(|(neighbour, _, mut own, others)| {
            own.waited.sort_unstable();
            Beside {
                engine: engine.name(),
                neighbour,
                orders: own.waited.len(),
                p50_ms: percentile(&own.waited, 50),
                p95_ms: percentile(&own.waited, 95),
                p99_ms: percentile(&own.waited, 99),
                neighbour_accepted_per_s: others.waited.len() as f64 / seconds,
                neighbour_refused_per_s: others.refused as f64 / seconds,
            }
        })
        .collect())
}

/// Prints what was measured for people.
pub fn print(measured: &[Beside]) {
    println!(
        "{:<9} {:<10} {:>7} {:>9} {:>9} {:>9} {:>12} {:>12}",
        "engine", "neighbour", "orders", "p50 ms", "p95 ms", "p99 ms", "accepted/s", "refused/s"
    );
    for beside in measured {
        let Beside { engine, neighbour, orders, p50_ms, p95_ms, p99_ms, .. } = beside;
        println!(
            "{engine:<9} {neighbour:<10} {orders:>7} {p50_ms:>9.2} {p95_ms:>9.2} {p99_ms:>9.2} {:>12.0} {:>12.0}",
            beside.neighbour_accepted_per_s, beside.neighbour_refused_per_s
        );
    }
    if let [quiet, loud] = measured {
        println!("beside a loud neighbour, p95 is {:+.0} %", (loud.p95_ms / quiet.p95_ms - 1.0) * 100.0);
    }
}
