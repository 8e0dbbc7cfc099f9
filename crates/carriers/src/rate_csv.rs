//! Rate cards as CSV, as an operator keeps them in a spreadsheet: the first cell of each row says what the row is.
//!
//! ```csv
//! # card, carrier, service, its name, currency
//! card,demo_post,standard,Parcel Standard,EUR
//! # valid, first day, last day (empty while it lasts)
//! valid,2026-01-01,2026-06-30
//! # dim_divisor, cm³ billed as one kilogram (without this row size costs nothing)
//! dim_divisor,5000
//! # limits, most grams, longest side in mm, length plus girth in mm
//! limits,31500,1200,3000
//! # zone, number, up to metres (empty for everywhere beyond), days at best, days at worst
//! zone,1,50000,1,1
//! # step, zone, up to grams, price
//! step,1,1000,3.60
//! # over, zone, price of each started kilogram beyond the last step
//! over,1,0.40
//! ```
//!
//! Each `card` row begins another card. Rows that begin with `#` are comments.

use kernel::{Currency, Date, Money};

use crate::rates::{RateCard, Step, TransitDays, Zone};

/// A row that is wrong, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct RowError {
    /// The line of the file, from 1.
    pub line: u64,
    /// What is wrong with it.
    pub problem: RowProblem,
}

/// What is wrong with a row.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowProblem {
    /// The row is not text in UTF-8, or its quotes do not close.
    #[error("the row cannot be read: {0}")]
    Unreadable(String),
    /// The first cell is none of the known words.
    #[error("`{0}` is none of card, valid, dim_divisor, limits, zone, step, over")]
    UnknownKind(String),
    /// A row before the first `card`.
    #[error("rows belong to a card, and none has begun")]
    NoCard,
    /// A cell that is missing or not what it should be.
    #[error("{cell} should be {expected}, not `{found}`")]
    BadCell {
        /// Which cell.
        cell: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// A step or over row of a zone that has no row above it.
    #[error("zone {0} has no row above this one")]
    NoSuchZone(u8),
    /// Zones or steps that do not grow, or days that end before they begin.
    #[error("{0} must be more than in the row before")]
    NotGrowing(&'static str),
    /// A row that the card cannot do without.
    #[error("the card has no {0} row")]
    Missing(&'static str),
    /// A zone without prices.
    #[error("zone {zone} has no {row} row")]
    ZoneMissing {
        /// The zone.
        zone: u8,
        /// The row it lacks.
        row: &'static str,
    },
}

/// The cards of the built-in simulated carrier: two dated versions of `standard`, and `express`.
pub fn demo_cards() -> Vec<RateCard> {
    RateCard::read_all(include_str!("demo_rates.csv")).expect("the built-in cards are checked by a test")
}

impl RateCard {
    /// Reads every card of a file, or says what is wrong with every bad row of it.
    pub fn read_all(text: &str) -> Result<Vec<RateCard>, Vec<RowError>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .trim(csv::Trim::All)
            .comment(Some(b'#'))
            .from_reader(text.as_bytes());
        let mut drafts: Vec<Draft> = Vec::new();
        let mut errors = Vec::new();
        // The rows of a card whose first row is bad belong to nobody, least of all to the card before.
        let mut is_orphaned = false;
        for row in reader.records() {
            let row = match row {
                Ok(row) => row,
                Err(error) => {
                    let line = error.position().map_or(0, csv::Position::line);
                    errors.push(RowError { line, problem: RowProblem::Unreadable(error.to_string()) });
                    continue;
                }
            };
            let line = row.position().map_or(0, csv::Position::line);
            let row = Row(&row);
            let done = match (row.text(0), drafts.last_mut()) {
                ("card", _) => {
                    let draft = Draft::begin(&row, line);
                    is_orphaned = draft.is_err();
                    draft.map(|draft| drafts.push(draft))
                }
                _ if is_orphaned => Ok(()),
                (_, None) => Err(RowProblem::NoCard),
                (kind, Some(draft)) => draft.take(kind, &row),
            };
            errors.extend(done.err().map(|problem| RowError { line, problem }));
        }
        let mut cards = Vec::new();
        for draft in drafts {
            let line = draft.line;
            match draft.finish() {
                Ok(card) => cards.push(card),
                // A bad row is the cause of what is then missing; one complaint is enough.
                Err(_) if !errors.is_empty() => {}
                Err(problem) => errors.push(RowError { line, problem }),
            }
        }
        if errors.is_empty() { Ok(cards) } else { Err(errors) }
    }
}

struct Row<'a>(&'a csv::StringRecord);

impl Row<'_> {
    fn text(&self, at: usize) -> &str {
        self.0.get(at).unwrap_or("")
    }

    fn bad(&self, at: usize, cell: &'static str, expected: &'static str) -> RowProblem {
        RowProblem::BadCell { cell, expected, found: self.text(at).chars().take(40).collect() }
    }

    /// A whole number from 1 to a billion: enough for grams and metres, and safe to calculate with.
    fn whole(&self, at: usize, cell: &'static str) -> Result<i64, RowProblem> {
        let number = self.text(at).parse().ok().filter(|n| (1..=1_000_000_000).contains(n));
        number.ok_or_else(|| self.bad(at, cell, "a whole number above zero"))
    }

    fn small(&self, at: usize, cell: &'static str) -> Result<u8, RowProblem> {
        self.text(at).parse().map_err(|_| self.bad(at, cell, "a whole number from 0 to 255"))
    }

    fn date(&self, at: usize, cell: &'static str) -> Result<Date, RowProblem> {
        self.text(at).parse().map_err(|_| self.bad(at, cell, "a date such as 2026-01-31"))
    }

    fn price(&self, at: usize, currency: Currency) -> Result<i64, RowProblem> {
        let price = Money::parse_decimal(self.text(at), currency).ok();
        let price = price.filter(|price| (0..=1_000_000_000).contains(&price.minor));
        price.map(|price| price.minor).ok_or_else(|| self.bad(at, "the price", "an amount such as 4.20"))
    }

    fn code(&self, at: usize, cell: &'static str) -> Result<String, RowProblem> {
        let text = self.text(at);
        if text.is_empty() { Err(self.bad(at, cell, "a text")) } else { Ok(text.to_owned()) }
    }
}

/// A card whose rows are still coming.
struct Draft {
    line: u64,
    carrier_code: String,
    service_code: String,
    service_name: String,
    currency: Currency,
    valid: Option<(Date, Option<Date>)>,
    dim_divisor: Option<i64>,
    limits: Option<[i64; 3]>,
    zones: Vec<DraftZone>,
}

struct DraftZone {
    zone: u8,
    up_to_metres: Option<i64>,
    transit_days: TransitDays,
    steps: Vec<Step>,
    over_per_kg_minor: Option<i64>,
}

impl Draft {
    fn begin(row: &Row<'_>, line: u64) -> Result<Draft, RowProblem> {
        let currency = Currency::parse(row.text(4));
        Ok(Draft {
            line,
            carrier_code: row.code(1, "the carrier")?,
            service_code: row.code(2, "the service")?,
            service_name: row.code(3, "the service's name")?,
            currency: currency.map_err(|_| row.bad(4, "the currency", "a code such as EUR"))?,
            valid: None,
            dim_divisor: None,
            limits: None,
            zones: Vec::new(),
        })
    }

    fn take(&mut self, kind: &str, row: &Row<'_>) -> Result<(), RowProblem> {
        match kind {
            "valid" => {
                let from = row.date(1, "the first day")?;
                let until = if row.text(2).is_empty() { None } else { Some(row.date(2, "the last day")?) };
                if until.is_some_and(|until| until < from) {
                    return Err(RowProblem::NotGrowing("the last day"));
                }
                self.valid = Some((from, until));
            }
            "dim_divisor" => self.dim_divisor = Some(row.whole(1, "the divisor")?),
            "limits" => {
                let [grams, length, girth] = [(1, "the weight"), (2, "the length"), (3, "length plus girth")]
                    .map(|(at, cell)| row.whole(at, cell));
                self.limits = Some([grams?, length?, girth?]);
            }
            "zone" => self.take_zone(row)?,
            "step" => {
                let price_minor = row.price(3, self.currency)?;
                let up_to_grams = row.whole(2, "the weight")?;
                let zone = self.zone(row)?;
                if zone.steps.last().is_some_and(|before| before.up_to_grams >= up_to_grams) {
                    return Err(RowProblem::NotGrowing("the weight"));
                }
                zone.steps.push(Step { up_to_grams, price_minor });
            }
            "over" => {
                let price = row.price(2, self.currency)?;
                self.zone(row)?.over_per_kg_minor = Some(price);
            }
            other => return Err(RowProblem::UnknownKind(other.chars().take(40).collect())),
        }
        Ok(())
    }

    fn take_zone(&mut self, row: &Row<'_>) -> Result<(), RowProblem> {
        let zone = row.small(1, "the zone")?;
        let up_to_metres = if row.text(2).is_empty() { None } else { Some(row.whole(2, "the distance")?) };
        let transit_days =
            TransitDays { min: row.small(3, "days at best")?, max: row.small(4, "days at worst")? };
        if transit_days.max < transit_days.min {
            return Err(row.bad(4, "days at worst", "no less than at best"));
        }
        if let Some(before) = self.zones.last() {
            if before.zone >= zone {
                return Err(RowProblem::NotGrowing("the zone"));
            }
            let is_farther = match (before.up_to_metres, up_to_metres) {
                (Some(before), Some(now)) => now > before,
                (Some(_), None) => true,
                (None, _) => false,
            };
            if !is_farther {
                return Err(RowProblem::NotGrowing("the distance"));
            }
        }
        let (steps, over_per_kg_minor) = (Vec::new(), None);
        self.zones.push(DraftZone { zone, up_to_metres, transit_days, steps, over_per_kg_minor });
        Ok(())
    }

    fn zone(&mut self, row: &Row<'_>) -> Result<&mut DraftZone, RowProblem> {
        let number = row.small(1, "the zone")?;
        self.zones.iter_mut().find(|zone| zone.zone == number).ok_or(RowProblem::NoSuchZone(number))
    }

    fn finish(self) -> Result<RateCard, RowProblem> {
        let (valid_from, valid_until) = self.valid.ok_or(RowProblem::Missing("valid"))?;
        let [max_weight_grams, max_length_mm, max_length_plus_girth_mm] =
            self.limits.ok_or(RowProblem::Missing("limits"))?;
        if self.zones.is_empty() {
            return Err(RowProblem::Missing("zone"));
        }
        Ok(RateCard {
            carrier_code: self.carrier_code,
            service_code: self.service_code,
            service_name: self.service_name,
            currency: self.currency,
            valid_from,
            valid_until,
            dim_divisor_cm3_per_kg: self.dim_divisor,
            max_weight_grams,
            max_length_mm,
            max_length_plus_girth_mm,
            zones: self.zones.into_iter().map(DraftZone::finish).collect::<Result<_, _>>()?,
        })
    }
}

impl DraftZone {
    fn finish(self) -> Result<Zone, RowProblem> {
        let zone = self.zone;
        if self.steps.is_empty() {
            return Err(RowProblem::ZoneMissing { zone, row: "step" });
        }
        let over_per_kg_minor =
            self.over_per_kg_minor.ok_or(RowProblem::ZoneMissing { zone, row: "over" })?;
        let (up_to_metres, steps, transit_days) = (self.up_to_metres, self.steps, self.transit_days);
        Ok(Zone { zone, up_to_metres, steps, over_per_kg_minor, transit_days })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARD: &str =
        "card,c,s,Service,EUR\nvalid,2026-01-01,\nlimits,1000,100,300\nzone,1,,1,2\nstep,1,500,1.50\n";

    fn problems(text: &str) -> Vec<String> {
        RateCard::read_all(text).unwrap_err().iter().map(RowError::to_string).collect()
    }

    #[test]
    fn the_built_in_carrier_has_six_zones_and_two_dated_versions() {
        let cards = demo_cards();
        assert_eq!(cards.len(), 3);
        assert!(cards.iter().all(|card| card.zones.len() == 6 && card.zones[5].up_to_metres.is_none()));
        let standard: Vec<&RateCard> = cards.iter().filter(|card| card.service_code == "standard").collect();
        assert_eq!(standard[0].valid_until, Some(Date::constant(2026, 6, 30)));
        assert_eq!(standard[1].valid_from, Date::constant(2026, 7, 1));
    }

    #[test]
    fn a_card_without_a_divisor_bills_what_the_scale_says() {
        let card = &RateCard::read_all(&format!("{CARD}over,1,0.10\n")).unwrap()[0];
        assert_eq!(card.dim_divisor_cm3_per_kg, None);
        assert_eq!(card.zones[0].price_minor(1_600), 170);
    }

    #[test]
    fn every_bad_row_is_named() {
        let text = "zone,1,,1,2\ncard,c,s,Service,EUR\nvalid,2026-13-01,\nlimits,1000,-1,300\nzone,1,x,1,2\nfee,1\n\
                    zone,2,500,3,1\nstep,9,500,1.50\nstep,1,500,1.505\n";
        assert_eq!(
            problems(text),
            [
                "line 1: rows belong to a card, and none has begun",
                "line 3: the first day should be a date such as 2026-01-31, not `2026-13-01`",
                "line 4: the length should be a whole number above zero, not `-1`",
                "line 5: the distance should be a whole number above zero, not `x`",
                "line 6: `fee` is none of card, valid, dim_divisor, limits, zone, step, over",
                "line 7: days at worst should be no less than at best, not `1`",
                "line 8: zone 9 has no row above this one",
                "line 9: the price should be an amount such as 4.20, not `1.505`",
            ]
        );
    }

    #[test]
    fn the_rows_of_a_bad_card_are_not_taken_for_those_of_the_card_before() {
        let text = format!("{CARD}over,1,0.10\n{}", CARD.replace("EUR", "euro"));
        assert_eq!(problems(&text), ["line 7: the currency should be a code such as EUR, not `euro`"]);
    }

    #[test]
    fn what_a_card_lacks_is_said() {
        assert_eq!(problems(CARD), ["line 1: zone 1 has no over row"]);
        assert_eq!(
            problems("card,c,s,Service,EUR\nvalid,2026-01-01,\n"),
            ["line 1: the card has no limits row"]
        );
        assert_eq!(
            problems(&format!("{CARD}step,1,500,1.60\nzone,2,9000,1,2\nover,1,0.10\n")),
            [
                "line 6: the weight must be more than in the row before",
                "line 7: the distance must be more than in the row before"
            ]
        );
    }
}
