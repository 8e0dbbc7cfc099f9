//! Whole base units of an item.

use serde::{Deserialize, Serialize};

/// A number of base units, never negative and never more than [`Quantity::MAX`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "i64", into = "i64")]
pub struct Quantity(i64);

/// A number that is no quantity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a quantity is a whole number from 0 to 1,000,000,000,000; {0} is not")]
pub struct BadQuantity(pub i64);

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity(0);
    /// One unit.
    pub const ONE: Quantity = Quantity(1);
    /// The most one quantity may be. Sums of a million of them still fit an `i64`.
    pub const MAX: Quantity = Quantity(1_000_000_000_000);

    /// A checked quantity.
    pub const fn new(units: i64) -> Result<Quantity, BadQuantity> {
        if units >= 0 && units <= Quantity::MAX.0 { Ok(Quantity(units)) } else { Err(BadQuantity(units)) }
    }

    /// The number of units.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// True for nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// What is left after taking `other`, if it can be taken.
    pub const fn minus(self, other: Quantity) -> Option<Quantity> {
        if self.0 >= other.0 { Some(Quantity(self.0 - other.0)) } else { None }
    }

    /// The sum, if it is still a quantity.
    pub const fn plus(self, other: Quantity) -> Option<Quantity> {
        match Quantity::new(self.0 + other.0) {
            Ok(sum) => Some(sum),
            Err(_) => None,
        }
    }

    /// This many packs of `factor` units each, if that is still a quantity.
    pub const fn times(self, factor: i64) -> Option<Quantity> {
        match self.0.checked_mul(factor) {
            Some(units) => match Quantity::new(units) {
                Ok(quantity) => Some(quantity),
                Err(_) => None,
            },
            None => None,
        }
    }
}

impl TryFrom<i64> for Quantity {
    type Error = BadQuantity;
    fn try_from(units: i64) -> Result<Quantity, BadQuantity> {
        Quantity::new(units)
    }
}

impl From<Quantity> for i64 {
    fn from(quantity: Quantity) -> i64 {
        quantity.0
    }
}

impl utoipa::PartialSchema for Quantity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        use utoipa::openapi::{KnownFormat, ObjectBuilder, SchemaFormat, schema::Type};
        ObjectBuilder::new()
            .schema_type(Type::Integer)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
            .minimum(Some(Quantity::ZERO.0))
            .maximum(Some(Quantity::MAX.0))
            .description(Some("A number of base units."))
            .into()
    }
}

impl utoipa::ToSchema for Quantity {}

impl std::fmt::Display for Quantity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}
