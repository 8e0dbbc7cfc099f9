//! Every component in each of its states, for whoever makes a screen and for the browser's tests.

use askama::Template;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::svg::{Bars, Lifeline, StateStrip, UnitCount};

/// The page.
#[derive(Debug, Template)]
#[template(path = "design.html")]
pub struct Design {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Some of every state.
    pub units: Vec<UnitCount>,
    /// The same as a strip.
    pub strip: StateStrip,
    /// Some figures over a day.
    pub bars: Bars,
    /// A life that is under way.
    pub lifeline: Lifeline,
}
