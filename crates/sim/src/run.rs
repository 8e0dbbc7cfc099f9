//! The world alone: days of trade under a clock that is set by hand, with a carrier and a provider that fail, and
//! everything verified after every hour; then what is under way comes to its end, verified after every day. A seed is a
//! run: the same again gives the same report, and a run that fails says its seed and step.

use std::{collections::BTreeMap, sync::Arc};

use anyhow::{Context, Result, bail, ensure};
use carriers::{CarrierSetup, SimulatedCarrier};
use db::Db;
use flows::{Flows, Outside};
use jiff::SignedDuration;
use kernel::{Currency, Scope, Timestamp};
use payments::{ProviderSetup, SimulatedProvider};
use people::NewOrganisation;
use runtime::{Clock, Runtime};
use serde::Serialize;
use sourcing::Policy;

use crate::{
    actors::{Actors, Tally},
    founding,
    world::{COMPANY, World},
};

/// When every run begins: a Monday in June, nine in the morning in Greenwich.
const START: Timestamp = Timestamp::constant(1_780_304_400, 0);
/// How much time passes in a step of trade. Long, so that a day is few steps; what is due is done, however late.
const TRADE_STEP: SignedDuration = SignedDuration::from_mins(15);
/// And in a step of what comes after.
const WINDING_UP_STEP: SignedDuration = SignedDuration::from_hours(1);
/// After the last day of trade only what is under way goes on, so many days at most.
const WINDING_UP_DAYS: i64 = 21;
/// Orders of these statuses are done with.
const ENDS: [&str; 4] = ["delivered", "cancelled", "returned", "lost"];

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// All chance of the run.
    pub seed: u64,
    /// Days of trade.
    pub days: u32,
    /// Orders a day, about.
    pub orders_a_day: u32,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// Days of trade.
    pub days: u32,
    /// How often everything was verified and found right.
    pub verified: u32,
    /// What the actors did.
    #[serde(flatten)]
    pub tally: Tally,
    /// How the orders ended.
    pub ended: BTreeMap<String, i64>,
    /// Labels in the carrier's books, given-up ones among them.
    pub labels: u64,
    /// Purchases the carrier was asked for: more than labels, for it fails.
    pub label_purchases_asked: u64,
}

/// A new company on an empty, migrated database, under a clock set by hand; carrier and provider keep their books in
/// memory and fail now and then.
pub async fn open(db: Db, plan: &Plan) -> Result<Flows> {
    let clock = Clock::manual(START);
    let organisation = people::found(&db, &clock, company()).await?.organisation;
    let runtime = Runtime::new(db, clock, organisation.organisation_id, Some(plan.seed));
    let mut carrier = CarrierSetup::demo(plan.seed);
    carrier.faults.lost_answer = 30;
    carrier.faults.unavailable = 30;
    let mut provider = ProviderSetup::demo(plan.seed);
    provider.faults.lost_answer = 20;
    provider.faults.unavailable = 20;
    provider.faults.declined = 10;
    let outside = Outside::simulated(SimulatedCarrier::new(carrier), SimulatedProvider::new(provider));
    Ok(Flows::start(runtime, outside, Policy::default()))
}

/// The company of the world.
pub(crate) fn company() -> NewOrganisation {
    NewOrganisation {
        name: COMPANY.to_owned(),
        currency: Currency::EUR,
        time_zone: "Europe/Amsterdam".to_owned(),
        merchant: COMPANY.to_owned(),
    }
}

/// Runs the days of a plan and then what is still under way, until every order has ended.
pub async fn run(flows: &Flows, plan: &Plan) -> Result<Report> {
    ensure!(matches!(flows.runtime.clock, Clock::Manual(_)), "a run sets its clock by hand");
    let world = Arc::new(World::new(plan.seed, plan.orders_a_day));
    let merchant_id = first_merchant(flows).await?;
    founding::found(flows, &merchant_id, &world).await?;
    let actors = Actors::new(flows.clone(), world, plan.orders_a_day).await?;
    let mut run = Run { flows, actors, plan, step: 0, verified: 0, tally: Tally::default() };
    let closes = START + SignedDuration::from_hours(24) * i32::try_from(plan.days)?;
    while run.now() < closes {
        run.step(TRADE_STEP, Trade::On).await?;
    }
    let patience = closes + SignedDuration::from_hours(24 * WINDING_UP_DAYS);
    while run.has_open_orders().await? {
        if run.now() >= patience {
            bail!("{}: orders that never end: {:?}", run.place(), run.statuses().await?);
        }
        run.step(WINDING_UP_STEP, Trade::WindingUp).await?;
    }
    run.verify().await?;
    run.report().await
}

pub(crate) async fn first_merchant(flows: &Flows) -> Result<kernel::MerchantId> {
    let organisation_id = flows.runtime.organisation_id.clone();
    let merchants = flows
        .runtime
        .read(move |tx| {
            Box::pin(async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await })
        })
        .await?;
    Ok(merchants.into_iter().next().context("the organisation has no merchant")?.merchant_id)
}

/// Whether customers come.
#[derive(Clone, Copy)]
enum Trade {
    On,
    WindingUp,
}

struct Run<'a> {
    flows: &'a Flows,
    actors: Actors,
    plan: &'a Plan,
    step: u32,
    verified: u32,
    tally: Tally,
}

impl Run<'_> {
    fn now(&self) -> Timestamp {
        self.flows.runtime.now()
    }

    /// For whoever has to find out what went wrong.
    fn place(&self) -> String {
        format!("seed {}, step {} ({})", self.plan.seed, self.step, self.now())
    }

    async fn step(&mut self, length: SignedDuration, trade: Trade) -> Result<()> {
        let from = self.now();
        let to = from + length;
        self.step += 1;
        self.flows.runtime.clock.advance_to(to);
        let acted = match trade {
            Trade::On => self.actors.step(from, to).await,
            Trade::WindingUp => self.actors.work(from, to).await,
        };
        self.tally = self.tally.plus(acted.with_context(|| self.place())?);
        ensure!(self.tally.surprises == 0, "{}: an actor was refused what it is entitled to", self.place());
        while self.flows.pump_once().await.with_context(|| self.place())? > 0 {}
        let every = match trade {
            Trade::On => 3_600,
            Trade::WindingUp => 86_400,
        };
        if from.as_second() / every != to.as_second() / every {
            self.verify().await?;
        }
        Ok(())
    }

    async fn verify(&mut self) -> Result<()> {
        let findings = self.flows.verify().await.with_context(|| self.place())?;
        ensure!(findings.is_empty(), "{}: {findings:#?}", self.place());
        self.verified += 1;
        Ok(())
    }

    async fn statuses(&self) -> Result<BTreeMap<String, i64>> {
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let counts = self
            .flows
            .runtime
            .read(move |tx| {
                Box::pin(async move {
                    orders::store::count_by_status(tx, &organisation_id, &Scope::EVERYTHING).await
                })
            })
            .await?;
        Ok(counts.into_iter().collect())
    }

    async fn has_open_orders(&self) -> Result<bool> {
        Ok(self.statuses().await?.keys().any(|status| !ENDS.contains(&status.as_str())))
    }

    async fn report(self) -> Result<Report> {
        let carrier = &self.flows.outside.carrier;
        Ok(Report {
            seed: self.plan.seed,
            days: self.plan.days,
            verified: self.verified,
            tally: self.tally,
            ended: self.statuses().await?,
            labels: carrier.labels_bought().len() as u64,
            label_purchases_asked: carrier.purchases_asked(),
        })
    }
}
