//! Pictures made on the server: plain SVG that prints, needs no script, and takes its colours from the style sheet.

pub mod barcode;
pub mod bars;
pub mod cover;
pub mod icon;
pub mod lifeline;
pub mod map;
pub mod outlook;
pub mod rush;
pub mod state_strip;

pub(crate) use bars::round_up;
pub use bars::{Bar, Bars};
pub use cover::Cover;
pub use lifeline::{Lifeline, Mark};
pub use map::{Map, MapNode, MapSize};
pub use outlook::Outlook;
pub use rush::Rush;
pub use state_strip::{StateStrip, UnitCount};

/// A coordinate with one decimal: finer than any screen, and the same text on every machine.
pub(crate) fn coordinate(value: f64) -> String {
    let text = format!("{value:.1}");
    match text.strip_suffix(".0") {
        Some(whole) => whole.to_owned(),
        None => text,
    }
}
