-- context: runtime
-- What each transaction changed of what others keep in memory: nodes fetch from here what was committed since they last
-- looked. Only PostgreSQL, where others write too, has rows here; they stay for an hour.
create table change_note (
    organisation_id {id} not null,
    transaction_id {int} not null,
    -- A table, or the id of a thing in one that changes too often to be named whole.
    topic {text} not null,
    noted_at {time} not null,
    primary key (organisation_id, transaction_id, topic)
) {keyed};

[pg:
create function note_table() returns trigger language plpgsql as $$
begin
    insert into change_note (organisation_id, transaction_id, topic, noted_at)
    select distinct organisation_id, cast(cast(pg_current_xact_id() as text) as bigint), tg_table_name, clock_timestamp()
      from fresh on conflict do nothing;
    return null;
end $$;

create function note_item() returns trigger language plpgsql as $$
begin
    insert into change_note (organisation_id, transaction_id, topic, noted_at)
    select distinct organisation_id, cast(cast(pg_current_xact_id() as text) as bigint), item_id, clock_timestamp()
      from fresh on conflict do nothing;
    return null;
end $$;

do $$
declare
    name text;
    maker text;
begin
    foreach name in array array['access_token', 'assignment', 'badge', 'channel', 'channel_quota', 'channel_stock_policy',
        'device', 'item', 'item_barcode', 'kit_component', 'listing', 'lot', 'node', 'staff', 'stock_transfer'] loop
        -- Every change of a balance has its transfer.
        maker := case when name in ('channel_quota', 'lot', 'stock_transfer') then 'note_item' else 'note_table' end;
        execute format('create trigger noted_insert after insert on %I referencing new table as fresh '
            'for each statement execute function %I()', name, maker);
        if name <> 'stock_transfer' then
            execute format('create trigger noted_update after update on %I referencing new table as fresh '
                'for each statement execute function %I()', name, maker);
            execute format('create trigger noted_delete after delete on %I referencing old table as fresh '
                'for each statement execute function %I()', name, maker);
        end if;
    end loop;
end $$;
:]
