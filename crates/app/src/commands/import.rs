//! `import`: orders as a channel's, and tables of items, listings, nodes and stock.

mod table;

use std::{fs::File, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use channels::{Format, OrdersReader};
use flows::{
    files::Kind,
    import::{Fate, Import as Into, Told},
    intake::Refused,
};
use jiff::tz::TimeZone;
use runtime::Clock;
use serde_json::{Value, json};

use crate::{config::Config, house};

#[derive(Debug, clap::Subcommand)]
pub enum Import {
    /// Takes the orders of a CSV file: the format of docs/guide/orders-csv.md, or a Shopify export
    Orders(Orders),
    /// Takes items with their barcodes from a CSV or XLSX file: docs/guide/files.md
    Items(table::Table),
    /// Takes what the codes of channels mean from a CSV or XLSX file
    Listings(table::Table),
    /// Takes nodes from a CSV or XLSX file
    Nodes(table::Table),
    /// Sets stock from a CSV or XLSX file, where it has not moved since
    Stock(table::Table),
}

#[derive(Debug, clap::Args)]
pub struct Orders {
    /// The file
    file: PathBuf,
    /// The code of the channel they came from
    #[arg(long, value_name = "CODE")]
    channel: String,
    /// The file's format [default: told by its header]
    #[arg(long)]
    format: Option<FileFormat>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum FileFormat {
    /// docs/guide/orders-csv.md
    Orders,
    /// Shopify's export of orders
    Shopify,
}

pub async fn run(config: &Config, json: bool, import: &Import) -> anyhow::Result<ExitCode> {
    match import {
        Import::Orders(orders) => run_orders(config, json, orders).await,
        Import::Items(table) => table::run(config, json, Kind::Items, table).await,
        Import::Listings(table) => table::run(config, json, Kind::Listings, table).await,
        Import::Nodes(table) => table::run(config, json, Kind::Nodes, table).await,
        Import::Stock(table) => table::run(config, json, Kind::Stock, table).await,
    }
}

async fn run_orders(config: &Config, json: bool, orders: &Orders) -> anyhow::Result<ExitCode> {
    let name = orders.file.display();
    let file = File::open(&orders.file).with_context(|| format!("{name} cannot be opened"))?;
    let reader = match orders.format {
        None => OrdersReader::detect(file),
        Some(FileFormat::Orders) => OrdersReader::new(file, Format::OrdersCsv),
        Some(FileFormat::Shopify) => OrdersReader::new(file, Format::ShopifyCsv),
    };
    let reader = reader.with_context(|| format!("{name} cannot be read as orders"))?;
    let house = house::open(config, Clock::System).await?;
    let time_zone =
        TimeZone::get(&house.organisation.time_zone).context("the company's time zone is unknown")?;
    let into = Into { channel: orders.channel.clone(), time_zone, actor: "import".to_owned() };
    let summary = house.flows.import(reader, &into, |told| tell(told, json)).await;
    if json {
        println!("{}", json!({ "summary": summary }));
    } else {
        println!(
            "{} accepted, {} known before, {} left out, {} refused, {} unreadable, {} lost",
            summary.accepted,
            summary.repeated,
            summary.skipped,
            summary.refused,
            summary.unreadable,
            summary.lost
        );
        if let Some(why) = &summary.broken_off {
            println!("the rest of the file was not read: {why}");
        }
    }
    Ok(if summary.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line for each order that was not simply taken; in JSON one for each order.
fn tell(told: &Told, json: bool) {
    let Told { row, external_reference, fate } = told;
    if json {
        let mut line = json!({ "row": row, "external_reference": external_reference });
        let (word, facts) = facts(fate);
        line["fate"] = word.into();
        line[word] = facts;
        println!("{line}");
        return;
    }
    match fate {
        Fate::Accepted(_) => {}
        Fate::Skipped(skip) => println!("row {row}, order {external_reference}: left out, {skip}"),
        Fate::Lost(why) => println!("row {row}, order {external_reference}: lost, {why}"),
        Fate::Refused(refused) => {
            for line in refusal_lines(refused) {
                println!("row {row}, order {external_reference}: refused, {line}");
            }
        }
        Fate::Unreadable(unreadable) => {
            for error in &unreadable.errors {
                println!("order {external_reference}: unreadable, {error}");
            }
            if unreadable.more > 0 {
                println!("order {external_reference}: unreadable, and {} errors more", unreadable.more);
            }
        }
    }
}

fn facts(fate: &Fate) -> (&'static str, Value) {
    match fate {
        Fate::Accepted(accepted) => ("accepted", json!(accepted)),
        Fate::Skipped(skip) => ("skipped", json!(skip)),
        Fate::Lost(why) => ("lost", json!(why)),
        Fate::Refused(refused) => ("refused", json!(refused)),
        Fate::Unreadable(unreadable) => {
            let errors = unreadable.errors.iter().map(|error| {
                json!({
                    "row": error.row, "column": error.column, "value": error.value,
                    "problem": error.problem.to_string(),
                })
            });
            ("unreadable", json!({ "errors": errors.collect::<Vec<_>>(), "more": unreadable.more }))
        }
    }
}

fn refusal_lines(refused: &Refused) -> Vec<String> {
    match refused {
        Refused::BadFields { fields } | Refused::UnknownListings { lines: fields } => {
            fields.iter().map(|field| format!("{} {}", field.pointer, field.message)).collect()
        }
        Refused::UnknownChannel { channel } => vec![format!("there is no channel {channel}")],
        Refused::Conflict { order_id } => {
            vec![format!("the channel sent another order under this reference before: {order_id}")]
        }
        Refused::InsufficientStock { lines } => lines
            .iter()
            .map(|line| {
                format!(
                    "line {} ({}): {} asked for, {} free; {} of it would be taken now",
                    line.line_no, line.external_code, line.asked, line.available, line.possible_quantity
                )
            })
            .collect(),
    }
}
