//! The world beside a running server: a company, a login, books of the carrier and the provider, and actors under a clock
//! that runs faster than ours.
//!
//! Time stands still while nobody runs it: at the next start the clock goes on from the last thing that happened.

use std::{path::PathBuf, sync::Arc, time::Duration};

use anyhow::{Context, Result, ensure};
use carriers::{CarrierSetup, SimulatedCarrier};
use db::{Db, Fault};
use flows::{Flows, Outside};
use jiff::{SignedDuration, tz::TimeZone};
use kernel::Timestamp;
use payments::{ProviderSetup, SimulatedProvider};
use people::{Assignment, EnrolError, NewStaff, Role, Secret};
use runtime::{Call, Clock, Runtime};
use sourcing::Policy;
use tokio::sync::watch;
use web::Access;

use crate::{
    actors::Actors,
    founding, run,
    world::{COMPANY, World},
};

/// How the demo goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The file in which the carrier keeps its books.
    pub carrier_books: PathBuf,
    /// The file in which the payment provider keeps its books.
    pub payment_books: PathBuf,
    /// All chance of the world; another one wants another database.
    pub seed: u64,
    /// How many of its seconds pass in one of ours: [`SPEED`], if nothing else is wanted.
    pub speed: i64,
    /// Orders a day, about: [`ORDERS_A_DAY`], if nothing else is wanted.
    pub orders_a_day: u32,
}

/// An hour of the world is a minute of ours: the first order leaves the house before that minute is over.
pub const SPEED: i64 = 60;
/// Nearly one order a second of ours.
pub const ORDERS_A_DAY: u32 = 1_200;
/// Who may sign in to a demo. A demo is open to everybody who can reach it, so this is no secret.
pub const EMAIL: &str = "demo@quartermaster.example";
/// With this password.
pub const PASSWORD: &str = "demo-password";
/// The code of the node at which work is left alone for hours, so that a visitor finds some.
pub const VISITED_NODE: &str = "LEI";

/// How long the actors rest between two looks, in our time.
const REST: Duration = Duration::from_millis(500);

/// A world that is ready to run.
pub struct Demo {
    /// The house in it: for the server and the pump.
    pub flows: Flows,
    /// True where the database was empty.
    pub is_new: bool,
    orders_a_day: u32,
    world: Arc<World>,
}

/// Opens the world in a migrated database: makes what is missing, and goes on where it was.
pub async fn open(db: Db, options: &Options) -> Result<Demo> {
    let stood_at = last_happened(&db).await?;
    let clock = Clock::scaled(stood_at.unwrap_or_else(first_morning), options.speed.max(1));
    let organisation = people::found(&db, &clock, run::company()).await?.organisation;
    ensure!(
        organisation.name == COMPANY,
        "this database belongs to {}; a demo wants one of its own",
        organisation.name
    );
    let runtime = Runtime::new(db, clock, organisation.organisation_id, None);

    // Reports of the last day are heard again: some may have been on their way when the world stopped.
    let told_until = stood_at.map(|at| at - SignedDuration::from_hours(24));
    let carrier =
        SimulatedCarrier::open(CarrierSetup::demo(options.seed), &options.carrier_books, told_until)
            .context("the carrier's books cannot be opened")?;
    let provider = SimulatedProvider::open(ProviderSetup::demo(options.seed), &options.payment_books)
        .context("the payment provider's books cannot be opened")?;
    let flows = Flows::start(runtime, Outside::simulated(carrier, provider), Policy::default()).for_show();

    let world = Arc::new(World::new(options.seed, options.orders_a_day));
    let merchant_id = run::first_merchant(&flows).await?;
    let is_new = founding::found(&flows, &merchant_id, &world).await?;
    enrol(&flows).await?;
    Ok(Demo { flows, is_new, orders_a_day: options.orders_a_day, world })
}

impl Demo {
    /// The actors act until told to stop. They stumble as people do, and go on.
    pub async fn act(self, mut stop: watch::Receiver<bool>) -> Result<()> {
        let actors = Actors::new(self.flows.clone(), self.world, self.orders_a_day).await?;
        let actors = actors.visited_at(VISITED_NODE);
        let mut acted_until = self.flows.runtime.now();
        while !*stop.borrow() {
            let now = self.flows.runtime.now();
            match actors.step(acted_until, now).await {
                Ok(tally) => tracing::debug!(?tally, "the world went on"),
                Err(error) => tracing::warn!(%error, "an actor stumbled"),
            }
            acted_until = now;
            tokio::select! {
                () = tokio::time::sleep(REST) => {}
                _ = stop.changed() => {}
            }
        }
        Ok(())
    }
}

/// When the last thing happened in this database, if anything ever did.
async fn last_happened(db: &Db) -> Result<Option<Timestamp>> {
    let organisation = db.read(|tx| Box::pin(people::find_organisation(tx))).await?;
    let Some(organisation) = organisation else { return Ok(None) };
    let runtime = Runtime::new(db.clone(), Clock::System, organisation.organisation_id.clone(), None);
    // What was told just before the world stopped has no place in the stream yet.
    runtime::event::sequence(&runtime).await?;
    let newest = db
        .read(move |tx| {
            Box::pin(async move { runtime::event::list_newest(tx, &organisation.organisation_id, 200).await })
        })
        .await
        .map_err(|fault: Fault| anyhow::Error::new(fault))?;
    Ok(newest.into_iter().map(|event| event.happened_at).max())
}

/// Nine in the morning of today: the hour in which there is most to see from the start.
fn first_morning() -> Timestamp {
    let today = Clock::System.now().to_zoned(TimeZone::UTC).date();
    let morning = today.at(9, 0, 0, 0).to_zoned(TimeZone::UTC);
    morning.map_or_else(|_| Clock::System.now(), |morning| morning.timestamp())
}

async fn enrol(flows: &Flows) -> Result<()> {
    let visitor = NewStaff {
        email: EMAIL.to_owned(),
        name: format!("A visitor at {COMPANY}"),
        password: Secret::new(PASSWORD),
        language: "en".to_owned(),
    };
    let roles = vec![Assignment::everywhere(Role::Owner)];
    match people::enrol(&flows.runtime, Call::by("demo"), &Access::full(), visitor, roles).await {
        Ok(_) | Err(EnrolError::EmailTaken) => Ok(()),
        Err(error) => Err(error).context("the visitor cannot be enrolled"),
    }
}
