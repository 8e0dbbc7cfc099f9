//! `doctor`: looks at everything an operator would, and says what to do about what is wrong. It only reads, so it runs
//! beside a server too.

use std::{path::Path, process::ExitCode, time::Duration};

use db::{Access, Db, Engine, Fault, Wall};
use kernel::Timestamp;
use runtime::{Clock, Runtime};
use serde::Serialize;
use tokio::time::Instant;

use crate::{
    config::{Config, Source},
    house::{self, Books},
};

/// For how long invariants are checked; `verify` takes all the time it needs.
const PATIENCE: Duration = Duration::from_secs(10);

/// Less than this is too little to go on, and less than this is worth a thought, in bytes.
const DISK: (u64, u64) = (256 << 20, 2 << 30);

/// More than this between our clock and the database's is wrong.
const SKEW: Duration = Duration::from_secs(2);

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
enum Verdict {
    Good,
    Doubtful,
    Wrong,
}

/// What was found about one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Found {
    what: &'static str,
    verdict: Verdict,
    says: String,
    /// What to do; empty where all is well.
    remedy: String,
}

/// Everything that was found.
#[derive(Debug, Default)]
struct Report(Vec<Found>);

impl Report {
    fn good(&mut self, what: &'static str, says: impl Into<String>) {
        self.note(what, Verdict::Good, says, "");
    }

    fn doubtful(&mut self, what: &'static str, says: impl Into<String>, remedy: impl Into<String>) {
        self.note(what, Verdict::Doubtful, says, remedy);
    }

    fn wrong(&mut self, what: &'static str, says: impl Into<String>, remedy: impl Into<String>) {
        self.note(what, Verdict::Wrong, says, remedy);
    }

    fn note(
        &mut self,
        what: &'static str,
        verdict: Verdict,
        says: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.0.push(Found { what, verdict, says: says.into(), remedy: remedy.into() });
    }

    fn worst(&self) -> Verdict {
        self.0.iter().map(|found| found.verdict).max().unwrap_or(Verdict::Good)
    }
}

/// Examines, prints, and fails where something is wrong.
pub async fn run(config: &Config, json: bool) -> anyhow::Result<ExitCode> {
    let report = examine(config).await;
    if json {
        let told = serde_json::json!({ "verdict": report.worst(), "findings": report.0 });
        println!("{told}");
    } else {
        for Found { what, verdict, says, remedy } in &report.0 {
            let mark = match verdict {
                Verdict::Good => "good    ",
                Verdict::Doubtful => "doubtful",
                Verdict::Wrong => "WRONG   ",
            };
            println!("{mark}  {what}: {says}");
            if !remedy.is_empty() {
                println!("          -> {remedy}");
            }
        }
    }
    Ok(if report.worst() == Verdict::Wrong { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn examine(config: &Config) -> Report {
    let mut report = Report::default();
    settings(config, &mut report);
    disk(config, &mut report);
    if let Some(path) = config.sqlite_file().filter(|path| !path.exists()) {
        let says = format!("there is no file {}", path.display());
        report.wrong("database", says, "name the right one with `database`; `serve` makes a new one");
        return report;
    }
    let db = match Db::open(&config.database, Access::Read).await {
        Ok(db) => db,
        Err(fault) => {
            let remedy = "see that it runs, and that address, user and password are right";
            report.wrong("database", explained(&fault), remedy);
            return report;
        }
    };
    if let Err(fault) = database(&db, &mut report).await {
        report.wrong("database", explained(&fault), "see that it runs and is Quartermaster's");
        return report;
    }
    match house::find_organisation(&db).await {
        Ok(Some(organisation)) => {
            let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
            for trouble in [staff(&runtime, &mut report).await, backlog(&runtime, &mut report).await] {
                if let Err(fault) = trouble {
                    report.wrong("database", explained(&fault), "bring the schema up to date first");
                }
            }
            invariants(&runtime, &mut report).await;
        }
        Ok(None) => report.doubtful("company", "nobody has founded one here", "`quartermaster serve` does"),
        Err(error) => {
            report.wrong(
                "company",
                format!("{error:#}"),
                "bring the schema up to date: `quartermaster migrate`",
            );
        }
    }
    report
}

fn settings(config: &Config, report: &mut Report) {
    let risks = config.risks_now();
    for warning in &risks {
        let says = format!("{}: {}", warning.place, warning.risk.says());
        if warning.is_accepted {
            report.good("settings", format!("{says} Accepted as `{}`.", warning.risk));
        } else if warning.is_refused() {
            report.wrong("settings", says, warning.risk.remedy());
        } else {
            report.doubtful("settings", says, warning.risk.remedy());
        }
    }
    if config.has_password() && matches!(config.source("database"), Source::CommandLine(_)) {
        let says = "the password of the database stands on the command line, where everybody on this machine sees it";
        report.doubtful("settings", says, "put `database` into the file or the environment");
    }
    if risks.is_empty() {
        report.good("settings", "nothing in them is risky");
    }
}

fn disk(config: &Config, report: &mut Report) {
    let books = Books::of(config);
    let beside =
        |path: &Path| path.parent().filter(|folder| !folder.as_os_str().is_empty()).map(Path::to_owned);
    let file = config.sqlite_file();
    let folders = [file.as_deref().map(beside), Some(beside(&books.carrier))];
    let mut folders: Vec<_> =
        folders.into_iter().flatten().map(|folder| folder.unwrap_or_else(|| ".".into())).collect();
    folders.dedup();
    for folder in folders {
        let shown = folder.display();
        match rustix::fs::statvfs(&folder) {
            Ok(space) => {
                let free = space.f_bavail.saturating_mul(space.f_frsize);
                let says = format!("{} MiB free at {shown}", free >> 20);
                if free < DISK.0 {
                    report.wrong("disk", says, "make room: a full disk stops every change");
                } else if free < DISK.1 {
                    report.doubtful("disk", says, "make room before it is full");
                } else {
                    report.good("disk", says);
                }
            }
            Err(error) => {
                report.wrong("disk", format!("{shown}: {error}"), "make the folder, or name another")
            }
        }
        if rustix::fs::access(&folder, rustix::fs::Access::WRITE_OK).is_err() {
            let says = format!("{shown} cannot be written by whoever runs this");
            report.wrong("files", says, "run this as the server's user, or give that user the folder");
        }
    }
}

async fn database(db: &Db, report: &mut Report) -> Result<(), Fault> {
    let version = db.version().await?;
    let is_old = db.engine() == Engine::Postgres && version.major < 15;
    let says = format!("{} {}", db.engine().name(), version.text);
    if is_old {
        report.wrong("engine", says, "use PostgreSQL 15 or later");
    } else {
        report.good("engine", says);
    }
    match db.durability().await {
        Ok(says) => report.good("durability", says),
        Err(fault) => report.wrong("durability", fault.to_string(), "restore the settings that are named"),
    }
    match db::migrate::pending(db).await {
        Ok(pending) if pending.is_empty() => {
            report.good("schema", format!("up to date, {} steps", db::migrate::STEPS.len()));
        }
        Ok(pending) => report.wrong(
            "schema",
            format!("{} steps behind, from {}", pending.len(), pending.first().copied().unwrap_or_default()),
            "back up, then `quartermaster migrate`, or start the server, which does it",
        ),
        Err(fault) => {
            report.wrong("schema", explained(&fault), "use the program that made this schema, or a later one")
        }
    }
    match db.wall().await? {
        Wall::Up => report.good("wall", "merchants are kept apart by row-level security too"),
        Wall::Down(remedy) => report.doubtful(
            "wall",
            "the second wall between merchants is not up: only our own statements keep them apart",
            remedy,
        ),
        Wall::Unknown => {}
    }
    let (ours, theirs) = (Clock::System.now(), db.now().await?);
    let apart = ours.duration_since(theirs).unsigned_abs();
    let says = format!("{} ms apart from the database's", apart.as_millis());
    if apart > SKEW {
        report.wrong("clock", says, "let both machines keep time by NTP");
    } else {
        report.good("clock", says);
    }
    Ok(())
}

async fn staff(runtime: &Runtime, report: &mut Report) -> Result<(), Fault> {
    let organisation_id = runtime.organisation_id.clone();
    let staff = runtime
        .read(move |tx| Box::pin(async move { people::list_staff(tx, &organisation_id).await }))
        .await?;
    if staff.is_empty() {
        let remedy = "enrol somebody with the first-run secret: until then, whoever learns it can";
        report.doubtful("secrets", "nobody is enrolled, and the first-run secret is open", remedy);
    } else {
        report.good("secrets", "the first-run secret is used up");
    }
    Ok(())
}

async fn backlog(runtime: &Runtime, report: &mut Report) -> Result<(), Fault> {
    let (inside, webhooks) = flows::backlog(runtime).await?;
    let now = runtime.now();
    let since = |at: Timestamp| now.duration_since(at).as_secs().max(0);
    match inside.events_waiting {
        0 => report.good("events", format!("all {} have their position", inside.head)),
        waiting => report.doubtful(
            "events",
            format!("{waiting} wait for their position"),
            "look again in a minute; if it stays, no pump runs: start `serve` or `work`",
        ),
    }
    for effects in &inside.effects {
        let age = since(effects.oldest_at);
        let says = format!("{} {} {}, the oldest for {} s", effects.count, effects.kind, effects.state, age);
        if effects.state == "unknown" && age > 900 {
            report.wrong("effects", says, "ask the outsider what became of it; see `GET /v1/effects`");
        } else if age > 3_600 {
            report.wrong(
                "effects",
                says,
                "see that a pump runs and the outsider answers; `GET /v1/effects` says more",
            );
        } else {
            report.good("effects", says);
        }
    }
    for jobs in &inside.jobs {
        let late = since(jobs.due_at);
        let says = format!("{} {}, the first due for {late} s", jobs.count, jobs.kind);
        if late > 600 {
            report.wrong("jobs", says, "see that a pump runs: start `serve` or `work`");
        } else {
            report.good("jobs", says);
        }
    }
    let says =
        format!("{} of {} failing, {} events behind", webhooks.failing, webhooks.enabled, webhooks.events);
    if webhooks.failing > 0 || webhooks.events > 1_000 {
        report.doubtful(
            "webhooks",
            says,
            "see *Webhooks* on the console: the log of attempts names the reason",
        );
    } else {
        report.good("webhooks", says);
    }
    Ok(())
}

async fn invariants(runtime: &Runtime, report: &mut Report) {
    let (begun, all) = (Instant::now(), flows::verify::checks().count());
    let mut held = 0;
    for check in flows::verify::checks() {
        if begun.elapsed() > PATIENCE {
            let says = format!("{held} of {all} hold; there was no time for the rest");
            report.doubtful("invariants", says, "run `quartermaster verify` for all of them");
            return;
        }
        match flows::verify::check_one(runtime, check).await {
            Ok(findings) if findings.is_empty() => held += 1,
            Ok(findings) => {
                let says = format!("{check}: {}", findings.first().map_or("", |finding| &finding.detail));
                report.wrong("invariants", says, "keep the database as it is, run `verify`, and report it");
            }
            Err(fault) => {
                report.wrong("invariants", format!("{check}: {}", explained(&fault)), "run `verify`")
            }
        }
    }
    if held == all {
        report.good("invariants", format!("all {all} hold"));
    }
}

fn explained(fault: &Fault) -> String {
    let mut says = fault.to_string();
    let mut cause = std::error::Error::source(fault);
    while let Some(error) = cause {
        says.push_str(&format!(": {error}"));
        cause = error.source();
    }
    says
}
