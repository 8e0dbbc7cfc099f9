//! The nouns: items, channels, listings.

use kernel::{ChannelId, ItemId, ListingId, MerchantId, Timestamp};

/// A physical thing that is stocked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub item_id: ItemId,
    /// Who sells it.
    pub merchant_id: MerchantId,
    /// The seller's code for it.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// Weight of one unit; 0 where it is not known.
    pub weight_grams: i64,
    /// One side; 0 where it is not known.
    pub length_mm: i64,
    /// Another side; 0 where it is not known.
    pub width_mm: i64,
    /// The third side; 0 where it is not known.
    pub height_mm: i64,
    /// True where units come in by lots only.
    pub is_lot_tracked: bool,
    /// Moved on by one with every change.
    pub version: i64,
    /// Since when it is known.
    pub created_at: Timestamp,
}

impl Item {
    /// How much room one unit takes.
    pub fn volume_mm3(&self) -> i64 {
        self.length_mm * self.width_mm * self.height_mm
    }

    /// What a carrier bills one unit by: its weight or its volume at so many cubic centimetres to the kilogram,
    /// whichever is more, rounded up to whole grams.
    pub fn billed_grams(&self, dim_divisor_cm3_per_kg: Option<i64>) -> i64 {
        // A thousand mm³ to the cm³ and a thousand grams to the kilogram: the two cancel out.
        let dimensional = dim_divisor_cm3_per_kg.filter(|&divisor| divisor > 0).map_or(0, |divisor| {
            let volume = self.volume_mm3();
            volume / divisor + i64::from(volume % divisor > 0)
        });
        self.weight_grams.max(dimensional)
    }
}

/// An item that is to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Who sells it.
    pub merchant_id: MerchantId,
    /// The seller's code for it: with the merchant, what makes it the same item.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// What scanners read from it.
    pub barcodes: Vec<String>,
    /// Weight of one unit; 0 where it is not known.
    pub weight_grams: i64,
    /// One side; 0 where it is not known.
    pub length_mm: i64,
    /// Another side; 0 where it is not known.
    pub width_mm: i64,
    /// The third side; 0 where it is not known.
    pub height_mm: i64,
    /// True where units come in by lots only; none where nothing is said of it.
    pub is_lot_tracked: Option<bool>,
}

/// What is to be different about an item; what is none stays. A SKU and a merchant are what makes it the same item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ItemChange {
    /// Its name.
    pub title: Option<String>,
    /// All that scanners read from it.
    pub barcodes: Option<Vec<String>>,
    /// Weight of one unit; 0 where it is not known.
    pub weight_grams: Option<i64>,
    /// One side; 0 where it is not known.
    pub length_mm: Option<i64>,
    /// Another side; 0 where it is not known.
    pub width_mm: Option<i64>,
    /// The third side; 0 where it is not known.
    pub height_mm: Option<i64>,
    /// True where units come in by lots only.
    pub is_lot_tracked: Option<bool>,
}

impl NewItem {
    /// A thousand tonnes and a hundred metres: beyond any item, and small enough that no product overflows.
    pub const MAX_WEIGHT_GRAMS: i64 = 1_000_000_000;
    /// The longest side of an item.
    pub const MAX_SIDE_MM: i64 = 100_000;
    /// The most barcodes of one item.
    pub const MAX_BARCODES: usize = 100;

    pub(crate) fn has_facts_of(&self, item: &Item) -> bool {
        let sides = (self.length_mm, self.width_mm, self.height_mm);
        self.title == item.title
            && self.weight_grams == item.weight_grams
            && sides == (item.length_mm, item.width_mm, item.height_mm)
            && self.is_lot_tracked.is_none_or(|tracked| tracked == item.is_lot_tracked)
    }
}

/// A selling surface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id.
    pub channel_id: ChannelId,
    /// Who sells there.
    pub merchant_id: MerchantId,
    /// A short code, one of a kind in the organisation.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort of surface: `web`, `marketplace`, `csv` …
    pub kind: String,
    /// True where something was ever ruled on what its merchant's channels may sell.
    pub has_stock_rules: bool,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// A channel that is to be known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewChannel {
    /// Who sells there.
    pub merchant_id: MerchantId,
    /// A short code: what makes it the same channel.
    pub code: String,
    /// Its name.
    pub name: String,
    /// What sort of surface.
    pub kind: String,
}

/// What a channel's code means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing {
    /// Its id.
    pub listing_id: ListingId,
    /// Where.
    pub channel_id: ChannelId,
    /// The channel's code.
    pub external_code: String,
    /// The item.
    pub item_id: ItemId,
    /// How many units of it one sale takes.
    pub pack_factor: i64,
    /// What else one sale takes, where the code means a kit.
    pub also: Vec<Component>,
    /// Since when.
    pub created_at: Timestamp,
}

/// A listing that is to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewListing {
    /// Where.
    pub channel_id: ChannelId,
    /// The channel's code.
    pub external_code: String,
    /// The item.
    pub item_id: ItemId,
    /// How many units of it one sale takes.
    pub pack_factor: i64,
    /// What else one sale takes, where the code means a kit: other items, none twice.
    pub also: Vec<Component>,
}

impl NewListing {
    /// The most units in one sale of a pack.
    pub const MAX_PACK_FACTOR: i64 = 1_000_000;
    /// The most items in a kit.
    pub const MAX_COMPONENTS: usize = 50;

    /// What one sale takes.
    pub fn components(&self) -> impl Iterator<Item = (&ItemId, i64)> {
        components(&self.item_id, self.pack_factor, &self.also)
    }
}

/// An item of a kit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Component {
    /// The item.
    pub item_id: ItemId,
    /// How many units of it one sale takes.
    pub quantity: i64,
}

fn components<'c>(
    item_id: &'c ItemId,
    pack_factor: i64,
    also: &'c [Component],
) -> impl Iterator<Item = (&'c ItemId, i64)> {
    let others = also.iter().map(|component| (&component.item_id, component.quantity));
    std::iter::once((item_id, pack_factor)).chain(others)
}

/// What a code was resolved to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The listing.
    pub listing_id: ListingId,
    /// The item; the first of a kit.
    pub item_id: ItemId,
    /// How many units of it one sale takes.
    pub pack_factor: i64,
    /// What else one sale takes, where the code means a kit.
    pub also: Vec<Component>,
}

impl Listed {
    /// What one sale takes: each item with how many units of it.
    pub fn components(&self) -> impl Iterator<Item = (&ItemId, i64)> {
        components(&self.item_id, self.pack_factor, &self.also)
    }

    /// True where the code means what this listing says.
    pub fn is(&self, listing: &NewListing) -> bool {
        let sorted = |mut also: Vec<Component>| {
            also.sort_unstable();
            also
        };
        self.item_id == listing.item_id
            && self.pack_factor == listing.pack_factor
            && sorted(self.also.clone()) == sorted(listing.also.clone())
    }
}

/// What is wrong with a code or a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TextProblem {
    /// There is nothing in it.
    #[error("is empty")]
    Empty,
    /// There is too much in it.
    #[error("is longer than {max} characters")]
    TooLong {
        /// The most there may be.
        max: usize,
    },
    /// A character that no code or name has, such as a line break, or space around it.
    #[error("has control characters, or space around it")]
    NotPlain,
}

/// The longest code.
pub(crate) const MAX_CODE: usize = 200;
/// The longest name.
pub(crate) const MAX_NAME: usize = 500;

/// Looks at a code or a name.
pub(crate) fn check_text(text: &str, max: usize) -> Result<(), TextProblem> {
    if text.is_empty() {
        Err(TextProblem::Empty)
    } else if text.chars().count() > max {
        Err(TextProblem::TooLong { max })
    } else if text.trim() != text || text.chars().any(char::is_control) {
        Err(TextProblem::NotPlain)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bulky_item_is_billed_by_its_volume() {
        let mut pillow = Item {
            item_id: ItemId::from_body("pillow"),
            merchant_id: MerchantId::from_body("m"),
            sku: "PILLOW".into(),
            title: "Pillow".into(),
            weight_grams: 600,
            length_mm: 500,
            width_mm: 400,
            height_mm: 101,
            is_lot_tracked: false,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        };
        assert_eq!(pillow.billed_grams(Some(5000)), 4040);
        assert_eq!(pillow.billed_grams(Some(6000)), 3367);
        assert_eq!(pillow.billed_grams(None), 600);
        pillow.height_mm = 0;
        assert_eq!(pillow.billed_grams(Some(5000)), 600);
    }

    #[test]
    fn a_code_is_plain_text() {
        assert_eq!(check_text("TEA 01/б", 10), Ok(()));
        assert_eq!(check_text("", 10), Err(TextProblem::Empty));
        assert_eq!(check_text("a\u{7}b", 10), Err(TextProblem::NotPlain));
        assert_eq!(check_text(" a", 10), Err(TextProblem::NotPlain));
        assert_eq!(check_text("茶茶茶", 2), Err(TextProblem::TooLong { max: 2 }));
    }
}
