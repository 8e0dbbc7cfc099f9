//! Floor 3b: boxes, from the first unit put in until the customer has it.
//!
//! A **parcel** is a physical box with one label: `open → closed → labelled → dispatched → delivered`. While it is open,
//! units go in and out. Closing weighs it, chooses a service by its price, and intends the purchase of a label; the
//! label itself is bought outside any transaction, and what came of it is told here.
//!
//! A box that has to be opened again is a *new* parcel with the same number and the same goods; the old one is
//! cancelled. That is because a parcel id is what labels are bought for, and for each at most one ever is.
//!
//! - [`open_parcel`], [`put_into`], [`take_out`], [`close_parcel`]: the packing table.
//! - [`label_bought`], [`label_refused`]: the carrier's answer.
//! - [`reopen`], [`cancel_parcel`]: the ways back.
//! - [`dispatch`], [`travel`]: out of the house, and what carriers report afterwards.
//!
//! **Invariant:** shipping does not know what stock is, and calls no carrier.

pub mod api;
mod close_parcel;
mod contents;
mod dispatch;
mod estimate;
mod label;
mod model;
mod open_parcel;
mod paper;
mod quote;
mod store;
mod travel;
mod unpack;
mod verify;

pub use close_parcel::{CloseError, Closing, close_parcel};
pub use contents::{ContentsError, put_into, take_out};
pub use dispatch::{DispatchError, dispatch};
pub use estimate::{Contained, estimated_size};
pub use label::{LABEL_BUY, LABEL_VOID, LabelError, LabelOrder, VoidOrder, label_bought, label_refused};
pub use model::{ASSUMED_METRES, Parcel, ParcelLine, ParcelStatus, Step, WrongStep};
pub use open_parcel::{NewParcel, open_parcel};
pub use paper::{LabelFacts, shipping_label};
pub use quote::{NoRate, ServiceQuote, cheapest};
pub use store::{
    find_open_parcel, find_parcel, find_parcel_by_tracking_number, forget_addresses, list_parcels,
    list_parcels_of_fulfilment_order, list_reopened, parcel_lines, parcels_by_id, parcels_of_orders,
};
pub use travel::{Moved, Travel, Travelled, travel};
pub use unpack::{UnpackError, cancel_parcel, reopen};
pub use verify::INVARIANTS;
