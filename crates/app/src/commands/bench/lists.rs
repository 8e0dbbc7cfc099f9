//! `bench lists`: how long a page of a list takes, in a house as large as the database that is named.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use carriers::{CarrierSetup, SimulatedCarrier};
use flows::{Flows, Outside};
use payments::{ProviderSetup, SimulatedProvider};
use people::{Assignment, Attempts, NewStaff, Role, Secret};
use runtime::{Call, Clock, Keyring};
use serde::Serialize;
use tokio::sync::watch;
use web::Access;

use super::{client::Client, watch::percentile};
use crate::{config::Config, house, server};

/// What a measured reader signs in with.
const PASSWORD: &str = "a benchmark needs no secrets";

#[derive(Debug, clap::Args)]
pub struct Lists {
    /// How often each page is asked for
    #[arg(long, default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    times: u32,
}

/// A page that was measured.
#[derive(Debug, Serialize)]
pub struct Page {
    engine: &'static str,
    page: String,
    /// What the server answered: a page that takes too long is a 503.
    status: u16,
    bytes: usize,
    p50_ms: f64,
    p95_ms: f64,
    max_ms: f64,
}

/// Pages of the console and the API, as people and machines ask for them. `{name}` stands for what the first order has.
const PAGES: &[&str] = &[
    "/",
    "/orders",
    "/orders?view=late",
    "/orders?view=unallocated",
    "/orders?view=to_pick",
    "/orders?view=delivered",
    "/orders?view=cancelled",
    "/orders?q={customer}",
    "/orders?q={reference}",
    "/orders?q=nobody-is-called-so",
    "/exceptions",
    "/stock",
    "/nodes",
    "/stations",
    "/settings/audit",
    "/find?q={reference}",
    "/v1/orders",
    "/v1/orders?status=delivered",
    "/v1/orders?status=to_pick",
    "/v1/fulfilment-orders",
    "/v1/items",
    "/v1/stock",
    "/v1/effects",
    "/v1/events",
    "/v1/audit",
];

/// Measures every page, one asker at a time.
pub async fn run(config: &Config, lists: &Lists) -> anyhow::Result<Vec<Page>> {
    let db = house::open_current_database(config).await?;
    let engine = db.engine().name();
    let organisation = house::find_organisation(&db)
        .await?
        .context("the database is empty: `quartermaster seed-large` fills one")?;
    let outside = Outside::simulated(
        SimulatedCarrier::new(CarrierSetup::demo(1)),
        SimulatedProvider::new(ProviderSetup::demo(1)),
    );
    let flows = house::furnish(db, Clock::System, organisation, outside, Keyring::default()).await?.flows;
    let cookie = sign_in(&flows).await?;
    let listener = server::listen(([127, 0, 0, 1], 0).into()).await?;
    let address = listener.local_addr()?;
    let (_stop, stopped) = watch::channel(false);
    let mut config = config.clone();
    // The server is measured, and not its patience with one client.
    (config.rate_per_key, config.rate_per_merchant) = (0, 0);
    tokio::spawn(async move { server::serve(flows, listener, &config, stopped).await });
    let mut client = Client::connect(address, Arc::from("")).await?;
    let (_, orders) = client.get("/v1/orders?limit=1", &cookie).await?;
    let orders: serde_json::Value = serde_json::from_str(&orders)?;
    let of_first = |field: &str| orders["rows"][0][field].as_str().unwrap_or("x").replace(' ', "+");
    let mut pages = Vec::new();
    for page in PAGES {
        let page = page
            .replace("{customer}", &of_first("customer_name"))
            .replace("{reference}", &of_first("external_reference"));
        let mut waited = Vec::new();
        let (mut status, mut bytes) = (0, 0);
        for _ in 0..lists.times {
            let asked = Instant::now();
            let (answered, body) = client.get(&page, &cookie).await.with_context(|| page.clone())?;
            (status, bytes) = (answered, body.len());
            waited.push(asked.elapsed());
            if status != 200 {
                break;
            }
        }
        waited.sort_unstable();
        let max_ms = waited.last().map_or(0.0, Duration::as_secs_f64) * 1000.0;
        pages.push(Page {
            engine,
            page,
            status,
            bytes,
            p50_ms: percentile(&waited, 50),
            p95_ms: percentile(&waited, 95),
            max_ms,
        });
    }
    Ok(pages)
}

/// Prints what was measured for people.
pub fn print(pages: &[Page]) {
    println!("{:<44} {:>6} {:>9} {:>9} {:>9} {:>9}", "page", "status", "bytes", "p50 ms", "p95 ms", "max ms");
    for Page { page, status, bytes, p50_ms, p95_ms, max_ms, .. } in pages {
        println!("{page:<44} {status:>6} {bytes:>9} {p50_ms:>9.1} {p95_ms:>9.1} {max_ms:>9.1}");
    }
}

/// A session of somebody who may see everything, as the header that shows it.
async fn sign_in(flows: &Flows) -> anyhow::Result<String> {
    let email = format!("bench-{}@quartermaster.example", flows.runtime.now().as_microsecond());
    let staff = NewStaff {
        email: email.clone(),
        name: "Benchmark".to_owned(),
        password: Secret::new(PASSWORD),
        language: "en".to_owned(),
    };
    let owner = vec![Assignment::everywhere(Role::Owner)];
    people::enrol(&flows.runtime, Call::by("bench"), &Access::full(), staff, owner).await?;
    let attempts = Attempts::default();
    let signed_in = people::sign_in(&flows.runtime, &attempts, &email, Secret::new(PASSWORD)).await?;
    let cookie = format!("qm_session={}", signed_in.token.reveal());
    ensure!(!cookie.contains(['\r', '\n']), "a cookie is one line");
    Ok(cookie)
}
