//! `token`: a token for a machine, in the name of a person.

use std::{
    io::{self, BufRead, Write},
    process::ExitCode,
};

use anyhow::Context as _;
use people::{Attempts, Secret};
use runtime::{Call, Clock};
use serde_json::json;

use crate::{cli::Setup, house};

#[derive(Debug, clap::Args)]
pub struct Token {
    /// In whose name: the e-mail address of somebody who is enrolled
    #[arg(long)]
    email: String,
    /// Their password; asked for where it is not given
    #[arg(long, env = "QUARTERMASTER_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    /// For how many days
    #[arg(long, default_value_t = 365)]
    days: u32,
}

pub async fn run(setup: &Setup, json: bool, token: &Token) -> anyhow::Result<ExitCode> {
    let password = match &token.password {
        Some(password) => password.clone(),
        None => ask_password(&token.email)?,
    };
    let house = house::open(setup, Clock::System).await?;
    let runtime = &house.flows.runtime;
    let who = people::sign_in(runtime, &Attempts::default(), &token.email, Secret::new(password)).await?;
    let actor = format!("user:{}", who.user_id);
    let minted = people::mint_token(runtime, Call::by(&actor), who.user_id, token.days).await?;
    // The session only proved who asks.
    people::sign_out(runtime, Call::by(&actor), who.session_id).await?;
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

fn ask_password(email: &str) -> anyhow::Result<String> {
    eprint!("password of {email}: ");
    io::stderr().flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line).context("the password cannot be read")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
