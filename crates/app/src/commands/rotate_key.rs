//! `rotate-key`: a fresh master key seals every secret; the former opens nothing any more. Servers that share a PostgreSQL
//! database know only the former, so they are stopped first.

use std::process::ExitCode;

use runtime::Clock;

use crate::{config::Config, house, keyring};

pub async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    // Whoever cannot open the database, or what is sealed in it, gets no new key.
    let house = house::open(config, Clock::System).await?;
    let runtime = house.flows.runtime.clone().with_keyring(keyring::renew(config)?);
    house::seal(&runtime).await?;
    keyring::forget_former(config)?;
    let name = runtime.keyring.names().next().unwrap_or_default();
    eprintln!("every secret is sealed with the master key {name}; copy the key file again");
    Ok(ExitCode::SUCCESS)
}
