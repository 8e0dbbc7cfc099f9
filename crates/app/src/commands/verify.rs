//! `verify`: checks everything that must hold. It only reads, so it runs beside a server too.

use std::{path::Path, process::ExitCode};

use anyhow::Context as _;
use carriers::{CarrierSetup, SimulatedCarrier};
use runtime::{Clock, Finding, Runtime};
use serde_json::json;

use crate::{
    config::Config,
    house::{self, Books},
};

pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    if let Some(path) = config.database.strip_prefix("sqlite:") {
        anyhow::ensure!(Path::new(path).exists(), "there is no database {path}");
    }
    let db = house::open_to_read(config).await?;
    let mut findings = Vec::new();
    if let Some(organisation) = house::find_organisation(&db).await? {
        let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
        findings.extend(flows::verify::check(&runtime).await.context("the database cannot be checked")?);
    }
    findings.extend(labels_paid_twice(&Books::of(config).carrier)?);
    tell(&findings, json);
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Prints what was found.
pub fn tell(findings: &[Finding], json: bool) {
    if json {
        println!("{}", json!({ "is_sound": findings.is_empty(), "findings": findings }));
    } else if findings.is_empty() {
        println!(
            "sound: {} invariants hold, the chain of events is whole",
            flows::verify::invariants().len()
        );
    } else {
        for finding in findings {
            println!("{}: {}", finding.invariant, finding.detail);
        }
        println!("{} findings", findings.len());
    }
}

/// The carrier's books, read from a copy: to open them is to write them, and they may be somebody else's right now.
fn labels_paid_twice(books: &Path) -> anyhow::Result<Vec<Finding>> {
    if !books.exists() {
        return Ok(Vec::new());
    }
    let folder = tempfile::tempdir()?;
    let copy = folder.path().join("carrier.books");
    std::fs::copy(books, &copy).with_context(|| format!("{} cannot be read", books.display()))?;
    let carrier = SimulatedCarrier::open(CarrierSetup::demo(0), &copy, Some(kernel::Timestamp::MAX))
        .with_context(|| format!("{} cannot be read", books.display()))?;
    let finding = |reference| Finding {
        invariant: "label.never_paid_twice".into(),
        detail: format!("the carrier sold two labels for {reference}"),
    };
    Ok(carrier.paid_twice().into_iter().map(finding).collect())
}
