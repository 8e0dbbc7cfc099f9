//! `work`: only the work that goes on by itself, on a database that others serve.

use std::process::ExitCode;

use anyhow::Context as _;
use runtime::Clock;

use crate::{cli::Setup, house, server};

pub async fn run(setup: &Setup) -> anyhow::Result<ExitCode> {
    let stop = server::stop_signal()?;
    let house = house::open(setup, Clock::System).await?;
    println!("Quartermaster {} works for {}", env!("CARGO_PKG_VERSION"), house.organisation.name);
    tokio::spawn(flows::pump::run(house.flows, stop)).await.context("the pump broke down")?;
    Ok(ExitCode::SUCCESS)
}
