//! `bench`: later.

use std::process::ExitCode;

use crate::cli::Setup;

#[derive(Debug, clap::Subcommand)]
pub enum Bench {
    /// Orders a second through the intake
    Intake,
}

pub async fn run(_setup: &Setup, _json: bool, _bench: &Bench) -> anyhow::Result<ExitCode> {
    anyhow::bail!("later")
}
