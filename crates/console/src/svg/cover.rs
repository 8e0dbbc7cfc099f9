//! Supply over time against those who wait for it.

use askama::Template;
use kernel::Date;

use super::{bars::round_up, coordinate};
use crate::i18n::Texts;

/// The finished picture.
#[derive(Debug, Template)]
#[template(path = "svg/cover.html")]
pub struct Cover {
    width: String,
    height: String,
    label: String,
    /// How many wait, across all days.
    demand_y: String,
    demand_text_y: String,
    demand: String,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    x: String,
    y: String,
    width: String,
    height: String,
    middle: String,
    day: String,
    title: String,
    is_enough: bool,
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 34.0;
const BOTTOM: f64 = 22.0;
const TOP: f64 = 18.0;
/// The most days that are drawn: what comes after them changes nothing for those who wait now.
const DAYS: usize = 12;

impl Cover {
    /// Draws how many units have come by each day, up to the day on which all that wait are served.
    pub fn new(t: &Texts, waiting: i64, coming: &[(Date, i64)]) -> Cover {
        let mut by_then = 0;
        let mut days: Vec<(Date, i64)> = Vec::new();
        for (day, units) in coming {
            by_then += units;
            match days.last_mut().filter(|(last, _)| last == day) {
                Some((_, units)) => *units = by_then,
                None => days.push((*day, by_then)),
            }
        }
        let first = days.partition_point(|(_, units)| *units < waiting);
        days.truncate((first + 1).min(DAYS));
        let highest = days.last().map_or(0, |(_, units)| *units).max(waiting);
        let room = HEIGHT - TOP - BOTTOM;
        let tall = |units: i64| room * units.max(0) as f64 / round_up(highest) as f64;
        let step = (WIDTH - LEFT) / days.len().max(1) as f64;
        // A single day is no wall.
        let wide = (step * 0.6).min(90.0);
        let columns = days.iter().enumerate().map(|(place, (day, units))| {
            let middle = LEFT + step * (place as f64 + 0.5);
            let day = t.date(*day);
            Column {
                x: coordinate(middle - wide / 2.0),
                y: coordinate(HEIGHT - BOTTOM - tall(*units)),
                width: coordinate(wide),
                height: coordinate(tall(*units)),
                middle: coordinate(middle),
                title: format!("{day} · {}", t.count("backorders-come", *units)),
                day,
                is_enough: *units >= waiting,
            }
        });
        let line = HEIGHT - BOTTOM - tall(waiting);
        Cover {
            columns: columns.collect(),
            width: coordinate(WIDTH),
            height: coordinate(HEIGHT),
            label: t.count("backorders-wait", waiting),
            demand_y: coordinate(line),
            demand_text_y: coordinate(line - 5.0),
            demand: t.count("backorders-wait", waiting),
        }
    }
}
