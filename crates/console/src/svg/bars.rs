//! One bar an hour.

use askama::Template;

use crate::i18n::Texts;
use crate::svg::coordinate;

/// One hour.
#[derive(Debug, Clone)]
pub struct Bar {
    /// What stands under it: the hour as the reader's language writes it.
    pub label: String,
    /// How many.
    pub value: i64,
    /// True for the hour that is still running.
    pub is_running: bool,
}

/// The finished picture.
#[derive(Debug, Template)]
#[template(path = "svg/bars.html")]
pub struct Bars {
    width: String,
    height: String,
    label: String,
    rules: Vec<Rule>,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Rule {
    y: String,
    text_y: String,
    value: String,
}

#[derive(Debug)]
struct Column {
    x: String,
    y: String,
    width: String,
    height: String,
    middle: String,
    /// The hour, under every third column.
    hour: Option<String>,
    title: String,
    class: &'static str,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 34.0;
const BOTTOM: f64 = 22.0;
const TOP: f64 = 10.0;

impl Bars {
    /// Draws the orders of each hour.
    pub fn of_orders(t: &Texts, bars: &[Bar]) -> Bars {
        let top = round_up(bars.iter().map(|bar| bar.value).max().unwrap_or(0));
        let room = HEIGHT - TOP - BOTTOM;
        let tall = |value: i64| room * value.max(0) as f64 / top as f64;
        let step = (WIDTH - LEFT) / bars.len().max(1) as f64;
        let rules = [top / 2, top]
            .into_iter()
            .map(|value| {
                let y = HEIGHT - BOTTOM - tall(value);
                Rule { y: coordinate(y), text_y: coordinate(y + 4.0), value: t.number(value) }
            })
            .collect();
        let columns = bars
            .iter()
            .enumerate()
            .map(|(place, bar)| {
                let x = LEFT + step * place as f64;
                // An hour with anything in it is seen, however tall its neighbours are.
                let height = if bar.value > 0 { tall(bar.value).max(2.0) } else { 0.0 };
                Column {
                    x: coordinate(x + step * 0.14),
                    y: coordinate(HEIGHT - BOTTOM - height),
                    width: coordinate(step * 0.72),
                    height: coordinate(height),
                    middle: coordinate(x + step / 2.0),
                    hour: place.is_multiple_of(3).then(|| bar.label.clone()),
                    title: format!("{} · {}", bar.label, t.count("orders-count", bar.value)),
                    class: if bar.is_running { "running" } else { "past" },
                }
            })
            .collect();
        Bars {
            width: coordinate(WIDTH),
            height: coordinate(HEIGHT),
            label: t.count("hours-label", bars.iter().map(|bar| bar.value).sum::<i64>()),
            rules,
            columns,
        }
    }
}

/// The next even number of the form 1, 2, 4, 5, 6, 8 or 10 times a power of ten, at least 2.
pub(super) fn round_up(value: i64) -> i64 {
    let mut power = 1;
    loop {
        for step in [1, 2, 4, 5, 6, 8] {
            let candidate = step * power;
            if candidate % 2 == 0 && candidate >= value {
                return candidate;
            }
        }
        power *= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_ends_at_a_round_number_that_halves() {
        for (value, top) in [(0, 2), (1, 2), (3, 4), (7, 8), (9, 10), (11, 20), (41, 50), (4999, 5000)] {
            assert_eq!(round_up(value), top, "{value}");
        }
    }
}
