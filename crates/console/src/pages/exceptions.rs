//! What needs a person: by cause, each with one safe action, and who looks after it.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::shell::Shell;
use crate::words::{Cause, Inbox, Milestone};

/// The page.
#[derive(Debug, Template)]
#[template(path = "exceptions.html")]
pub struct Exceptions {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// Which part is shown.
    pub inbox: Inbox,
    /// How many things are in each part.
    pub counts: Vec<(Inbox, i64)>,
    /// How many orders have no node, a thousand at most.
    pub unallocated: i64,
    /// True where this person may let them be tried again.
    pub can_retry: bool,
    /// What needs somebody, by cause; no group is empty.
    pub groups: Vec<Group>,
    /// The key of whichever form is sent.
    pub command: String,
}

impl Exceptions {
    fn is_empty(&self) -> bool {
        self.groups.is_empty() && !(self.inbox == Inbox::Open && self.unallocated > 0)
    }
}

/// Things that need somebody for the same reason.
#[derive(Debug, Clone)]
pub struct Group {
    /// The reason.
    pub cause: Cause,
    /// What this person may do about several at once, by its step and the key of its name.
    pub actions: Vec<(&'static str, &'static str)>,
    /// The things, the oldest first.
    pub rows: Vec<Row>,
}

/// One thing.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its id.
    pub subject: String,
    /// What people call it: mostly the order's number.
    pub name: String,
    /// Where it can be acted on; empty where that is no page of ours.
    pub href: String,
    /// Where, or what exactly.
    pub detail: String,
    /// What the carrier says, for a parcel.
    pub milestone: Option<Milestone>,
    /// The key of a word for it, for the rest.
    pub word: Option<&'static str>,
    /// Since when.
    pub at: Timestamp,
    /// Who looks after it.
    pub carer: Option<String>,
    /// Until when it is put aside.
    pub until: Option<Timestamp>,
}
