//! What is left of an item day by day, and the day on which it is sold out.

use askama::Template;

use crate::i18n::Texts;
use crate::svg::coordinate;

/// The finished picture.
#[derive(Debug, Clone, Template)]
#[template(path = "svg/outlook.html")]
pub struct Outlook {
    label: String,
    points: String,
    /// Where it is sold out, if it is.
    out: Option<String>,
}

const WIDTH: f64 = 160.0;
const HEIGHT: f64 = 36.0;
/// Room for the line's own width.
const EDGE: f64 = 2.0;

impl Outlook {
    /// Draws what is left from today on, and marks the day on which there is too little.
    pub fn of(t: &Texts, free: i64, left: &[i64], out: Option<i64>) -> Outlook {
        let days: Vec<i64> = std::iter::once(free).chain(left.iter().copied()).collect();
        let most = days.iter().copied().max().unwrap_or(0).max(1) as f64;
        let step = (WIDTH - 2.0 * EDGE) / (days.len().max(2) - 1) as f64;
        let x = |place: f64| coordinate(EDGE + place * step);
        let point = |(place, units): (usize, &i64)| {
            let y = EDGE + (HEIGHT - 2.0 * EDGE) * (1.0 - *units as f64 / most);
            format!("{},{}", x(place as f64), coordinate(y))
        };
        let last = days.last().copied().unwrap_or(free);
        Outlook {
            label: t.fill2("alert-picture", ("from", t.number(free)), ("to", t.number(last))),
            points: days.iter().enumerate().map(point).collect::<Vec<_>>().join(" "),
            out: out.filter(|day| *day < days.len() as i64).map(|day| x(day as f64)),
        }
    }
}
