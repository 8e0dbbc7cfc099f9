//! `replay`: a recorded history runs through the whole house.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context as _;
use carriers::{CarrierSetup, SimulatedCarrier};
use flows::{
    Outside,
    replay::{Progress, Summary, replay},
};
use history::History;
use kernel::Timestamp;
use people::NewOrganisation;
use runtime::Clock;
use serde_json::json;

use super::verify;
use crate::{
    config::Config,
    house::{self, House},
    keyring,
};

#[derive(Debug, clap::Args)]
pub struct Replay {
    /// The folder of the history: docs/guide/history-format.md
    folder: PathBuf,
}

pub async fn run(config: &Config, json: bool, command: &Replay) -> anyhow::Result<ExitCode> {
    let folder = command.folder.clone();
    let history = tokio::task::spawn_blocking(move || read(&folder)).await??;
    let house = open(config, &history).await?;
    let summary =
        replay(&house.flows, &house.merchant_id, &history, |progress| tell_progress(progress, json))
            .await
            .context("the replay ended early; told again, it goes on from here")?;
    let findings = house.flows.verify().await.context("the database cannot be checked")?;
    let outcome = if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    if json {
        println!("{}", json!({ "summary": summary, "is_sound": findings.is_empty(), "findings": findings }));
    } else {
        tell(&summary);
        verify::tell(&findings, false);
    }
    Ok(outcome)
}

fn read(folder: &Path) -> anyhow::Result<History> {
    History::read(folder).with_context(|| format!("{} cannot be replayed", folder.display()))
}

/// The house at the time of the history. Its carrier is one that no history names: labels are the recorded ones, and
/// nobody may buy others.
async fn open(config: &Config, history: &History) -> anyhow::Result<House> {
    let db = house::open_current_database(config).await?;
    let clock = Clock::manual(Timestamp::UNIX_EPOCH);
    let founding = NewOrganisation {
        name: if history.meta.name.is_empty() {
            "Replayed history".to_owned()
        } else {
            history.meta.name.clone()
        },
        currency: history.meta.currency,
        time_zone: history.meta.time_zone.clone(),
        merchant: "Replayed history".to_owned(),
    };
    let organisation = match house::find_organisation(&db).await? {
        Some(organisation) => organisation,
        None => people::found(&db, &Clock::System, founding).await?.organisation,
    };
    let carrier = CarrierSetup { code: "(recorded)".to_owned(), ..CarrierSetup::demo(0) };
    let outside = Outside::simulated(SimulatedCarrier::new(carrier), house::open_payments(config)?);
    house::furnish(db, clock, organisation, outside, keyring::open(config)?).await
}

fn tell_progress(progress: &Progress, json: bool) {
    let Progress { at, done, total, orders, elapsed } = progress;
    let seconds = elapsed.as_secs_f64();
    if json {
        let told = json!({
            "at": at, "done": done, "total": total, "orders": orders, "elapsed_ms": elapsed.as_millis() as u64,
        });
        eprintln!("{told}");
    } else {
        let day = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let percent = done * 100 / total.max(&1);
        eprintln!(
            "{percent:>3} %  {day}  {orders} orders  {:.0} orders/s",
            *orders as f64 / seconds.max(0.001)
        );
    }
}

fn tell(summary: &Summary) {
    let percent = |part: u64, whole: u64| if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 };
    let rows = [
        ("orders", summary.orders),
        ("  known before", summary.repeated),
        ("  refused", summary.refused),
        ("  given to several nodes", summary.split),
        ("  called off", summary.cancelled),
        ("  delivered", summary.delivered),
        ("  ended as recorded", summary.ended_as_recorded),
        ("  ended otherwise or not yet", summary.ended_otherwise),
        ("lines", summary.lines),
        ("parcels", summary.parcels),
        ("reports of carriers", summary.reports),
        ("steps that could not be done as recorded", summary.steps_refused),
    ];
    for (what, count) in rows {
        println!("{count:>10}  {what}");
    }
    println!("{:>10}  units ordered", summary.units);
    println!(
        "{:>9.1}%  on time, of {} that were delivered and promised",
        percent(summary.on_time, summary.promised),
        summary.promised
    );
    if summary.totals_differ > 0 {
        println!("{:>10}  totals are not those of lines and shipping; ours are", summary.totals_differ);
    }
    for refusal in &summary.refusals {
        println!("            {refusal}");
    }
    println!(
        "{:>10.1}  seconds, {:.0} orders a second",
        summary.elapsed_ms as f64 / 1000.0,
        summary.orders_per_second
    );
}
