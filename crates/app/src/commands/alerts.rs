//! `alerts`: what will be sold out and what is too much, beside a running server too.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use db::{Access, Db};
use flows::outlook::{AlertSeen, stock_alerts};
use inventory::outlook::AlertKind;
use kernel::{PageRequest, Scope};
use runtime::{Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Alerts {
    /// Lists what will be sold out before goods can come, and what is more than will be sold
    List(List),
}

#[derive(Debug, Args)]
pub struct List {
    /// How many, up to 250
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

pub async fn run(config: &Config, json: bool, alerts: &Alerts) -> anyhow::Result<ExitCode> {
    let Alerts::List(asked) = alerts;
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    let organisation =
        house::find_organisation(&db).await?.context("there is nothing in the database yet")?;
    let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
    let page = PageRequest::new(None, Some(asked.limit));
    let found = stock_alerts(&runtime, Scope::EVERYTHING, None, page);
    let found = found.await.context("alerts cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for AlertSeen { kind, node, sku, outlook, .. } in &found.rows {
        let why = match (kind, outlook.stockout_on) {
            (AlertKind::Stockout, Some(day)) => format!("sold out on {day}"),
            _ => format!("{} more than enough", outlook.excess),
        };
        println!("{node:<16} {sku:<24} {:>10} free  {why}", outlook.free);
    }
    Ok(ExitCode::SUCCESS)
}
