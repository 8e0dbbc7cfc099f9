//! A recorded history runs through the whole house, at the times it records.
//!
//! Stock, orders and cancellations meet the same decisions as live ones, in the order of time; parcels are picked and
//! packed by scan, closed, labelled with their recorded numbers, and handed over; reports move milestones. What the
//! history says of outcomes is only compared with.
//!
//! A day at a time: first what decides about stock, many orders in flight wherever they touch different items, so that
//! the answers are those of one after another; then everything that happened to each order afterwards, orders side by
//! side. Every command has a key or a name of its own, so a replay that is told again, or was killed half-way, does
//! nothing twice.

mod front;
mod parcels;
mod world;

use std::{
    collections::{BTreeMap, HashMap},
    time::{Duration, Instant},
};

use db::Fault;
use futures_util::{StreamExt, stream};
use history::{Event, History, OutcomeKind};
use jiff::SignedDuration;
use kernel::{MerchantId, OrderId, PageRequest, Scope, Timestamp};
use orders::{Status, read::OrderFilter};
use runtime::Call;
use serde::Serialize;

use crate::{
    Flows,
    cancel::{CancelError, CancelOrder},
    intake::{BATCH_MAX, Refused},
};
use front::Front;
use parcels::Journey;
use world::World;

pub use world::WorldError;

/// How many orders are followed side by side.
const SIDE_BY_SIDE: usize = 64;

/// How many refusals are told of in full.
const SAMPLES: usize = 20;

/// How often progress is told.
const EVERY: Duration = Duration::from_secs(1);

/// Who does it, in the books.
pub(crate) const ACTOR: &str = "replay";

/// How far a replay is.
#[derive(Debug, Clone, Copy)]
pub struct Progress {
    /// The recorded time that was reached.
    pub at: Timestamp,
    /// Events done.
    pub done: usize,
    /// Events in all.
    pub total: usize,
    /// Orders among those done.
    pub orders: u64,
    /// Real time since the start.
    pub elapsed: Duration,
}

/// What a replay came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Orders in the history.
    pub orders: u64,
    /// Their lines.
    pub lines: u64,
    /// What they ordered, in packs.
    pub units: i64,
    /// Orders that were ours before.
    pub repeated: u64,
    /// Orders that were not taken.
    pub refused: u64,
    /// Orders that were given to more than one node.
    pub split: u64,
    /// Orders that were called off.
    pub cancelled: u64,
    /// Parcels that were handed over.
    pub parcels: u64,
    /// Reports of carriers that were taken.
    pub reports: u64,
    /// Orders of which the customer has everything.
    pub delivered: u64,
    /// Delivered orders that were promised for some time.
    pub promised: u64,
    /// Those of them that came in time.
    pub on_time: u64,
    /// Orders that ended as recorded.
    pub ended_as_recorded: u64,
    /// Orders that ended otherwise, or have not.
    pub ended_otherwise: u64,
    /// Steps of accepted orders that could not be done as recorded.
    pub steps_refused: u64,
    /// Orders whose recorded total is not that of their lines and shipping: the difference is not kept.
    pub totals_differ: u64,
    /// What was refused and why, the first few.
    pub refusals: Vec<String>,
    /// Real time, in milliseconds.
    pub elapsed_ms: u64,
    /// Orders of the history in a second of real time.
    pub orders_per_second: f64,
}

impl Summary {
    fn refuse_step(&mut self, why: String) {
        self.steps_refused += 1;
        self.sample(why);
    }

    fn sample(&mut self, why: String) {
        if self.refusals.len() < SAMPLES {
            self.refusals.push(why);
        }
    }
}

/// Why a replay ended early. What was done stays done; told again, it goes on from there.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The history's nodes, items, channels or listings cannot be ours.
    #[error(transparent)]
    World(#[from] WorldError),
    /// An order's answer was lost.
    #[error(transparent)]
    Lost(#[from] crate::intake::Lost),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

/// Replays a history for a merchant. The clock of the flows must be a manual one; it is moved along.
pub async fn replay(
    flows: &Flows,
    merchant_id: &MerchantId,
    history: &History,
    mut tell: impl FnMut(&Progress),
) -> Result<Summary, ReplayError> {
    let start = Instant::now();
    let total = history.events().count();
    // One queue of one worker: orders are decided in the order in which they were placed.
    let flows = &flows.with_queue(BATCH_MAX, 1);
    let world = World::prepare(flows, merchant_id, history).await?;
    let mut replay = Replay::new(flows, &world, history);
    let (mut done, mut last_told) = (0, start);
    let mut events = history.events().peekable();
    while let Some(event) = events.next() {
        let at = event.at();
        replay.take(event).await?;
        done += 1;
        if events.peek().is_none_or(|next| day(next.at()) != day(at)) {
            replay.end_day(at).await?;
        }
        if last_told.elapsed() >= EVERY || done == total {
            last_told = Instant::now();
            tell(&Progress { at, done, total, orders: replay.front.taken, elapsed: start.elapsed() });
        }
    }
    let mut summary = replay.into_summary().await?;
    let elapsed = start.elapsed();
    summary.elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    summary.orders_per_second = summary.orders as f64 / elapsed.as_secs_f64().max(0.001);
    Ok(summary)
}

fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(86_400)
}

/// An order by its place in the history.
type Place = usize;

/// A replay under way.
struct Replay<'h> {
    flows: &'h Flows,
    history: &'h History,
    /// Orders by channel and reference.
    places: HashMap<(&'h str, &'h str), Place>,
    front: Front<'h>,
    world: &'h World<'h>,
    /// What happened to each order after it was placed.
    journeys: Vec<Journey<'h>>,
    /// What happened to orders today, each order's in the order of time.
    later: BTreeMap<Place, Vec<Event<'h>>>,
    summary: Summary,
}

impl<'h> Replay<'h> {
    fn new(flows: &'h Flows, world: &'h World<'h>, history: &'h History) -> Replay<'h> {
        let mut replay = Replay {
            flows,
            history,
            places: HashMap::with_capacity(history.orders.len()),
            front: Front::new(flows, world),
            world,
            journeys: Vec::with_capacity(history.orders.len()),
            later: BTreeMap::new(),
            summary: Summary::default(),
        };
        for (place, order) in history.orders.iter().enumerate() {
            replay.places.insert((&order.channel, &order.external_reference), place);
            replay.journeys.push(Journey::default());
            replay.summary.orders += 1;
            replay.summary.lines += order.lines.len() as u64;
            replay.summary.units += order.lines.iter().map(|line| line.quantity.units()).sum::<i64>();
        }
        for handover in &history.handovers {
            if let Some(place) =
                replay.places.get(&(handover.channel.as_str(), handover.external_reference.as_str()))
            {
                replay.journeys[*place].expect(handover);
            }
        }
        replay
    }

    async fn take(&mut self, event: Event<'h>) -> Result<(), ReplayError> {
        let (channel, reference) = match event {
            Event::Receipt(receipt) => return self.front.receive(receipt, &mut self.summary).await,
            Event::Outcome(_) => return Ok(()),
            Event::Order(order) => (&order.channel, &order.external_reference),
            Event::Cancellation(row) => (&row.channel, &row.external_reference),
            Event::Handover(row) => (&row.channel, &row.external_reference),
            Event::Tracking(row) => (&row.channel, &row.external_reference),
        };
        let place = self.places[&(channel.as_str(), reference.as_str())];
        match event {
            Event::Order(order) => self.front.place(place, order, &mut self.summary).await,
            Event::Cancellation(row) => {
                // The goods are free from here on: whoever ordered before must not see that, whoever orders next must.
                self.front.settle_all(&mut self.summary).await?;
                let earlier = self.later.remove(&place).unwrap_or_default();
                self.follow([(place, earlier)]).await?;
                self.cancel(place, row).await
            }
            _ => {
                self.later.entry(place).or_default().push(event);
                Ok(())
            }
        }
    }

    async fn cancel(&mut self, place: Place, row: &history::Cancellation) -> Result<(), ReplayError> {
        let Some(order_id) = self.front.order_id(place).cloned() else { return Ok(()) };
        let line_nos: Vec<i64> = row.line_nos.iter().copied().map(i64::from).collect();
        let key = format!("{}/{}/cancel/{}/{line_nos:?}", row.channel, row.external_reference, row.at);
        let call = Call::by(ACTOR).keyed(ACTOR, &key, "").at(row.at);
        let cancel = CancelOrder { order_id, line_nos, reason: row.reason.clone() };
        match self.flows.cancel(call, cancel).await {
            Ok(_) => self.summary.cancelled += 1,
            Err(CancelError::Fault(fault)) => return Err(fault.into()),
            Err(refusal) => {
                self.summary
                    .refuse_step(format!("cancelling {} {}: {refusal}", row.channel, row.external_reference));
            }
        }
        Ok(())
    }

    /// Follows orders side by side, each through its own events in the order of time.
    async fn follow(
        &mut self,
        orders: impl IntoIterator<Item = (Place, Vec<Event<'h>>)>,
    ) -> Result<(), ReplayError> {
        let (flows, world, history) = (self.flows, self.world, self.history);
        let mut waiting = Vec::new();
        for (place, events) in orders {
            let Some(order_id) = self.front.order_id(place).cloned() else { continue };
            let journey = std::mem::take(&mut self.journeys[place]);
            waiting.push(async move {
                let mut journey = journey;
                let order = &history.orders[place];
                let result = journey.follow(flows, world, order, &order_id, &events).await;
                (place, journey, result)
            });
        }
        let mut under_way = stream::iter(waiting).buffer_unordered(SIDE_BY_SIDE);
        while let Some((place, journey, result)) = under_way.next().await {
            self.journeys[place] = journey;
            let step = result?;
            self.summary.parcels += step.parcels;
            self.summary.reports += step.reports;
            step.refusals.into_iter().for_each(|why| self.summary.refuse_step(why));
        }
        Ok(())
    }

    async fn end_day(&mut self, at: Timestamp) -> Result<(), ReplayError> {
        self.front.settle_all(&mut self.summary).await?;
        let today = std::mem::take(&mut self.later);
        self.follow(today).await?;
        self.flows.runtime.clock.advance_to(at);
        while self.flows.run_effects().await? > 0 {}
        while self.flows.run_jobs().await? > 0 {}
        runtime::event::sequence(&self.flows.runtime).await?;
        Ok(())
    }

    /// Counts how orders ended, from what the house says of them now.
    async fn into_summary(mut self) -> Result<Summary, ReplayError> {
        let recorded: HashMap<Place, OutcomeKind> = self
            .history
            .outcomes
            .iter()
            .map(|row| (self.places[&(row.channel.as_str(), row.external_reference.as_str())], row.outcome))
            .collect();
        let places: HashMap<&OrderId, Place> = self.front.order_ids().collect();
        let mut statuses: HashMap<Place, Status> = HashMap::new();
        let mut after = None;
        loop {
            let organisation_id = self.flows.runtime.organisation_id.clone();
            let page = PageRequest { after, limit: 1_000 };
            let read = self.flows.runtime.read(move |tx| {
                Box::pin(async move {
                    orders::store::list_orders(
                        tx,
                        &organisation_id,
                        &Scope::EVERYTHING,
                        &OrderFilter::default(),
                        &page,
                    )
                    .await
                })
            });
            let page = read.await.map_err(|fault: Fault| fault)?;
            for row in page.rows {
                if let (Some(place), Some(status)) = (places.get(&row.order_id), Status::parse(&row.status)) {
                    statuses.insert(*place, status);
                }
            }
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        for (place, order) in self.history.orders.iter().enumerate() {
            let status = statuses.get(&place).copied();
            if status == Some(Status::Delivered) {
                self.summary.delivered += 1;
                if let (Some(promised_by), Some(at)) =
                    (order.promised_by, self.journeys[place].delivered_at())
                {
                    self.summary.promised += 1;
                    self.summary.on_time += u64::from(at <= promised_by);
                }
            }
            if let Some(recorded) = recorded.get(&place) {
                if status.is_some_and(|status| is_as_recorded(status, *recorded)) {
                    self.summary.ended_as_recorded += 1;
                } else {
                    self.summary.ended_otherwise += 1;
                }
            }
        }
        Ok(self.summary)
    }
}

/// Whether a status says what the record says. Until the returns desk has seen what came back, it counts as lost.
fn is_as_recorded(status: Status, recorded: OutcomeKind) -> bool {
    match recorded {
        OutcomeKind::Delivered => status == Status::Delivered,
        OutcomeKind::Cancelled => status == Status::Cancelled,
        OutcomeKind::Lost => status == Status::Lost,
        OutcomeKind::Refused | OutcomeKind::Returned => matches!(status, Status::Returned | Status::Lost),
    }
}

/// A refusal in a line.
fn said(refused: &Refused) -> String {
    match refused {
        Refused::BadFields { fields } | Refused::UnknownListings { lines: fields } => fields
            .iter()
            .map(|field| format!("{} {}", field.pointer, field.message))
            .collect::<Vec<_>>()
            .join("; "),
        Refused::UnknownChannel { channel } => format!("there is no channel {channel}"),
        Refused::Conflict { order_id } => {
            format!("{order_id} has the same reference and says something else")
        }
        Refused::InsufficientStock { lines } => {
            let lines = lines.iter().map(|line| {
                format!("{}: {} asked for, {} free", line.external_code, line.asked, line.available)
            });
            lines.collect::<Vec<_>>().join("; ")
        }
    }
}

/// A moment before everything that is recorded: when the world was made.
fn before(history: &History) -> Timestamp {
    let first = history.events().next().map_or(Timestamp::UNIX_EPOCH, |event| event.at());
    first.checked_sub(SignedDuration::from_hours(24)).unwrap_or(first)
}
