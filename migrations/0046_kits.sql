-- context: catalogue
-- A code may mean several items that are sold together. The listing has the first of them; the others are here.
alter table listing add column is_kit {bool} not null default [pg: false :] [sqlite: 0 :];

create table kit_component (
    organisation_id {id} not null,
    listing_id {id} not null,
    item_id {id} not null,
    -- How many units of it one sale takes.
    quantity {int} not null check (quantity between 1 and 1000000),
    primary key (organisation_id, listing_id, item_id)
) {keyed};
create index kit_component_by_item on kit_component (organisation_id, item_id);
