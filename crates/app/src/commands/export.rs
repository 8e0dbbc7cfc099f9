//! `export`: everything that happened, as a folder of CSV files; or one list, as a file.

use std::{fs::File, io::Write, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use flows::files::export as files;
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, clap::Subcommand)]
pub enum Export {
    /// Writes a history: docs/guide/history-format.md. Works beside a running server
    History(History),
    /// Writes items with their barcodes: docs/guide/files.md
    Items(List),
    /// Writes what the codes of channels mean
    Listings(List),
    /// Writes nodes
    Nodes(List),
    /// Writes stock by item and node
    Stock(List),
    /// Writes orders, one a row
    Orders(Orders),
    /// Writes the journal of everything that happened
    Events(List),
}

#[derive(Debug, clap::Args)]
pub struct List {
    /// The file to write; its end says the form: .csv or .xlsx
    file: PathBuf,
    /// Only items whose code or name has it, or orders that are called so
    #[arg(long, default_value = "")]
    search: String,
}

#[derive(Debug, clap::Args)]
pub struct Orders {
    #[command(flatten)]
    list: List,
    /// Only orders of this status, such as to_pick
    #[arg(long)]
    status: Option<String>,
}

#[derive(Debug, clap::Args)]
pub struct History {
    /// The folder to write to; it must have no history yet
    folder: PathBuf,
}

pub async fn run(config: &Config, json: bool, export: &Export) -> anyhow::Result<ExitCode> {
    let history = match export {
        Export::History(history) => history,
        Export::Items(list) => return run_list(config, json, files::Export::Items, list, None).await,
        Export::Listings(list) => return run_list(config, json, files::Export::Listings, list, None).await,
        Export::Nodes(list) => return run_list(config, json, files::Export::Nodes, list, None).await,
        Export::Stock(list) => return run_list(config, json, files::Export::Stock, list, None).await,
        Export::Orders(Orders { list, status }) => {
            return run_list(config, json, files::Export::Orders, list, status.clone()).await;
        }
        Export::Events(list) => return run_list(config, json, files::Export::Events, list, None).await,
    };
    let db = house::open_to_read(config).await?;
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

/// Writes one list; works beside a running server.
async fn run_list(
    config: &Config,
    json: bool,
    export: files::Export,
    list: &List,
    status: Option<String>,
) -> anyhow::Result<ExitCode> {
    if let Some(status) = &status {
        orders::Status::parse(status).with_context(|| format!("`{status}` is no status of an order"))?;
    }
    let is_searched = !matches!(export, files::Export::Nodes | files::Export::Events);
    anyhow::ensure!(is_searched || list.search.is_empty(), "{} are not searched", export.name());
    let wanted = files::Wanted { search: list.search.clone(), status, ..files::Wanted::default() };
    let name = list.file.display();
    let form = list.file.extension().and_then(|end| end.to_str()).and_then(files::Form::parse);
    let form = form.with_context(|| format!("{name} should end in .csv or .xlsx"))?;
    let db = house::open_to_read(config).await?;
    let organisation = house::find_organisation(&db).await?.context("the database has no company yet")?;
    let mut csv = tempfile::tempfile().context("there is no room for a file")?;
    let (mut after, mut rows) = (None::<String>, 0);
    loop {
        let (organisation_id, from) = (organisation.organisation_id.clone(), after.clone());
        let page = files::csv_page(&db, organisation_id, export, &wanted, from.as_deref()).await?;
        csv.write_all(&page.bytes)?;
        rows += page.rows;
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    let mut written = files::in_form(csv, export, form)?;
    let mut out = File::create_new(&list.file).with_context(|| format!("{name} cannot be made"))?;
    std::io::copy(&mut written, &mut out)?;
    out.sync_all()?;
    if json {
        println!("{}", json!({ "rows": rows, "file": list.file }));
    } else {
        println!("{rows} rows written to {name}");
    }
    Ok(ExitCode::SUCCESS)
}
