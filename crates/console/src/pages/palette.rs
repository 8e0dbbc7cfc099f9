//! The command palette: pages, views, actions, settings and things, by any part of their name.

use askama::Template;

use crate::i18n::Texts;
use crate::shell::Shell;

/// The page; its `list` is what the palette's dialog shows.
#[derive(Debug, Template)]
#[template(path = "palette.html", blocks = ["list"])]
pub struct Palette {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// What was typed.
    pub query: String,
    /// What has such a name, the likeliest first.
    pub groups: Vec<Group>,
}

impl Palette {
    /// The place of an entry among all of them, for its id on the page.
    fn id(&self, group: &usize, entry: &usize) -> String {
        format!("palette-{group}-{entry}")
    }
}

/// Entries of one kind.
#[derive(Debug, Clone)]
pub struct Group {
    /// The key of its name.
    pub key: &'static str,
    /// What is in it; never nothing.
    pub entries: Vec<Destination>,
}

/// Somewhere to go.
#[derive(Debug, Clone)]
pub struct Destination {
    /// Its icon.
    pub icon: &'static str,
    /// Its name in the reader's language.
    pub name: String,
    /// What else tells it from others, or nothing.
    pub hint: String,
    /// Where it leads.
    pub href: String,
}
