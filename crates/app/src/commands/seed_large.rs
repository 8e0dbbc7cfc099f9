//! `seed-large`: a house with a long past, to measure lists with.

use std::process::ExitCode;

use anyhow::ensure;
use db::{Access, Db};
use sim::{
    large,
    run::{Plan, open},
};

use crate::config::{Config, Source};

/// Where it is made unless another place is named.
const DATABASE: &str = "sqlite:quartermaster-large.db";

#[derive(Debug, clap::Args)]
pub struct SeedLarge {
    /// All chance of the world
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders in all, about
    #[arg(long, default_value_t = 1_000_000)]
    orders: u64,
    /// Orders that are lived through the doors, about; the others are theirs again, at earlier times
    #[arg(long, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(50..))]
    lived: u32,
}

/// Works on an empty database only.
pub async fn run(config: &Config, json: bool, command: &SeedLarge) -> anyhow::Result<ExitCode> {
    let database = match config.source("database") {
        Source::Default => DATABASE,
        _ => &config.database,
    };
    let db = Db::open(database, Access::Write).await?;
    ensure!(
        !db::migrate(&db).await?.is_empty(),
        "{database} is in use already: name another one with --database"
    );
    let days = 2;
    let plan = Plan { seed: command.seed, days, orders_a_day: command.lived.div_ceil(days) };
    let flows = open(db, &plan).await?;
    let made = large::make(&flows, &plan, command.orders).await?;
    if json {
        println!("{}", serde_json::to_string(&made)?);
    } else {
        println!("{} orders lived, {} copied, {} rows, in {database}", made.lived, made.copied, made.rows);
        println!("measure its lists: quartermaster bench lists --database {database}");
    }
    Ok(ExitCode::SUCCESS)
}
