//! How the organisation or a merchant looks on a page: the addresses of its colours and its logo, which change with them.

use people::{Brand, Colour};

use crate::href;

/// What a page takes from a brand.
#[derive(Debug, Clone, Default)]
pub struct Look {
    /// Where the style sheet of its colour is; none for the product's own.
    pub sheet: Option<String>,
    /// Where its logo is; none for the product's own mark.
    pub logo: Option<String>,
}

impl Look {
    /// The looks of a brand.
    pub fn of(brand: &Brand) -> Look {
        Look { sheet: brand.accent.map(href::brand_sheet), logo: brand.logo.as_deref().map(href::brand_logo) }
    }
}

/// A sheet that gives all pages this colour.
pub(crate) fn sheet(colour: Colour) -> String {
    let (light, dark) = (colour.for_light_pages().hex(), colour.for_dark_pages().hex());
    format!(":root {{ --accent: light-dark({light}, {dark}) }}\n")
}
