//! The nouns: trackers, reports, and what follows from them.

use carriers::Milestone;
use kernel::{OrderId, ParcelId, Timestamp};

/// A parcel that is to be followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTracker {
    /// What the carrier calls it.
    pub tracking_number: String,
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
}

/// How far a parcel is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tracker {
    /// What the carrier calls it.
    pub tracking_number: String,
    /// The parcel.
    pub parcel_id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
    /// What it has reached.
    pub milestone: Milestone,
    /// When.
    pub milestone_at: Timestamp,
}

/// One thing a carrier says about a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which parcel, in the carrier's words.
    pub tracking_number: String,
    /// The carrier's key of the report: the same when it is told again.
    pub carrier_event_id: String,
    /// The carrier's own code.
    pub raw_status: String,
    /// What that means; `unknown` where nobody has seen the code before.
    pub milestone: Milestone,
    /// Where, in the carrier's words; may be empty.
    pub place: String,
    /// When it happened, as the carrier says.
    pub happened_at: Timestamp,
}

/// A report as it was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrackingEvent {
    /// The carrier's key.
    pub carrier_event_id: String,
    /// The carrier's own code. From outside: to be shown as text only.
    pub raw_status: String,
    /// What that means.
    pub milestone: Milestone,
    /// Where. From outside: to be shown as text only.
    pub place: String,
    /// When it happened.
    pub happened_at: Timestamp,
    /// When we heard of it.
    pub received_at: Timestamp,
}

/// A parcel has reached a milestone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advance {
    /// Which parcel.
    pub parcel_id: ParcelId,
    /// Its order.
    pub order_id: OrderId,
    /// What the carrier calls it.
    pub tracking_number: String,
    /// What it has reached.
    pub milestone: Milestone,
    /// When.
    pub at: Timestamp,
}
