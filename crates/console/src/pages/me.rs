//! What concerns the reader alone.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::settings::Tab;
use crate::preferences::{Density, Theme};
use crate::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "settings_me.html")]
pub struct MePage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages beside it.
    pub tabs: Vec<Tab>,
    /// The time zone they chose; empty for the organisation's.
    pub zone: String,
    /// What is wrong with it, in the reader's language.
    pub zone_error: Option<String>,
    /// The organisation's.
    pub house_zone: String,
    /// All there are.
    pub zones: Vec<String>,
    /// Why the password stays, in the reader's language.
    pub password_error: Option<String>,
    /// Where they are signed in, the newest first.
    pub sessions: Vec<SessionRow>,
}

impl MePage {
    fn themes(&self) -> [Theme; 3] {
        Theme::ALL
    }

    fn densities(&self) -> [Density; 2] {
        Density::ALL
    }
}

/// A session.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id.
    pub id: String,
    /// True for the one that asks.
    pub is_this: bool,
    /// Since when.
    pub since: Timestamp,
    /// When it was used last.
    pub used_at: Timestamp,
}
