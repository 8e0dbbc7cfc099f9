-- context: network
create table node (
    organisation_id {id} not null,
    node_id {id} not null,
    code {text} not null,
    name {text} not null,
    kind {text} not null check (kind in ('regional_centre', 'store', 'vendor', 'partner')),
    address {json} not null,
    latitude_microdegrees {int} not null check (latitude_microdegrees between -90000000 and 90000000),
    longitude_microdegrees {int} not null check (longitude_microdegrees between -180000000 and 180000000),
    zone {text} not null,
    time_zone {text} not null,
    can_ship {bool} not null,
    can_pickup {bool} not null,
    is_active {bool} not null,
    created_at {time} not null,
    primary key (organisation_id, node_id),
    constraint node_code_key unique (organisation_id, code)
) {keyed};
