//! `backup` and `restore`: everything in the database, as one file that either engine takes back.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use db::{
    Access, Db,
    backup::{self, BackupError, Contents},
};
use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};
use runtime::{Clock, Runtime};
use serde_json::json;

use super::verify;
use crate::{config::Config, house};

#[derive(Debug, clap::Args)]
pub struct Backup {
    /// Where to; there must be no such file yet
    file: PathBuf,
    /// Only check that this file is a whole backup
    #[arg(long)]
    check: bool,
}

#[derive(Debug, clap::Args)]
pub struct Restore {
    /// The backup
    file: PathBuf,
}

/// Writes a backup beside whoever serves, or checks one.
pub async fn run(config: &Config, json: bool, command: &Backup) -> anyhow::Result<ExitCode> {
    if command.check {
        tell(&check(&command.file)?, "whole", json);
        return Ok(ExitCode::SUCCESS);
    }
    anyhow::ensure!(!command.file.exists(), "{} is there already", command.file.display());
    if let Some(path) = config.database.strip_prefix("sqlite:") {
        anyhow::ensure!(Path::new(path).exists(), "there is no database {path}");
    }
    let db = Db::open(&config.database, Access::Read).await.context("the database cannot be opened")?;
    // Under another name until it is whole, so that nobody takes the half of one for a backup.
    let folder = command.file.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut part = tempfile::Builder::new()
        .prefix(".backup-")
        .tempfile_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("{} cannot be written", command.file.display()))?;
    let out = Gzip(Some(GzEncoder::new(BufWriter::new(part.reopen()?), Compression::fast())));
    let contents = backup::write(&db, Box::new(out), Clock::System.now()).await?;
    part.as_file_mut().sync_all()?;
    anyhow::ensure!(check(part.path())? == contents, "what was written does not read as what was meant");
    part.persist_noclobber(&command.file)
        .with_context(|| format!("{} cannot be written", command.file.display()))?;
    tell(&contents, "backed up", json);
    Ok(ExitCode::SUCCESS)
}

/// Restores a backup into a new database, and checks everything that must hold.
pub async fn restore(config: &Config, json: bool, command: &Restore) -> anyhow::Result<ExitCode> {
    check(&command.file)?;
    let db = house::open_database(config).await?;
    let contents = runtime::restore(&db, Box::new(open(&command.file)?)).await.map_err(explained)?;
    let organisation = house::find_organisation(&db).await?;
    let mut findings = Vec::new();
    if let Some(organisation) = organisation {
        let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
        flows::intake::file_all(&runtime).await.context("accepted orders cannot be filed")?;
        findings = flows::verify::check(&runtime).await.context("the database cannot be checked")?;
    }
    tell(&contents, "restored", json);
    verify::tell(&findings, json);
    Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn check(file: &Path) -> anyhow::Result<Contents> {
    backup::check(open(file)?).with_context(|| format!("{} is refused", file.display()))
}

fn open(file: &Path) -> anyhow::Result<BufReader<MultiGzDecoder<File>>> {
    let opened = File::open(file).with_context(|| format!("{} cannot be read", file.display()))?;
    Ok(BufReader::new(MultiGzDecoder::new(opened)))
}

fn explained(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::NotEmpty => anyhow::Error::new(error)
            .context("name a new database with --database; this one was left as it is"),
        error => error.into(),
    }
}

fn tell(contents: &Contents, what: &str, json: bool) {
    let Contents { rows, sha256, steps, made_at } = contents;
    let total: u64 = rows.values().sum();
    if json {
        println!("{}", json!({ "made_at": made_at, "rows": rows, "sha256": sha256, "schema_steps": steps }));
    } else {
        println!("{what}: {total} rows of {} tables, as of {made_at}", rows.len());
        println!("sha256 {sha256}");
    }
}

/// Ends the compressed stream when its writer is flushed: the last thing a backup does.
struct Gzip(Option<GzEncoder<BufWriter<File>>>);

impl Write for Gzip {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match &mut self.0 {
            Some(out) => out.write(bytes),
            None => Err(std::io::Error::other("the backup has ended")),
        }
    }

    fn flush(&mut self) -> std::io::Result<()> {
        match self.0.take() {
            Some(out) => out.finish()?.flush(),
            None => Ok(()),
        }
    }
}
