//! What becomes of the stock of an item at a node if it goes on selling as it does: when it is sold out, and how much of it
//! is more than will be sold.
//!
//! The rate at which it sells is a simple exponential smoothing of the units asked for each day, with the first week's
//! mean to begin with; where there are four weeks of it, by a factor for each weekday, its mean to the mean of all
//! (R. J. Hyndman, G. Athanasopoulos: *Forecasting: Principles and Practice*, 3rd edition, 8.1 and 3.4). From today on
//! each day takes its part of the stock, and what is expected on a day adds to it. What is late is not counted: nobody
//! knows when it comes.

mod alerts;
pub(crate) mod store;

use std::collections::BTreeMap;

use kernel::time::{Date, plus_days};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use alerts::{Concluded, note_alerts, set_rule};
pub use store::{AlertRow, RuleRow, list_alerts, list_rules, list_supply_of};

/// How much the newest day weighs against all before it.
const NEWEST: f64 = 0.1;
/// How many days are looked ahead.
pub const AHEAD: usize = 90;
/// How many days back sales tell anything.
pub const BACK: i64 = 56;
/// From how many days on weekdays differ, and too much can be told from what is merely new.
const FOUR_WEEKS: usize = 28;
/// Less than this is an error of arithmetic.
const NOTHING: f64 = 1e-9;

/// How many days of sales it takes until goods come, and how many are too many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Limits {
    /// Days from ordering goods to selling them.
    pub lead_days: i64,
    /// More days of stock than these are too many.
    pub excess_days: i64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { lead_days: 14, excess_days: 180 }
    }
}

/// What is known of an item at a node.
#[derive(Debug, Clone, PartialEq)]
pub struct Situation {
    /// The day on which it is asked.
    pub today: Date,
    /// Units that are free.
    pub free: i64,
    /// Units that were asked for each day, the oldest first; the last is yesterday.
    pub asked: Vec<i64>,
    /// Units that are expected, by day.
    pub expected: BTreeMap<Date, i64>,
    /// What counts as soon and as much.
    pub limits: Limits,
}

/// What somebody should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AlertKind {
    /// It will be sold out before goods can come that are ordered now.
    Stockout,
    /// There is more of it than will be sold in a long time.
    Excess,
}

impl AlertKind {
    /// As stored and shown.
    pub const fn name(self) -> &'static str {
        match self {
            AlertKind::Stockout => "stockout",
            AlertKind::Excess => "excess",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<AlertKind> {
        [AlertKind::Stockout, AlertKind::Excess].into_iter().find(|kind| kind.name() == name)
    }
}

/// What is to be expected.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Outlook {
    /// Units that are free.
    pub free: i64,
    /// Units that sell in a hundred days.
    pub per_hundred_days: i64,
    /// Units that are expected within the time that is looked ahead.
    pub expected: i64,
    /// The first day on which there are fewer than are asked for.
    #[schema(value_type = Option<String>, format = Date)]
    pub stockout_on: Option<Date>,
    /// How many days from today that is.
    pub days_left: Option<i64>,
    /// For how many days what is free lasts, without anything that is expected.
    pub cover_days: Option<i64>,
    /// Units beyond what sells in the days that are enough.
    pub excess: i64,
    /// Units that are left at the end of each day from today on.
    pub left: Vec<i64>,
    /// What counted as soon and as much.
    pub limits: Limits,
}

impl Outlook {
    /// What somebody should look at.
    pub fn alert(&self) -> Option<AlertKind> {
        if self.days_left.is_some_and(|days| days <= self.limits.lead_days) {
            return Some(AlertKind::Stockout);
        }
        (self.excess > 0).then_some(AlertKind::Excess)
    }
}

/// What is to be expected of an item at a node; none where nobody ever asked for it.
pub fn outlook(of: &Situation) -> Option<Outlook> {
    let first = of.asked.iter().position(|units| *units > 0)?;
    let asked = &of.asked[first..];
    let begins = plus_days(of.today, -(asked.len() as i64));
    let factors = weekday_factors(begins, asked);
    let rate = rate(begins, asked, &factors);
    let (mut left, mut stockout_on) = (of.free as f64, None);
    let mut days = Vec::with_capacity(AHEAD);
    for ahead in 0..AHEAD {
        let day = plus_days(of.today, ahead as i64);
        left += of.expected.get(&day).copied().unwrap_or(0) as f64 - rate * factors[weekday(day)];
        if left < -NOTHING && stockout_on.is_none() {
            stockout_on = Some((day, ahead as i64));
        }
        // What is not there is not sold: nobody waits for it.
        left = left.max(0.0);
        days.push(left.round() as i64);
    }
    let sells = rate > NOTHING;
    let enough = (rate * of.limits.excess_days as f64).ceil() as i64;
    let last = plus_days(of.today, AHEAD as i64);
    Some(Outlook {
        free: of.free,
        per_hundred_days: (rate * 100.0).round() as i64,
        expected: of.expected.range(of.today..last).map(|(_, units)| units).sum(),
        stockout_on: stockout_on.map(|(day, _)| day),
        days_left: stockout_on.map(|(_, days)| days),
        cover_days: sells.then(|| (of.free as f64 / rate + NOTHING).floor() as i64),
        excess: if asked.len() >= FOUR_WEEKS { (of.free - enough).max(0) } else { 0 },
        left: days,
        limits: of.limits,
    })
}

/// From 0 for Monday.
fn weekday(day: Date) -> usize {
    usize::try_from(day.weekday().to_monday_zero_offset()).unwrap_or(0)
}

/// How a weekday compares with all; over whole weeks, the newest ones.
fn weekday_factors(begins: Date, asked: &[i64]) -> [f64; 7] {
    let whole = asked.len() / 7 * 7;
    let skipped = asked.len() - whole;
    let total: i64 = asked[skipped..].iter().sum();
    if whole < FOUR_WEEKS || total == 0 {
        return [1.0; 7];
    }
    let mut sums = [0_i64; 7];
    for (place, units) in asked.iter().enumerate().skip(skipped) {
        sums[weekday(plus_days(begins, place as i64))] += units;
    }
    sums.map(|sum| sum as f64 * 7.0 / total as f64)
}

/// How many units a day of no particular weekday sells by now.
fn rate(begins: Date, asked: &[i64], factors: &[f64; 7]) -> f64 {
    // Of a first sale a few days ago nobody concludes that there is one every day.
    let (first, later) = asked.split_at(asked.len().min(7));
    let mut level = first.iter().sum::<i64>() as f64 / 7.0;
    for (place, units) in later.iter().enumerate() {
        let factor = factors[weekday(plus_days(begins, (first.len() + place) as i64))];
        // On a day on which nothing ever sells there is nothing to learn.
        if factor > NOTHING {
            level += NEWEST * (*units as f64 / factor - level);
        }
    }
    level
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Monday.
    const TODAY: Date = Date::constant(2026, 3, 2);

    fn of(free: i64, asked: Vec<i64>, expected: &[(i64, i64)]) -> Situation {
        let expected = expected.iter().map(|(days, units)| (plus_days(TODAY, *days), *units)).collect();
        Situation { today: TODAY, free, asked, expected, limits: Limits { lead_days: 7, excess_days: 60 } }
    }

    fn look(situation: &Situation) -> Outlook {
        outlook(situation).expect("it sells")
    }

    #[test]
    fn what_sells_two_a_day_is_sold_out_when_it_is() {
        // 2 a day, 20 there: the tenth day takes the last, the eleventh, ten days from today, finds none.
        let seen = look(&of(20, vec![2; 14], &[]));
        assert_eq!((seen.per_hundred_days, seen.cover_days), (200, Some(10)));
        assert_eq!((seen.days_left, seen.stockout_on), (Some(10), Some(Date::constant(2026, 3, 12))));
        assert_eq!(seen.left[..11], [18, 16, 14, 12, 10, 8, 6, 4, 2, 0, 0]);
        assert_eq!(seen.alert(), None, "goods that are ordered now come on the seventh day");
        let seen = look(&of(14, vec![2; 14], &[]));
        assert_eq!((seen.days_left, seen.alert()), (Some(7), Some(AlertKind::Stockout)));
        assert_eq!(look(&of(0, vec![2; 14], &[])).days_left, Some(0));
    }

    #[test]
    fn what_is_expected_counts_from_its_day_on() {
        let early = look(&of(6, vec![2; 14], &[(3, 100)]));
        assert_eq!((early.alert(), early.days_left, early.expected), (None, Some(53), 100));
        let late = look(&of(6, vec![2; 14], &[(4, 100)]));
        assert_eq!((late.alert(), late.days_left), (Some(AlertKind::Stockout), Some(3)), "a day without any");
        let overdue = look(&of(6, vec![2; 14], &[(-1, 100)]));
        assert_eq!((overdue.alert(), overdue.expected), (Some(AlertKind::Stockout), 0));
    }

    #[test]
    fn newer_days_weigh_more() {
        // The first week's mean is 1; then 0.1 of each newer day: 1 + 0.1 × (5 − 1) = 1.4, 1.4 + 0.1 × (5 − 1.4) = 1.76.
        let mut asked = vec![1; 7];
        asked.extend([5, 5]);
        assert_eq!(look(&of(50, asked, &[])).per_hundred_days, 176);
    }

    #[test]
    fn days_before_the_first_sale_tell_nothing_and_one_sale_little() {
        let mut asked = vec![0; 30];
        asked.push(7);
        assert_eq!(look(&of(50, asked, &[])).per_hundred_days, 100, "7 in a week");
        assert_eq!(outlook(&of(50, vec![0; 56], &[])), None);
    }

    #[test]
    fn weekdays_differ_where_four_weeks_say_so() {
        // Seven each Saturday and none else: a factor of 7 on Saturdays, one a day over all. Today is a Monday.
        let asked: Vec<i64> = (0..28).map(|day| if day % 7 == 5 { 7 } else { 0 }).collect();
        let mut situation = of(10, asked, &[]);
        let seen = look(&situation);
        // The days before the first Saturday tell nothing, so there are but three whole weeks: no weekdays yet. 1 in the
        // first week; then 0.1 of each Saturday's 7, and a tenth less for each day without: 1.6, 0.850, 1.465, 0.779,
        // 1.401, and on the Sunday 1.261.
        assert_eq!((seen.per_hundred_days, seen.left[1]), (126, 7));
        situation.asked = (0..35).map(|day| if day % 7 == 5 { 7 } else { 0 }).collect();
        let seen = look(&situation);
        assert_eq!(seen.per_hundred_days, 100);
        assert_eq!(seen.left[..7], [10, 10, 10, 10, 10, 3, 3]);
        assert_eq!(seen.stockout_on, Some(Date::constant(2026, 3, 14)), "the second Saturday");
    }

    #[test]
    fn more_than_sells_in_the_days_that_are_enough_is_too_much() {
        let seen = look(&of(150, vec![2; 28], &[]));
        assert_eq!((seen.excess, seen.cover_days, seen.alert()), (30, Some(75), Some(AlertKind::Excess)));
        assert_eq!(look(&of(120, vec![2; 28], &[])).alert(), None);
        assert_eq!(look(&of(150, vec![2; 27], &[])).alert(), None, "it may be new");
    }
}
