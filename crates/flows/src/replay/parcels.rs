//! What happened to an order after it was placed: parcels leave, carriers report.
//!
//! The house may have given an order to other nodes than the record did. Then its parcels leave from there: the units of
//! one recorded parcel that lie at several nodes become several parcels, the first under the recorded tracking number,
//! the others under that number with `/2`, `/3`, … behind it.

use std::collections::{BTreeMap, HashMap};

use carriers::{LabelBought, LabelState, Milestone, ParcelSize, RateCard, TransitDays};
use db::Fault;
use history::{Event, Handover, TrackingEvent};
use kernel::{FulfilmentOrderId, ItemId, NodeId, OrderId, ParcelId, Quantity, Timestamp};
use orders::{Stage, read::FulfilmentLineRow};
use runtime::{Call, effect, has_fault};
use shipping::{CloseError, Closing, Contained, LABEL_BUY, LabelError, ParcelStatus};
use tracking::Report;

use super::{ACTOR, world::World};
use crate::{Flows, dispatch::DispatchError, station::StationError, station::StationScan, track::TrackError};

/// What became of one order's day.
#[derive(Debug, Default)]
pub(super) struct Step {
    /// Parcels that left.
    pub parcels: u64,
    /// Reports that were taken.
    pub reports: u64,
    /// What could not be done as recorded.
    pub refusals: Vec<String>,
}

/// An order on its way.
#[derive(Debug, Default)]
pub(super) struct Journey<'h> {
    /// Its recorded parcels.
    expected: Vec<&'h Handover>,
    /// Our tracking numbers of each recorded parcel that has left.
    sent: HashMap<u32, Vec<String>>,
    /// Units of each fulfilment order that have left or are about to.
    used: HashMap<(FulfilmentOrderId, ItemId), i64>,
    delivered_at: Option<Timestamp>,
}

/// Units of one node that leave together.
#[derive(Debug)]
struct Part {
    fulfilment_order_id: FulfilmentOrderId,
    tracking_number: String,
    units: Vec<(ItemId, i64)>,
}

impl<'h> Journey<'h> {
    /// Takes note of a parcel that will leave.
    pub fn expect(&mut self, handover: &'h Handover) {
        self.expected.push(handover);
    }

    /// When the last parcel was delivered, as reported.
    pub fn delivered_at(&self) -> Option<Timestamp> {
        self.delivered_at
    }

    /// Goes through the order's events of a day.
    pub async fn follow(
        &mut self,
        flows: &Flows,
        world: &World<'_>,
        order: &history::Order,
        order_id: &OrderId,
        events: &[Event<'h>],
    ) -> Result<Step, Fault> {
        let mut step = Step::default();
        for event in events {
            match event {
                Event::Handover(handover) => {
                    self.hand_over(flows, world, order, order_id, handover, &mut step).await?;
                }
                Event::Tracking(report) => self.track(flows, report, &mut step).await?,
                Event::Receipt(_) | Event::Order(_) | Event::Cancellation(_) | Event::Outcome(_) => {}
            }
        }
        Ok(step)
    }

    async fn hand_over(
        &mut self,
        flows: &Flows,
        world: &World<'_>,
        order: &history::Order,
        order_id: &OrderId,
        handover: &Handover,
        step: &mut Step,
    ) -> Result<(), Fault> {
        let name = format!("{}/{}/{}", handover.channel, handover.external_reference, handover.parcel_no);
        let lines = fulfilment_lines(flows, order_id).await?;
        let mut wanted = self.contents(world, order, handover);
        let parts = self.parts(world, handover, &lines, &mut wanted);
        let missing: i64 = wanted.values().sum();
        if missing > 0 {
            step.refusals.push(format!("parcel {name}: {missing} of its units are not there to be sent"));
        }
        for part in parts {
            let key = format!("{name}/{}", part.tracking_number);
            let sending = Sending { flows, world, handover, part: &part, key: &key };
            match sending.send().await {
                Ok(()) => {
                    step.parcels += 1;
                    self.sent.entry(handover.parcel_no).or_default().push(part.tracking_number);
                }
                Err(SendError::Fault(fault)) => return Err(fault),
                Err(refusal) => step.refusals.push(format!("parcel {name}: {refusal}")),
            }
        }
        Ok(())
    }

    /// Units of each item in a recorded parcel. One that says nothing has what the order's others have not.
    fn contents(
        &self,
        world: &World<'_>,
        order: &history::Order,
        handover: &Handover,
    ) -> BTreeMap<ItemId, i64> {
        let mut items: HashMap<u32, (ItemId, i64)> = HashMap::new();
        for line in &order.lines {
            let listing = world.listings.get(&(order.channel.as_str(), line.external_code.as_str()));
            if let Some((sku, pack_factor)) = listing {
                let units = line.quantity.units().saturating_mul(*pack_factor);
                items.insert(line.line_no, (world.items[sku].clone(), units));
            }
        }
        let mut contents: BTreeMap<ItemId, i64> = BTreeMap::new();
        if handover.lines.is_empty() {
            for (item_id, units) in items.values() {
                *contents.entry(item_id.clone()).or_default() += units;
            }
            for line in self.expected.iter().flat_map(|other| &other.lines) {
                if let Some((item_id, _)) = items.get(&line.line_no)
                    && let Some(rest) = contents.get_mut(item_id)
                {
                    *rest = (*rest - line.quantity.units()).max(0);
                }
            }
        } else {
            for line in &handover.lines {
                if let Some((item_id, _)) = items.get(&line.line_no) {
                    *contents.entry(item_id.clone()).or_default() += line.quantity.units();
                }
            }
        }
        contents.retain(|_, units| *units > 0);
        contents
    }

    /// Where the units of a parcel are taken: at the recorded node first, then by the code of the node. Leaves in
    /// `wanted` what is nowhere.
    fn parts(
        &mut self,
        world: &World<'_>,
        handover: &Handover,
        lines: &[FulfilmentLineRow],
        wanted: &mut BTreeMap<ItemId, i64>,
    ) -> Vec<Part> {
        let code = |node_id: &NodeId| world.node_codes.get(node_id).copied().unwrap_or_default();
        let mut sources: Vec<(bool, &str, &FulfilmentOrderId)> = lines
            .iter()
            .map(|line| {
                let code = code(&line.node_id);
                (code != handover.node, code, &line.fulfilment_order_id)
            })
            .collect();
        sources.sort_unstable();
        sources.dedup();
        let mut parts = Vec::new();
        for (_, _, id) in sources {
            let mut units = Vec::new();
            for (item_id, left) in wanted.iter_mut() {
                let mine =
                    lines.iter().filter(|line| line.fulfilment_order_id == *id && line.item_id == *item_id);
                let ever: i64 = mine
                    .map(|line| {
                        let gone = line.units().get(Stage::Cancelled) + line.units().get(Stage::Unallocated);
                        line.quantity - gone
                    })
                    .sum();
                let used = self.used.entry((id.clone(), item_id.clone())).or_default();
                let taken = (ever - *used).clamp(0, *left);
                if taken > 0 {
                    *used += taken;
                    *left -= taken;
                    units.push((item_id.clone(), taken));
                }
            }
            if !units.is_empty() {
                let tracking_number = match parts.len() {
                    0 => handover.tracking_number.clone(),
                    others => format!("{}/{}", handover.tracking_number, others + 1),
                };
                parts.push(Part { fulfilment_order_id: id.clone(), tracking_number, units });
            }
        }
        parts
    }

    async fn track(&mut self, flows: &Flows, row: &TrackingEvent, step: &mut Step) -> Result<(), Fault> {
        let recorded = self.expected.iter().find(|handover| handover.parcel_no == row.parcel_no);
        // A carrier may report before we have handed over: then only the recorded number is known.
        let numbers = self.sent.get(&row.parcel_no).cloned();
        let numbers = numbers.or_else(|| recorded.map(|handover| vec![handover.tracking_number.clone()]));
        let milestone = milestone_of(row);
        let reports: Vec<Report> = numbers
            .unwrap_or_default()
            .into_iter()
            .map(|tracking_number| Report {
                tracking_number,
                carrier_event_id: row.carrier_event_id.clone(),
                raw_status: row.status.clone(),
                milestone,
                place: row.place.clone(),
                happened_at: row.happened_at,
            })
            .collect();
        let carrier = recorded.map_or("unknown", |handover| handover.carrier.as_str());
        let count = reports.len() as u64;
        let call = Call::by(format!("carrier:{carrier}")).at(row.received_at);
        match flows.track(call, reports).await {
            Ok(_) => step.reports += count,
            Err(TrackError::Fault(fault)) => return Err(fault),
            Err(refusal) => step.refusals.push(format!("report {}: {refusal}", row.carrier_event_id)),
        }
        if milestone == Milestone::Delivered {
            self.delivered_at = self.delivered_at.max(Some(row.happened_at));
        }
        Ok(())
    }
}

/// What a carrier's word means. Words that the built-in carrier does not use mean what they were taken for.
fn milestone_of(row: &TrackingEvent) -> Milestone {
    match carriers::milestone(&row.status) {
        Milestone::Unknown => Milestone::parse(&row.milestone).unwrap_or(Milestone::Unknown),
        known => known,
    }
}

async fn fulfilment_lines(flows: &Flows, order_id: &OrderId) -> Result<Vec<FulfilmentLineRow>, Fault> {
    let (organisation_id, order_id) = (flows.runtime.organisation_id.clone(), order_id.clone());
    let read = flows.runtime.read(move |tx| {
        Box::pin(async move {
            let parts = orders::store::list_fulfilments(tx, &organisation_id, &order_id).await?;
            let ids = parts.iter().map(|part| &part.fulfilment_order_id);
            orders::store::list_lines_of_fulfilments(tx, &organisation_id, ids).await
        })
    });
    read.await
}

/// Why a parcel did not leave.
#[derive(Debug, thiserror::Error)]
enum SendError {
    #[error("{0}")]
    Station(StationError),
    #[error("{0}")]
    Close(CloseError),
    #[error("{0}")]
    Label(LabelError),
    #[error("{0}")]
    Dispatch(DispatchError),
    #[error("no parcel is open")]
    NoParcel,
    #[error("its number is on parcel {0} of another order")]
    NumberTaken(ParcelId),
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(SendError);

macro_rules! from_verb {
    ($($error:ident => $variant:ident),*) => { $(
        impl From<$error> for SendError {
            fn from(error: $error) -> SendError {
                match error {
                    $error::Fault(fault) => SendError::Fault(fault),
                    error => SendError::$variant(error),
                }
            }
        }
    )* };
}

from_verb!(StationError => Station, CloseError => Close, LabelError => Label, DispatchError => Dispatch);

/// A parcel on its way out.
struct Sending<'a> {
    flows: &'a Flows,
    world: &'a World<'a>,
    handover: &'a Handover,
    part: &'a Part,
    /// Unlike that of any other parcel of the history.
    key: &'a str,
}

impl Sending<'_> {
    /// Picks, packs, closes, labels and dispatches, unless that was done before.
    async fn send(&self) -> Result<(), SendError> {
        if self.has_left().await? {
            return Ok(());
        }
        for (item_id, quantity) in &self.part.units {
            let scan = StationScan {
                fulfilment_order_id: self.part.fulfilment_order_id.clone(),
                code: self.code(item_id),
                quantity: *quantity,
            };
            self.flows.pick(self.call(&format!("pick/{}", scan.code)), scan.clone()).await?;
            self.flows.pack(self.call(&format!("pack/{}", scan.code)), scan).await?;
        }
        let parcel_id = self.close().await?;
        self.label(&parcel_id).await?;
        self.flows.dispatch(self.call("dispatch"), vec![parcel_id]).await?;
        Ok(())
    }

    fn call(&self, step: &str) -> Call {
        Call::by(ACTOR).keyed(ACTOR, &format!("{}/{step}", self.key), "").at(self.handover.at)
    }

    async fn has_left(&self) -> Result<bool, SendError> {
        let number = self.part.tracking_number.clone();
        let organisation_id = self.flows.runtime.organisation_id.clone();
        let read = self.flows.runtime.read(move |tx| {
            Box::pin(
                async move { shipping::find_parcel_by_tracking_number(tx, &organisation_id, &number).await },
            )
        });
        let found = read.await.map_err(|fault: Fault| fault)?;
        match found {
            Some(parcel) if parcel.fulfilment_order_id != self.part.fulfilment_order_id => {
                Err(SendError::NumberTaken(parcel.parcel_id))
            }
            Some(parcel) => Ok(parcel.status != ParcelStatus::Labelled),
            None => Ok(false),
        }
    }

    /// What a scanner reads from the item.
    fn code(&self, item_id: &ItemId) -> String {
        let item = self.world.item_rows[item_id];
        item.barcodes.first().unwrap_or(&item.sku).clone()
    }

    /// Closes the parcel as the recorded carrier's, at the prices we know.
    async fn close(&self) -> Result<ParcelId, SendError> {
        let cards = self.cards();
        let (id, size) = (self.part.fulfilment_order_id.clone(), self.size(&cards));
        let shipped_on = self.handover.at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let closed = self.flows.runtime.command(self.call("close"), move |cx| {
            let (cards, id) = (cards.clone(), id.clone());
            Box::pin(async move {
                let open = shipping::find_open_parcel(cx.tx, &cx.organisation_id, &id).await?;
                let parcel_id = open.ok_or(SendError::NoParcel)?.parcel_id;
                let closing = Closing { parcel_id, size, service_code: None, shipped_on };
                Ok::<_, SendError>(shipping::close_parcel(cx, &closing, &cards).await?.parcel_id)
            })
        });
        closed.await?.into_result().ok_or(SendError::NoParcel)
    }

    /// The label exists since then and is the recorded one: the purchase that closing intends is not made.
    async fn label(&self, parcel_id: &ParcelId) -> Result<(), SendError> {
        let (parcel_id, tracking_number) = (parcel_id.clone(), self.part.tracking_number.clone());
        let labelled = self.flows.runtime.command(self.call("label"), move |cx| {
            let (parcel_id, tracking_number) = (parcel_id.clone(), tracking_number.clone());
            Box::pin(async move {
                effect::cancel_planned(cx, LABEL_BUY, parcel_id.as_str()).await?;
                let parcel = shipping::find_parcel(cx.tx, &cx.organisation_id, &parcel_id).await?;
                let price = parcel.and_then(|parcel| parcel.price).ok_or(SendError::NoParcel)?;
                let label = LabelBought {
                    carrier_reference: tracking_number.clone(),
                    tracking_number,
                    price,
                    transit_days: TransitDays { min: 0, max: 0 },
                    state: LabelState::Live,
                };
                shipping::label_bought(cx, &parcel_id, &label).await?;
                Ok::<_, SendError>(())
            })
        });
        labelled.await?;
        Ok(())
    }

    /// Our cards in the recorded carrier's name: what it charged then is not recorded.
    fn cards(&self) -> Vec<RateCard> {
        let mut cards = self.flows.outside.rate_cards.clone();
        for card in &mut cards {
            card.carrier_code.clone_from(&self.handover.carrier);
            if !self.handover.service.is_empty() {
                card.service_code.clone_from(&self.handover.service);
            }
        }
        cards
    }

    /// As weighed, else as heavy as its units; never more than the cards take, for it did travel.
    fn size(&self, cards: &[RateCard]) -> ParcelSize {
        let contents = self.part.units.iter().map(|(item_id, units)| {
            let item = self.world.item_rows[item_id];
            Contained {
                quantity: Quantity::new(*units).unwrap_or(Quantity::MAX),
                weight_grams: item.weight_grams.unwrap_or(0),
                sides_mm: [item.length_mm, item.width_mm, item.height_mm].map(|side| side.unwrap_or(0)),
            }
        });
        let mut size = shipping::estimated_size(&contents.collect::<Vec<_>>());
        if let Some(weight_grams) = self.handover.weight_grams.filter(|grams| *grams > 0) {
            size.weight_grams = weight_grams;
        }
        fitted(size, cards)
    }
}

/// The parcel cut down to what every card takes.
fn fitted(size: ParcelSize, cards: &[RateCard]) -> ParcelSize {
    let mut weight_grams = size.weight_grams;
    let mut sides = [size.length_mm, size.width_mm, size.height_mm];
    sides.sort_unstable_by(|a, b| b.cmp(a));
    for card in cards {
        weight_grams = weight_grams.min(card.max_weight_grams);
        sides[0] = sides[0].min(card.max_length_mm);
        // Half of what the longest side leaves for twice the two others.
        let girth = (card.max_length_plus_girth_mm - sides[0]) / 2;
        sides[1] = sides[1].min(girth / 2).max(1);
        sides[2] = sides[2].min(girth - sides[1]).max(1);
    }
    let [length_mm, width_mm, height_mm] = sides;
    ParcelSize { weight_grams, length_mm, width_mm, height_mm }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(status: &str, milestone: &str) -> TrackingEvent {
        TrackingEvent {
            channel: "web".into(),
            external_reference: "1".into(),
            parcel_no: 1,
            carrier_event_id: "e".into(),
            status: status.into(),
            milestone: milestone.into(),
            happened_at: Timestamp::UNIX_EPOCH,
            received_at: Timestamp::UNIX_EPOCH,
            place: String::new(),
        }
    }

    #[test]
    fn whatever_did_travel_is_taken_by_the_cards() {
        let cards = carriers::demo_cards();
        let date = Timestamp::UNIX_EPOCH
            .to_zoned(jiff::tz::TimeZone::UTC)
            .date()
            .saturating_add(jiff::Span::new().years(48));
        for [length_mm, width_mm, height_mm] in
            [[400, 300, 1_260], [9_000, 9_000, 9_000], [1, 1, 1], [1_300, 10, 10]]
        {
            let size = ParcelSize { weight_grams: 90_000, length_mm, width_mm, height_mm };
            let quoted = carriers::quote(cards.iter(), date, &fitted(size, &cards), 100_000);
            assert!(quoted.is_ok(), "{size:?}: {quoted:?}");
        }
    }

    #[test]
    fn a_word_we_know_is_read_anew_and_another_means_what_it_was_taken_for() {
        assert_eq!(milestone_of(&report("DLV", "picked_up")), Milestone::Delivered);
        assert_eq!(milestone_of(&report("zugestellt", "delivered")), Milestone::Delivered);
        assert_eq!(milestone_of(&report("zugestellt", "")), Milestone::Unknown);
    }
}
