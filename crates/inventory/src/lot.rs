//! Lots: goods of an item that were made together and expire together.
//!
//! A lot may be sold up to its last day, and on a channel that asks for some days of life only as long as it has them.
//! Among the lots that may be sold those leave first that expire first (FEFO), those that keep last. What an order or a
//! hold took of which lot is in the ledger under its id, so every later movement of theirs can [`follow`] it.

mod expire;
mod keep;
mod movement;

use std::{cmp::Ordering, collections::BTreeMap};

use kernel::time::Date;

pub use expire::expire;
pub use keep::BadLot;
pub(crate) use keep::{keep, known};
pub use movement::{follow, spread};

/// The longest code of a lot.
pub const MAX_CODE: usize = 60;

/// A lot, or none: then the code is empty.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Lot {
    /// What is printed on the goods.
    pub code: String,
    /// The last day on which they are good; none where they keep.
    pub expires_on: Option<Date>,
}

impl Lot {
    /// True for a code that goods can have.
    pub fn is_code(code: &str) -> bool {
        (1..=MAX_CODE).contains(&code.chars().count())
            && code.trim() == code
            && !code.chars().any(char::is_control)
    }
}

/// Who leaves first: by expiry, those that keep last.
impl Ord for Lot {
    fn cmp(&self, other: &Lot) -> Ordering {
        let key = |lot: &Lot| (lot.expires_on.is_none(), lot.expires_on);
        key(self).cmp(&key(other)).then_with(|| self.code.cmp(&other.code))
    }
}

impl PartialOrd for Lot {
    fn partial_cmp(&self, other: &Lot) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// How long goods must last to be sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// The day on which they are sold.
    pub today: Date,
    /// The days they must have left; with none, a lot may be sold on its last day.
    pub min_days: i64,
}

impl Life {
    /// Goods that are not expired.
    pub fn left_on(today: Date) -> Life {
        Life { today, min_days: 0 }
    }

    /// True where goods last long enough.
    pub fn is_in(self, expires_on: Option<Date>) -> bool {
        expires_on.is_none_or(|expires_on| days_left(expires_on, self.today) >= self.min_days)
    }
}

/// How many days goods are good after today; below 0 where they are expired.
pub fn days_left(expires_on: Date, today: Date) -> i64 {
    expires_on.duration_since(today).as_hours() / 24
}

/// Units of an item by lot, those that leave first first. Units of no lot keep, and are among the last.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lots(BTreeMap<Lot, i64>);

impl Lots {
    /// More units of a lot, or with less than none fewer.
    pub fn add(&mut self, lot: Lot, units: i64) {
        *self.0.entry(lot).or_default() += units;
    }

    /// How many units last long enough.
    pub fn units(&self, life: Life) -> i64 {
        self.lasting(life).map(|(_, units)| *units).sum()
    }

    /// Takes so many units that last long enough, first those that expire first; fewer where there are fewer.
    pub fn take(&mut self, life: Life, units: i64) -> Vec<(Lot, i64)> {
        let mut open = units;
        let mut taken = Vec::new();
        for (lot, there) in self.0.iter_mut().filter(|(lot, _)| life.is_in(lot.expires_on)) {
            let some = open.min(*there);
            if some > 0 {
                *there -= some;
                open -= some;
                taken.push((lot.clone(), some));
            }
        }
        taken
    }

    fn lasting(&self, life: Life) -> impl Iterator<Item = (&Lot, &i64)> {
        self.0.iter().filter(move |(lot, _)| life.is_in(lot.expires_on))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = Date::constant(2026, 3, 2);

    fn lot(code: &str, days: Option<i8>) -> Lot {
        Lot { code: code.into(), expires_on: days.map(|days| Date::constant(2026, 3, 2 + days)) }
    }

    #[test]
    fn a_lot_is_sold_up_to_its_last_day_and_to_a_choosy_channel_only_while_it_has_the_days() {
        let life = |min_days| Life { today: TODAY, min_days };
        let on = |day| Some(Date::constant(2026, 3, day));
        assert!(life(0).is_in(on(2)) && !life(0).is_in(on(1)));
        assert!(life(5).is_in(on(7)) && !life(5).is_in(on(6)));
        assert!(life(3_650).is_in(None), "what keeps, keeps");
        assert_eq!(days_left(Date::constant(2026, 2, 27), TODAY), -3);
        assert_eq!(days_left(Date::constant(2027, 3, 2), TODAY), 365);
    }

    #[test]
    fn a_code_is_short_plain_text() {
        assert!(Lot::is_code("L-2026/03 б"));
        for bad in ["", " L1", "L1\n", &"x".repeat(61)] {
            assert!(!Lot::is_code(bad), "{bad:?}");
        }
    }

    /// Every way to take units of four lots is tried: none takes more, and among those that take as many none leaves an
    /// earlier expiry on the shelf.
    #[test]
    fn no_other_choice_of_lots_takes_more_or_leaves_less_of_what_expires_first() {
        // Days of life of the lots; the last one keeps.
        let lives = [Some(0), Some(3), Some(3), Some(9), None];
        for code in 0..3_i64.pow(5) {
            let there: Vec<i64> = (0..5).map(|place| code / 3_i64.pow(place) % 3).collect();
            for min_days in [0, 1, 4, 20] {
                for units in 0..=6 {
                    let mut lots = Lots::default();
                    for (place, days) in lives.iter().enumerate() {
                        lots.add(lot(&format!("L{place}"), *days), there[place]);
                    }
                    let life = Life { today: TODAY, min_days };
                    let before = lots.units(life);
                    let taken = lots.take(life, units);
                    let of = |place: usize| {
                        let mine = taken.iter().filter(|(lot, _)| lot.code == format!("L{place}"));
                        mine.map(|(_, units)| *units).sum::<i64>()
                    };
                    let chosen: Vec<i64> = (0..5).map(of).collect();
                    let best = (0..3_i64.pow(5))
                        .map(|code| (0..5).map(|place| code / 3_i64.pow(place) % 3).collect::<Vec<i64>>())
                        .filter(|way| {
                            way.iter().zip(&there).zip(lives).all(|((some, there), days)| {
                                let lasts = days.is_none_or(|days| i64::from(days) >= min_days);
                                some <= there && (*some == 0 || lasts)
                            }) && way.iter().sum::<i64>() <= units
                        })
                        .max_by_key(|way| {
                            // Lots of one day are as good as each other, and go by their codes.
                            (way.iter().sum::<i64>(), way.clone())
                        })
                        .unwrap();
                    assert_eq!(chosen, best, "{there:?} {min_days} {units}");
                    assert_eq!(lots.units(life), before - chosen.iter().sum::<i64>());
                }
            }
        }
    }
}
