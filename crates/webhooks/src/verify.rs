//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "webhook.delivered_is_behind",
        says: "what was delivered to a webhook as news is done with there",
        sql: "select w.webhook_id || ' stands at ' || cast(w.sent_position as text) || ' and has ' \
                     || cast(a.position as text) \
                from webhook w \
                join (select webhook_id, max(position) as position from webhook_attempt \
                       where organisation_id = $1 and cause = 'event' and outcome = 'delivered' \
                       group by webhook_id) a on a.webhook_id = w.webhook_id \
               where w.organisation_id = $1 and w.sent_position < a.position limit 20",
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
