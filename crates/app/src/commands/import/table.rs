//! `import items|listings|nodes|stock`: a table, taken by an operation line by line.

use std::{collections::BTreeMap, fs::File, path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use db::Fault;
use flows::files::{Kind, import::Request};
use kernel::{MerchantId, OperationId};
use operations::{Operation, RowResult};
use runtime::{Call, Clock};
use serde_json::json;

use crate::{
    config::Config,
    house::{self, House},
};

#[derive(Debug, clap::Args)]
pub struct Table {
    /// The file: CSV in any usual form, or XLSX
    file: PathBuf,
    /// A column that goes by another name in the file; an empty name leaves it out
    #[arg(long = "map", value_name = "OURS=THEIRS", value_parser = pair)]
    columns: Vec<(String, String)>,
    /// Says what would be done, and does nothing
    #[arg(long)]
    dry_run: bool,
    /// Sets stock whatever it is by now
    #[arg(long)]
    overwrite: bool,
    /// Whose items they are, where the file does not say
    #[arg(long, value_name = "ID")]
    merchant: Option<MerchantId>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (ours, theirs) = text.split_once('=').ok_or("write OURS=THEIRS")?;
    Ok((ours.to_owned(), theirs.to_owned()))
}

pub async fn run(config: &Config, json: bool, kind: Kind, table: &Table) -> anyhow::Result<ExitCode> {
    let name = table.file.display().to_string();
    let file = File::open(&table.file).with_context(|| format!("{name} cannot be opened"))?;
    let file = flows::files::bring(file).with_context(|| format!("{name} is no table"))?;
    let house = house::open(config, Clock::System).await?;
    let merchant_id = table.merchant.clone().unwrap_or_else(|| house.merchant_id.clone());
    let runtime = &house.flows.runtime;
    let file_id = operations::file::keep(runtime, "import", &name, "text/csv", file).await?;
    let columns: BTreeMap<String, String> = table.columns.iter().cloned().collect();
    let (is_trial, may_overwrite) = (table.dry_run, table.overwrite);
    let request = Request { file_id, columns, merchant_id, is_trial, may_overwrite };
    let new = request.into_operation(kind, &name);
    let operation_id = runtime
        .run(Call::by("import"), move |cx| {
            let new = new.clone();
            Box::pin(async move { operations::start(cx, &new).await })
        })
        .await?;
    let operation = loop {
        let worked = house.flows.run_operation().await?;
        let operation = find(&house, &operation_id).await?;
        if operation.state.is_over() {
            break operation;
        }
        anyhow::ensure!(worked, "it was interrupted; a server that starts on this database goes on with it");
    };
    let is_clean = operation.problem.is_none() && operation.counts.failed == 0;
    tell_rows(&house, &operation_id, json).await?;
    tell(&operation, json, table.dry_run);
    Ok(if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn find(house: &House, operation_id: &OperationId) -> anyhow::Result<Operation> {
    let runtime = &house.flows.runtime;
    let (organisation_id, id) = (runtime.organisation_id.clone(), operation_id.clone());
    let found: Result<Option<Operation>, Fault> = runtime
        .read(move |tx| Box::pin(async move { operations::find_operation(tx, &organisation_id, &id).await }))
        .await;
    found?.context("the operation is gone")
}

/// A line for each row that was refused.
async fn tell_rows(house: &House, operation_id: &OperationId, json: bool) -> anyhow::Result<()> {
    let mut after = 0;
    loop {
        let runtime = &house.flows.runtime;
        let (organisation_id, id) = (runtime.organisation_id.clone(), operation_id.clone());
        let rows: Result<Vec<RowResult>, Fault> = runtime
            .read(move |tx| {
                Box::pin(async move {
                    operations::list_rows(tx, &organisation_id, &id, "failed", after, 1_000).await
                })
            })
            .await;
        let rows = rows?;
        let Some(last) = rows.last() else { return Ok(()) };
        after = last.row_no;
        for row in rows {
            if json {
                println!("{}", json!(row));
                continue;
            }
            for problem in row.problems {
                println!(
                    "row {}, {}: {} ({:?}): {}",
                    row.row_no, row.subject, problem.column, problem.value, problem.message
                );
            }
        }
    }
}

fn tell(operation: &Operation, json: bool, is_trial: bool) {
    if json {
        println!("{}", json!({ "summary": operation }));
        return;
    }
    let counts = operation.counts;
    let would = if is_trial { "a trial: " } else { "" };
    println!(
        "{would}{} done, {} so already, {} left out, {} refused",
        counts.done, counts.unchanged, counts.skipped, counts.failed
    );
    if let Some(problem) = &operation.problem {
        println!("the file was not read to its end: {problem}");
    }
}
