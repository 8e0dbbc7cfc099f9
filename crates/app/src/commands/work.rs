//! `work`: only the work that goes on by itself, on a database that others serve.

use std::process::ExitCode;

use anyhow::Context as _;
use runtime::Clock;

use crate::{config::Config, house, server};

pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    config.face_risks()?;
    let stop = server::stop_signal()?;
    let house = house::open(config, Clock::System).await?;
    println!("Quartermaster {} works for {}", env!("CARGO_PKG_VERSION"), house.organisation.name);
    tokio::spawn(flows::pump::run(house.flows, stop)).await.context("the pump broke down")?;
    Ok(ExitCode::SUCCESS)
}
