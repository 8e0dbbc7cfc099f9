-- context: inventory
-- Two numbers that should be one: what the book says, and what a count, a till or a channel says.
create table discrepancy (
    organisation_id {id} not null,
    discrepancy_id {id} not null,
    kind {text} not null check (kind in ('count_short', 'till_took_promised', 'till_unbooked', 'channel_differs')),
    item_id {id} not null,
    owner_id {id} not null,
    -- Empty where it is of no node.
    node_id {text} not null,
    -- Empty where it is of no channel, and so the code.
    channel_id {text} not null,
    external_code {text} not null,
    lot {text} not null,
    -- Empty where no order lost units by it.
    order_id {text} not null,
    expected {int} not null,
    found {int} not null,
    cause_id {text} not null,
    state {text} not null check (state in ('open', 'repairing', 'stuck', 'repaired', 'resolved')),
    -- How often the channel was told what is right, what it was told last, and when.
    tries {int} not null,
    told {int},
    told_at {time},
    found_at {time} not null,
    found_by {text} not null,
    settled_at {time},
    settled_by {text} not null,
    reason {text} not null,
    primary key (organisation_id, discrepancy_id)
) {keyed};
create index discrepancy_unsettled on discrepancy (organisation_id, discrepancy_id)
    where state in ('open', 'repairing', 'stuck');
-- A channel's code has one difference at a time: its repair does not make another.
create unique index discrepancy_of_channel on discrepancy (organisation_id, channel_id, external_code)
    where kind = 'channel_differs' and state in ('open', 'repairing', 'stuck');
