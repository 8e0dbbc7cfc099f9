//! `backorders`: who waits for supply, beside a running server too.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use db::{Access, Db};
use flows::waiting::{WaitingSeen, list_waiting};
use kernel::{PageRequest, Scope};
use runtime::{Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Backorders {
    /// Lists who waits for supply, in their turn
    List(List),
}

#[derive(Debug, Args)]
pub struct List {
    /// SKU, barcode or id: only who waits for this item
    #[arg(long)]
    item: Option<String>,
    /// How many, up to 250
    #[arg(long, default_value_t = 50)]
    limit: i64,
}

pub async fn run(config: &Config, json: bool, backorders: &Backorders) -> anyhow::Result<ExitCode> {
    let Backorders::List(asked) = backorders;
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    let organisation =
        house::find_organisation(&db).await?.context("there is nothing in the database yet")?;
    let runtime = Runtime::new(db, Clock::System, organisation.organisation_id.clone(), None);
    let item_id = match asked.item.clone() {
        None => None,
        Some(code) => {
            let organisation_id = organisation.organisation_id;
            let found = runtime.read(move |tx| {
                Box::pin(async move { catalogue::find_item_by_code(tx, &organisation_id, &code).await })
            });
            let found = found.await.context("the item cannot be looked for")?;
            Some(found.context("there is no such item: give its SKU, barcode or id")?.item_id)
        }
    };
    let page = PageRequest::new(None, Some(asked.limit));
    let found =
        list_waiting(&runtime, Scope::EVERYTHING, item_id, page).await.context("the queue cannot be read")?;
    if json {
        println!("{}", json!(found));
        return Ok(ExitCode::SUCCESS);
    }
    for row in &found.rows {
        let WaitingSeen { sku, units, external_reference, channel, expected_on, placed_at, .. } = row;
        let day = expected_on.map_or_else(|| "nobody knows when".to_owned(), |day| day.to_string());
        let late = if row.is_late { "  late" } else { "" };
        let first = if row.is_moved_up { "  moved up" } else { "" };
        println!("{units} x {sku}  {external_reference} of {channel}  since {placed_at}  {day}{late}{first}");
    }
    Ok(ExitCode::SUCCESS)
}
