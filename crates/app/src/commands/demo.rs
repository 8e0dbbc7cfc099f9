//! `demo`: a simulated company at work.

use std::{net::SocketAddr, process::ExitCode};

use crate::cli::Setup;

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub async fn run(_setup: &Setup, _json: bool, _demo: &Demo) -> anyhow::Result<ExitCode> {
    anyhow::bail!("later")
}
