-- context: inventory
-- What a channel may sell of the one pool.
create table channel_stock_policy (
    organisation_id {id} not null,
    -- Empty for all items that have no row of their own.
    item_id {text} not null,
    channel_id {id} not null,
    is_on {bool} not null,
    node_rule {text} not null check (node_rule in ('all', 'only', 'except')),
    node_ids {json} not null,
    -- Units hidden from the channel.
    buffer {int} not null check (buffer >= 0),
    min_life_days {int} not null check (min_life_days between 0 and 3650),
    changed_at {time} not null,
    primary key (organisation_id, item_id, channel_id)
) {keyed};
create index channel_stock_policy_by_channel on channel_stock_policy (organisation_id, channel_id, item_id);

-- Units of an item that are one channel's. No row: the channel shares what is nobody's.
create table channel_quota (
    organisation_id {id} not null,
    item_id {id} not null,
    channel_id {id} not null,
    quantity {int} not null,
    -- Sold so far, never more than there are: the write that sells sees to it.
    used {int} not null check (used >= 0),
    changed_at {time} not null,
    primary key (organisation_id, item_id, channel_id),
    constraint channel_quota_not_overdrawn check (used <= quantity)
) {keyed};
create index channel_quota_by_channel on channel_quota (organisation_id, channel_id, item_id);

-- Which order used how much of a quota, so that cancelling gives back what was taken and no more.
create table channel_quota_use (
    organisation_id {id} not null,
    order_id {id} not null,
    item_id {id} not null,
    channel_id {id} not null,
    quantity {int} not null check (quantity >= 0),
    primary key (organisation_id, order_id, item_id)
) {keyed};
create index channel_quota_use_by_quota on channel_quota_use (organisation_id, channel_id, item_id);
