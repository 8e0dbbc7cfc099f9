//! `sim`: days of trade under a clock set by hand, everything verified after every hour.

use std::process::ExitCode;

use db::{Access, Db};
use sim::run::{Plan, open, run as simulate};

use crate::config::{Config, Source};

#[derive(Debug, clap::Args)]
pub struct Sim {
    /// All chance of the run: the same seed is the same run
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Days of trade
    #[arg(long, default_value_t = 1)]
    days: u32,
    /// Orders a day, about
    #[arg(long, default_value_t = 200)]
    orders: u32,
}

/// Runs on an empty database: the one that is named, else one that is gone afterwards.
pub async fn run(config: &Config, json: bool, sim: &Sim) -> anyhow::Result<ExitCode> {
    let folder = tempfile::tempdir()?;
    let database = match config.source("database") {
        Source::Default => format!("sqlite:{}", folder.path().join("sim.db").display()),
        _ => config.database.clone(),
    };
    let db = Db::open(&database, Access::Write).await?;
    db::migrate(&db).await?;
    let plan = Plan { seed: sim.seed, days: sim.days, orders_a_day: sim.orders };
    let flows = open(db, &plan).await?;
    let report = simulate(&flows, &plan).await?;
    if json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        println!("{}", serde_json::to_string_pretty(&report)?);
    }
    Ok(ExitCode::SUCCESS)
}
