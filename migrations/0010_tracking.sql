-- context: tracking
-- What a parcel has reached: moved only by `tracking::record`.
create table tracker (
    organisation_id {id} not null,
    tracking_number {text} not null,
    parcel_id {id} not null,
    order_id {id} not null,
    milestone {text} not null,
    milestone_at {time} not null,
    created_at {time} not null,
    primary key (organisation_id, tracking_number)
) {keyed};
create index tracker_by_order on tracker (organisation_id, order_id);

create table tracking_event (
    organisation_id {id} not null,
    tracking_number {text} not null,
    carrier_event_id {text} not null,
    raw_status {text} not null,
    milestone {text} not null,
    place {text} not null,
    happened_at {time} not null,
    received_at {time} not null,
    primary key (organisation_id, tracking_number, carrier_event_id)
) {keyed};
