//! `migrate`: brings the schema up to date, or tells whether it is.

use std::process::ExitCode;

use anyhow::Context as _;
use db::{Access, Db};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// Change nothing, and fail if there is something to do
    #[arg(long)]
    check: bool,
}

pub async fn run(config: &Config, json: bool, migrate: &Migrate) -> anyhow::Result<ExitCode> {
    let (word, steps) = if migrate.check {
        ("waiting", waiting(config).await?)
    } else {
        let db = house::open_database(config).await?;
        let steps = db::migrate(&db).await.context("the schema cannot be brought up to date")?;
        ("done", steps)
    };
    if json {
        println!("{}", json!({ word: steps }));
    } else if steps.is_empty() {
        println!("the schema is up to date");
    } else {
        for step in &steps {
            println!("{word}: {step}");
        }
    }
    let is_behind = migrate.check && !steps.is_empty();
    Ok(if is_behind { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Steps that the database has not taken. Also beside a running server.
async fn waiting(config: &Config) -> anyhow::Result<Vec<&'static str>> {
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    db::migrate::pending(&db).await.context("the schema cannot be read")
}
