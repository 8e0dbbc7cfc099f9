-- context: people
-- Who looks after a thing that needs somebody, and until when it is put aside.
create table care (
    organisation_id {id} not null,
    subject_id {text} not null,
    user_id {id},
    until {time},
    changed_at {time} not null,
    primary key (organisation_id, subject_id)
) {keyed};

-- Up to where somebody has read what happened while they were away.
create table reading (
    organisation_id {id} not null,
    user_id {id} not null,
    position {int} not null,
    read_at {time} not null,
    primary key (organisation_id, user_id)
) {keyed};
