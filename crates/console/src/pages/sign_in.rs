//! Signing in, and making the first administrator.

use askama::Template;

use crate::i18n::Texts;
use crate::look::Look;
use crate::pages::Choice;
use crate::preferences::Theme;

/// The sign-in page.
#[derive(Debug, Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path, to come back to after changing a preference.
    pub path: String,
    /// How the organisation looks.
    pub look: Look,
    /// What it calls itself, where it has said so.
    pub house: Option<String>,
    /// The page that was asked for before signing in, or nothing.
    pub next: String,
    /// The e-mail address as typed.
    pub email: String,
    /// Identity providers: where each leads, and its name.
    pub providers: Vec<Choice>,
    /// Why it was refused, in the reader's language; never whether the address exists.
    pub error: Option<String>,
}

/// The page of the first run, before there is anybody.
#[derive(Debug, Template)]
#[template(path = "first_run.html")]
pub struct FirstRun {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path.
    pub path: String,
    /// The organisation's name as typed.
    pub organisation: String,
    /// The name as typed.
    pub name: String,
    /// The e-mail address as typed.
    pub email: String,
    /// What is wrong, in the reader's language.
    pub error: Option<String>,
}
