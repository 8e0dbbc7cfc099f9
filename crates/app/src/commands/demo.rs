//! `demo`: a simulated company at work, from nothing, with a server to look at it.

use std::process::ExitCode;

use anyhow::Context as _;
use serde_json::json;
use sim::demo::{EMAIL, ORDERS_A_DAY, Options, PASSWORD, SPEED, VISITED_NODE};

use crate::{
    config::{Config, Source},
    house::{self, Books},
    server,
};

/// Where a demo lives unless another place is named: nobody's orders are mixed with made-up ones.
const DATABASE: &str = "sqlite:quartermaster-demo.db";

#[derive(Debug, clap::Args)]
pub struct Demo {
    /// How many of its seconds pass in one of ours
    #[arg(long, default_value_t = SPEED, value_parser = clap::value_parser!(i64).range(1..=100_000))]
    speed: i64,
    /// All chance of the world; another one wants another database
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Orders a day, about
    #[arg(long, default_value_t = ORDERS_A_DAY)]
    orders: u32,
}

pub async fn run(config: &Config, json: bool, command: &Demo) -> anyhow::Result<ExitCode> {
    let stop = server::stop_signal()?;
    let database = if config.source("database") == Source::Default { DATABASE } else { &config.database };
    let config = config.with_database(database);
    config.face_risks()?;
    let listener = server::listen(config.listen).await?;
    let db = house::open_current_database(&config).await?;
    let books = Books::of(&config);
    let options = Options {
        carrier_books: books.carrier,
        payment_books: books.payments,
        seed: command.seed,
        speed: command.speed,
        orders_a_day: command.orders,
    };
    let demo = sim::demo::open(db, &options).await.context("the demo cannot be opened")?;
    let url = format!("http://{}", listener.local_addr()?);
    if json {
        println!(
            "{}",
            json!({ "address": url, "email": EMAIL, "password": PASSWORD, "is_new": demo.is_new })
        );
    } else {
        let what = if demo.is_new { "A new demo" } else { "The demo goes on where it was" };
        println!("{what}: {} times as fast as the clock on the wall, kept in {database}", command.speed);
        println!("    {url}");
        println!("    sign in as {EMAIL} with {PASSWORD}");
        println!("At the centre {VISITED_NODE} work waits for hours before anybody takes it: you may.");
    }
    let flows = demo.flows.clone();
    let acting = tokio::spawn(demo.act(stop.clone()));
    server::serve(flows, listener, &config, stop).await?;
    acting.await.context("the actors broke down")??;
    Ok(ExitCode::SUCCESS)
}
