//! Everything that happened, in the order of time.

use kernel::Timestamp;

use crate::History;
use crate::order::Order;
use crate::parcel::Handover;
use crate::rows::{Cancellation, Outcome, Receipt, TrackingEvent};

/// Something that happened. At the same instant causes come before effects: the order of the variants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'h> {
    /// Stock came in.
    Receipt(&'h Receipt),
    /// A customer ordered.
    Order(&'h Order),
    /// An order was called off.
    Cancellation(&'h Cancellation),
    /// A carrier took a parcel.
    Handover(&'h Handover),
    /// We heard of a parcel: at `received_at`, whenever it happened.
    Tracking(&'h TrackingEvent),
    /// An order ended. It follows from the rest and is here to compare with.
    Outcome(&'h Outcome),
}

impl Event<'_> {
    /// When it happened to us.
    pub fn at(&self) -> Timestamp {
        match self {
            Event::Receipt(receipt) => receipt.at,
            Event::Order(order) => order.placed_at,
            Event::Cancellation(cancellation) => cancellation.at,
            Event::Handover(handover) => handover.at,
            Event::Tracking(event) => event.received_at,
            Event::Outcome(outcome) => outcome.at,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Event::Receipt(_) => 0,
            Event::Order(_) => 1,
            Event::Cancellation(_) => 2,
            Event::Handover(_) => 3,
            Event::Tracking(_) => 4,
            Event::Outcome(_) => 5,
        }
    }
}

impl History {
    /// All events by time. What a history has twice at one instant keeps the order of its file. Takes a pointer per
    /// event; nothing of the history is copied.
    pub fn events(&self) -> impl Iterator<Item = Event<'_>> {
        let mut events: Vec<Event<'_>> = Vec::with_capacity(
            self.receipts.len()
                + self.orders.len()
                + self.cancellations.len()
                + self.handovers.len()
                + self.tracking_events.len()
                + self.outcomes.len(),
        );
        events.extend(self.receipts.iter().map(Event::Receipt));
        events.extend(self.orders.iter().map(Event::Order));
        events.extend(self.cancellations.iter().map(Event::Cancellation));
        events.extend(self.handovers.iter().map(Event::Handover));
        events.extend(self.tracking_events.iter().map(Event::Tracking));
        events.extend(self.outcomes.iter().map(Event::Outcome));
        // Stable, and quick on what is sorted runs already.
        events.sort_by_key(|event| (event.at(), event.rank()));
        events.into_iter()
    }
}
