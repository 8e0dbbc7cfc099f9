//! `migrate`: brings the schema up to date, or tells whether it is.

use std::process::ExitCode;

use anyhow::Context as _;
use db::{Access, Db, Fault, migrate::STEPS};
use serde_json::json;

use crate::{cli::Setup, house, store};

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
        ("done", steps.into_iter().map(str::to_owned).collect())
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
async fn waiting(setup: &Setup) -> anyhow::Result<Vec<String>> {
    let db = Db::open(&setup.database, Access::Read).await.context("the database cannot be opened")?;
    let taken = db.read(|tx| Box::pin(async move { store::count_migrations(tx).await })).await;
    let taken = match taken {
        Ok(taken) => usize::try_from(taken)?,
        // A database that nobody has migrated has no list of migrations.
        Err(Fault::Sqlite { .. } | Fault::Postgres { .. }) => 0,
        Err(fault) => return Err(fault).context("the schema cannot be read"),
    };
    Ok(STEPS.iter().skip(taken).map(|(name, _)| (*name).to_owned()).collect())
}
