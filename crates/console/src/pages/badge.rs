//! A shared device: how a browser becomes one, and the badge that lets somebody in there.

use askama::Template;

use crate::i18n::Texts;
use crate::preferences::Theme;

/// Makes this browser a shared device.
#[derive(Debug, Template)]
#[template(path = "device.html")]
pub struct EnrolDevice {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path.
    pub path: String,
    /// What the device is called.
    pub name: String,
}

/// Asks for a badge, or for the PIN of the one that was scanned.
#[derive(Debug, Template)]
#[template(path = "badge.html")]
pub struct ShowBadge {
    /// How it speaks.
    pub t: Texts,
    /// Its colours.
    pub theme: Theme,
    /// Its own path, to come back to after changing a preference.
    pub path: String,
    /// What the device is called.
    pub device: String,
    /// The code that was scanned, where its PIN is asked for; empty before.
    pub code: String,
    /// Where somebody without a badge signs in.
    pub by_password: String,
    /// The page that was asked for, or nothing.
    pub next: String,
    /// Why nobody came in, in the reader's language.
    pub error: Option<String>,
}
