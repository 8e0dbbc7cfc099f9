//! What this machine does in a second: [`orders`] are accepted, questions of product pages answered ([`availability`]),
//! pages of [`lists`] shown, and [`neighbours`] served side by side.
//!
//! Every figure is taken beside a simpler case in the same run, on the same database, with the same verbs: ratios travel
//! between machines, numbers do not.

mod availability;
mod client;
mod goods;
mod lists;
mod neighbours;
mod orders;
mod watch;

use std::{
    process::ExitCode,
    sync::{Arc, atomic::AtomicUsize},
};

use anyhow::{Context as _, ensure};
use carriers::{CarrierSetup, SimulatedCarrier};
use flows::{Flows, Outside};
use kernel::{Currency, MerchantId};
use payments::{ProviderSetup, SimulatedProvider};
use people::{Assignment, MerchantError, NewKey, NewOrganisation, NewStaff, Role, Secret};
use runtime::{Call, Clock, Keyring};
use serde::Serialize;
use web::{Access, Area};

use crate::{config::Config, house, server};
use goods::Goods;
use watch::Watch;

/// The company of a benchmark: a database that belongs to another is left alone.
const COMPANY: &str = "Benchmark";

#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// Orders a second through the intake: over HTTP, in bulk, and one transaction each
    Intake(orders::Intake),
    /// Orders a second where all want the same item, beside as many that want others
    Hot(orders::Hot),
    /// What product pages ask: questions a second, with nothing happening and while orders are taken
    Availability(availability::Availability),
    /// How long each list page takes, in the database that is named
    Lists(lists::Lists),
    /// How long one merchant's orders wait while another sends a hundred times as many
    Neighbours(neighbours::Neighbours),
}

/// Where it is measured.
#[derive(Debug, clap::Args)]
struct Database {
    /// The engine
    #[arg(long, default_value = "sqlite")]
    engine: EngineName,
    /// A PostgreSQL database that is empty or was measured before
    #[arg(long, env = "QUARTERMASTER_BENCH_POSTGRES", hide_env_values = true, value_name = "URL")]
    postgres: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum EngineName {
    Sqlite,
    Postgres,
}

pub async fn run(config: &Config, json: bool, bench: &Bench) -> anyhow::Result<ExitCode> {
    match bench {
        Bench::Intake(asked) => {
            let (stage, _folder) = Stage::of(config, &asked.database).await?;
            tell(json, &stage.durability, &orders::intake(&stage, asked).await?, orders::print)?;
        }
        Bench::Hot(asked) => {
            let (stage, _folder) = Stage::of(config, &asked.database).await?;
            tell(json, &stage.durability, &orders::hot(&stage, asked).await?, orders::print)?;
        }
        Bench::Availability(asked) => {
            let (stage, _folder) = Stage::of(config, &asked.database).await?;
            tell(json, &stage.durability, &availability::run(&stage, asked).await?, availability::print)?;
        }
        Bench::Lists(lists) => {
            let pages = lists::run(config, lists).await?;
            tell(json, "", &pages, lists::print)?;
        }
        Bench::Neighbours(asked) => {
            let folder = folder()?;
            // Here the server's patience with one client is measured too.
            let config = with_database(config, &asked.database, folder.path())?;
            let stage = Stage::open(&config).await?;
            tell(json, &stage.durability, &neighbours::run(&stage, asked).await?, neighbours::print)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// One object a line, or a table under how durable it was.
fn tell<R: Serialize>(json: bool, durability: &str, rows: &[R], print: fn(&[R])) -> anyhow::Result<()> {
    if json {
        for row in rows {
            println!("{}", serde_json::to_string(row)?);
        }
        return Ok(());
    }
    if !durability.is_empty() {
        println!("{durability}");
    }
    print(rows);
    Ok(())
}

/// The folder one stands in: a temporary one may be in memory, where a disk is never waited for.
fn folder() -> anyhow::Result<tempfile::TempDir> {
    Ok(tempfile::Builder::new().prefix("quartermaster-bench").tempdir_in(".")?)
}

fn with_database(config: &Config, database: &Database, folder: &std::path::Path) -> anyhow::Result<Config> {
    let url = match database.engine {
        EngineName::Sqlite => format!("sqlite:{}", folder.join("bench.db").display()),
        EngineName::Postgres => {
            let named = Some(&config.database)
                .filter(|database| database.starts_with("postgres"))
                .or(database.postgres.as_ref());
            named
                .cloned()
                .context("name a database: --postgres URL, or `cargo xtask bench`, which starts one")?
        }
    };
    Ok(config.with_database(&url))
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
    /// Hears how long transactions are held.
    watch: Watch,
    _stop: tokio::sync::watch::Sender<bool>,
}

impl Stage {
    /// A server without patience for one client's rate, in a folder of its own, which goes when it is dropped.
    async fn of(config: &Config, database: &Database) -> anyhow::Result<(Stage, tempfile::TempDir)> {
        let folder = folder()?;
        let mut config = with_database(config, database, folder.path())?;
        (config.rate_per_key, config.rate_per_merchant) = (0, 0);
        Ok((Stage::open(&config).await?, folder))
    }

    async fn open(config: &Config) -> anyhow::Result<Stage> {
        let watch = Watch::install()?;
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
        let (stop, stopped) = tokio::sync::watch::channel(false);
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
            watch,
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

    /// How long the ledger is.
    async fn ledger_rows(&self) -> anyhow::Result<i64> {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let count = self.flows.runtime.read(move |tx| {
            Box::pin(async move { inventory::store::count_transfers(tx, &organisation_id).await })
        });
        Ok(count.await?)
    }

    /// Makes the ledger longer by movements there and back, so that no balance changes.
    async fn pad_ledger(&self, rows: u64) -> anyhow::Result<()> {
        let mut added = 0;
        while added < rows {
            let limit = ((rows - added) / 2).clamp(1, 100_000) as i64;
            let organisation_id = self.flows.runtime.organisation_id.clone();
            let pad = self.flows.runtime.db.write(move |tx| {
                Box::pin(async move { inventory::store::pad_ledger(tx, &organisation_id, limit).await })
            });
            let more = pad.await?;
            ensure!(more > 0, "there is no movement to repeat");
            added += more;
        }
        Ok(())
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
