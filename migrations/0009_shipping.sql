-- context: shipping
create table parcel (
    organisation_id {id} not null,
    parcel_id {id} not null,
    order_id {id} not null,
    fulfilment_order_id {id} not null,
    node_id {id} not null,
    parcel_no {int} not null,
    status {text} not null check (status in ('open', 'closed', 'labelled', 'dispatched', 'delivered', 'returned',
        'lost', 'cancelled')),
    weight_grams {int} not null,
    length_mm {int} not null,
    width_mm {int} not null,
    height_mm {int} not null,
    distance_metres {int} not null,
    carrier_code {text},
    service_code {text},
    carrier_reference {text},
    tracking_number {text},
    price_minor {int},
    currency {text},
    zone {int},
    billed_grams {int},
    ship_from {json} not null,
    ship_to {json} not null,
    opened_at {time} not null,
    closed_at {time},
    dispatched_at {time},
    delivered_at {time},
    primary key (organisation_id, parcel_id)
) {keyed};
create index parcel_by_order on parcel (organisation_id, order_id, parcel_no);
create index parcel_by_work on parcel (organisation_id, fulfilment_order_id, parcel_no);
create index parcel_by_node on parcel (organisation_id, node_id, status);
create unique index parcel_by_tracking_number on parcel (organisation_id, tracking_number)
    where tracking_number is not null;

create table parcel_line (
    organisation_id {id} not null,
    parcel_id {id} not null,
    line_no {int} not null,
    item_id {id} not null,
    quantity {int} not null check (quantity > 0),
    primary key (organisation_id, parcel_id, line_no)
) {keyed};
