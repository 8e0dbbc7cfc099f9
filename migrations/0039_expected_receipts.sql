-- context: inventory
-- Goods that a supplier said would come to a node on a day: a purchase order, or the notice of what was sent.
create table expected_receipt (
    organisation_id {id} not null,
    expected_receipt_id {id} not null,
    node_id {id} not null,
    owner_id {id} not null,
    -- The number of the purchase order or of the notice.
    reference {text} not null,
    supplier {text} not null,
    expected_on {date} not null,
    state {text} not null check (state in ('open', 'closed', 'cancelled')),
    created_at {time} not null,
    closed_at {time},
    primary key (organisation_id, expected_receipt_id),
    constraint expected_receipt_end check ((closed_at is null) = (state = 'open'))
) {keyed};
create unique index expected_receipt_by_reference
    on expected_receipt (organisation_id, node_id, owner_id, reference);
create index expected_receipt_open on expected_receipt (organisation_id, expected_on, expected_receipt_id)
    where state = 'open';

-- How many of an item, and how many of them have come; more may come than were expected. What is still to come is the
-- ledger's state `incoming`.
create table expected_line (
    organisation_id {id} not null,
    expected_receipt_id {id} not null,
    item_id {id} not null,
    quantity {int} not null check (quantity >= 0),
    received {int} not null default 0 check (received >= 0),
    primary key (organisation_id, expected_receipt_id, item_id)
) {keyed};
create index expected_line_by_item on expected_line (organisation_id, item_id, expected_receipt_id);
