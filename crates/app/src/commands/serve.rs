//! `serve`: the API, the console and the work that goes on by itself, in one process.

use std::{net::SocketAddr, process::ExitCode, time::Duration};

use runtime::Clock;

use crate::{
    cli::Setup,
    house::{self, Founding},
    server,
};

#[derive(Debug, clap::Args)]
pub struct Serve {
    /// Where to listen
    #[arg(long, env = "QUARTERMASTER_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// How long to go on serving once told to stop, so that a balancer sees it is no longer ready [default: 5 on
    /// PostgreSQL, 0 on SQLite]
    #[arg(long, env = "QUARTERMASTER_DRAIN", value_name = "SECONDS")]
    drain: Option<u32>,
    #[command(flatten)]
    founding: Founding,
}

pub async fn run(setup: &Setup, serve: &Serve) -> anyhow::Result<ExitCode> {
    let stop = server::stop_signal()?;
    let house = house::open_or_found(setup, Clock::System, serve.founding.organisation()).await?;
    let listener = server::listen(serve.listen).await?;
    let address = listener.local_addr()?;
    println!(
        "Quartermaster {} serves {} on http://{address}",
        env!("CARGO_PKG_VERSION"),
        house.organisation.name
    );
    if let Some(secret) = &house.first_run_secret {
        println!(
            "Nobody is enrolled yet. Enrol the first person with this secret, valid until the next start:"
        );
        println!("    {}", secret.reveal());
    }
    let drain = serve.drain.map(|seconds| Duration::from_secs(seconds.into()));
    let drain = drain.unwrap_or_else(|| server::usual_drain(house.flows.runtime.db.engine()));
    server::serve(house.flows, listener, stop, drain).await?;
    Ok(ExitCode::SUCCESS)
}
