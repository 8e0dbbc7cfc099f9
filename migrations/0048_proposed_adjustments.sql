-- context: inventory
-- From how many units on a correction of the book takes a second person. No row: none does.
create table stock_approval (
    organisation_id {id} not null,
    -- A correction of more units than this waits.
    above {int} not null check (above >= 0),
    changed_at {time} not null,
    primary key (organisation_id)
) {keyed};

-- A correction that waits for somebody's yes, or had its answer.
create table proposed_adjustment (
    organisation_id {id} not null,
    proposed_adjustment_id {id} not null,
    node_id {id} not null,
    item_id {id} not null,
    owner_id {id} not null,
    -- Empty for units of no lot.
    lot {text} not null,
    from_state {text} not null,
    to_state {text} not null,
    quantity {int} not null check (quantity > 0),
    reason {text} not null,
    note {text} not null,
    state {text} not null check (state in ('proposed', 'approved', 'rejected')),
    proposed_by {text} not null,
    proposed_at {time} not null,
    decided_by {text} not null,
    decided_at {time},
    decision_note {text} not null,
    primary key (organisation_id, proposed_adjustment_id),
    -- Nobody answers their own question.
    constraint proposed_adjustment_of_two check (decided_by <> proposed_by)
) {keyed};
create index proposed_adjustment_open on proposed_adjustment (organisation_id, proposed_adjustment_id)
    where state = 'proposed';
