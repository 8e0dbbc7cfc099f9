//! What an attempt changes. Pure.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use kernel::Timestamp;

use crate::{
    Outcome, Reason, Replay, Webhook,
    model::{Cause, Turn},
};

const SECOND: u64 = 1;
const MINUTE: u64 = 60;
const HOUR: u64 = 3_600;

/// How long after a failed attempt the next one comes, in seconds. The first attempt waits for nothing; when the one
/// after the last wait has failed too, three days have passed, and the webhook is disabled.
pub const RETRIES: [u64; 9] =
    [5 * SECOND, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];

/// How long after a failed attempt the next one comes where the stream is our own: it is never given up.
const STREAM_RETRY: u64 = 2 * SECOND;

/// The longest wait a receiver can ask for.
const PATIENCE: u64 = 24 * HOUR;

/// The shortest wait for a receiver who says it has too much to do.
const THROTTLED: u64 = MINUTE;

/// What an attempt leaves behind on its webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct After {
    /// The last position that is done with.
    pub sent_position: i64,
    /// What is still to be sent again.
    pub replay: Option<Replay>,
    /// Whether the trial message still waits.
    pub ping_id: Option<String>,
    /// How often the next message failed.
    pub failures: i64,
    /// Since when.
    pub failing_since: Option<Timestamp>,
    /// When the next message is sent at the earliest.
    pub due_at: Timestamp,
    /// Why the webhook gets nothing from now on, where this attempt is the reason.
    pub disables: Option<Reason>,
    /// True where the next message can follow at once.
    pub goes_on: bool,
}

/// How an attempt went, as far as it matters to what follows.
#[derive(Debug, Clone, Copy)]
pub struct Went<'a> {
    /// What became of it.
    pub outcome: Outcome,
    /// The HTTP status.
    pub status: Option<u16>,
    /// The header `retry-after`.
    pub retry_after: Option<&'a str>,
}

impl After {
    fn unchanged(webhook: &Webhook) -> After {
        After {
            sent_position: webhook.sent_position,
            replay: webhook.replay,
            ping_id: webhook.ping_id.clone(),
            failures: webhook.failures,
            failing_since: webhook.failing_since,
            due_at: webhook.due_at,
            disables: None,
            goes_on: true,
        }
    }

    /// The stream up to `until` is done with: sent, or of other kinds.
    pub(crate) fn passed(webhook: &Webhook, cause: Cause, until: i64) -> After {
        let mut after = After::unchanged(webhook);
        match (cause, webhook.replay) {
            (Cause::Replay, Some(replay)) => {
                after.replay =
                    Some(Replay { next: until + 1, ..replay }).filter(|left| left.next <= left.last);
            }
            (Cause::Event, _) => after.sent_position = webhook.sent_position.max(until),
            (Cause::Replay, None) | (Cause::Ping, _) => {}
        }
        after
    }
}

/// What an attempt changes. `chance` is a number from 0 to 99: senders that failed together do not come back together.
pub fn after(
    webhook: &Webhook,
    turn: (Cause, Option<i64>),
    went: Went<'_>,
    now: Timestamp,
    chance: u64,
) -> After {
    let (cause, position) = turn;
    let is_delivered = went.outcome == Outcome::Delivered;
    if cause == Cause::Ping {
        // One attempt, whatever comes of it: somebody is looking. What waits for a receiver that fails waits on.
        let goes_on = is_delivered || webhook.failures == 0;
        let wait = if goes_on { 0 } else { wait_after(webhook.failures).unwrap_or(PATIENCE) };
        return After { ping_id: None, goes_on, due_at: later(now, wait), ..After::unchanged(webhook) };
    }
    if is_delivered {
        let passed = After::passed(webhook, cause, position.unwrap_or(webhook.sent_position));
        return After { failures: 0, failing_since: None, due_at: now, ..passed };
    }
    let failures = webhook.failures + 1;
    let failing_since = Some(webhook.failing_since.unwrap_or(now));
    let unchanged = After { failures, failing_since, goes_on: false, ..After::unchanged(webhook) };
    if webhook.is_stream() {
        return After { due_at: later(now, STREAM_RETRY), ..unchanged };
    }
    if went.status == Some(410) {
        return After { disables: Some(Reason::Gone), ..unchanged };
    }
    let Some(wait) = wait_after(failures) else {
        return After { disables: Some(Reason::Failing), ..unchanged };
    };
    let jittered = wait + wait * chance.min(99) / 1_000;
    let throttled = if matches!(went.status, Some(429 | 502 | 504)) { THROTTLED } else { 0 };
    let asked = went.retry_after.and_then(|text| asked_wait(text, now)).unwrap_or(0).min(PATIENCE);
    After { due_at: later(now, jittered.max(throttled).max(asked)), ..unchanged }
}

fn wait_after(failures: i64) -> Option<u64> {
    let place = usize::try_from(failures - 1).ok()?;
    RETRIES.get(place).copied()
}

/// Seconds, or a date: RFC 9110, 10.2.3.
fn asked_wait(text: &str, now: Timestamp) -> Option<u64> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(seconds);
    }
    let at = DateTimeParser::new().parse_timestamp(text.trim()).ok()?;
    u64::try_from(at.as_second() - now.as_second()).ok()
}

fn later(now: Timestamp, seconds: u64) -> Timestamp {
    now.checked_add(Duration::from_secs(seconds)).unwrap_or(now)
}

impl Turn {
    pub(crate) fn cause(&self) -> Option<Cause> {
        match self {
            Turn::Ping(_) => Some(Cause::Ping),
            Turn::Stream(cause, _) => Some(*cause),
            Turn::Rest => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::tests::webhook;

    const NOON: i64 = 1_700_000_000;

    fn noon() -> Timestamp {
        Timestamp::from_second(NOON).unwrap()
    }

    fn answered(status: u16, retry_after: Option<&str>) -> Went<'_> {
        let outcome = if status < 300 { Outcome::Delivered } else { Outcome::Answered };
        Went { outcome, status: Some(status), retry_after }
    }

    #[test]
    fn what_was_delivered_makes_room_for_the_next() {
        let failing = Webhook { failures: 3, failing_since: Some(noon()), ..webhook() };
        let next = after(&failing, (Cause::Event, Some(7)), answered(204, None), noon(), 0);
        assert_eq!((next.sent_position, next.failures, next.failing_since, next.goes_on), (7, 0, None, true));
    }

    #[test]
    fn each_failure_waits_longer_and_the_tenth_is_the_last() {
        let mut failing = webhook();
        let mut at = noon();
        for wait in RETRIES {
            let next = after(&failing, (Cause::Event, Some(5)), answered(500, None), at, 0);
            assert_eq!(next.due_at.as_second() - at.as_second(), wait as i64);
            assert_eq!((next.sent_position, next.disables, next.goes_on), (4, None, false));
            assert_eq!(next.failing_since, Some(noon()));
            failing = Webhook { failures: next.failures, failing_since: next.failing_since, ..failing };
            at = next.due_at;
        }
        let last = after(&failing, (Cause::Event, Some(5)), answered(500, None), at, 0);
        assert_eq!((last.failures, last.disables, last.sent_position), (10, Some(Reason::Failing), 4));
    }

    #[track_caller]
    fn waits(status: u16, retry_after: Option<&str>, chance: u64, seconds: i64) {
        let next = after(&webhook(), (Cause::Event, Some(5)), answered(status, retry_after), noon(), chance);
        assert_eq!(next.due_at.as_second() - NOON, seconds, "{status} {retry_after:?}");
    }

    #[test]
    fn a_receiver_may_ask_for_more_time_and_not_for_less() {
        waits(503, None, 0, 5);
        waits(503, Some("120"), 0, 120);
        waits(503, Some("1"), 0, 5);
        waits(503, Some("Tue, 14 Nov 2023 22:15:20 GMT"), 0, 120);
        waits(503, Some("Tue, 14 Nov 2023 22:00:00 GMT"), 0, 5);
        waits(503, Some("soon"), 0, 5);
        waits(503, Some("99999999999"), 0, 24 * 3_600);
        waits(429, None, 0, 60);
        waits(502, None, 99, 60);
        waits(302, None, 0, 5);
    }

    #[test]
    fn chance_adds_up_to_a_tenth() {
        let failing = Webhook { failures: 1, ..webhook() };
        for (chance, seconds) in [(0, 300), (50, 315), (99, 329), (1_000, 329)] {
            let next = after(&failing, (Cause::Event, Some(5)), answered(500, None), noon(), chance);
            assert_eq!(next.due_at.as_second() - NOON, seconds);
        }
    }

    #[test]
    fn gone_is_gone_at_once() {
        let next = after(&webhook(), (Cause::Event, Some(5)), answered(410, None), noon(), 0);
        assert_eq!((next.disables, next.sent_position, next.goes_on), (Some(Reason::Gone), 4, false));
    }

    #[test]
    fn a_trial_that_fails_leaves_what_waits_as_it_is() {
        let tried = Webhook { ping_id: Some("msg_1".into()), failures: 2, ..webhook() };
        let next = after(&tried, (Cause::Ping, None), answered(410, None), noon(), 0);
        assert_eq!((next.ping_id, next.failures, next.disables, next.goes_on), (None, 2, None, false));
        assert_eq!(next.due_at.as_second() - NOON, 300);
        let heard = after(&tried, (Cause::Ping, None), answered(200, None), noon(), 0);
        assert_eq!((heard.goes_on, heard.due_at), (true, noon()));
    }

    #[test]
    fn a_replay_ends_where_it_was_to_end() {
        let replaying = Webhook { replay: Some(Replay { next: 2, last: 3 }), ..webhook() };
        let next = After::passed(&replaying, Cause::Replay, 2);
        assert_eq!((next.replay, next.sent_position), (Some(Replay { next: 3, last: 3 }), 4));
        assert_eq!(After::passed(&replaying, Cause::Replay, 3).replay, None);
    }
}
