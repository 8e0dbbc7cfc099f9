//! `token`: an API key for a machine, in the name of a person. It asks for no password: whoever can open the database
//! can do anything with it.

use std::process::ExitCode;

use anyhow::{Context as _, ensure};
use db::Fault;
use people::NewKey;
use runtime::{Call, Clock};
use serde_json::json;
use web::{Access, Area, Permission};

use crate::{config::Config, house};

#[derive(Debug, clap::Args)]
pub struct Token {
    /// In whose name: the e-mail address of somebody who is enrolled
    #[arg(long)]
    email: String,
    /// What the key is called in the list of keys
    #[arg(long, default_value = "command line")]
    name: String,
    /// What the machine may do, such as orders.read; may be given several times [default: all that the person may]
    #[arg(long = "permission", value_parser = read_permission, value_name = "PERMISSION")]
    permissions: Vec<Permission>,
    /// For how many days
    #[arg(long, default_value_t = 365)]
    days: u32,
}

pub async fn run(config: &Config, json: bool, token: &Token) -> anyhow::Result<ExitCode> {
    let house = house::open(config, Clock::System).await?;
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
    let new = NewKey {
        name: token.name.clone(),
        permissions: (!token.permissions.is_empty()).then(|| token.permissions.iter().copied().collect()),
        area: Area::Everywhere,
        days: token.days,
    };
    // The key still does no more than its person may.
    let made = people::make_key(runtime, Call::by("operator"), &Access::full(), person.user_id, new).await?;
    if json {
        let told = json!({
            "key": made.key.reveal(), "key_id": made.key_id, "expires_at": made.expires_at,
        });
        println!("{told}");
    } else {
        println!("{}", made.key.reveal());
        eprintln!("good until {}; it is shown only here", made.expires_at);
    }
    Ok(ExitCode::SUCCESS)
}

fn read_permission(code: &str) -> Result<Permission, String> {
    let all = || Permission::ALL.iter().map(|permission| permission.code()).collect::<Vec<_>>().join(", ");
    Permission::parse(code).ok_or_else(|| format!("one of {}", all()))
}
