//! `sim`: later.

use std::{net::SocketAddr, process::ExitCode};



#[derive(Debug, clap::Args)]
pub struct Sim {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
}

pub async fn run(_json: bool, _sim: &Sim) -> anyhow::Result<ExitCode> {
    anyhow::bail!("later")
}
