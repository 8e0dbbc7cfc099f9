//! The name of an item or a node, changed as it was seen: a page of its own, or the drawer beside a list (its block
//! `form`).

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;

/// The form.
#[derive(Debug, Template)]
#[template(path = "rename.html", blocks = ["form"])]
pub struct Rename {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Where the form goes to, and where it is.
    pub action: String,
    /// The page it came from.
    pub back: String,
    /// The code of what is renamed.
    pub code: String,
    /// What it is called now.
    pub name: String,
    /// The version that has this name: it is renamed only from this one.
    pub seen: i64,
    /// The name as typed.
    pub typed: String,
    /// The key under which it is renamed once.
    pub command: String,
    /// Why it was not renamed, in the reader's language.
    pub error: Option<String>,
    /// Who was quicker, where somebody was.
    pub theirs: Option<Theirs>,
    /// The way back, where the reader has just renamed it.
    pub undo: Option<Undo>,
}

/// Who changed it last.
#[derive(Debug, Clone)]
pub struct Theirs {
    /// Who.
    pub actor: String,
    /// When.
    pub at: Timestamp,
}

/// The name it had before.
#[derive(Debug, Clone)]
pub struct Undo {
    /// That name.
    pub name: String,
    /// The key under which it gets it back once.
    pub command: String,
}

impl Rename {
    fn was_renamed(&self, undo: &Undo) -> String {
        self.t.fill2("rename-done", ("before", &undo.name), ("after", &self.name))
    }

    fn all_the_same(&self) -> String {
        self.t.fill("rename-again", "name", &self.typed)
    }
}
