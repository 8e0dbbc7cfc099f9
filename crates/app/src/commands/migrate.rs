//! `migrate`: brings the schema up to date, or tells whether it is.

use std::process::ExitCode;

use anyhow::Context as _;
use db::{Access, Db};
use serde_json::json;

use crate::{cli::Setup, house};

#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// Change nothing, and fail if there is something to do
    #[arg(long)]
    check: bool,
}

pub async fn run(setup: &Setup, json: bool, migrate: &Migrate) -> anyhow::Result<ExitCode> {
    let (word, steps) = if migrate.check {
        ("waiting", waiting(setup).await?)
    } else {
        let db = house::open_database(setup).await?;
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
async fn waiting(setup: &Setup) -> anyhow::Result<Vec<&'static str>> {
    let db = Db::open(&setup.database, Access::Read).await.context("the database cannot be opened")?;
    db::migrate::pending(&db).await.context("the schema cannot be read")
}
