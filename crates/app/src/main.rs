//! Floor 5: the binary. One command a file; what they share is how a house is opened ([`house`]) and how it is served
//! ([`server`]).

mod cli;
mod commands;
mod house;
mod server;

use std::process::ExitCode;

use clap::Parser;
use cli::{Cli, Command};

fn main() -> ExitCode {
    let cli = Cli::parse();
    start_log(cli.log.as_deref().unwrap_or(cli.command.default_log()));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(cli)),
        Err(error) => Err(error.into()),
    };
    result.unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

async fn run(Cli { setup, json, command, .. }: Cli) -> anyhow::Result<ExitCode> {
    match command {
        Command::Migrate(migrate) => commands::migrate::run(&setup, json, &migrate).await,
        Command::Serve(serve) => commands::serve::run(&setup, &serve).await,
        Command::Work => commands::work::run(&setup).await,
        Command::Demo(demo) => commands::demo::run(&setup, json, &demo).await,
        Command::Import(import) => commands::import::run(&setup, json, &import).await,
        Command::Export(export) => commands::export::run(&setup, json, &export).await,
        Command::Replay(replay) => commands::replay::run(&setup, json, &replay).await,
        Command::Verify => commands::verify::run(&setup, json).await,
        Command::Backup(backup) => commands::backup::run(&setup, json, &backup).await,
        Command::Restore(restore) => commands::backup::restore(&setup, json, &restore).await,
        Command::Token(token) => commands::token::run(&setup, json, &token).await,
        Command::Bench(bench) => commands::bench::run(&setup, json, &bench).await,
        Command::Sim(sim) => commands::sim::run(&setup, json, &sim).await,
    }
}

/// The log goes to standard error: standard output is for answers.
fn start_log(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_else(|error| {
        eprintln!("`{filter}` is no log filter ({error}); logging warnings");
        tracing_subscriber::EnvFilter::new("warn")
    });
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
