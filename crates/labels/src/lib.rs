//! Paper: shipping labels as ZPL for thermal printers and as PDF for every other printer. Pure: text in, bytes out.
//!
//! One [`layout`] places the marks of a label in printer dots; [`zpl()`], [`pdf()`] and [`bitmap()`] draw the same
//! marks, so that a label looks and scans alike wherever it is printed.
//!
//! - [`code128`]: the barcode of the tracking number, code sets B and C, as short as can be.
//! - [`s10`]: the tracking numbers of the world's posts.
//! - [`typeface`]: which letters can be printed. Latin, Cyrillic and Greek are built in; an operator who ships to
//!   addresses in Chinese, Japanese or Korean adds a font. What no font has is printed as an empty box, and
//!   [`unprintable`] says so beforehand.
//!
//! Text from outside is hostile: control characters and bidirectional overrides are dropped, and what ZPL would
//! take for a command is escaped.

pub mod bitmap;
pub mod code128;
pub mod layout;
pub mod pdf;
pub mod s10;
pub mod typeface;
pub mod zpl;

pub use bitmap::{Bitmap, bitmap};
pub use code128::Code128;
pub use pdf::pdf;
pub use typeface::Typeface;
pub use zpl::zpl;

use kernel::{Address, Date};

/// What is printed on one parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShippingLabel {
    /// Where it comes from, and where it goes back to if nobody takes it.
    pub from: Address,
    /// Who receives it.
    pub to: Address,
    /// The carrier as people know it.
    pub carrier_name: String,
    /// The carrier's product.
    pub service_name: String,
    /// The carrier's parcel id: printed, and in the barcode.
    pub tracking_number: String,
    /// The order as the customer knows it.
    pub order_reference: String,
    /// Which of the order's parcels this is, from 1.
    pub parcel_no: u16,
    /// How many parcels the order has.
    pub parcel_count: u16,
    /// Weight of the closed parcel.
    pub weight_grams: i64,
    /// The day it is handed over.
    pub shipped_on: Date,
    /// For the driver; may be empty.
    pub note: String,
}

/// Why there is no label.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// The tracking number has a character that Code 128 sets B and C do not have, or none at all.
    #[error("the tracking number {0:?} is not printable ASCII and cannot be a barcode")]
    NotEncodable(String),
    /// The barcode is wider than a 4 inch label even with the thinnest bars that scanners read.
    #[error("the tracking number {tracking_number:?} needs {modules} modules; the label has room for {room}")]
    TooLong {
        /// The tracking number.
        tracking_number: String,
        /// Modules needed, quiet zones included.
        modules: usize,
        /// Modules that fit.
        room: usize,
    },
    /// The fonts could not be embedded.
    #[error("the document could not be written: {0}")]
    Document(String),
}

/// The characters of the label that would be printed as empty boxes with this typeface, each once, in order.
pub fn unprintable(label: &ShippingLabel, typeface: &Typeface) -> Vec<char> {
    let mut missing = Vec::new();
    for text in layout::words(label) {
        for c in typeface.missing(&text) {
            if !missing.contains(&c) {
                missing.push(c);
            }
        }
    }
    missing
}

#[cfg(test)]
pub(crate) mod samples;
