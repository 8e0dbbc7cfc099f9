//! `counts`, `discrepancies` and `stuck`: what waits for a second person, what differs, and what nobody moves; beside a
//! running server too.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use db::{Access, Db};
use flows::{
    approvals::list_proposals,
    discrepancies::find_discrepancies,
    stuck::{StuckUnits, list_stuck},
};
use inventory::store::{DiscrepancyFilter, DiscrepancyRow, ProposedRow};
use kernel::{PageRequest, Scope};
use runtime::{Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Counts {
    /// Lists corrections that wait for somebody's yes, newest first
    Waiting(Listed),
}

#[derive(Debug, Args)]
pub struct Listed {
    /// Also those that are over
    #[arg(long)]
    all: bool,
    /// How many, up to 250
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

#[derive(Debug, Subcommand)]
pub enum Discrepancies {
    /// Lists what differs between the book and the world, newest first
    List(Listed),
}

#[derive(Debug, Args)]
pub struct Stuck {
    /// What has not moved for so many days
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(i64).range(0..=flows::stuck::DAYS_MOST))]
    days: i64,
}

async fn open(config: &Config) -> anyhow::Result<Runtime> {
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    let organisation =
        house::find_organisation(&db).await?.context("there is nothing in the database yet")?;
    Ok(Runtime::new(db, Clock::System, organisation.organisation_id, None))
}

pub async fn run(config: &Config, json: bool, counts: &Counts) -> anyhow::Result<ExitCode> {
    let Counts::Waiting(asked) = counts;
    let (runtime, page) = (open(config).await?, PageRequest::new(None, Some(asked.limit)));
    let found = list_proposals(&runtime, Scope::EVERYTHING, !asked.all, page).await;
    let found = found.context("proposed adjustments cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for row in &found.rows {
        let ProposedRow { proposed_adjustment_id: id, state, quantity, item_id, node_id, .. } = row;
        let (from, to, reason, by) = (&row.from_state, &row.to_state, &row.reason, &row.proposed_by);
        println!(
            "{id}  {state}  {} x {item_id}  {node_id}  {from} to {to}  {reason}  by {by}",
            quantity.units()
        );
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn differ(config: &Config, json: bool, asked: &Discrepancies) -> anyhow::Result<ExitCode> {
    let Discrepancies::List(asked) = asked;
    let (runtime, page) = (open(config).await?, PageRequest::new(None, Some(asked.limit)));
    let filter = DiscrepancyFilter { is_open: !asked.all, ..DiscrepancyFilter::default() };
    let found = find_discrepancies(&runtime, Scope::EVERYTHING, filter, page).await;
    let found = found.context("discrepancies cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for row in &found.rows {
        let DiscrepancyRow { discrepancy_id: id, kind, state, item_id, expected, found, .. } = row;
        let place = if row.node_id.is_empty() { &row.channel_id } else { &row.node_id };
        let (cause, at) = (&row.cause_id, row.found_at);
        println!(
            "{id}  {state}  {kind}  {item_id}  {place}  book {expected}, found {found}  {cause}  since {at}"
        );
    }
    Ok(ExitCode::SUCCESS)
}

pub async fn stuck(config: &Config, json: bool, asked: &Stuck) -> anyhow::Result<ExitCode> {
    let found = list_stuck(&open(config).await?, Scope::EVERYTHING, asked.days).await;
    let found = found.context("what is stuck cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for row in &found {
        let StuckUnits { since, quantity, item_id, node_id, state, reference, freed_by, .. } = row;
        println!("{since}  {quantity} x {item_id}  {node_id}  {state}  {reference}  {freed_by}");
    }
    Ok(ExitCode::SUCCESS)
}
