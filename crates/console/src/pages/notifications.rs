//! What happened while the reader was away.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::dashboard::Recent;
use crate::pages::operations::OperationLine;
use crate::shell::Shell;

/// The page.
#[derive(Debug, Template)]
#[template(path = "notifications.html")]
pub struct Notifications {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// When they had read all there was.
    pub since: Timestamp,
    /// Until when this page tells, to send back.
    pub until: String,
    /// Work of the reader's that came to its end, the newest first.
    pub ended: Vec<OperationLine>,
    /// How many orders came to be late since, a thousand at most.
    pub late: i64,
    /// What happened, the newest first.
    pub entries: Vec<Recent>,
    /// Up to where the stream goes that they see here.
    pub position: i64,
    /// The key of the form.
    pub command: String,
}

/// The bell alone.
#[derive(Debug, Template)]
#[template(path = "bell.html")]
pub struct Bell {
    /// How it speaks.
    pub t: Texts,
    /// How much is not read.
    pub unread: i64,
}
