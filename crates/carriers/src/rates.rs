//! Rate cards: what a carrier charges, from which day to which, by weight and distance.
//!
//! Prices come in steps of weight within zones of distance. A parcel is billed by its actual or its dimensional
//! weight, whichever is more. Rounding is always up: dimensional grams, started kilograms.

use kernel::{Currency, Date, Money};
use serde::{Deserialize, Serialize};

/// One service of one carrier, at the prices of one period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateCard {
    /// The carrier.
    pub carrier_code: String,
    /// Its product.
    pub service_code: String,
    /// The product as people know it.
    pub service_name: String,
    /// The currency of every price here.
    pub currency: Currency,
    /// First day of these prices.
    pub valid_from: Date,
    /// Last day of these prices; none while they last.
    pub valid_until: Option<Date>,
    /// Cubic centimetres that are billed as one kilogram; none where size costs nothing.
    pub dim_divisor_cm3_per_kg: Option<i64>,
    /// The heaviest parcel that is taken, by actual weight.
    pub max_weight_grams: i64,
    /// The longest side that is taken.
    pub max_length_mm: i64,
    /// The most of length plus girth (twice the other two sides) that is taken.
    pub max_length_plus_girth_mm: i64,
    /// From near to far, each beyond the one before.
    pub zones: Vec<Zone>,
}

/// Distances that cost the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone {
    /// Its number on the card.
    pub zone: u8,
    /// The farthest it reaches; none for everywhere.
    pub up_to_metres: Option<i64>,
    /// From light to heavy.
    pub steps: Vec<Step>,
    /// For each started kilogram beyond the last step.
    pub over_per_kg_minor: i64,
    /// How long a parcel is on its way.
    pub transit_days: TransitDays,
}

/// One price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The heaviest billed weight at this price.
    pub up_to_grams: i64,
    /// The price in minor units.
    pub price_minor: i64,
}

/// Days on the way, from the usual best to the usual worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransitDays {
    /// At best.
    pub min: u8,
    /// At worst, short of a mishap.
    pub max: u8,
}

/// A closed parcel: its weight and its three sides, in any order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParcelSize {
    /// On the scale.
    pub weight_grams: i64,
    /// One side.
    pub length_mm: i64,
    /// Another side.
    pub width_mm: i64,
    /// The third side.
    pub height_mm: i64,
}

/// What a parcel would cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quote {
    /// The price.
    pub price: Money,
    /// The zone of the distance.
    pub zone: u8,
    /// The weight it is billed by.
    pub billed_grams: i64,
    /// The carrier's product.
    pub service_code: String,
    /// How long it takes.
    pub transit_days: TransitDays,
}

/// Why there is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// A side or the weight is not above zero, or is beyond anything that is a parcel.
    #[error("not a parcel: {0:?}")]
    NotAParcel(ParcelSize),
    /// No card is valid on the day.
    #[error("no prices are valid on {date}")]
    NoCardOn {
        /// The day asked for.
        date: Date,
    },
    /// Heavier than the service takes.
    #[error("{weight_grams} g is more than the {max_grams} g that {service_code} takes")]
    TooHeavy {
        /// The parcel's weight.
        weight_grams: i64,
        /// The most that is taken.
        max_grams: i64,
        /// The service.
        service_code: String,
    },
    /// Longer than the service takes.
    #[error("{length_mm} mm is more than the {max_mm} mm that {service_code} takes")]
    TooLong {
        /// The parcel's longest side.
        length_mm: i64,
        /// The most that is taken.
        max_mm: i64,
        /// The service.
        service_code: String,
    },
    /// Thicker than the service takes.
    #[error(
        "length plus girth of {length_plus_girth_mm} mm is more than the {max_mm} mm that {service_code} takes"
    )]
    TooBulky {
        /// The parcel's longest side and twice the other two.
        length_plus_girth_mm: i64,
        /// The most that is taken.
        max_mm: i64,
        /// The service.
        service_code: String,
    },
    /// Farther than the last zone.
    #[error("{distance_metres} m is beyond the last zone of {service_code}")]
    OutOfZone {
        /// How far it would go.
        distance_metres: i64,
        /// The service.
        service_code: String,
    },
}

impl ParcelSize {
    /// A hundred metres and a thousand tonnes: far beyond any parcel, and small enough that no product overflows.
    const MOST_MM: i64 = 100_000;
    const MOST_GRAMS: i64 = 1_000_000_000;

    /// The sides from longest to shortest.
    pub fn sides_mm(&self) -> [i64; 3] {
        let mut sides = [self.length_mm, self.width_mm, self.height_mm];
        sides.sort_unstable_by(|a, b| b.cmp(a));
        sides
    }

    fn is_a_parcel(&self) -> bool {
        (1..=ParcelSize::MOST_GRAMS).contains(&self.weight_grams)
            && self.sides_mm().iter().all(|side| (1..=ParcelSize::MOST_MM).contains(side))
    }
}

impl RateCard {
    /// Whether these prices hold on a day.
    pub fn is_valid_on(&self, date: Date) -> bool {
        self.valid_from <= date && self.valid_until.is_none_or(|last| date <= last)
    }

    /// The weight a parcel is billed by: actual or dimensional, whichever is more.
    pub fn billed_grams(&self, parcel: &ParcelSize) -> i64 {
        let cubic_mm: i64 = parcel.sides_mm().iter().product();
        // A thousand mm³ to the cm³ and a thousand grams to the kilogram: the two cancel out.
        let dimensional = self.dim_divisor_cm3_per_kg.map_or(0, |divisor| ceil_div(cubic_mm, divisor));
        dimensional.max(parcel.weight_grams)
    }

    /// What a parcel costs by this card, whatever the day.
    pub fn price(&self, parcel: &ParcelSize, distance_metres: i64) -> Result<Quote, RateError> {
        if !parcel.is_a_parcel() {
            return Err(RateError::NotAParcel(*parcel));
        }
        self.check_limits(parcel)?;
        let zone = self
            .zones
            .iter()
            .find(|zone| zone.up_to_metres.is_none_or(|most| distance_metres <= most))
            .ok_or_else(|| RateError::OutOfZone {
                distance_metres,
                service_code: self.service_code.clone(),
            })?;
        let billed_grams = self.billed_grams(parcel);
        Ok(Quote {
            price: Money::new(zone.price_minor(billed_grams), self.currency),
            zone: zone.zone,
            billed_grams,
            service_code: self.service_code.clone(),
            transit_days: zone.transit_days,
        })
    }

    /// A straight line under the prices of a zone, see [`Zone::linear`].
    pub fn linear(&self, zone: u8) -> Option<Linear> {
        self.zones.iter().find(|candidate| candidate.zone == zone).map(Zone::linear)
    }

    fn check_limits(&self, parcel: &ParcelSize) -> Result<(), RateError> {
        let service_code = || self.service_code.clone();
        let [length_mm, second, third] = parcel.sides_mm();
        let length_plus_girth_mm = length_mm + 2 * (second + third);
        if parcel.weight_grams > self.max_weight_grams {
            let (weight_grams, max_grams) = (parcel.weight_grams, self.max_weight_grams);
            Err(RateError::TooHeavy { weight_grams, max_grams, service_code: service_code() })
        } else if length_mm > self.max_length_mm {
            Err(RateError::TooLong { length_mm, max_mm: self.max_length_mm, service_code: service_code() })
        } else if length_plus_girth_mm > self.max_length_plus_girth_mm {
            let max_mm = self.max_length_plus_girth_mm;
            Err(RateError::TooBulky { length_plus_girth_mm, max_mm, service_code: service_code() })
        } else {
            Ok(())
        }
    }
}

/// A price that grows evenly with weight, for engines that add up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Linear {
    /// For having a parcel at all, in minor units.
    pub package_minor: i64,
    /// For each kilogram, in minor units.
    pub per_kg_minor: i64,
}

impl Linear {
    /// The line's price for a weight, rounded down.
    pub fn price_minor(self, grams: i64) -> i64 {
        self.package_minor + (self.per_kg_minor * grams).div_euclid(1000)
    }
}

impl Zone {
    /// The price of a billed weight.
    pub fn price_minor(&self, billed_grams: i64) -> i64 {
        if let Some(step) = self.steps.iter().find(|step| billed_grams <= step.up_to_grams) {
            return step.price_minor;
        }
        let (reached, price) = self.steps.last().map_or((0, 0), |step| (step.up_to_grams, step.price_minor));
        price + ceil_div(billed_grams - reached, 1000) * self.over_per_kg_minor
    }

    /// The line under the prices that is nearest to them: a lower envelope.
    ///
    /// At no weight is it above the price, so an engine that adds up such lines never calls a plan dearer than it
    /// is, and its bounds hold. Among the lines through the corners of the table it is the one with the highest sum
    /// at the corners; the steps are closest together where most parcels are, and so is the line to the prices.
    pub fn linear(&self) -> Linear {
        // Within a step the price stands still while the line climbs, so the heaviest weight of each is its corner.
        let corners = &self.steps;
        let mut slopes = vec![0];
        for (n, low) in corners.iter().enumerate() {
            for high in &corners[n + 1..] {
                let rise = 1000 * (high.price_minor - low.price_minor);
                slopes.push(rise.div_euclid(high.up_to_grams - low.up_to_grams));
            }
        }
        // Beyond the table a steeper line would overtake the price sooner or later.
        let usable = slopes.into_iter().filter(|slope| (0..=self.over_per_kg_minor.max(0)).contains(slope));
        let under = |per_kg_minor: i64| Linear {
            package_minor: corners
                .iter()
                .map(|corner| corner.price_minor - ceil_div(per_kg_minor * corner.up_to_grams, 1000))
                .min()
                .unwrap_or(0),
            per_kg_minor,
        };
        let sum_at_corners = |line: &Linear| -> i64 {
            corners.iter().map(|corner| line.price_minor(corner.up_to_grams)).sum()
        };
        let flat = under(0);
        usable.map(under).filter(|line| line.package_minor >= 0).max_by_key(sum_at_corners).unwrap_or(flat)
    }
}

/// What a parcel costs on a day, by those of `cards` (the dated versions of one service) that are valid then. Where
/// two overlap, the one that began later holds.
pub fn quote<'a>(
    cards: impl IntoIterator<Item = &'a RateCard>,
    date: Date,
    parcel: &ParcelSize,
    distance_metres: i64,
) -> Result<Quote, RateError> {
    let valid = cards.into_iter().filter(|card| card.is_valid_on(date));
    let card = valid.max_by_key(|card| card.valid_from).ok_or(RateError::NoCardOn { date })?;
    card.price(parcel, distance_metres)
}

fn ceil_div(amount: i64, by: i64) -> i64 {
    amount.div_euclid(by) + i64::from(amount.rem_euclid(by) > 0)
}

#[cfg(test)]
mod tests {
    use kernel::Currency;
    use proptest::prelude::*;

    use super::*;
    use crate::rate_csv::demo_cards;

    fn standard() -> Vec<RateCard> {
        demo_cards().into_iter().filter(|card| card.service_code == "standard").collect()
    }

    fn parcel(weight_grams: i64, sides: [i64; 3]) -> ParcelSize {
        let [length_mm, width_mm, height_mm] = sides;
        ParcelSize { weight_grams, length_mm, width_mm, height_mm }
    }

    /// Quotes worked out by hand from the printed card: date, grams, sides, kilometres = zone, billed grams, cents.
    #[test]
    fn quotes_equal_those_worked_out_by_hand() {
        let table = "
            2026-01-10    200  200x150x50      10 = 1   300   320   # 1500 cm3 / 5000 = 300 g
            2026-01-10    500  100x100x50      10 = 1   500   320
            2026-01-10    501  100x100x50      10 = 1   501   360
            2026-01-10   1000  200x200x100     50 = 1  1000   360   # 800 g of volume
            2026-01-10   1000  300x200x100     50 = 1  1200   420   # volume wins
            2026-01-10   1000  100x200x300     50 = 1  1200   420   # sides in any order
            2026-01-10   5000  300x200x100     50 = 1  5000   540
            2026-01-10   5000  300x200x100    150 = 2  5000   600
            2026-01-10   5000  300x200x100    300 = 3  5000   680
            2026-01-10   5000  300x200x100    600 = 4  5000   830
            2026-01-10   5000  300x200x100   1200 = 5  5000  1150
            2026-01-10   5000  300x200x100  15000 = 6  5000  1800
            2026-01-10  20000  400x300x200     10 = 1 20000  1050
            2026-01-10  20001  400x300x200     10 = 1 20001  1090   # one started kilogram
            2026-01-10  21000  400x300x200     10 = 1 21000  1090
            2026-01-10  21001  400x300x200     10 = 1 21001  1130   # two
            2026-01-10  31500  400x300x200   2000 = 6 31500  6200   # 41.00 + 12 x 1.75
            2026-01-10    900  600x400x400   2000 = 6 19200  4100   # 96 l of feathers
            2026-01-10    900  601x401x401   2000 = 6 19329  4100   # 96641.0 cm3 rounds up
            2026-06-30   2000  200x150x50      10 = 1  2000   420   # the last day of the old prices
            2026-07-01   2000  200x150x50      10 = 1  2000   450   # the first of the new
            2027-03-01    200  200x150x50    1000 = 5   300   650
            2010-01-01      1  1x1x1            0 = 1     1   320   # 1 mm3 is billed as a gram
        ";
        let cards = standard();
        let mut checked = 0;
        for row in table.lines().filter(|row| row.contains('=')) {
            let (asked, expected) = row.split('#').next().unwrap().split_once('=').unwrap();
            let asked: Vec<&str> = asked.split_whitespace().collect();
            let sides: Vec<i64> = asked[2].split('x').map(|side| side.parse().unwrap()).collect();
            let parcel = parcel(asked[1].parse().unwrap(), [sides[0], sides[1], sides[2]]);
            let metres = asked[3].parse::<i64>().unwrap() * 1000;
            let quote = quote(&cards, asked[0].parse().unwrap(), &parcel, metres).unwrap();
            let expected: Vec<i64> = expected.split_whitespace().map(|n| n.parse().unwrap()).collect();
            assert_eq!([i64::from(quote.zone), quote.billed_grams, quote.price.minor], expected[..], "{row}");
            assert_eq!(quote.price.currency, Currency::EUR);
            checked += 1;
        }
        assert_eq!(checked, 23);
    }

    #[test]
    fn what_the_service_does_not_take_is_refused_with_the_reason() {
        let cards = standard();
        let date = Date::constant(2026, 1, 10);
        let refused = |weight, sides| quote(&cards, date, &parcel(weight, sides), 10_000).unwrap_err();
        assert!(matches!(refused(31_501, [100; 3]), RateError::TooHeavy { max_grams: 31_500, .. }));
        assert!(matches!(refused(100, [10, 1_201, 10]), RateError::TooLong { length_mm: 1_201, .. }));
        assert!(matches!(
            refused(100, [1_200, 500, 401]),
            RateError::TooBulky { length_plus_girth_mm: 3_002, .. }
        ));
        assert!(matches!(refused(0, [10; 3]), RateError::NotAParcel(_)));
        assert!(matches!(refused(10, [10, 0, 10]), RateError::NotAParcel(_)));
        assert!(matches!(refused(10, [i64::MAX; 3]), RateError::NotAParcel(_)));
        let before = Date::constant(2009, 12, 31);
        assert_eq!(quote(&cards, before, &parcel(1, [1; 3]), 0), Err(RateError::NoCardOn { date: before }));

        let mut near = cards[0].clone();
        near.zones.pop();
        let far = near.price(&parcel(100, [100; 3]), 1_200_001);
        assert!(matches!(far, Err(RateError::OutOfZone { distance_metres: 1_200_001, .. })));
    }

    #[test]
    fn where_two_versions_overlap_the_later_one_holds() {
        let mut cards = standard();
        cards[0].valid_until = None;
        cards.reverse();
        let quote = quote(&cards, Date::constant(2026, 8, 1), &parcel(2000, [100; 3]), 0).unwrap();
        assert_eq!(quote.price.minor, 450);
    }

    #[test]
    fn the_line_of_the_nearest_zone_runs_close_under_its_prices() {
        let zone = &standard()[0].zones[0];
        let line = zone.linear();
        // The chord from 500 g to 20 kg, (1050 - 320) / 19.5 = 37.4 cents a kilogram, rounded down.
        assert_eq!(line, Linear { package_minor: 301, per_kg_minor: 37 });
        assert_eq!(
            [500, 20_000].map(|grams| line.price_minor(grams)),
            [319, 1_041],
            "the card: 320 and 1050"
        );
    }

    fn any_zone() -> impl Strategy<Value = Zone> {
        let steps = prop::collection::vec((1i64..5_000, 0i64..900), 1..9);
        (steps, 0i64..400).prop_map(|(rises, over_per_kg_minor)| {
            let (mut grams, mut price) = (0, 50);
            let mut climb = |(more_grams, more_minor)| {
                grams += more_grams;
                price += more_minor;
                Step { up_to_grams: grams, price_minor: price }
            };
            let steps = rises.into_iter().map(&mut climb).collect();
            let transit_days = TransitDays { min: 1, max: 2 };
            Zone { zone: 1, up_to_metres: None, steps, over_per_kg_minor, transit_days }
        })
    }

    proptest! {
        #[test]
        fn the_line_is_never_above_the_price(zone in any_zone(), grams in 1i64..90_000) {
            let line = zone.linear();
            prop_assert!(line.package_minor >= 0 && line.per_kg_minor >= 0);
            prop_assert!(line.price_minor(grams) <= zone.price_minor(grams), "{:?} at {} g", line, grams);
        }

        #[test]
        fn more_weight_never_costs_less(zone in any_zone(), grams in 1i64..90_000, more in 0i64..9_000) {
            prop_assert!(zone.price_minor(grams) <= zone.price_minor(grams + more));
        }
    }
}
