//! Floor 3b: what carriers report of parcels, and how far each parcel therefore is.
//!
//! A **tracker** follows one tracking number: the last milestone its parcel has reached, and when. A **report** is one
//! thing a carrier says. Carriers resend, and send out of order: a depot scan may arrive hours after "delivered". So
//! each report enters the history once, under the carrier's own id, and only one that happened later and lies on a road
//! that parcels take moves the milestone ([`decide`]). A code that nobody has seen before is kept and moves nothing.
//!
//! The words for milestones and the roads between them are [`carriers::Milestone`]'s.
//!
//! **Invariant:** only [`record`] and [`start`] write a milestone, and never without the report that proves it.

mod advance;
mod model;
mod record;
mod start;
mod store;
mod verify;

pub use advance::{Reached, decide};
pub use model::{Advance, NewTracker, Report, Tracker, TrackingEvent};
pub use record::record;
pub use start::{StartError, start};
pub use store::{
    count_exceptions, events_by_number, forget_places, list_exceptions, list_trackers, settle,
    trackers_by_number,
};
pub use verify::INVARIANTS;
