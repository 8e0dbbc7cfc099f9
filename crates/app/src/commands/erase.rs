//! `erase`: forgets a customer, in this process. While a server owns the SQLite file, ask the server.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Args, Subcommand};
use flows::erase::{Erasure, Standing, Touched, Whom};
use kernel::OrderId;
use runtime::{Call, Clock};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Erase {
    /// Forgets whoever ordered with an e-mail address, or whom one order is for. Shows what it would touch, unless --yes
    Customer(Customer),
}

#[derive(Debug, Args)]
pub struct Customer {
    #[command(flatten)]
    whom: Named,
    /// Do it: what is erased cannot be brought back
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct Named {
    /// The e-mail address that was ordered with, in capitals or not
    #[arg(long)]
    email: Option<String>,
    /// The id of an order
    #[arg(long)]
    order: Option<String>,
}

impl Named {
    fn whom(&self) -> anyhow::Result<Whom> {
        match (&self.email, &self.order) {
            (Some(email), _) => {
                let whom = Whom::parse(email).filter(|whom| matches!(whom, Whom::Email(_)));
                whom.context("that is no e-mail address")
            }
            (None, Some(order)) => {
                Ok(Whom::Order(OrderId::parse(order).context("that is no id of an order")?))
            }
            (None, None) => anyhow::bail!("name an e-mail address or an order"),
        }
    }
}

pub async fn run(config: &Config, json: bool, erase: &Erase) -> anyhow::Result<ExitCode> {
    let Erase::Customer(customer) = erase;
    let whom = customer.whom.whom()?;
    let house = house::open(config, Clock::System).await?;
    if !customer.yes {
        let touched = house.flows.preview_erasure(whom).await.context("the orders cannot be read")?;
        tell_preview(&touched, json);
        return Ok(ExitCode::SUCCESS);
    }
    let erasure = house.flows.erase(Call::by("operator"), whom).await.context("nothing more was erased")?;
    // An erased row leaves its bytes in the file until that is written anew.
    house
        .flows
        .runtime
        .db
        .rewrite()
        .await
        .context("the file could not be rewritten; the server does it later")?;
    tell_done(&erasure, json);
    Ok(if erasure.under_way.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell_preview(touched: &[Touched], json: bool) {
    if json {
        println!("{}", json!({ "orders": touched }));
        return;
    }
    for order in touched {
        let standing = match order.standing {
            Standing::Ready => "would be erased",
            Standing::UnderWay => "is under way: cancel it, or wait until it has arrived",
            Standing::Erased => "was erased before",
        };
        let Touched { order_id, external_reference, placed_at, parcels, .. } = order;
        println!("{order_id}  {external_reference}  {placed_at}  {parcels} parcels  {standing}");
    }
    let ready = touched.iter().filter(|order| order.standing == Standing::Ready).count();
    println!("{ready} of {} orders would be erased. Nothing was done; with --yes it is", touched.len());
}

fn tell_done(erasure: &Erasure, json: bool) {
    if json {
        println!("{}", json!(erasure));
        return;
    }
    println!("{} orders erased", erasure.erased.len());
    for order_id in &erasure.under_way {
        println!("{order_id} is under way and was left as it is");
    }
}
