//! Floor 3a: what is sold, under which codes, and where.
//!
//! - An **item** is a physical thing that is stocked. Its seller calls it by a *SKU*.
//! - A **barcode** is what a scanner reads from it: a GTIN, or a code of the house. A barcode means one item.
//! - A **channel** is a selling surface.
//! - A **listing** says what a channel's code means: so many units of one item, or of several, a *kit*. Many codes may
//!   mean the same item; listing consumes nothing.
//!
//! **Invariant:** a listing joins an item and a channel of the same merchant, or of a reseller who is entitled to the
//! item; and a code of a channel means one item.
//! What is known once is not changed in passing: [`add_items`] of a known SKU with other facts is refused,
//! [`amend_items`] says that a change is meant, and [`amend_item`] changes one as it was seen.

pub mod api;
mod barcode;
mod model;

mod add_channels;
mod add_items;
mod amend_item;
mod amend_items;
mod map_listings;
mod take_items;

mod store;
mod verify;

pub use add_channels::{AddChannelsError, add_channels};
pub use add_items::{AddItemsError, ItemProblem, ItemRefusal, add_items};
pub use amend_item::{AmendItemError, amend_item};
pub use amend_items::amend_items;
pub use barcode::{as_stored, gtin14};
pub use map_listings::{MapListingsError, Remap, map_listings};
pub use model::{
    Channel, Component, Item, ItemChange, Listed, Listing, NewChannel, NewItem, NewListing, TextProblem,
};
pub use store::{
    barcodes_of_items, channels_by_id, find_channel_by_code, find_channels_by_code, find_item,
    find_item_by_code, find_items_by_code, find_items_by_sku, first_code, items_by_id, list_channels,
    list_items, list_listings, listings_of_items, note_stock_rules, resolve_listings,
};
pub use take_items::{Taken, take_items};
pub use verify::INVARIANTS;
