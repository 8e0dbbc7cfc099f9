//! `lots`: what expires, beside a running server too.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use flows::lots::{LotSeen, Wanted, list_lots};
use kernel::{PageRequest, Scope};
use runtime::{Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Lots {
    /// Lists goods by lot, those that expire first first
    List(List),
}

#[derive(Debug, Args)]
pub struct List {
    /// Only those that expire within so many days, and those that are expired
    #[arg(long, value_parser = clap::value_parser!(i64).range(0..=flows::lots::WITHIN_MAX))]
    within: Option<i64>,
    /// How many, up to 250
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

pub async fn run(config: &Config, json: bool, lots: &Lots) -> anyhow::Result<ExitCode> {
    let Lots::List(asked) = lots;
    let db = house::open_to_read(config).await?;
    let organisation =
        house::find_organisation(&db).await?.context("there is nothing in the database yet")?;
    let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
    let wanted = Wanted { within_days: asked.within, ..Wanted::default() };
    let page = PageRequest::new(None, Some(asked.limit));
    let found = list_lots(&runtime, Scope::EVERYTHING, wanted, page).await.context("lots cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for row in &found.rows {
        let LotSeen { sku, lot, node_id, state, quantity, expires_on, days_left, .. } = row;
        let day = expires_on.as_deref().unwrap_or("keeps");
        let left = days_left.map_or_else(String::new, |days| format!("  {days} days left"));
        let too_old = match row.too_old_for.is_empty() {
            true => String::new(),
            false => format!("  not for {}", row.too_old_for.join(", ")),
        };
        println!("{day}{left}  {quantity} x {sku}  lot {lot}  {node_id}  {state}{too_old}");
    }
    Ok(ExitCode::SUCCESS)
}
