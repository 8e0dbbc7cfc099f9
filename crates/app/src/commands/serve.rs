//! `serve`: the API, the console and the work that goes on by itself, in one process.

use std::process::ExitCode;

use runtime::Clock;

use crate::{
    config::Config,
    house::{self, Founding},
    server,
};

#[derive(Debug, clap::Args)]
pub struct Serve {
    #[command(flatten)]
    founding: Founding,
}

pub async fn run(config: &Config, serve: &Serve) -> anyhow::Result<ExitCode> {
    config.face_risks()?;
    let stop = server::stop_signal()?;
    let house = house::open_or_found(config, Clock::System, serve.founding.organisation()).await?;
    let listener = server::listen(config.listen).await?;
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
    server::serve(house.flows, listener, config, stop).await?;
    Ok(ExitCode::SUCCESS)
}
