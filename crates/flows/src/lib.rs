//! Floor 4: the processes that span contexts. Each gathers facts, calls verbs, and keeps together what must be true
//! together: an order is accepted *with* its stock, a unit is picked on its order *and* in the ledger, or neither.
//!
//! Order to delivered, in reading order: ([`hold`] →) [`intake`] → [`source`] → [`station`] (pick, pack) and [`short`] → [`effects`]
//! (labels and money, outside any transaction) → [`dispatch`] → [`track`]; [`cancel`] at any stage; [`erase`] and
//! [`waiting`] when it waits for supply; [`retention`] when it is over; [`verify`] always. What a channel may sell: [`selling`] rules it, [`availability`]
//! tells it.
//!
//! **Invariant:** no SQL, no arithmetic on stock or money beyond adding up what contexts give.

mod again;
pub mod api;
pub mod approvals;
pub mod availability;
mod backlog;
pub mod bulk;
pub mod cancel;
pub mod counts;
pub mod discrepancies;
pub mod dispatch;
mod displace;
pub mod effects;
pub mod erase;
pub mod export;
pub mod files;
pub mod hold;
pub mod import;
pub mod intake;
pub mod levels;
pub mod lots;
pub mod operations;
pub mod outlook;
pub mod ownership;
pub mod peak;
pub mod proposals;
pub mod pulse;
pub mod pump;
mod queue;
pub mod reach;
pub mod receive;
pub mod reconcile;
pub mod replay;
mod resale;
pub mod retention;
pub mod selling;
pub mod short;
pub mod source;
pub mod station;
pub mod stuck;
pub mod supply;
pub mod till;
pub mod track;
pub mod verify;
pub mod waiting;

use std::sync::Arc;

use carriers::{RateCard, SimulatedCarrier};
use outbound::{Courier, EventStream};
use payments::SimulatedProvider;
use runtime::{Answer, Batcher, Runtime};
use sourcing::Policy;

pub use backlog::backlog;
use intake::{Asked, Desk, Fate, Later};

/// Everything a process needs; cheap to clone.
#[derive(Clone)]
pub struct Flows {
    /// Database, clock, ids.
    pub runtime: Runtime,
    /// The parties outside.
    pub outside: Arc<Outside>,
    /// How nodes are weighed.
    pub policy: Arc<Policy>,
    /// How long what tells of people is kept.
    pub retention: retention::Retention,
    /// What is known to be free just now.
    shelf: Arc<availability::Shelf>,
    desk: Arc<Desk>,
    /// How orders came in during the last seconds.
    pub pulse: Arc<pulse::Pulse>,
    stage: Arc<peak::Stage>,
    /// True in a demo: what is sold there is nobody's.
    pub is_for_show: bool,
    /// Who tells of it.
    feed: Arc<availability::Feed>,
    intake: Batcher<Asked, Result<Answer<Fate>, intake::Lost>>,
    /// True where orders are taken in the order in which they came, whosever they are.
    is_strict: bool,
}

/// The parties outside, as they are set up.
pub struct Outside {
    /// Who moves parcels.
    pub carrier: SimulatedCarrier,
    /// Who moves money.
    pub payments: SimulatedProvider,
    /// What the carrier charges: the dated cards of the one service that is used.
    pub rate_cards: Vec<RateCard>,
    /// Who carries letters to addresses that others gave us.
    pub courier: Courier,
    /// The stream that events are published to, if whoever runs the server named one.
    pub stream: Option<EventStream>,
    /// What labels are written with.
    pub typeface: labels::Typeface,
}

impl Outside {
    /// The simulated parties; letters go to public hosts.
    pub fn simulated(carrier: SimulatedCarrier, payments: SimulatedProvider) -> Outside {
        let cards = &carrier.setup().rate_cards;
        let service = cards.first().map(|card| card.service_code.clone()).unwrap_or_default();
        let rate_cards = cards.iter().filter(|card| card.service_code == service).cloned().collect();
        Outside {
            carrier,
            payments,
            rate_cards,
            courier: Courier::default(),
            stream: None,
            typeface: labels::Typeface::built_in(),
        }
    }
}

impl Flows {
    /// Starts the intake in front of a runtime.
    pub fn start(runtime: Runtime, outside: impl Into<Arc<Outside>>, policy: Policy) -> Flows {
        Flows::start_filing(Later::default(), runtime, outside, policy)
    }

    /// The same with another rule of which orders are filed later.
    pub fn start_filing(
        later: Later,
        runtime: Runtime,
        outside: impl Into<Arc<Outside>>,
        policy: Policy,
    ) -> Flows {
        let (outside, policy) = (outside.into(), Arc::new(policy));
        let workers = match runtime.db.engine() {
            // One writer thread: a second batch would only wait.
            db::Engine::Sqlite => 1,
            db::Engine::Postgres => 2,
        };
        let filing = intake::filing(&runtime);
        let desk = Arc::new(Desk {
            runtime: runtime.beside(),
            outside: outside.clone(),
            policy: policy.clone(),
            filing: filing.clone(),
            later,
        });
        let decider = desk.clone();
        let intake = Batcher::start(intake::BATCH_MAX, workers, move |batch| {
            let desk = decider.clone();
            Box::pin(async move { intake::place_batch(&desk, batch).await })
        });
        let runtime = runtime.with_filing(filing);
        Flows {
            runtime,
            outside,
            policy,
            retention: retention::Retention::default(),
            shelf: Arc::default(),
            desk,
            pulse: Arc::default(),
            stage: Arc::default(),
            is_for_show: false,
            feed: Arc::default(),
            intake,
            is_strict: false,
        }
    }

    /// The same, which does not wait for orders that are accepted and not yet filed: see [`runtime::filing`].
    pub fn beside(&self) -> Flows {
        Flows { runtime: self.runtime.beside(), ..self.clone() }
    }

    /// The same for a house that is for show: peaks may be played in it.
    pub fn for_show(self) -> Flows {
        Flows { is_for_show: true, ..self }
    }

    /// The same, which keeps what tells of people for so long.
    pub fn keeping(self, retention: retention::Retention) -> Flows {
        Flows { retention, ..self }
    }

    /// Sends events to webhooks.
    pub fn webhooks(&self) -> webhooks::Sender {
        let stream = self.outside.stream.clone();
        webhooks::Sender::new(self.runtime.clone(), self.outside.courier.clone()).with_stream(stream)
    }
}
