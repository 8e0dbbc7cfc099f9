//! A minute of orders, second by second: accepted from the ground up, refused on top.

use askama::Template;

use crate::i18n::Texts;
use crate::svg::{coordinate, round_up};

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 180.0;
const LEFT: f64 = 44.0;
const BOTTOM: f64 = 10.0;
const TOP: f64 = 10.0;

/// The finished picture.
#[derive(Debug, Template)]
#[template(path = "svg/rush.html")]
pub struct Rush {
    width: String,
    height: String,
    left: String,
    ground: String,
    label: String,
    rules: Vec<(String, String, String)>,
    columns: Vec<Column>,
}

#[derive(Debug)]
struct Column {
    x: String,
    width: String,
    accepted: (String, String),
    refused: (String, String),
    title: String,
}

impl Rush {
    /// Draws accepted and refused orders of each second, the oldest first.
    pub fn of(t: &Texts, seconds: &[(i64, i64)]) -> Rush {
        let most = seconds.iter().map(|(accepted, refused)| accepted + refused).max().unwrap_or(0);
        let top = round_up(most);
        let room = HEIGHT - TOP - BOTTOM;
        let tall = |value: i64| room * value.max(0) as f64 / top as f64;
        let step = (WIDTH - LEFT) / seconds.len().max(1) as f64;
        let ground = HEIGHT - BOTTOM;
        let rules = [top / 2, top]
            .into_iter()
            .map(|value| {
                let y = ground - tall(value);
                (coordinate(y), coordinate(y + 4.0), t.number(value))
            })
            .collect();
        let columns = seconds
            .iter()
            .enumerate()
            .map(|(place, (accepted, refused))| {
                let (taken, turned) = (tall(*accepted), tall(*refused));
                Column {
                    x: coordinate(LEFT + step * place as f64 + step * 0.1),
                    width: coordinate(step * 0.8),
                    accepted: (coordinate(ground - taken), coordinate(taken)),
                    refused: (coordinate(ground - taken - turned), coordinate(turned)),
                    title: format!("{} / {}", t.number(*accepted), t.number(*refused)),
                }
            })
            .collect();
        Rush {
            width: coordinate(WIDTH),
            height: coordinate(HEIGHT),
            left: coordinate(LEFT),
            ground: coordinate(ground),
            label: t.text("peak-picture"),
            rules,
            columns,
        }
    }
}
