-- context: runtime
-- Invariants that a check found broken, until one finds that they hold.
create table breach (
    organisation_id {id} not null,
    invariant {text} not null,
    -- A JSON list of what was found, and where.
    details {json} not null,
    found_at {time} not null,
    seen_at {time} not null,
    primary key (organisation_id, invariant)
) {keyed};
