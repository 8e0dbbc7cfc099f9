-- context: operations
-- Long work that somebody asked for, how far it is, and what became of each row of it.
create table operation (
    organisation_id {id} not null,
    operation_id {id} not null,
    kind {text} not null,
    -- What it is about, for people: a file's name, or nothing.
    about {text} not null,
    actor {text} not null,
    request {json} not null,
    state {text} not null check (state in ('planned', 'running', 'succeeded', 'failed', 'cancelled')),
    -- Rows in all, where it is known.
    total {int},
    done {int} not null default 0,
    unchanged {int} not null default 0,
    skipped {int} not null default 0,
    failed {int} not null default 0,
    -- Where whoever goes on begins; written with the rows that lie before it.
    position {text} not null default '',
    -- Why it failed, as a code.
    problem {text},
    cancel_asked_at {time},
    result_file_id {text},
    created_at {time} not null,
    started_at {time},
    ended_at {time},
    primary key (organisation_id, operation_id),
    constraint operation_end check ((ended_at is null) = (state in ('planned', 'running')))
) {keyed};
create index operation_of_actor on operation (organisation_id, actor, operation_id);

create table operation_row (
    organisation_id {id} not null,
    operation_id {id} not null,
    row_no {int} not null,
    -- What the row is about, as whoever asked calls it.
    subject {text} not null,
    outcome {text} not null check (outcome in ('done', 'unchanged', 'skipped', 'failed')),
    -- A JSON list of what is wrong; empty where nothing is.
    problems {json} not null,
    primary key (organisation_id, operation_id, row_no)
) {keyed};
create index operation_row_failed on operation_row (organisation_id, operation_id, row_no) where outcome = 'failed';

-- Files that people brought and that operations made, until they expire. Kept here so that every node can read them.
create table stored_file (
    organisation_id {id} not null,
    file_id {id} not null,
    name {text} not null,
    media_type {text} not null,
    actor {text} not null,
    -- Known when all of it is there.
    bytes {int},
    created_at {time} not null,
    expires_at {time} not null,
    primary key (organisation_id, file_id)
) {keyed};
create index stored_file_by_age on stored_file (organisation_id, expires_at);

create table stored_file_part (
    organisation_id {id} not null,
    file_id {id} not null,
    part_no {int} not null,
    -- Compressed by gzip, in base64.
    content {text} not null,
    primary key (organisation_id, file_id, part_no)
) {keyed};
