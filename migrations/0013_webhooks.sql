-- context: webhooks
-- Addresses that get events, and how each attempt went.
create table webhook (
    organisation_id {id} not null,
    webhook_id {id} not null,
    url {text} not null,
    description {text} not null,
    -- The kinds it gets, as a JSON list; all where it is empty.
    kinds {json} not null,
    is_enabled {bool} not null,
    -- Why it is not enabled.
    disabled_reason {text} check (disabled_reason in ('asked', 'gone', 'failing')),
    -- Kept as they are, for a digest cannot sign: whoever can read this table can sign in our name.
    secret {text} not null,
    former_secret {text},
    former_until {time},
    -- The last position of the stream that is done with.
    sent_position {int} not null,
    -- The part of the stream that is sent again; sent first.
    replay_next {int},
    replay_last {int},
    -- A trial message that waits.
    ping_id {text},
    -- How often the next message failed, and since when.
    failures {int} not null default 0,
    failing_since {time},
    due_at {time} not null,
    -- Whoever sends holds it until then; the fence grows with each holder.
    held_until {time},
    fence {int} not null default 0,
    created_at {time} not null,
    updated_at {time} not null,
    primary key (organisation_id, webhook_id),
    check ((replay_next is null) = (replay_last is null)),
    check (is_enabled = (disabled_reason is null))
) {keyed};

create table webhook_attempt (
    organisation_id {id} not null,
    [pg: attempt_id bigint generated always as identity, :]
    [sqlite: attempt_id integer primary key autoincrement, :]
    webhook_id {id} not null,
    message_id {text} not null,
    cause {text} not null check (cause in ('event', 'replay', 'ping')),
    kind {text} not null,
    position {int},
    attempt_no {int} not null,
    outcome {text} not null check (outcome in ('delivered', 'answered', 'refused', 'timed_out', 'unreachable')),
    status {int},
    ms {int} not null,
    -- The beginning of the answer, or what went wrong.
    answer {text} not null,
    attempted_at {time} not null
    [pg: , primary key (organisation_id, attempt_id) :]
) {tail};
create index webhook_attempt_of_webhook on webhook_attempt (organisation_id, webhook_id, attempt_id);
create index webhook_attempt_by_age on webhook_attempt (organisation_id, attempted_at);
