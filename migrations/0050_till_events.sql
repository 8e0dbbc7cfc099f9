-- context: inventory
-- What tills told of, each once under the till's own key.
create table till_event (
    organisation_id {id} not null,
    node_id {id} not null,
    till_key {text} not null,
    kind {text} not null check (kind in ('sale', 'return')),
    item_id {id} not null,
    owner_id {id} not null,
    lot {text} not null,
    quantity {int} not null check (quantity > 0),
    happened_at {time} not null,
    received_at {time} not null,
    primary key (organisation_id, node_id, till_key)
) {keyed};
