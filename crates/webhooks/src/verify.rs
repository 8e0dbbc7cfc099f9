//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "webhook.failing_says_since_when",
        says: "a webhook whose next message failed says since when, and no other does",
        sql: "select webhook_id || ' failed ' || cast(failures as text) || ' times' from webhook \
               where organisation_id = $1 and (failures > 0) <> (failing_since is not null) limit 20",
    },
    Invariant {
        name: "webhook.replay_is_a_range",
        says: "what is sent again begins at a position and does not end before it",
        sql: "select webhook_id || ' is to get ' || cast(replay_next as text) || ' to ' || cast(replay_last as text) \
                from webhook where organisation_id = $1 and (replay_next < 1 or replay_last < replay_next) limit 20",
    },
    Invariant {
        name: "webhook.attempt_of_a_webhook",
        says: "attempts are made to webhooks that exist",
        sql: "select a.message_id || ' was sent to ' || a.webhook_id || ', which does not exist' \
                from webhook_attempt a \
                left join webhook w on w.organisation_id = a.organisation_id and w.webhook_id = a.webhook_id \
               where a.organisation_id = $1 and w.webhook_id is null limit 20",
    },
];
