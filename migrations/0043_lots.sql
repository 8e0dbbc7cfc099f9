-- context: inventory
-- Goods of an item that were made together. Whoever has lots of an item has one such row for each.
create table lot (
    organisation_id {id} not null,
    item_id {id} not null,
    code {text} not null check (code <> ''),
    -- The last day on which they are good; none where they keep.
    expires_on {date},
    created_at {time} not null,
    primary key (organisation_id, item_id, code)
) {keyed};
create index lot_by_expiry on lot (organisation_id, expires_on, item_id, code);

-- Few goods have lots, and what has none is not in it.
create index stock_account_by_lot on stock_account (organisation_id, item_id, lot) where lot <> '';

-- Of which lots a part of a hold is. No row: of none.
create table stock_hold_lot (
    organisation_id {id} not null,
    hold_id {id} not null,
    item_id {id} not null,
    node_id {id} not null,
    -- Empty for units of the part that are of no lot.
    lot {text} not null,
    quantity {int} not null check (quantity > 0),
    primary key (organisation_id, hold_id, item_id, node_id, lot)
) {keyed};
