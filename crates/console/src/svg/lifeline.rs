//! The life of an order on a line of time: what happened when, where now is, and where the promise stands.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::svg::coordinate;
use crate::words::Happening;

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mark {
    /// When.
    pub at: Timestamp,
    /// What.
    pub what: Happening,
}

/// The finished line.
#[derive(Debug, Template)]
#[template(path = "svg/lifeline.html")]
pub struct Lifeline {
    label: String,
    lived: String,
    dots: Vec<Dot>,
    /// Where the promise stands, whether it still holds, and its text.
    promise: Option<Flag>,
}

#[derive(Debug)]
struct Dot {
    x: String,
    class: &'static str,
    title: String,
}

#[derive(Debug)]
struct Flag {
    x: String,
    class: &'static str,
    title: String,
}

const LEFT: f64 = 10.0;
const RIGHT: f64 = 710.0;

impl Lifeline {
    /// Draws the marks up to `now`, with the promise if one was made. `arrived` is when everything was delivered.
    pub fn of(
        t: &Texts,
        marks: &[Mark],
        promise: Option<Timestamp>,
        arrived: Option<Timestamp>,
        now: Timestamp,
    ) -> Lifeline {
        let first = marks.iter().map(|mark| mark.at).min().unwrap_or(now);
        let last = marks.iter().map(|mark| mark.at).max().unwrap_or(now);
        let end_of_life = arrived.unwrap_or(now);
        let end = last.max(end_of_life).max(promise.unwrap_or(end_of_life));
        let span = (end.as_second() - first.as_second()).max(1) as f64;
        let x = |at: Timestamp| LEFT + (RIGHT - LEFT) * (at.as_second() - first.as_second()) as f64 / span;
        let dots = marks
            .iter()
            .map(|mark| Dot {
                x: coordinate(x(mark.at)),
                class: mark.what.tone().class(),
                title: format!("{} · {}", t.text(mark.what.key()), t.moment(mark.at)),
            })
            .collect();
        let promise = promise.map(|promised| Flag {
            x: coordinate(x(promised)),
            class: if end_of_life <= promised { "kept" } else { "broken" },
            title: t.fill("promised-by", "when", t.moment(promised)),
        });
        Lifeline {
            label: t.count("lifeline-label", marks.len() as i64),
            lived: coordinate(x(end_of_life.max(last))),
            dots,
            promise,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;
    use crate::i18n::Language;

    #[test]
    fn a_promise_that_passed_without_delivery_is_broken() {
        let t = Texts::new(Language::En, TimeZone::UTC);
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let placed = Mark { at: at("2026-11-20T08:00:00Z"), what: Happening::OrderPlaced };
        let promise = Some(at("2026-11-22T18:00:00Z"));
        let draw = |arrived, now| Lifeline::of(&t, &[placed], promise, arrived, now).render().unwrap();
        assert!(draw(None, at("2026-11-22T17:00:00Z")).contains("kept"));
        assert!(draw(None, at("2026-11-22T19:00:00Z")).contains("broken"));
        assert!(draw(Some(at("2026-11-21T09:00:00Z")), at("2026-12-01T00:00:00Z")).contains("kept"));
    }
}
