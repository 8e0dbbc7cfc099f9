//! What decides about stock: receipts and orders, as if one after another.
//!
//! Two of them matter to each other only if they touch the same item. So orders go to the intake many at a time and in
//! their order, receipts wait to be booked together, and whoever touches an item that somebody before is still busy
//! with waits for them.

use std::collections::{HashMap, HashSet};

use db::{BoxFuture, Fault};
use futures_util::{StreamExt, stream::FuturesOrdered};
use inventory::receive::{Receipt, ReceiveError};
use kernel::{Address, OrderId, Timestamp};
use orders::place::{NewLine, NewOrder};
use runtime::{Answer, Call, has_fault};

use super::{ACTOR, Place, ReplayError, Summary, said, world::World};
use crate::{
    Flows,
    intake::{Lost, PlaceCommand, PlaceOutcome},
    receive::ALLOCATE_WAITING,
};

/// How many orders wait for their answer at once.
const IN_FLIGHT: usize = 256;

/// How many receipts one transaction books.
const RECEIPTS: usize = 500;

/// An order and what was said to it.
type Answered<'h> = (Place, &'h history::Order, Result<Answer<PlaceOutcome>, Lost>);

/// Receipts and orders on their way.
pub(super) struct Front<'h> {
    flows: &'h Flows,
    world: &'h World<'h>,
    /// Orders handed in so far.
    pub taken: u64,
    order_ids: HashMap<Place, OrderId>,
    in_flight: FuturesOrdered<BoxFuture<'h, Answered<'h>>>,
    /// How many orders in flight want each SKU.
    wanted: HashMap<&'h str, usize>,
    /// Receipts not booked yet.
    arrived: Vec<(Timestamp, Receipt)>,
    arrived_skus: HashSet<&'h str>,
    /// How often a node got an item under a reference.
    references: HashMap<(&'h str, &'h str, &'h str), u32>,
}

impl<'h> Front<'h> {
    pub fn new(flows: &'h Flows, world: &'h World<'h>) -> Front<'h> {
        Front {
            flows,
            world,
            taken: 0,
            order_ids: HashMap::new(),
            in_flight: FuturesOrdered::new(),
            wanted: HashMap::new(),
            arrived: Vec::new(),
            arrived_skus: HashSet::new(),
            references: HashMap::new(),
        }
    }

    /// The id of an order that was accepted.
    pub fn order_id(&self, place: Place) -> Option<&OrderId> {
        self.order_ids.get(&place)
    }

    /// All orders that were accepted.
    pub fn order_ids(&self) -> impl Iterator<Item = (&OrderId, Place)> {
        self.order_ids.iter().map(|(place, order_id)| (order_id, *place))
    }

    /// Takes goods in.
    pub async fn receive(
        &mut self,
        row: &'h history::Receipt,
        summary: &mut Summary,
    ) -> Result<(), ReplayError> {
        if row.quantity.is_zero() {
            return Ok(());
        }
        if self.wanted.contains_key(row.sku.as_str()) {
            self.settle_orders(summary).await?;
        }
        // The same note for the same goods at the same place would be a repeat; in a history it is a second delivery.
        let again = self.references.entry((&row.node, &row.sku, &row.reference)).or_default();
        *again += 1;
        let reference = match *again {
            1 => row.reference.clone(),
            times => format!("{} ({times})", row.reference).trim_start().to_owned(),
        };
        let receipt = Receipt {
            node_id: self.world.nodes[row.node.as_str()].clone(),
            item_id: self.world.items[row.sku.as_str()].clone(),
            owner_id: self.world.merchant_id.clone(),
            quantity: row.quantity,
            reference,
            lot: None,
            expected: None,
        };
        self.arrived.push((row.at, receipt));
        self.arrived_skus.insert(&row.sku);
        if self.arrived.len() >= RECEIPTS { self.book().await } else { Ok(()) }
    }

    /// Hands an order in.
    pub async fn place(
        &mut self,
        place: Place,
        order: &'h history::Order,
        summary: &mut Summary,
    ) -> Result<(), ReplayError> {
        let skus = self.skus(order);
        if skus.iter().any(|sku| self.arrived_skus.contains(sku)) {
            self.book().await?;
        }
        while self.in_flight.len() >= IN_FLIGHT {
            self.settle_one(summary).await?;
        }
        for sku in skus {
            *self.wanted.entry(sku).or_default() += 1;
        }
        self.taken += 1;
        let new = new_order(order);
        if new.total_minor() != Some(order.total_minor) {
            summary.totals_differ += 1;
        }
        let flows = self.flows;
        let call = Call::by(ACTOR).at(order.placed_at);
        self.in_flight.push_back(Box::pin(async move {
            let command = PlaceCommand { call, order: new, raw: "{}".to_owned() };
            (place, order, flows.place(command).await)
        }));
        Ok(())
    }

    /// Waits until everything taken so far is decided and booked.
    pub async fn settle_all(&mut self, summary: &mut Summary) -> Result<(), ReplayError> {
        self.settle_orders(summary).await?;
        self.book().await
    }

    fn skus(&self, order: &'h history::Order) -> HashSet<&'h str> {
        let listing = |line: &'h history::OrderLine| {
            self.world.listings.get(&(order.channel.as_str(), line.external_code.as_str()))
        };
        order.lines.iter().filter_map(listing).map(|(sku, _)| *sku).collect()
    }

    async fn settle_orders(&mut self, summary: &mut Summary) -> Result<(), ReplayError> {
        while !self.in_flight.is_empty() {
            self.settle_one(summary).await?;
        }
        Ok(())
    }

    async fn settle_one(&mut self, summary: &mut Summary) -> Result<(), ReplayError> {
        let Some((place, order, answer)) = self.in_flight.next().await else { return Ok(()) };
        for sku in self.skus(order) {
            if let Some(count) = self.wanted.get_mut(sku) {
                *count -= 1;
                if *count == 0 {
                    self.wanted.remove(sku);
                }
            }
        }
        match answer?.into_result() {
            Some(PlaceOutcome::Accepted(accepted)) => {
                let parts = if accepted.is_repeat {
                    summary.repeated += 1;
                    self.count_parts(&accepted.order_id).await?
                } else {
                    accepted.fulfilment_orders.len()
                };
                summary.split += u64::from(parts > 1);
                self.order_ids.insert(place, accepted.order_id);
            }
            Some(PlaceOutcome::Refused(refused)) => {
                summary.refused += 1;
                summary.sample(format!("{} {}: {}", order.channel, order.external_reference, said(&refused)));
            }
            None => return Err(Lost("an order without a key was taken for a repeat".into()).into()),
        }
        Ok(())
    }

    async fn count_parts(&self, order_id: &OrderId) -> Result<usize, Fault> {
        let (organisation_id, order_id) = (self.flows.runtime.organisation_id.clone(), order_id.clone());
        let read = self.flows.runtime.read(move |tx| {
            Box::pin(async move { orders::store::list_fulfilments(tx, &organisation_id, &order_id).await })
        });
        let parts: Result<_, Fault> = read.await;
        Ok(parts?.len())
    }

    async fn book(&mut self) -> Result<(), ReplayError> {
        self.arrived_skus.clear();
        let arrived = std::mem::take(&mut self.arrived);
        if arrived.is_empty() {
            return Ok(());
        }
        let booked = self.flows.runtime.run(Call::by(ACTOR), move |cx| {
            let arrived = arrived.clone();
            Box::pin(async move {
                let mut booked = 0;
                for together in arrived.chunk_by(|(one, _), (other, _)| one == other) {
                    cx.now = together[0].0;
                    let receipts: Vec<Receipt> =
                        together.iter().map(|(_, receipt)| receipt.clone()).collect();
                    booked += inventory::receive::receive(cx, &receipts).await?;
                }
                if booked > 0 {
                    cx.put_off(ALLOCATE_WAITING, "all", cx.now);
                }
                Ok::<_, BookError>(())
            })
        });
        match booked.await {
            Ok(()) => Ok(()),
            Err(BookError::Fault(fault)) => Err(fault.into()),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum BookError {
    #[error("storage failed")]
    Fault(#[from] Fault),
}

has_fault!(BookError);

impl From<ReceiveError> for BookError {
    fn from(error: ReceiveError) -> BookError {
        match error {
            ReceiveError::Fault(fault) => BookError::Fault(fault),
            ReceiveError::Nothing
            | ReceiveError::NotExpected
            | ReceiveError::NeedsLot { .. }
            | ReceiveError::OtherExpiry(_) => {
                unreachable!(
                    "receipts of nothing are left out, and none says what it was expected as, or its lot"
                )
            }
        }
    }
}

fn new_order(order: &history::Order) -> NewOrder {
    let mut ship_to: Address = order.ship_to.clone();
    if ship_to.phone.is_empty() {
        // The driver calls whoever ordered.
        ship_to.phone.clone_from(&order.customer_phone);
    }
    NewOrder {
        channel: order.channel.clone(),
        external_reference: order.external_reference.clone(),
        placed_at: Some(order.placed_at),
        promised_by: order.promised_by,
        currency: order.currency,
        customer_name: order.customer_name.clone(),
        customer_email: order.customer_email.clone(),
        ship_to,
        lines: order
            .lines
            .iter()
            .map(|line| NewLine {
                external_code: line.external_code.clone(),
                quantity: line.quantity.units(),
                unit_price_minor: line.unit_price_minor,
                title: line.title.clone(),
            })
            .collect(),
        shipping_minor: order.shipping_minor,
        is_paid: order.is_paid,
        payment_reference: order.payment_reference.clone(),
        note: order.note.clone(),
        hold_id: None,
    }
}
