-- context: inventory
-- Stock is double-entry. An account is item x owner x node x lot x state; its quantity is written only by
-- `inventory::ledger::post`, together with the transfers that explain it.
create table stock_account (
    organisation_id {id} not null,
    -- Derived from the natural key, so that a transfer can name an account without reading it first.
    account_id {int} not null,
    item_id {id} not null,
    owner_id {id} not null,
    -- Empty for the outside world: supplier, customer, loss.
    node_id {text} not null,
    lot {text} not null,
    state {text} not null check (state in ('available', 'held', 'allocated', 'picked', 'packed', 'staged', 'damaged',
        'quarantine', 'in_transit', 'incoming', 'supplier', 'customer', 'production', 'loss')),
    is_bounded {bool} not null,
    quantity {int} not null,
    primary key (organisation_id, account_id),
    constraint stock_account_key unique (organisation_id, item_id, node_id, state, owner_id, lot),
    constraint stock_account_not_negative check (quantity >= 0 or not is_bounded)
) {tail};
create index stock_account_by_node on stock_account (organisation_id, node_id, item_id);

create table stock_transfer (
    organisation_id {id} not null,
    [pg: transfer_id bigint generated always as identity, :]
    [sqlite: transfer_id integer primary key autoincrement, :]
    item_id {id} not null,
    from_account {int} not null,
    to_account {int} not null check (to_account <> from_account),
    quantity {int} not null check (quantity > 0),
    reason {text} not null,
    cause_id {text} not null,
    actor {text} not null,
    happened_at {time} not null
    [pg: , primary key (organisation_id, transfer_id) :]
) {tail};
create index stock_transfer_by_item on stock_transfer (organisation_id, item_id, transfer_id);
create index stock_transfer_by_cause on stock_transfer (organisation_id, cause_id, transfer_id);

create view v_stock as
select organisation_id, item_id, owner_id, node_id, lot,
       cast(sum(case when state in ('available', 'held', 'allocated', 'picked', 'packed', 'staged', 'damaged',
           'quarantine') then quantity else 0 end) as {int}) as on_hand,
       cast(sum(case when state = 'available' then quantity else 0 end) as {int}) as available,
       cast(sum(case when state = 'held' then quantity else 0 end) as {int}) as held,
       cast(sum(case when state = 'allocated' then quantity else 0 end) as {int}) as allocated,
       cast(sum(case when state = 'picked' then quantity else 0 end) as {int}) as picked,
       cast(sum(case when state = 'packed' then quantity else 0 end) as {int}) as packed,
       cast(sum(case when state = 'damaged' then quantity else 0 end) as {int}) as damaged,
       cast(sum(case when state = 'incoming' then quantity else 0 end) as {int}) as incoming
  from stock_account
 where node_id <> ''
 group by organisation_id, item_id, owner_id, node_id, lot;
