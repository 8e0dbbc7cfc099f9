//! `token`: a token for a machine, in the name of a person. It asks for no password: whoever can open the database can do
//! anything with it.

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use db::Fault;
use runtime::{Call, Clock};
use serde_json::json;

use crate::{cli::Setup, house};

#[derive(Debug, clap::Args)]
pub struct Token {
    /// In whose name: the e-mail address of somebody who is enrolled
    #[arg(long)]
    email: String,
    /// For how many days
    #[arg(long, default_value_t = 365)]
    days: u32,
}

pub async fn run(setup: &Setup, json: bool, token: &Token) -> anyhow::Result<ExitCode> {
    let house = house::open(setup, Clock::System).await?;
    let runtime = &house.flows.runtime;
    let (organisation_id, email) = (runtime.organisation_id.clone(), token.email.clone());
    let found: Result<_, Fault> = runtime
        .read(move |tx| {
            Box::pin(async move { people::find_staff_by_email(tx, &organisation_id, &email).await })
        })
        .await;
    let person = found.context("the staff cannot be read")?;
    let person = person.with_context(|| format!("nobody is enrolled with the address {}", token.email))?;
    ensure!(person.is_active, "{} was dismissed", person.email);
    let minted = people::mint_token(runtime, Call::by("operator"), person.user_id, token.days).await?;
    if json {
        let told = json!({
            "token": minted.token.reveal(), "session_id": minted.session_id, "expires_at": minted.expires_at,
        });
        println!("{told}");
    } else {
        println!("{}", minted.token.reveal());
        eprintln!("good until {}; it is shown only here", minted.expires_at);
    }
    Ok(ExitCode::SUCCESS)
}
