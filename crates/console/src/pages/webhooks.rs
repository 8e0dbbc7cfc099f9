//! Events for other machines: the addresses, and how sending to one goes.

use askama::Template;
use kernel::Timestamp;

use crate::i18n::Texts;
use crate::pages::settings::Tab;
use crate::shell::Shell;
use crate::words::{AttemptCause, AttemptOutcome, WebhookState};

/// All webhooks, with the form for another.
#[derive(Debug, Template)]
#[template(path = "webhooks.html")]
pub struct Webhooks {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The pages of the settings.
    pub tabs: Vec<Tab>,
    /// The key under which one is added once.
    pub command: String,
    /// What the form holds.
    pub form: WebhookForm,
    /// The webhooks, oldest first.
    pub rows: Vec<WebhookSummary>,
}

/// What was entered, and what is wrong with it, in the reader's language.
#[derive(Debug, Clone, Default)]
pub struct WebhookForm {
    /// The address.
    pub url: String,
    /// Why the address is refused.
    pub url_error: Option<String>,
    /// What it is for.
    pub description: String,
    /// Why the description is refused.
    pub description_error: Option<String>,
    /// Every kind of event, and whether it is ticked.
    pub kinds: Vec<(&'static str, bool)>,
}

impl WebhookForm {
    /// True where something of it is refused.
    pub fn is_refused(&self) -> bool {
        self.url_error.is_some() || self.description_error.is_some()
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct WebhookSummary {
    /// Its id.
    pub id: String,
    /// Its address.
    pub url: String,
    /// What it is for.
    pub description: String,
    /// The kinds it gets; all where none is named.
    pub kinds: Vec<String>,
    /// How it does.
    pub state: WebhookState,
    /// The last position of the stream that is done with.
    pub position: i64,
    /// When the next attempt comes, if one failed.
    pub next_attempt: Option<Timestamp>,
}

/// One webhook.
#[derive(Debug, Template)]
#[template(path = "webhook.html")]
pub struct WebhookPage {
    /// How it speaks.
    pub t: Texts,
    /// The frame.
    pub shell: Shell,
    /// The webhook.
    pub webhook: WebhookSummary,
    /// What the form to change it holds.
    pub form: WebhookForm,
    /// The version that is shown: the form changes no other.
    pub version: i64,
    /// True for the stream that the server was started with: nobody changes it here.
    pub is_operators: bool,
    /// The key under which the next thing is done once.
    pub command: String,
    /// The secret, the one time it is shown.
    pub secret: Option<String>,
    /// Until when the former secret signs as well.
    pub former_until: Option<Timestamp>,
    /// The last position there is.
    pub head: i64,
    /// What is being sent again: the next position and the last.
    pub replay: Option<(i64, i64)>,
    /// Why the last range was refused, in the reader's language.
    pub replay_error: Option<String>,
    /// What was sent, newest first.
    pub attempts: Vec<AttemptRow>,
}

/// An attempt.
#[derive(Debug, Clone)]
pub struct AttemptRow {
    /// When.
    pub at: Timestamp,
    /// The kind of event.
    pub kind: String,
    /// The message's id.
    pub message: String,
    /// Why it was sent.
    pub cause: AttemptCause,
    /// The how-manyeth attempt.
    pub number: i64,
    /// What became of it.
    pub outcome: AttemptOutcome,
    /// The HTTP status.
    pub status: Option<i64>,
    /// How long it took.
    pub ms: i64,
    /// The beginning of the answer.
    pub answer: String,
}

impl WebhookSummary {
    fn is_on(&self) -> bool {
        matches!(self.state, WebhookState::Enabled | WebhookState::Retrying)
    }
}

impl AttemptRow {
    /// The first words of the answer.
    fn start(&self) -> String {
        self.answer.chars().take(40).chain(['…']).collect()
    }
}
