-- context: inventory
-- What a channel may sell beyond what is free: nothing, what is expected on a day, or so many units whatever comes.
alter table channel_stock_policy add column beyond {text} not null default 'nothing'
    check (beyond in ('nothing', 'expected', 'any'));
-- How many units of an item may wait at once for the channel's orders. `any` needs it.
alter table channel_stock_policy add column beyond_most {int}
    check (beyond_most between 0 and 1000000000000 and (beyond_most is not null or beyond <> 'any'));
-- From when on goods that were never there can be had: orders before are pre-orders.
alter table channel_stock_policy add column available_from {date};

-- How many units of an item wait for supply that was promised: of all channels under the empty name, and of each.
create table backorder_count (
    organisation_id {id} not null,
    item_id {id} not null,
    channel_id {text} not null,
    waiting {int} not null check (waiting >= 0),
    primary key (organisation_id, item_id, channel_id)
) {keyed};
create index backorder_count_by_channel on backorder_count (organisation_id, channel_id, item_id);

create view v_backorder_count as
select organisation_id, item_id, channel_id, waiting from backorder_count where waiting > 0;
