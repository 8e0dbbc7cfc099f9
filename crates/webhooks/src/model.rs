//! The nouns.

use kernel::{Timestamp, WebhookId};
use outbound::{Reply, SendError};
use runtime::event::Span;

/// How much of the stream one look passes over.
const WINDOW: i64 = 5_000;

/// An address that gets events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Its id.
    pub webhook_id: WebhookId,
    /// Where it is.
    pub url: String,
    /// What its owner says of it.
    pub description: String,
    /// The kinds it gets; all where none is named.
    pub kinds: Vec<String>,
    /// Why it gets nothing, if so.
    pub disabled: Option<Reason>,
    /// What signs, as it is kept.
    pub(crate) kept_secret: KeptSecret,
    /// What signs as well, until then.
    pub(crate) kept_former: Option<(KeptSecret, Timestamp)>,
    /// The last position of the stream that is done with.
    pub sent_position: i64,
    /// The part of the stream that is sent again.
    pub replay: Option<Replay>,
    /// A trial message that waits.
    pub ping_id: Option<String>,
    /// How often the next message failed.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// When the next message is sent at the earliest.
    pub due_at: Timestamp,
    /// Grows with each sender who holds it.
    pub fence: i64,
    /// Moved on by every change of what somebody set up, and not by sending.
    pub version: i64,
    /// Since when it is known.
    pub created_at: Timestamp,
}

/// A secret as it is kept. It does not show itself, for where there is no master key it is not sealed.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct KeptSecret(pub String);

impl std::fmt::Debug for KeptSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeptSecret(…)")
    }
}

/// A part of the stream that is sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replay {
    /// The next position.
    pub next: i64,
    /// The last.
    pub last: i64,
}

/// Why a webhook gets nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Somebody asked for it.
    Asked,
    /// The receiver answered 410: it is gone for good.
    Gone,
    /// Every attempt of the schedule failed.
    Failing,
}

impl Reason {
    /// Its name, as it is kept and told.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Asked => "asked",
            Reason::Gone => "gone",
            Reason::Failing => "failing",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Reason> {
        [Reason::Asked, Reason::Gone, Reason::Failing].into_iter().find(|reason| reason.name() == name)
    }
}

/// Why a message is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Something happened.
    Event,
    /// Somebody asked for it again.
    Replay,
    /// Somebody tries the webhook.
    Ping,
}

impl Cause {
    /// Its name, as it is kept and told.
    pub fn name(self) -> &'static str {
        match self {
            Cause::Event => "event",
            Cause::Replay => "replay",
            Cause::Ping => "ping",
        }
    }
}

/// What a webhook is to get next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Turn {
    /// A trial message.
    Ping(String),
    /// The first event of this part of the stream, if there is one.
    Stream(Cause, Span),
    /// Nothing now.
    Rest,
}

/// What the address of a stream begins with; its name follows.
pub(crate) const STREAM: &str = "nats:";

impl Webhook {
    /// True where it is no address of others but the stream that whoever runs the server named.
    pub(crate) fn is_stream(&self) -> bool {
        self.url.starts_with(STREAM)
    }

    /// True where nobody but whoever runs the server changes it.
    pub fn is_operators(&self) -> bool {
        self.is_stream()
    }

    /// What is next, where the stream ends at `head`: a trial, then what is sent again, then what is new.
    pub(crate) fn turn(&self, head: i64) -> Turn {
        let span = |after: i64, until: i64| Span {
            after,
            until: until.min(after.saturating_add(WINDOW)),
            kinds: self.kinds.clone(),
        };
        match (&self.ping_id, self.disabled, self.replay) {
            (Some(ping_id), ..) => Turn::Ping(ping_id.clone()),
            (None, Some(_), _) => Turn::Rest,
            (None, None, Some(replay)) => Turn::Stream(Cause::Replay, span(replay.next - 1, replay.last)),
            (None, None, None) if self.sent_position < head => {
                Turn::Stream(Cause::Event, span(self.sent_position, head))
            }
            (None, None, None) => Turn::Rest,
        }
    }

    /// Until when a former secret signs as well.
    pub fn former_until(&self) -> Option<Timestamp> {
        self.kept_former.as_ref().map(|(_, until)| *until)
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The receiver has it: 2xx.
    Delivered,
    /// The receiver answered otherwise.
    Answered,
    /// Nothing is sent to that address.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No connection.
    Unreachable,
}

impl Outcome {
    /// Its name, as it is kept and told.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::Delivered => "delivered",
            Outcome::Answered => "answered",
            Outcome::Refused => "refused",
            Outcome::TimedOut => "timed_out",
            Outcome::Unreachable => "unreachable",
        }
    }

    pub(crate) fn of(sent: &Result<Reply, SendError>) -> Outcome {
        match sent {
            Ok(reply) if (200..300).contains(&reply.status) => Outcome::Delivered,
            Ok(_) => Outcome::Answered,
            Err(SendError::Refused(_)) => Outcome::Refused,
            Err(SendError::TimedOut) => Outcome::TimedOut,
            Err(SendError::Unreachable(_) | SendError::TooLong) => Outcome::Unreachable,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use runtime::Keyring;

    use super::*;
    use crate::SigningSecret;

    pub(crate) fn webhook() -> Webhook {
        Webhook {
            webhook_id: WebhookId::from_body("1"),
            url: "https://shop.example/hook".into(),
            description: String::new(),
            kinds: vec![],
            disabled: None,
            kept_secret: KeptSecret(SigningSecret::fresh().reveal().to_owned()),
            kept_former: None,
            sent_position: 4,
            replay: None,
            ping_id: None,
            failures: 0,
            failing_since: None,
            due_at: Timestamp::UNIX_EPOCH,
            fence: 1,
            version: 1,
            created_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_trial_comes_before_a_replay_and_a_replay_before_what_is_new() {
        let span = |after, until| Span { after, until, kinds: vec![] };
        let resting = webhook();
        assert_eq!(resting.turn(4), Turn::Rest);
        assert_eq!(resting.turn(9), Turn::Stream(Cause::Event, span(4, 9)));
        assert_eq!(resting.turn(90_000), Turn::Stream(Cause::Event, span(4, 5_004)));
        let replaying = Webhook { replay: Some(Replay { next: 2, last: 3 }), ..webhook() };
        assert_eq!(replaying.turn(9), Turn::Stream(Cause::Replay, span(1, 3)));
        let tried = Webhook { ping_id: Some("msg_1".into()), ..replaying };
        assert_eq!(tried.turn(9), Turn::Ping("msg_1".into()));
        let disabled = Webhook { disabled: Some(Reason::Gone), ..webhook() };
        assert_eq!(disabled.turn(9), Turn::Rest);
        let disabled_and_tried = Webhook { disabled: Some(Reason::Gone), ..tried };
        assert_eq!(disabled_and_tried.turn(9), Turn::Ping("msg_1".into()));
    }

    #[test]
    fn the_former_secret_signs_until_its_time() {
        let until: Timestamp = "2026-11-23T08:00:00Z".parse().unwrap();
        let former = KeptSecret(SigningSecret::fresh().reveal().to_owned());
        let rotated = Webhook { kept_former: Some((former, until)), ..webhook() };
        let none = Keyring::default();
        assert_eq!(rotated.secrets(&none, Timestamp::UNIX_EPOCH).unwrap().len(), 2);
        assert_eq!(rotated.secrets(&none, until).unwrap().len(), 1);
    }
}
