-- context: inventory
-- How long it takes until goods that are ordered come, and how many days of stock are too many.
create table stock_outlook_rule (
    organisation_id {id} not null,
    -- Empty for all items that have no row of their own.
    item_id {text} not null,
    lead_days {int} not null check (lead_days between 0 and 365),
    excess_days {int} not null check (excess_days between 1 and 3650),
    changed_at {time} not null,
    primary key (organisation_id, item_id)
) {keyed};

-- What somebody should do something about. A row as long as it is so.
create table stock_alert (
    organisation_id {id} not null,
    node_id {id} not null,
    item_id {id} not null,
    kind {text} not null check (kind in ('stockout', 'excess')),
    owner_id {id} not null,
    -- What it was concluded from, and what is to be expected.
    outlook {json} not null,
    raised_at {time} not null,
    primary key (organisation_id, node_id, item_id, kind)
) {keyed};
create index stock_alert_by_item on stock_alert (organisation_id, item_id);
