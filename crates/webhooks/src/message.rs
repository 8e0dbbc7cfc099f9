//! What is sent.

use kernel::{OrganisationId, Timestamp};
use runtime::event::Event;
use serde_json::{Value, json};

use crate::SigningSecret;

/// The kind of a trial message.
pub const PING: &str = "webhook.ping";

/// The media type of a CloudEvent in JSON.
pub(crate) const CLOUD_EVENT: &str = "application/cloudevents+json; charset=utf-8";

/// The longest body, in bytes; what is longer comes without its facts.
const BODY_MAX: usize = 20_000;

/// A message as it is sent, however often.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Its id, by which receivers tell a repeat.
    pub message_id: String,
    /// What it tells: the kind of an event, or [`PING`].
    pub kind: String,
    /// The event's position.
    pub position: Option<i64>,
    /// The body, JSON.
    pub body: String,
}

impl Message {
    /// The message that tells of an event. Its id is made of the event's position and hash: every repeat has the same,
    /// and what happens after a database was restored is told from what had that position before.
    pub fn of_event(organisation_id: &OrganisationId, event: &Event) -> Message {
        let data: Value = serde_json::from_str(&event.data).unwrap_or(Value::Null);
        let written = |data: Value| {
            json!({
                "type": event.kind, "timestamp": event.happened_at, "sequence": event.position,
                "subject_id": event.subject_id, "data": data,
            })
            .to_string()
        };
        let body = written(data);
        let body = if body.len() > BODY_MAX { written(Value::Null) } else { body };
        let organisation = organisation_id.as_str().trim_start_matches("org_");
        Message {
            message_id: format!(
                "msg_{organisation}_{}_{}",
                event.position,
                event.hash.get(..12).unwrap_or_default()
            ),
            kind: event.kind.clone(),
            position: Some(event.position),
            body,
        }
    }

    /// The same as a CloudEvent 1.0 in JSON, with the position as its `sequence`.
    pub fn of_event_for_stream(organisation_id: &OrganisationId, event: &Event) -> Message {
        let message = Message::of_event(organisation_id, event);
        let data: Value = serde_json::from_str(&event.data).unwrap_or(Value::Null);
        let body = json!({
            "specversion": "1.0", "id": message.message_id, "source": format!("/organisations/{organisation_id}"),
            "type": event.kind, "subject": event.subject_id, "time": event.happened_at,
            "sequence": event.position.to_string(), "datacontenttype": "application/json", "data": data,
        });
        Message { body: body.to_string(), ..message }
    }

    /// A trial message.
    pub fn ping(message_id: &str, now: Timestamp) -> Message {
        let body = json!({ "type": PING, "timestamp": now, "data": {} }).to_string();
        Message { message_id: message_id.to_owned(), kind: PING.to_owned(), position: None, body }
    }

    /// The headers of an attempt at `now`, signed with each of the secrets.
    pub fn headers<'s>(
        &self,
        now: Timestamp,
        secrets: impl IntoIterator<Item = &'s SigningSecret>,
    ) -> Vec<(&'static str, String)> {
        let seconds = now.as_second();
        let sign = |secret: &SigningSecret| secret.sign(&self.message_id, seconds, &self.body);
        let signatures: Vec<String> = secrets.into_iter().map(sign).collect();
        vec![
            ("webhook-id", self.message_id.clone()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signatures.join(" ")),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(data: &str) -> Event {
        Event {
            position: 7,
            kind: "order.accepted".into(),
            subject_id: "ord_1".into(),
            data: data.into(),
            actor: "user:usr_1".into(),
            happened_at: "2026-11-22T08:00:00Z".parse().unwrap(),
            hash: "c0ffee".repeat(10),
        }
    }

    #[test]
    fn a_message_tells_what_happened_and_who_did_it_stays_inside() {
        let message = Message::of_event(&OrganisationId::from_body("tea"), &event(r#"{"units":2}"#));
        assert_eq!(message.message_id, "msg_tea_7_c0ffeec0ffee");
        assert_eq!(
            message.body,
            r#"{"data":{"units":2},"sequence":7,"subject_id":"ord_1","timestamp":"2026-11-22T08:00:00Z","type":"order.accepted"}"#
        );
    }

    #[test]
    fn facts_that_are_too_long_are_left_to_be_asked_for() {
        let long = format!(r#"{{"note":"{}"}}"#, "x".repeat(BODY_MAX));
        let message = Message::of_event(&OrganisationId::from_body("tea"), &event(&long));
        assert!(message.body.len() < 200 && message.body.contains(r#""data":null"#), "{}", message.body);
    }
}
