-- context: runtime
-- What every command leaves behind besides its own rows: its key, its events, its effects, its later work.

-- One row per command that was done: the same key again gets the same answer and changes nothing.
create table command_key (
    organisation_id {id} not null,
    scope {text} not null,
    key {text} not null,
    fingerprint {text} not null,
    -- The answer as it was given, byte for byte.
    response {text} not null,
    created_at {time} not null,
    primary key (organisation_id, scope, key)
) {keyed};

-- What happened. Written in the transaction of its cause without a position; the sequencer gives positions without
-- gaps and chains the hashes; only rows with a position are read by consumers.
create table event (
    organisation_id {id} not null,
    [pg: event_id bigint generated always as identity, :]
    [sqlite: event_id integer primary key autoincrement, :]
    kind {text} not null,
    subject_id {text} not null,
    data {text} not null,
    actor {text} not null,
    happened_at {time} not null,
    position {int},
    hash {text}
    [pg: , primary key (organisation_id, event_id) :]
) {tail};
create unique index event_by_position on event (organisation_id, position) where position is not null;
create index event_waiting on event (organisation_id, event_id) where position is null;
create index event_by_subject on event (organisation_id, subject_id, event_id);

-- The last position and hash of an organisation's stream.
create table event_head (
    organisation_id {id} not null primary key,
    position {int} not null,
    hash {text} not null
) {keyed};

-- Intended actions on the outside world, one succeeded at most for each cause and kind.
create table effect (
    organisation_id {id} not null,
    effect_id {id} not null,
    kind {text} not null,
    cause_id {text} not null,
    request {json} not null,
    state {text} not null check (state in ('planned', 'attempting', 'succeeded', 'failed', 'unknown', 'cancelled')),
    attempts {int} not null default 0,
    fence {int} not null default 0,
    due_at {time} not null,
    outcome {json},
    created_at {time} not null,
    updated_at {time} not null,
    primary key (organisation_id, effect_id),
    unique (organisation_id, kind, cause_id)
) {keyed};
create index effect_due on effect (due_at, effect_id) where state in ('planned', 'attempting', 'unknown');

-- Work for later, enqueued in the transaction of its cause.
create table job (
    organisation_id {id} not null,
    job_id {id} not null,
    kind {text} not null,
    subject_id {text} not null,
    due_at {time} not null,
    attempts {int} not null default 0,
    fence {int} not null default 0,
    last_error {text},
    created_at {time} not null,
    primary key (organisation_id, job_id),
    unique (organisation_id, kind, subject_id)
) {keyed};
create index job_due on job (due_at, job_id);

-- Who does a piece of work that one process at a time may do; the fence grows with each holder.
create table lease (
    name {text} not null primary key,
    holder {text} not null,
    fence {int} not null,
    expires_at {time} not null
) {keyed};
