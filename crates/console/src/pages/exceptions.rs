//! What does not go on by itself: somebody has to decide.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::words::Milestone;

/// The page.
#[derive(Debug, Template)]
#[template(path = "exceptions.html")]
pub struct Exceptions {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Orders with units that no node has.
    pub unallocated: i64,
    /// Boxes that are open again, oldest first.
    pub boxes: Vec<OpenBox>,
    /// Parcels that carriers have trouble with, the longest in trouble first.
    pub parcels: Vec<TroubledParcel>,
}

/// A box that was closed and is open again: its label was refused, or part of it was called off.
#[derive(Debug, Clone)]
pub struct OpenBox {
    /// The order's number.
    pub order: String,
    /// The node's name.
    pub node: String,
    /// Since when.
    pub at: Timestamp,
    /// The station where it is packed.
    pub href: String,
}

/// A parcel in trouble.
#[derive(Debug, Clone)]
pub struct TroubledParcel {
    /// The order's number.
    pub order: String,
    /// The carrier's number.
    pub tracking_number: String,
    /// What the carrier said.
    pub milestone: Milestone,
    /// Since when.
    pub at: Timestamp,
    /// The order's page.
    pub href: String,
}

impl Exceptions {
    fn is_empty(&self) -> bool {
        self.unallocated == 0 && self.boxes.is_empty() && self.parcels.is_empty()
    }
}
