-- context: inventory
-- Stock held for a cart or a checkout until a time: an order that names the hold gets it, or else it comes back.
create table stock_hold (
    organisation_id {id} not null,
    hold_id {id} not null,
    channel_id {id} not null,
    merchant_id {id} not null,
    -- The caller's own name for it, such as a cart's.
    external_reference {text} not null,
    -- A digest of what is held: the same reference with another is a mistake, not a repeat.
    fingerprint {text} not null,
    state {text} not null check (state in ('open', 'consumed', 'released', 'expired')),
    placed_at {time} not null,
    expires_at {time} not null,
    ended_at {time},
    -- The order that got it.
    order_id {id},
    primary key (organisation_id, hold_id),
    constraint stock_hold_end check ((ended_at is null) = (state = 'open')),
    constraint stock_hold_order check ((order_id is not null) = (state = 'consumed'))
) {keyed};
create index stock_hold_due on stock_hold (organisation_id, expires_at, hold_id) where state = 'open';
create index stock_hold_open on stock_hold (organisation_id, hold_id) where state = 'open';
-- A cart has one hold at a time.
create unique index stock_hold_by_reference on stock_hold (organisation_id, channel_id, external_reference)
    where state = 'open';

-- What was asked for, as it was asked.
create table stock_hold_line (
    organisation_id {id} not null,
    hold_id {id} not null,
    line_no {int} not null,
    external_code {text} not null,
    item_id {id} not null,
    -- Packs, and base units in each.
    quantity {int} not null check (quantity > 0),
    pack_factor {int} not null check (pack_factor > 0),
    primary key (organisation_id, hold_id, line_no)
) {keyed};

-- What open holds hold, where: together, the ledger's state `held`. Gone when the hold ends.
create table stock_hold_part (
    organisation_id {id} not null,
    hold_id {id} not null,
    item_id {id} not null,
    node_id {id} not null,
    owner_id {id} not null,
    quantity {int} not null check (quantity > 0),
    primary key (organisation_id, hold_id, item_id, node_id)
) {keyed};
create index stock_hold_part_by_item on stock_hold_part (organisation_id, item_id, hold_id);
