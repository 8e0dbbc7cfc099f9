//! `holds`: what is held for carts, beside a running server too; and giving a hold up, in this process. While a server
//! owns the SQLite file, ask the server.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use flows::hold::{HoldSeen, list_holds};
use inventory::store::HoldFilter;
use kernel::{HoldId, PageRequest, Scope};
use runtime::{Call, Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Holds {
    /// Lists what is held for carts, newest first
    List(List),
    /// Gives a hold up: its stock is free at once
    Release(Release),
}

#[derive(Debug, Args)]
pub struct List {
    /// Also holds that have ended
    #[arg(long)]
    ended: bool,
    /// How many, up to 250
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

#[derive(Debug, Args)]
pub struct Release {
    /// The id of the hold
    hold: HoldId,
}

pub async fn run(config: &Config, json: bool, holds: &Holds) -> anyhow::Result<ExitCode> {
    match holds {
        Holds::List(asked) => list(config, json, asked).await,
        Holds::Release(asked) => release(config, json, &asked.hold).await,
    }
}

async fn list(config: &Config, json: bool, asked: &List) -> anyhow::Result<ExitCode> {
    let db = house::open_to_read(config).await?;
    let organisation =
        house::find_organisation(&db).await?.context("there is nothing in the database yet")?;
    let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
    let filter = HoldFilter { is_open: !asked.ended, ..HoldFilter::default() };
    let page = PageRequest::new(None, Some(asked.limit));
    let found =
        list_holds(&runtime, Scope::EVERYTHING, filter, page).await.context("holds cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for hold in &found.rows {
        let HoldSeen { hold_id, channel, external_reference, state, expires_at, .. } = hold;
        let lines = hold.lines.iter().map(|line| format!("{} x {}", line.quantity, line.external_code));
        let lines = lines.collect::<Vec<_>>().join(", ");
        println!("{hold_id}  {channel}  {external_reference}  {state}  until {expires_at}  {lines}");
    }
    Ok(ExitCode::SUCCESS)
}

async fn release(config: &Config, json: bool, hold_id: &HoldId) -> anyhow::Result<ExitCode> {
    let house = house::open(config, Clock::System).await?;
    house.flows.release_hold(Call::by("operator"), hold_id.clone()).await?;
    if json {
        println!("{}", json!({ "released": hold_id }));
    } else {
        println!("{hold_id} holds nothing any more");
    }
    Ok(ExitCode::SUCCESS)
}
