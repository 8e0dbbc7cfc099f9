//! The units of a line, each in exactly one state: a cell a unit while they can be counted, else shares of a bar.

use askama::Template;

use crate::i18n::Texts;
use crate::svg::coordinate;
use crate::words::UnitState;

/// How many units are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnitCount {
    /// The state.
    pub state: UnitState,
    /// How many.
    pub units: i64,
}

/// The finished strip. Beside it stand the same numbers in words.
#[derive(Debug, Template)]
#[template(path = "svg/state_strip.html")]
pub struct StateStrip {
    width: String,
    label: String,
    cells: Vec<Cell>,
}

#[derive(Debug)]
struct Cell {
    x: String,
    width: String,
    class: &'static str,
    title: String,
}

const WIDTH: f64 = 240.0;
const MOST_CELLS: i64 = 24;

impl StateStrip {
    /// Draws the counts in the order of the states' own life.
    pub fn of(t: &Texts, counts: &[UnitCount]) -> StateStrip {
        let mut counts: Vec<UnitCount> = counts.iter().copied().filter(|count| count.units > 0).collect();
        counts.sort_by_key(|count| count.state);
        let total: i64 = counts.iter().map(|count| count.units).sum();
        let words: Vec<String> = counts.iter().map(|count| in_words(t, count)).collect();
        let mut cells = Vec::new();
        let mut before = 0;
        let width = if total <= MOST_CELLS { 22.0 * total as f64 } else { WIDTH };
        for (count, title) in counts.iter().zip(&words) {
            let pieces = if total <= MOST_CELLS { count.units } else { 1 };
            let units_a_piece = count.units / pieces;
            for _ in 0..pieces {
                let x = width * before as f64 / total as f64;
                before += units_a_piece;
                let end = width * before as f64 / total as f64;
                cells.push(Cell {
                    x: coordinate(x),
                    width: coordinate((end - x - 2.0).max(1.0)),
                    class: count.state.code(),
                    title: title.clone(),
                });
            }
        }
        StateStrip { width: coordinate(width.max(22.0)), label: words.join(", "), cells }
    }
}

/// "3 × picked", in the reader's language.
pub fn in_words(t: &Texts, count: &UnitCount) -> String {
    format!("{}\u{a0}× {}", t.number(count.units), t.text(count.state.key()))
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::i18n::Language;

    fn draw(counts: &[(UnitState, i64)]) -> String {
        let counts: Vec<UnitCount> =
            counts.iter().map(|&(state, units)| UnitCount { state, units }).collect();
        StateStrip::of(&Texts::new(Language::En, TimeZone::UTC), &counts).render().unwrap()
    }

    #[test]
    fn a_few_units_are_a_cell_each_in_the_order_of_their_life() {
        let strip = draw(&[(UnitState::Shipped, 1), (UnitState::Allocated, 2), (UnitState::Lost, 0)]);
        assert_eq!(strip.matches("<rect").count(), 3);
        assert!(strip.find("unit-allocated").unwrap() < strip.find("unit-shipped").unwrap());
        assert!(strip.contains("2\u{a0}× allocated, 1\u{a0}× shipped"));
    }

    #[test]
    fn many_units_are_shares_and_even_one_of_a_million_is_seen() {
        let strip = draw(&[(UnitState::Delivered, 999_999), (UnitState::Lost, 1)]);
        assert_eq!(strip.matches("<rect").count(), 2);
        assert!(strip.contains("width=\"1\""));
    }
}
