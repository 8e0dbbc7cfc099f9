//! The built-in carrier. Its outside world is simulated, its books are real, and it fails as carriers fail.
//!
//! It declares the worst create semantics there are, on purpose: buying twice makes two labels, and its books say so
//! ([`SimulatedCarrier::paid_twice`]). A platform that is safe with it is safe with a kinder one.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::io;
use std::ops::{Deref, DerefMut};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use kernel::Timestamp;

use crate::books::{Books, Entry, LabelRecord};
use crate::journey::{self, Odds, Scan, TrackingReport, dice, happens};
use crate::rates::{RateCard, quote};
use crate::{Capabilities, CarrierError, CreateSemantics, LabelBought, LabelRequest};

/// An address without a place is priced as this far away.
const ASSUMED_METRES: i64 = 250_000;

/// Who the carrier is and how its world goes.
#[derive(Debug, Clone)]
pub struct CarrierSetup {
    /// Its code, as on its rate cards.
    pub code: String,
    /// Its name as people know it.
    pub name: String,
    /// The two letters its tracking numbers begin with (UPU S10).
    pub service_letters: String,
    /// The two letters they end with: its country.
    pub country: String,
    /// What it charges.
    pub rate_cards: Vec<RateCard>,
    /// All its chance.
    pub seed: u64,
    /// How often its service fails.
    pub faults: FaultRates,
    /// How often its parcels meet with trouble.
    pub odds: Odds,
}

impl CarrierSetup {
    /// The demo carrier: fails never, and moves parcels as carriers do.
    pub fn demo(seed: u64) -> CarrierSetup {
        CarrierSetup {
            code: "demo_post".to_owned(),
            name: "Demo Post".to_owned(),
            service_letters: "DP".to_owned(),
            country: "NL".to_owned(),
            rate_cards: crate::demo_cards(),
            seed,
            faults: FaultRates::default(),
            odds: Odds::default(),
        }
    }
}

/// How often a purchase fails, in calls of a thousand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FaultRates {
    /// The label is made and the answer lost.
    pub lost_answer: u16,
    /// Nothing happens.
    pub unavailable: u16,
    /// The carrier says no.
    pub refused: u16,
}

/// One way a purchase goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// The label is made and paid for, and we never hear of it.
    LostAnswer,
    /// Nothing happens.
    Unavailable,
    /// The carrier says no.
    Refused,
    /// Success, with an old label of the same reference that was given up. Without such a label, no fault.
    OldCancelled,
}

/// The carrier. Its methods may be called from many tasks at once, and its books used by several processes.
#[derive(Debug)]
pub struct SimulatedCarrier {
    setup: CarrierSetup,
    world: Mutex<World>,
}

#[derive(Debug, Default)]
struct World {
    books: Books,
    /// Reports that are still to be sent, by when; the number keeps those of one instant apart and in order.
    untold: BTreeMap<(Timestamp, u64), TrackingReport>,
    reports_made: u64,
    purchases_asked: u64,
    /// Purchases asked for under each reference; kept only where faults come by chance.
    attempts: HashMap<String, u32>,
    scripted: VecDeque<Fault>,
    is_down: bool,
}

impl SimulatedCarrier {
    /// A carrier with empty books that are kept in memory alone.
    pub fn new(setup: CarrierSetup) -> SimulatedCarrier {
        SimulatedCarrier { setup, world: Mutex::default() }
    }

    /// A carrier whose books are kept in a file, and were perhaps begun by an earlier process. Every report is sent
    /// again except those sent at or before `told_until`, and each process that shares the books sends them; to be sent
    /// again does no harm, events have ids.
    pub fn open(
        setup: CarrierSetup,
        path: &Path,
        told_until: Option<Timestamp>,
    ) -> io::Result<SimulatedCarrier> {
        let mut world = World { books: Books::open(path)?, ..World::default() };
        for at in 0..world.books.labels().len() {
            for report in reports_of(&setup, &world.books.labels()[at]) {
                if told_until.is_none_or(|told| report.sent_at > told) {
                    world.will_tell(report);
                }
            }
        }
        Ok(SimulatedCarrier { setup, world: Mutex::new(world) })
    }

    /// Who it is.
    pub fn setup(&self) -> &CarrierSetup {
        &self.setup
    }

    /// What may be relied on: nothing but the look-up.
    pub fn capabilities(&self) -> Capabilities {
        Capabilities { create_semantics: CreateSemantics::None, finds_by_reference: true }
    }

    /// Buys a label. Asked twice, it sells two.
    pub async fn buy_label(
        &self,
        request: &LabelRequest,
        now: Timestamp,
    ) -> Result<LabelBought, CarrierError> {
        let mut world = self.world()?;
        match self.next_fault(&mut world, &request.reference) {
            Some(Fault::Unavailable) => return Err(CarrierError::Unavailable),
            Some(Fault::Refused) => return Err(refused("ADDR-12", "address not serviceable")),
            Some(Fault::OldCancelled) => {
                if let Some(old) =
                    world.books.by_reference(&request.reference).rev().find(|old| !old.is_live())
                {
                    return Ok(old.as_bought());
                }
            }
            Some(Fault::LostAnswer) => {
                let label = self.label(&world, request, now)?;
                world.post(&Entry::Bought(label))?;
                return Err(CarrierError::Unknown);
            }
            None => {}
        }
        let label = self.label(&world, request, now)?;
        let bought = label.as_bought();
        world.post(&Entry::Bought(label))?;
        Ok(bought)
    }

    /// The label that was sold under our reference: the live one, else the last that was given up.
    pub async fn find_by_reference(&self, reference: &str) -> Result<Option<LabelBought>, CarrierError> {
        let world = self.world()?;
        if world.is_down {
            return Err(CarrierError::Unavailable);
        }
        let live = world.books.by_reference(reference).find(|label| label.is_live());
        Ok(live.or_else(|| world.books.by_reference(reference).next_back()).map(LabelRecord::as_bought))
    }

    /// Gives a label up, so that it is not owed. Twice is as good as once; too late once the parcel was handed over.
    pub async fn void_label(&self, tracking_number: &str, now: Timestamp) -> Result<(), CarrierError> {
        let mut world = self.world()?;
        if world.is_down {
            return Err(CarrierError::Unavailable);
        }
        let Some(label) = world.books.by_tracking_number(tracking_number) else {
            return Err(refused("VOID-04", "no such label"));
        };
        if label.handed_over_at.is_some() {
            return Err(refused("VOID-09", "parcel already in the network"));
        }
        if !label.is_live() {
            return Ok(());
        }
        world.post(&Entry::Voided { tracking_number: tracking_number.to_owned(), at: now })
    }

    /// The driver takes the parcel: from here its journey runs by itself. Twice is as good as once. With
    /// `arrives_at` a known history is replayed: the parcel arrives exactly then.
    pub fn hand_over(
        &self,
        tracking_number: &str,
        at: Timestamp,
        arrives_at: Option<Timestamp>,
    ) -> Result<(), CarrierError> {
        let mut world = self.world()?;
        let Some(label) = world.books.by_tracking_number(tracking_number) else {
            return Err(refused("DOCK-01", "unknown barcode"));
        };
        if !label.is_live() {
            return Err(refused("DOCK-02", "label was voided"));
        }
        if label.handed_over_at.is_some() {
            return Ok(());
        }
        world.post(&Entry::HandedOver { tracking_number: tracking_number.to_owned(), at, arrives_at })?;
        world.sets_out(&self.setup, tracking_number);
        Ok(())
    }

    /// Reports that were sent up to now and not given out by this process before, in the order they were sent.
    pub fn events_until(&self, now: Timestamp) -> Vec<TrackingReport> {
        let mut world = self.as_known();
        let later = world.untold.split_off(&(now, u64::MAX));
        std::mem::replace(&mut world.untold, later).into_values().collect()
    }

    /// When the next report will be sent, if any is under way.
    pub fn next_event_at(&self) -> Option<Timestamp> {
        self.as_known().untold.first_key_value().map(|((at, _), _)| *at)
    }

    /// The truth about a parcel's journey, for checkers: what happened and will happen, whoever is told of it.
    pub fn true_scans(&self, tracking_number: &str) -> Vec<Scan> {
        let world = self.as_known();
        let label = world.books.by_tracking_number(tracking_number);
        label.map_or_else(Vec::new, |label| journey::scans(self.setup.seed, &self.setup.odds, label))
    }

    /// Every label in the carrier's books, oldest first, for checkers: ours must be the same.
    pub fn labels_bought(&self) -> Vec<LabelRecord> {
        self.as_known().books.labels().to_vec()
    }

    /// References under which more than one label is owed. There must be none.
    pub fn paid_twice(&self) -> Vec<String> {
        self.as_known().books.paid_twice()
    }

    /// Whether more than one label is owed under this reference.
    pub fn is_paid_twice(&self, reference: &str) -> bool {
        self.as_known().books.by_reference(reference).filter(|label| label.is_live()).count() > 1
    }

    /// How many purchases were asked for, however they ended.
    pub fn purchases_asked(&self) -> u64 {
        self.as_known().purchases_asked
    }

    /// The next purchases fail like this, one each, before chance has its turn.
    pub fn script(&self, faults: impl IntoIterator<Item = Fault>) {
        self.as_known().scripted.extend(faults);
    }

    /// While down, every call is unavailable. Parcels move on.
    pub fn set_down(&self, is_down: bool) {
        self.as_known().is_down = is_down;
    }

    /// Reports that could not be taken are sent again.
    pub fn tell_again(&self, reports: &[TrackingReport]) {
        let mut world = self.as_known();
        for report in reports {
            world.will_tell(report.clone());
        }
    }

    /// The world as of this moment. A carrier that cannot read its books does nothing.
    fn world(&self) -> Result<Held<'_>, CarrierError> {
        let mut held = Held(self.lock());
        let news = held.books.take_hold().map_err(|_| CarrierError::Unavailable)?;
        for entry in news {
            if let Entry::HandedOver { tracking_number, .. } = entry {
                held.sets_out(&self.setup, &tracking_number);
            }
        }
        Ok(held)
    }

    /// The world as of this moment, or as it was known last.
    fn as_known(&self) -> Held<'_> {
        self.world().unwrap_or_else(|_| Held(self.lock()))
    }

    fn lock(&self) -> MutexGuard<'_, World> {
        // A panic elsewhere leaves the books whole: each entry is written and applied in one go.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Chance depends on the reference and on how often it was asked, not on who else asks in between.
    fn next_fault(&self, world: &mut World, reference: &str) -> Option<Fault> {
        world.purchases_asked += 1;
        if world.is_down {
            return Some(Fault::Unavailable);
        }
        if let Some(fault) = world.scripted.pop_front() {
            return Some(fault);
        }
        let rates = self.setup.faults;
        if rates == FaultRates::default() {
            return None;
        }
        // A refusal is final, so it hangs on the reference alone.
        if happens(&mut dice(self.setup.seed, &format!("refuse {reference}")), rates.refused) {
            return Some(Fault::Refused);
        }
        let attempt = world.attempts.entry(reference.to_owned()).or_default();
        *attempt += 1;
        let mut dice = dice(self.setup.seed, &format!("attempt {attempt} of {reference}"));
        if happens(&mut dice, rates.unavailable) {
            Some(Fault::Unavailable)
        } else if happens(&mut dice, rates.lost_answer) {
            Some(Fault::LostAnswer)
        } else {
            None
        }
    }

    /// The label as it would be sold.
    fn label(
        &self,
        world: &World,
        request: &LabelRequest,
        now: Timestamp,
    ) -> Result<LabelRecord, CarrierError> {
        let cards = self.setup.rate_cards.iter().filter(|card| card.service_code == request.service_code);
        let date = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        let metres = match (request.from.place, request.to.place) {
            (Some(from), Some(to)) => from.metres_to(to),
            _ => ASSUMED_METRES,
        };
        let quote = quote(cards, date, &request.parcel, metres)
            .map_err(|error| refused("RATE-07", &error.to_string()))?;
        let number = world.books.labels().len() as u64;
        let serial = (self.setup.seed % 50_000_000 + number) % 100_000_000;
        let tracking_number =
            labels::s10::build(&self.setup.service_letters, serial as u32, &self.setup.country)
                .map_err(|error| refused("CONF-01", &error.to_string()))?;
        Ok(LabelRecord {
            reference: request.reference.clone(),
            carrier_reference: format!("{}-{:08}", self.setup.code, number + 1),
            tracking_number,
            service_code: request.service_code.clone(),
            from_city: request.from.city.clone(),
            to_city: request.to.city.clone(),
            price: quote.price,
            transit_days: quote.transit_days,
            bought_at: now,
            voided_at: None,
            handed_over_at: None,
            arrives_at: None,
        })
    }
}

/// The world while nobody else has it: no other task, and no other process.
struct Held<'a>(MutexGuard<'a, World>);

impl Deref for Held<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.0
    }
}

impl DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.0
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.0.books.let_go();
    }
}

impl World {
    /// A parcel that was handed over will be reported on.
    fn sets_out(&mut self, setup: &CarrierSetup, tracking_number: &str) {
        let reports = self.books.by_tracking_number(tracking_number).map(|label| reports_of(setup, label));
        for report in reports.into_iter().flatten() {
            self.will_tell(report);
        }
    }

    fn will_tell(&mut self, report: TrackingReport) {
        self.reports_made += 1;
        self.untold.insert((report.sent_at, self.reports_made), report);
    }

    /// A carrier whose disk is full sells nothing.
    fn post(&mut self, entry: &Entry) -> Result<(), CarrierError> {
        self.books.post(entry).map_err(|_| CarrierError::Unavailable)
    }
}

fn reports_of(setup: &CarrierSetup, label: &LabelRecord) -> Vec<TrackingReport> {
    let scans = journey::scans(setup.seed, &setup.odds, label);
    journey::reports(setup.seed, &setup.odds, &label.tracking_number, &scans)
}

fn refused(code: &str, reason: &str) -> CarrierError {
    CarrierError::Refused { code: code.to_owned(), reason: reason.to_owned() }
}
