//! `bench intake`: how many orders a second are durably accepted, and how long one waits; [`availability`], [`lists`] and
//! [`neighbours`] have the others.
//!
//! Every figure is taken beside one transaction for each order, in the same run, on the same database, with the same
//! verbs: ratios travel between machines, numbers do not.

mod availability;
mod client;
mod goods;
mod lists;
mod neighbours;

use std::{
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use carriers::{CarrierSetup, SimulatedCarrier};
use db::Engine;
use flows::{Flows, Outside};
use kernel::{Currency, MerchantId};
use payments::{ProviderSetup, SimulatedProvider};
use people::{Assignment, MerchantError, NewKey, NewOrganisation, NewStaff, Role, Secret};
use runtime::{Call, Clock, Keyring};
use serde::Serialize;
use tokio::sync::watch;
use web::{Access, Area};

use crate::{config::Config, house, server};
use client::Client;
use goods::Goods;

/// The company of a benchmark: a database that belongs to another is left alone.
const COMPANY: &str = "Benchmark";

/// How many orders wait together in the bulk case: a full batch of the intake.
const BULK: usize = flows::intake::BATCH_MAX;

#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// Orders a second through the intake: over HTTP, in bulk, and one transaction each
    Intake(Intake),
    /// What product pages ask: questions a second, with nothing happening and while orders are taken
    Availability(availability::Availability),
    /// How long each list page takes, in the database that is named
    Lists(lists::Lists),
    /// How long one merchant's orders wait while another sends a hundred times as many
    Neighbours(neighbours::Neighbours),
}

#[derive(Debug, clap::Args)]
pub struct Intake {
    /// The engine
    #[arg(long, default_value = "sqlite")]
    engine: EngineName,
    /// A PostgreSQL database that is empty or was measured before
    #[arg(long, env = "QUARTERMASTER_BENCH_POSTGRES", hide_env_values = true, value_name = "URL")]
    postgres: Option<String>,
    /// Orders of each case with one client; the other cases take more
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(10..))]
    orders: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

/// A case that was measured.
#[derive(Debug, Serialize)]
struct Measured {
    engine: &'static str,
    case: &'static str,
    clients: usize,
    per_s: f64,
    p50_ms: f64,
    p95_ms: f64,
    p99_ms: f64,
    /// Orders a second against one transaction each with as many clients.
    ratio_to_single: f64,
}

pub async fn run(config: &Config, json: bool, bench: &Bench) -> anyhow::Result<ExitCode> {
    match bench {
        Bench::Intake(intake) => measure_intake(config, json, intake).await,
        Bench::Availability(asked) => measure_availability(config, json, asked).await,
        Bench::Lists(lists) => measure_lists(config, json, lists).await,
        Bench::Neighbours(neighbours) => measure_neighbours(config, json, neighbours).await,
    }
}

async fn measure_lists(config: &Config, json: bool, lists: &lists::Lists) -> anyhow::Result<ExitCode> {
    let pages = lists::run(config, lists).await?;
    if json {
        for page in &pages {
            println!("{}", serde_json::to_string(page)?);
        }
    } else {
        lists::print(&pages);
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure_intake(config: &Config, json: bool, intake: &Intake) -> anyhow::Result<ExitCode> {
    let folder = folder()?;
    let mut config = with_database(config, intake.engine, intake.postgres.as_ref(), folder.path())?;
    // The server is measured, and not its patience with one client.
    (config.rate_per_key, config.rate_per_merchant) = (0, 0);
    let stage = Stage::open(&config).await?;
    let measured = stage.measure(intake.orders as usize).await?;
    if json {
        for row in &measured {
            println!("{}", serde_json::to_string(row)?);
        }
    } else {
        println!("{}", stage.durability);
        print_table(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure_availability(
    config: &Config,
    json: bool,
    asked: &availability::Availability,
) -> anyhow::Result<ExitCode> {
    let folder = folder()?;
    let mut config = with_database(config, asked.engine, asked.postgres.as_ref(), folder.path())?;
    (config.rate_per_key, config.rate_per_merchant) = (0, 0);
    let stage = Stage::open(&config).await?;
    let measured = availability::run(&stage, asked).await?;
    if json {
        for row in &measured {
            println!("{}", serde_json::to_string(row)?);
        }
    } else {
        println!("{}", stage.durability);
        availability::print(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

async fn measure_neighbours(
    config: &Config,
    json: bool,
    asked: &neighbours::Neighbours,
) -> anyhow::Result<ExitCode> {
    let folder = folder()?;
    let config = with_database(config, asked.engine, asked.postgres.as_ref(), folder.path())?;
    let stage = Stage::open(&config).await?;
    let measured = neighbours::run(&stage, asked).await?;
    if json {
        for row in &measured {
            println!("{}", serde_json::to_string(row)?);
        }
    } else {
        println!("{}", stage.durability);
        neighbours::print(&measured);
    }
    Ok(ExitCode::SUCCESS)
}

/// The folder one stands in: a temporary one may be in memory, where a disk is never waited for.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new().prefix("quartermaster-bench").tempdir_in(".")?)
}

fn with_database(
    config: &Config,
    engine: EngineName,
    postgres: Option<&String>,
    folder: &std::path::Path,
) -> anyhow::Result<Config> {
    let database = match engine {
        EngineName::Sqlite => format!("sqlite:{}", folder.join("bench.db").display()),
        EngineName::Postgres => {
            let named =
                Some(&config.database).filter(|database| database.starts_with("postgres")).or(postgres);
            named
                .cloned()
                .context("name a database: --postgres URL, or `cargo xtask bench`, which starts one")?
        }
    };
    Ok(config.with_database(&database))
}

/// A server with goods to sell, and a token to ask it with.
struct Stage {
    flows: Flows,
    durability: String,
    merchant_id: MerchantId,
    goods: Arc<Goods>,
    address: std::net::SocketAddr,
    token: Arc<str>,
    /// Orders made up so far: no two are the same.
    made: Arc<AtomicUsize>,
    _stop: watch::Sender<bool>,
}

/// Which way orders go in.
enum Way {
    Http,
    InProcess(Box<Flows>),
}

impl Stage {
    async fn open(config: &Config) -> anyhow::Result<Stage> {
        let db = house::open_current_database(config).await?;
        let durability = db.durability().await?;
        let founding = NewOrganisation {
            name: COMPANY.to_owned(),
            currency: Currency::EUR,
            time_zone: "UTC".to_owned(),
            merchant: COMPANY.to_owned(),
        };
        let founded = people::found(&db, &Clock::System, founding).await?;
        ensure!(
            founded.organisation.name == COMPANY,
            "this database belongs to {}",
            founded.organisation.name
        );
        let carrier = SimulatedCarrier::new(CarrierSetup::demo(1));
        let outside = Outside::simulated(carrier, SimulatedProvider::new(ProviderSetup::demo(1)));
        let house =
            house::furnish(db, Clock::System, founded.organisation, outside, Keyring::default()).await?;
        let flows = house.flows;
        let goods = Goods::stock(&flows, &house.merchant_id, "bench").await?;
        let token = token(&flows, Area::Everywhere).await?;
        let listener = server::listen(([127, 0, 0, 1], 0).into()).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let (flows_served, config) = (flows.clone(), config.clone());
        tokio::spawn(async move { server::serve(flows_served, listener, &config, stopped).await });
        Ok(Stage {
            flows,
            durability,
            merchant_id: house.merchant_id,
            goods: Arc::new(goods),
            address,
            token: token.into(),
            made: Arc::default(),
            _stop: stop,
        })
    }

    /// Two merchants with goods of their own, and each one's key.
    async fn merchants(&self) -> anyhow::Result<[(Goods, String); 2]> {
        let neighbour: Result<MerchantId, MerchantError> = self
            .flows
            .runtime
            .run(Call::by("bench"), |cx| Box::pin(people::add_merchant(cx, "Neighbour")))
            .await;
        let neighbour = neighbour?;
        let quiet = Goods::stock(&self.flows, &self.merchant_id, "bench").await?;
        let loud = Goods::stock(&self.flows, &neighbour, "bench-neighbour").await?;
        let quiet_key = token(&self.flows, Area::Merchant(self.merchant_id.clone())).await?;
        let loud_key = token(&self.flows, Area::Merchant(neighbour)).await?;
        Ok([(quiet, quiet_key), (loud, loud_key)])
    }

    async fn measure(&self, orders: usize) -> anyhow::Result<Vec<Measured>> {
        let mut measured: Vec<Measured> = Vec::new();
        let mut singles: Vec<(usize, f64)> = Vec::new();
        for clients in [1, 8, 32] {
            // PostgreSQL commits side by side as many as it has connections; SQLite has one writer anyway.
            let workers = match self.flows.runtime.db.engine() {
                Engine::Sqlite => 1,
                Engine::Postgres => clients.min(8),
            };
            let single = Way::InProcess(Box::new(self.flows.with_queue(1, workers)));
            let row = self.case("single", &single, clients, orders * clients.min(4)).await?;
            singles.push((clients, row.per_s));
            measured.push(row);
        }
        for clients in [1, 8, 32] {
            measured.push(self.case("http", &Way::Http, clients, orders * clients.min(8)).await?);
        }
        measured
            .push(self.case("bulk", &Way::InProcess(Box::new(self.flows.clone())), BULK, orders * 10).await?);
        for row in &mut measured {
            let single =
                singles.iter().filter(|(clients, _)| *clients <= row.clients).map(|(_, per_s)| *per_s);
            row.ratio_to_single = row.per_s / single.fold(f64::MIN_POSITIVE, f64::max);
        }
        Ok(measured)
    }

    /// Lets `clients` place orders, each its next one when the one before was answered.
    async fn case(
        &self,
        case: &'static str,
        way: &Way,
        clients: usize,
        orders: usize,
    ) -> anyhow::Result<Measured> {
        let left = Arc::new(AtomicUsize::new(orders));
        let mut tasks = Vec::new();
        let start = Instant::now();
        for _ in 0..clients {
            let (left, goods, made) = (left.clone(), self.goods.clone(), self.made.clone());
            let mut door = match way {
                Way::Http => Door::Http(Client::connect(self.address, self.token.clone()).await?),
                Way::InProcess(flows) => Door::InProcess(Flows::clone(flows)),
            };
            tasks.push(tokio::spawn(async move {
                let mut waited = Vec::new();
                while left
                    .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                    .is_ok()
                {
                    let order = goods.order(made.fetch_add(1, Ordering::Relaxed) as u64);
                    let asked = Instant::now();
                    door.place(order).await?;
                    waited.push(asked.elapsed());
                }
                anyhow::Ok(waited)
            }));
        }
        let mut waited = Vec::with_capacity(orders);
        for task in tasks {
            waited.extend(task.await??);
        }
        let elapsed = start.elapsed();
        waited.sort_unstable();
        Ok(Measured {
            engine: self.flows.runtime.db.engine().name(),
            case,
            clients,
            per_s: waited.len() as f64 / elapsed.as_secs_f64(),
            p50_ms: percentile(&waited, 50),
            p95_ms: percentile(&waited, 95),
            p99_ms: percentile(&waited, 99),
            ratio_to_single: 1.0,
        })
    }
}

/// How a client hands its orders in.
enum Door {
    Http(Client),
    InProcess(Flows),
}

impl Door {
    async fn place(&mut self, order: orders::place::NewOrder) -> anyhow::Result<()> {
        match self {
            Door::Http(client) => client.place(&order).await,
            Door::InProcess(flows) => goods::place(flows, order).await,
        }
    }
}

async fn token(flows: &Flows, area: Area) -> anyhow::Result<String> {
    let name = format!("bench-{}@quartermaster.example", flows.runtime.now().as_microsecond());
    let staff = NewStaff {
        email: name,
        name: COMPANY.to_owned(),
        password: Secret::new("a benchmark needs no secrets"),
        language: "en".to_owned(),
    };
    let user_id = people::enrol(
        &flows.runtime,
        Call::by("bench"),
        &Access::full(),
        staff,
        vec![Assignment::everywhere(Role::Owner)],
    )
    .await?;
    let new = NewKey { name: COMPANY.to_owned(), permissions: None, area, days: 1 };
    let made = people::make_key(&flows.runtime, Call::by("bench"), &Access::full(), user_id, new).await?;
    Ok(made.key.reveal().to_owned())
}

fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |waited| waited.as_secs_f64() * 1000.0)
}

fn print_table(measured: &[Measured]) {
    println!(
        "{:<9} {:<7} {:>7} {:>10} {:>9} {:>9} {:>9} {:>10}",
        "engine", "case", "clients", "orders/s", "p50 ms", "p95 ms", "p99 ms", "to single"
    );
    for Measured { engine, case, clients, per_s, p50_ms, p95_ms, p99_ms, ratio_to_single } in measured {
        println!(
            "{engine:<9} {case:<7} {clients:>7} {per_s:>10.0} {p50_ms:>9.2} {p95_ms:>9.2} {p99_ms:>9.2} {ratio_to_single:>9.1}x"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_wait_that_happened() {
        let waited: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!([50, 95, 99].map(|percent| percentile(&waited, percent)), [101.0, 191.0, 199.0]);
        assert_eq!(percentile(&[], 95), 0.0);
        assert_eq!(percentile(&waited[..1], 99), 1.0);
    }
}
