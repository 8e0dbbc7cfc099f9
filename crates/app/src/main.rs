//! Floor 5: the binary. One command a file; what they share is how a house is opened ([`house`]) and how it is served
//! ([`server`]).

mod cli;
mod commands;
mod config;
mod house;
mod keyring;
mod log;
mod server;
mod traces;

use std::{process::ExitCode, time::Duration};

use clap::Parser;
use cli::{Cli, Command};
use config::Config;
use traces::Traces;

/// An accepted order is some hundreds of small pieces of memory, made by one thread and given back by another.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// How long the process waits at its end for readers that nobody waits for any more.
const PARTING: Duration = Duration::from_secs(2);

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match Config::load(&cli.settings) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    begin(cli, &config).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn begin(cli: Cli, config: &Config) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let traces = Traces::open(config, runtime.handle())?;
    log::start(config, cli.command.default_log(), traces.as_ref());
    let result = runtime.block_on(run(cli, config));
    if let Some(traces) = traces {
        traces.close();
    }
    // What was asked for is done by now. Only a reader, such as a check of a large ledger, may be at it for minutes.
    runtime.shutdown_timeout(PARTING);
    result
}

async fn run(Cli { json, command, .. }: Cli, config: &Config) -> anyhow::Result<ExitCode> {
    match command {
        Command::Migrate(migrate) => commands::migrate::run(config, json, &migrate).await,
        Command::Serve(serve) => commands::serve::run(config, &serve).await,
        Command::Work => commands::work::run(config).await,
        Command::Demo(demo) => commands::demo::run(config, json, &demo).await,
        Command::Import(import) => commands::import::run(config, json, &import).await,
        Command::Export(export) => commands::export::run(config, json, &export).await,
        Command::Replay(replay) => commands::replay::run(config, json, &replay).await,
        Command::Verify => commands::verify::run(config, json).await,
        Command::Backup(backup) => commands::backup::run(config, json, &backup).await,
        Command::Restore(restore) => commands::backup::restore(config, json, &restore).await,
        Command::Alerts(alerts) => commands::alerts::run(config, json, &alerts).await,
        Command::Quota(quota) => commands::quota::run(config, json, &quota).await,
        Command::Availability(asked) => commands::quota::tell(config, json, &asked).await,
        Command::Erase(erase) => commands::erase::run(config, json, &erase).await,
        Command::Ownership(ownership) => commands::ownership::run(config, json, &ownership).await,
        Command::Holds(holds) => commands::holds::run(config, json, &holds).await,
        Command::Backorders(backorders) => commands::backorders::run(config, json, &backorders).await,
        Command::Lots(lots) => commands::lots::run(config, json, &lots).await,
        Command::Counts(counts) => commands::counts::run(config, json, &counts).await,
        Command::Discrepancies(asked) => commands::counts::differ(config, json, &asked).await,
        Command::Stuck(asked) => commands::counts::stuck(config, json, &asked).await,
        Command::Config => commands::config::run(config, json),
        Command::Doctor => commands::doctor::run(config, json).await,
        Command::RotateKey => commands::rotate_key::run(config).await,
        Command::Token(token) => commands::token::run(config, json, &token).await,
        Command::Bench(bench) => commands::bench::run(config, json, &bench).await,
        Command::SeedLarge(seed) => commands::seed_large::run(config, json, &seed).await,
        Command::Sim(sim) => commands::sim::run(config, json, &sim).await,
    }
}
