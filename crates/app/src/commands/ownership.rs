//! `ownership`: goods change their owner where they lie, and statements say who owes whom.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Context as _;
use clap::{Args, Subcommand};
use db::Fault;
use flows::{
    api::PRICE_MAX,
    ownership::{list_statement_totals, statement_file},
};
use inventory::{
    ownership::{OwnershipTransfer, Trade, TransferKind},
    store::StatementOf,
};
use kernel::{Currency, MerchantId, Money, Quantity, Scope, Timestamp};
use runtime::{Call, Clock, Runtime};
use serde_json::json;

use crate::{config::Config, house};

#[derive(Debug, Subcommand)]
pub enum Ownership {
    /// Makes goods change their owner, all lines or none; the same reference again changes nothing
    Transfer(Transfer),
    /// Writes a merchant's statement as CSV. Works beside a running server
    Statement(Statement),
}

#[derive(Debug, Args)]
pub struct Transfer {
    /// The merchant who gives the goods and is owed for them, by id
    #[arg(long)]
    giver: String,
    /// The merchant who gets them and owes, by id
    #[arg(long)]
    taker: String,
    /// The giver's name for it
    #[arg(long)]
    reference: String,
    /// Of the prices, such as EUR
    #[arg(long)]
    currency: String,
    /// Goods as NODE,ITEM,UNITS,PRICE: rdc-2,TEA-ASSAM-250,500,4.50. May be said again
    #[arg(long = "line", required = true)]
    lines: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Statement {
    /// Whose statement, by the merchant's id
    merchant: String,
    /// The file to write
    file: PathBuf,
    /// Only with this merchant
    #[arg(long)]
    with: Option<String>,
    /// From this instant on, such as 2026-11-01T00:00:00Z
    #[arg(long)]
    from: Option<Timestamp>,
    /// Up to this instant and without it
    #[arg(long)]
    until: Option<Timestamp>,
}

pub async fn run(config: &Config, json: bool, ownership: &Ownership) -> anyhow::Result<ExitCode> {
    match ownership {
        Ownership::Transfer(transfer) => run_transfer(config, json, transfer).await,
        Ownership::Statement(statement) => run_statement(config, json, statement).await,
    }
}

/// A merchant of the house.
async fn merchant(runtime: &Runtime, id: &str) -> anyhow::Result<MerchantId> {
    let merchant_id = MerchantId::parse(id)?;
    let organisation_id = runtime.organisation_id.clone();
    let known: Vec<people::Merchant> = runtime
        .read(move |tx| {
            Box::pin(async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await })
        })
        .await
        .map_err(|fault: Fault| anyhow::Error::new(fault))?;
    anyhow::ensure!(
        known.iter().any(|merchant| merchant.merchant_id == merchant_id),
        "there is no merchant {merchant_id}"
    );
    Ok(merchant_id)
}

async fn run_transfer(config: &Config, json: bool, asked: &Transfer) -> anyhow::Result<ExitCode> {
    let house = house::open(config, Clock::System).await?;
    let flows = &house.flows;
    let giver_id = merchant(&flows.runtime, &asked.giver).await?;
    let taker_id = merchant(&flows.runtime, &asked.taker).await?;
    anyhow::ensure!(giver_id != taker_id, "name two different merchants");
    let reference = asked.reference.trim().to_owned();
    let is_named = (1..=200).contains(&reference.len()) && !reference.chars().any(char::is_control);
    anyhow::ensure!(is_named, "a reference has 1 to 200 characters");
    let currency = Currency::parse(&asked.currency)?;
    let mut trades = Vec::with_capacity(asked.lines.len());
    for line in &asked.lines {
        let parts: Vec<&str> = line.split(',').map(str::trim).collect();
        let [node, item, units, price] = parts[..] else {
            anyhow::bail!("`{line}` is no NODE,ITEM,UNITS,PRICE");
        };
        let known = flows.find_places(vec![(node.to_owned(), item.to_owned())]).await?.pop();
        let (node_id, found) = known.unwrap_or_default();
        let quantity = units.parse().ok().and_then(|units| Quantity::new(units).ok());
        let unit_price = Money::parse_decimal(price, currency)?;
        anyhow::ensure!((0..=PRICE_MAX).contains(&unit_price.minor), "`{price}` is no price");
        trades.push(Trade {
            item_id: found.with_context(|| format!("there is no item `{item}`"))?.0,
            node_id: node_id.with_context(|| format!("there is no node `{node}`"))?,
            giver_id: giver_id.clone(),
            taker_id: taker_id.clone(),
            lot: String::new(),
            quantity: quantity
                .filter(|quantity| !quantity.is_zero())
                .with_context(|| format!("`{units}` is no number of units"))?,
            unit_price,
            entitlement_id: None,
            is_reversal: false,
        });
    }
    let transfer = OwnershipTransfer { kind: TransferKind::Sale, giver_id, taker_id, reference, trades };
    let answer = flows.transfer_ownership(Call::by("operator"), transfer).await;
    let made = answer.context("nothing changed hands")?.into_result().context("nothing changed hands")?;
    if json {
        println!("{}", json!(made));
    } else if made.is_repeat {
        println!("{} was made before; nothing was changed", made.ownership_transfer_id);
    } else {
        let amount = Money { minor: made.amount_minor, currency }.to_decimal();
        println!("{}: {} units for {amount} {currency}", made.ownership_transfer_id, made.units);
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_statement(config: &Config, json: bool, asked: &Statement) -> anyhow::Result<ExitCode> {
    let db = house::open_to_read(config).await?;
    let organisation = house::find_organisation(&db).await?.context("the database has no company yet")?;
    let runtime = Runtime::new(db, Clock::System, organisation.organisation_id, None);
    let of = StatementOf {
        merchant_id: merchant(&runtime, &asked.merchant).await?,
        counterparty_id: asked.with.as_deref().map(MerchantId::parse).transpose()?,
        from: asked.from.unwrap_or(Timestamp::UNIX_EPOCH),
        until: asked.until.unwrap_or(StatementOf::FOREVER),
    };
    let totals = list_statement_totals(&runtime, of.clone()).await?;
    let file = statement_file(&runtime, of).await?;
    std::fs::write(&asked.file, file)
        .with_context(|| format!("{} cannot be written", asked.file.display()))?;
    if json {
        println!("{}", json!({ "totals": totals }));
        return Ok(ExitCode::SUCCESS);
    }
    for total in &totals {
        let money = |minor| Money { minor, currency: total.currency }.to_decimal();
        println!(
            "{}  given {} units for {}, got {} units for {}, balance {} {}",
            total.counterparty_id,
            total.given_units,
            money(total.given_minor),
            total.got_units,
            money(total.got_minor),
            money(total.balance_minor),
            total.currency
        );
    }
    println!("Written to {}", asked.file.display());
    Ok(ExitCode::SUCCESS)
}
