//! The nouns: a parcel, where it stands, and what is in it.

use carriers::ParcelSize;
use kernel::{Address, FulfilmentOrderId, ItemId, Money, NodeId, OrderId, ParcelId, Quantity, Timestamp};

/// How far away an address without a place is taken to be: about the middle of the carriers' zones.
pub const ASSUMED_METRES: i64 = 250_000;

/// Where a parcel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParcelStatus {
    /// Units go in and out.
    Open,
    /// Weighed; a label is being bought.
    Closed,
    /// Ready to leave.
    Labelled,
    /// With the carrier.
    Dispatched,
    /// The customer has it.
    Delivered,
    /// It came back.
    Returned,
    /// The carrier cannot find it.
    Lost,
    /// It never left; what was in it is elsewhere.
    Cancelled,
}

/// What happens to a parcel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It is weighed and taped.
    Close,
    /// Its label was bought.
    Label,
    /// The carrier will make no label for it.
    RefuseLabel,
    /// It leaves the building.
    Dispatch,
    /// The customer takes it.
    Deliver,
    /// The sender has it again.
    Return,
    /// The carrier gives it up.
    Lose,
    /// Its goods are taken out again, and its label given up if it has one.
    Unpack,
}

/// A step that does not lead on from where a parcel stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a parcel that is {status} cannot {step}")]
pub struct WrongStep {
    /// Where it stands.
    pub status: ParcelStatus,
    /// What was to happen.
    pub step: Step,
}

impl ParcelStatus {
    /// Every status.
    pub const ALL: [ParcelStatus; 8] = [
        ParcelStatus::Open,
        ParcelStatus::Closed,
        ParcelStatus::Labelled,
        ParcelStatus::Dispatched,
        ParcelStatus::Delivered,
        ParcelStatus::Returned,
        ParcelStatus::Lost,
        ParcelStatus::Cancelled,
    ];

    /// Where a step leads: the ways on, and the ways back.
    pub fn after(self, step: Step) -> Result<ParcelStatus, WrongStep> {
        use {ParcelStatus::*, Step::*};
        match (self, step) {
            (Open, Close) => Ok(Closed),
            (Closed, Label) => Ok(Labelled),
            (Labelled, Dispatch) => Ok(Dispatched),
            // What was lost is sometimes found.
            (Dispatched | Lost, Deliver) => Ok(Delivered),
            (Dispatched | Lost | Delivered, Return) => Ok(Returned),
            (Dispatched, Lose) => Ok(Lost),
            (Closed, RefuseLabel) | (Open | Closed | Labelled, Unpack) => Ok(Cancelled),
            (status, step) => Err(WrongStep { status, step }),
        }
    }

    /// The word for it in JSON and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            ParcelStatus::Open => "open",
            ParcelStatus::Closed => "closed",
            ParcelStatus::Labelled => "labelled",
            ParcelStatus::Dispatched => "dispatched",
            ParcelStatus::Delivered => "delivered",
            ParcelStatus::Returned => "returned",
            ParcelStatus::Lost => "lost",
            ParcelStatus::Cancelled => "cancelled",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<ParcelStatus> {
        ParcelStatus::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// True while it is in the building.
    pub fn is_in_the_house(self) -> bool {
        matches!(self, ParcelStatus::Open | ParcelStatus::Closed | ParcelStatus::Labelled)
    }
}

impl std::fmt::Display for ParcelStatus {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::fmt::Display for Step {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Step::Close => "be closed",
            Step::Label => "be labelled",
            Step::RefuseLabel => "be refused a label",
            Step::Dispatch => "be dispatched",
            Step::Deliver => "be delivered",
            Step::Return => "be returned",
            Step::Lose => "be lost",
            Step::Unpack => "be unpacked",
        })
    }
}

/// A physical box with one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// Its id.
    pub parcel_id: ParcelId,
    /// The order it is part of.
    pub order_id: OrderId,
    /// The work it is packed by.
    pub fulfilment_order_id: FulfilmentOrderId,
    /// Where it is packed.
    pub node_id: NodeId,
    /// Which of the order's parcels, from 1.
    pub parcel_no: i64,
    /// Where it stands.
    pub status: ParcelStatus,
    /// Weight and sides; all 0 until it is closed.
    pub size: ParcelSize,
    /// How far it goes.
    pub distance_metres: i64,
    /// Who carries it, once closed.
    pub carrier_code: Option<String>,
    /// By which product, once closed.
    pub service_code: Option<String>,
    /// The carrier's own key of the label.
    pub carrier_reference: Option<String>,
    /// What the carrier calls it.
    pub tracking_number: Option<String>,
    /// What we pay: as quoted at closing, then as the carrier says.
    pub price: Option<Money>,
    /// The carrier's zone for the distance.
    pub zone: Option<i64>,
    /// The weight it is billed by.
    pub billed_grams: Option<i64>,
    /// Where it leaves from, as printed.
    pub ship_from: Address,
    /// Where it goes, as printed.
    pub ship_to: Address,
    /// When the first unit could go in.
    pub opened_at: Timestamp,
    /// When it was weighed.
    pub closed_at: Option<Timestamp>,
    /// When it left.
    pub dispatched_at: Option<Timestamp>,
    /// When the customer had it.
    pub delivered_at: Option<Timestamp>,
}

/// Units of an order line in a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParcelLine {
    /// The order line.
    pub line_no: i64,
    /// The item.
    pub item_id: ItemId,
    /// How many.
    pub quantity: Quantity,
}

/// How far it is from one address to another.
pub(crate) fn metres_between(from: &Address, to: &Address) -> i64 {
    match (from.place, to.place) {
        (Some(from), Some(to)) => from.metres_to(to),
        _ => ASSUMED_METRES,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_parcel_goes_on_and_back_only_on_its_roads() {
        use {ParcelStatus::*, Step::*};
        let roads = [
            (Open, Close, Closed),
            (Open, Unpack, Cancelled),
            (Closed, Label, Labelled),
            (Closed, RefuseLabel, Cancelled),
            (Closed, Unpack, Cancelled),
            (Labelled, Dispatch, Dispatched),
            (Labelled, Unpack, Cancelled),
            (Dispatched, Deliver, Delivered),
            (Dispatched, Return, Returned),
            (Dispatched, Lose, Lost),
            (Delivered, Return, Returned),
            (Lost, Deliver, Delivered),
            (Lost, Return, Returned),
        ];
        for status in ParcelStatus::ALL {
            for step in [Close, Label, RefuseLabel, Dispatch, Deliver, Return, Lose, Unpack] {
                let road = roads.iter().find(|(from, by, _)| (*from, *by) == (status, step));
                let expected = road.map(|(_, _, to)| *to).ok_or(WrongStep { status, step });
                assert_eq!(status.after(step), expected, "{status} {step}");
            }
            assert_eq!(ParcelStatus::parse(status.as_str()), Some(status));
        }
        let wrong = Dispatched.after(Unpack).unwrap_err();
        assert_eq!(wrong.to_string(), "a parcel that is dispatched cannot be unpacked");
    }
}
