//! When a page cannot be shown or a command was refused: what happened, what it means for the work, what to do.

use askama::Template;

use crate::i18n::Texts;
use crate::preferences::Theme;

/// What went wrong, for the words of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There is nothing at this address, or nothing this person may know of.
    NotFound,
    /// This person may not do that.
    Forbidden,
    /// The world has moved on: the page showed something that is no longer so.
    Conflict,
    /// The form or address could not be understood.
    BadRequest,
    /// Too much at once.
    TooMany,
    /// The fault is ours.
    Fault,
}

impl Trouble {
    /// The status of the response.
    pub fn status(self) -> u16 {
        match self {
            Trouble::NotFound => 404,
            Trouble::Forbidden => 403,
            Trouble::Conflict => 409,
            Trouble::BadRequest => 400,
            Trouble::TooMany => 429,
            Trouble::Fault => 500,
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Trouble::NotFound => "not-found-title",
            Trouble::Forbidden => "forbidden-title",
            Trouble::Conflict => "conflict-title",
            Trouble::BadRequest => "bad-request-title",
            Trouble::TooMany => "too-many-title",
            Trouble::Fault => "fault-title",
        }
    }

    fn advice(&self) -> &'static str {
        match self {
            Trouble::NotFound => "not-found-advice",
            Trouble::Forbidden => "forbidden-advice",
            Trouble::Conflict => "conflict-advice",
            Trouble::BadRequest => "bad-request-advice",
            Trouble::TooMany => "too-many-advice",
            Trouble::Fault => "fault-advice",
        }
    }
}

/// What became of the command the person gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// No command was given: a page was asked for.
    NoCommand,
    /// Nothing was changed.
    NothingHappened,
    /// Not known yet; sending the same form again is safe.
    Unknown,
}

impl Effect {
    fn key(&self) -> Option<&'static str> {
        match self {
            Effect::NoCommand => None,
            Effect::NothingHappened => Some("effect-nothing"),
            Effect::Unknown => Some("effect-unknown"),
        }
    }
}

/// The page.
#[derive(Debug, Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path, or the overview's when it answers a form.
    pub path: String,
    /// What went wrong.
    pub trouble: Trouble,
    /// The particular facts, in the reader's language, if there are any to tell.
    pub detail: Option<String>,
    /// What became of the command.
    pub effect: Effect,
    /// The request's id, for whoever is asked for help.
    pub request: String,
}
