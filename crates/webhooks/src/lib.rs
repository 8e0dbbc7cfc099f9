//! Floor 3b: events for machines of others, by Standard Webhooks 1.0.0.
//!
//! A **webhook** is an address that gets the events of the kinds it asked for, in their order, at least once each. It
//! holds its place in the stream itself: nothing is queued, so nothing is lost and one that is away for a day only lies
//! behind. Each **message** has an id that stays the same however often it is sent, and is signed ([`SigningSecret`]).
//!
//! - Setting up: [`add`], [`amend`], [`remove`], [`rotate`], [`enable`], [`disable`], [`replay`], [`ping`].
//! - Sending: a [`Sender`] claims webhooks that have something to get, and works on several at once, so that one that
//!   does not answer holds up nobody else. What became of each attempt is written before the next is made ([`after`]).
//!
//! **Invariants:** one message at a time is under way to a webhook, under a lease; no letter is sent in a transaction; a
//! secret is shown once and not written to any log.

mod add;
mod after;
mod amend;
pub mod api;
mod message;
mod model;
mod ping;
mod replay;
mod reseal;
mod rotate;
mod secret;
mod send;
mod store;
mod switch;
mod verify;

pub use add::{AddError, NewWebhook, Unwanted, WEBHOOKS_MAX, add};
pub use after::{After, RETRIES, after};
pub use amend::{AmendError, WebhookChange, amend, remove};
pub use message::{Message, PING};
pub use model::{Cause, Outcome, Reason, Replay, Webhook};
pub use ping::ping;
pub use replay::{ReplayError, replay};
pub use reseal::reseal;
pub use rotate::{OVERLAP_HOURS, OVERLAP_HOURS_MAX, RotateError, rotate};
pub use secret::SigningSecret;
pub use send::Sender;
pub use store::{Attempt, Lag, find_webhook, forget_answers, is_named, lag, list_attempts, list_webhooks};
pub use switch::{WebhookError, disable, enable};
pub use verify::INVARIANTS;
