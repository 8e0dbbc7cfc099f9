//! `quota` and `availability`: what channels may sell, in this process. While a server owns the SQLite file, ask the
//! server.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use db::Fault;
use flows::{
    Flows,
    availability::{Goods, Question},
    selling::{MoveWanted, QuotaWanted},
};
use inventory::selling::{QuotaRow, list_quotas};
use kernel::Scope;
use runtime::{Call, Clock};
use serde_json::json;

use crate::{config::Config, house};

/// The most quotas that are listed.
const LISTED_MOST: i64 = 10_000;

#[derive(Debug, Subcommand)]
pub enum Quota {
    /// Lists what is dedicated to channels
    List,
    /// Dedicates units of an item to a channel
    Set(Set),
    /// Moves units of one channel's quota to another's
    Move(Move),
}

#[derive(Debug, Args)]
pub struct Set {
    /// The channel's code
    #[arg(long)]
    channel: String,
    /// SKU, barcode or id
    #[arg(long)]
    item: String,
    /// Units in all, those sold among them; without it the channel shares what is nobody's
    #[arg(long)]
    units: Option<i64>,
}

#[derive(Debug, Args)]
pub struct Move {
    /// SKU, barcode or id
    #[arg(long)]
    item: String,
    /// The code of the channel that has them
    #[arg(long)]
    from: String,
    /// The code of the channel that is to have them
    #[arg(long)]
    to: String,
    /// How many
    #[arg(long)]
    units: i64,
    /// Why
    #[arg(long, default_value = "")]
    reason: String,
}

#[derive(Debug, Args)]
pub struct Availability {
    /// SKUs, barcodes or ids
    #[arg(required = true, num_args = 1..=250)]
    items: Vec<String>,
    /// Only on these channels; give it again for more
    #[arg(long)]
    channel: Vec<String>,
    /// Also from which nodes
    #[arg(long)]
    by_node: bool,
}

pub async fn run(config: &Config, json: bool, quota: &Quota) -> anyhow::Result<ExitCode> {
    let flows = house::open(config, Clock::System).await?.flows;
    let (call, everything) = (Call::by("operator"), Scope::EVERYTHING);
    match quota {
        Quota::List => list(&flows, json).await?,
        Quota::Set(Set { channel, item, units }) => {
            let wanted = QuotaWanted { channel: channel.clone(), item: item.clone(), quantity: *units };
            flows.set_quotas(call, everything, vec![wanted]).await.context("nothing was set")?;
            if json {
                println!("{}", json!({ "set": 1 }));
            } else {
                println!("set");
            }
        }
        Quota::Move(Move { item, from, to, units, reason }) => {
            let wanted = MoveWanted {
                item: item.clone(),
                from: from.clone(),
                to: to.clone(),
                units: *units,
                reason: reason.clone(),
            };
            let answer = flows.move_quota(call, everything, wanted).await.context("nothing was moved")?;
            let moved = answer.into_result().context("no key was given")?;
            if json {
                println!("{}", json!(moved));
            } else {
                println!("{from} has {} left, {to} has {}", moved.from_left, moved.to_left);
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(flows: &Flows, json: bool) -> anyhow::Result<()> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let (quotas, channels, items) = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move {
                let channels = catalogue::list_channels(tx, &organisation_id, &Scope::EVERYTHING).await?;
                let ids = channels.iter().map(|channel| &channel.channel_id);
                let quotas: Vec<QuotaRow> =
                    list_quotas(tx, &organisation_id, ids, ("", ""), LISTED_MOST).await?;
                let items: Vec<_> = quotas.iter().map(|quota| quota.item_id.clone()).collect();
                let items = catalogue::items_by_id(tx, &organisation_id, &items).await?;
                Ok::<_, Fault>((quotas, channels, items))
            })
        })
        .await?;
    for quota in &quotas {
        let code = channels.iter().find(|channel| channel.channel_id == quota.channel_id);
        let code = code.map_or("", |channel| channel.code.as_str());
        let sku = items.get(&quota.item_id).map_or("", |item| item.sku.as_str());
        let (quantity, used, left) = (quota.quantity, quota.used, quota.quota().left());
        if json {
            let row =
                json!({ "item": sku, "channel": code, "quantity": quantity, "used": used, "left": left });
            println!("{row}");
        } else {
            println!("{sku:<24} {code:<16} {quantity:>10} {used:>10} used {left:>10} left");
        }
    }
    Ok(())
}

pub async fn tell(config: &Config, json: bool, asked: &Availability) -> anyhow::Result<ExitCode> {
    let flows = house::open(config, Clock::System).await?.flows;
    let question = Question {
        goods: asked.items.iter().cloned().map(Goods::Item).collect(),
        channels: asked.channel.clone(),
        by_node: asked.by_node,
        near: None,
    };
    let told = flows.availability(&Scope::EVERYTHING, question).await?;
    if json {
        println!("{}", json!(told));
    } else {
        for row in &told.rows {
            let limit = row.limit.map_or("", |limit| limit.name());
            println!("{:<24} {:<16} {:>10} {limit}", row.asked, row.channel, row.ats);
            for at in &row.nodes {
                println!("    {:<20} {:>10}", at.node, at.units);
            }
        }
        for code in &told.unknown {
            println!("{code:<24} is not known");
        }
    }
    Ok(if told.unknown.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
