//! The page of components.

use axum::response::Response;
use jiff::SignedDuration;
use web::{Needs, Routes};

use crate::desk::{Console, Desk, Upset, page};
use crate::href;
use crate::pages::design::Design;
use crate::shell::Section;
use crate::svg::{Bar, Bars, Lifeline, Mark, StateStrip, UnitCount};
use crate::words::{Happening, UnitState};

pub(super) fn routes() -> Routes<Console> {
    Routes::new().get(href::DESIGN, Needs::Caller, get_design)
}

async fn get_design(desk: Desk) -> Result<Response, Upset> {
    let units: Vec<UnitCount> =
        (1..).zip(UnitState::ALL).map(|(units, state)| UnitCount { state: *state, units }).collect();
    let bars: Vec<Bar> = (0..24)
        .map(|hour| Bar { label: format!("{hour:02}"), value: hour * (24 - hour), is_running: hour == 15 })
        .collect();
    let hours_ago = |hours| desk.now.checked_sub(SignedDuration::from_hours(hours)).unwrap_or(desk.now);
    let marks = [
        Mark { at: hours_ago(30), what: Happening::OrderPlaced },
        Mark { at: hours_ago(20), what: Happening::ShortPicked },
        Mark { at: hours_ago(6), what: Happening::Dispatched },
    ];
    let due = desk.now.checked_add(SignedDuration::from_hours(20)).ok();
    page(&Design {
        strip: StateStrip::of(&desk.t, &units),
        bars: Bars::of_orders(&desk.t, &bars),
        lifeline: Lifeline::of(&desk.t, &marks, due, None, desk.now),
        units,
        shell: desk.shell(Section::Settings, None),
        t: desk.t,
    })
}
