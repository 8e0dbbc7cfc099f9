//! `export history`: everything that happened, as a folder of CSV files.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use db::{Access, Db};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, clap::Subcommand)]
pub enum Export {
    /// Writes a history: docs/guide/history-format.md. Works beside a running server
    History(History),
}

#[derive(Debug, clap::Args)]
pub struct History {
    /// The folder to write to; it must have no history yet
    folder: PathBuf,
}

pub async fn run(config: &Config, json: bool, export: &Export) -> anyhow::Result<ExitCode> {
    let Export::History(history) = export;
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    let organisation = house::find_organisation(&db).await?.context("the database has no company yet")?;
    let written = flows::export::export(&db, &organisation, &history.folder).await?;
    if json {
        println!("{}", json!(written));
    } else {
        println!(
            "{} orders, {} parcels and {} reports written to {}",
            written.orders,
            written.parcels,
            written.reports,
            history.folder.display()
        );
    }
    Ok(ExitCode::SUCCESS)
}
