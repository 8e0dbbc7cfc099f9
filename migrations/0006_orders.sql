-- context: orders
create table sales_order (
    organisation_id {id} not null,
    order_id {id} not null,
    merchant_id {id} not null,
    channel_id {id} not null,
    external_reference {text} not null,
    -- A pure function of the unit states below it; kept for the work queue's index.
    status {text} not null,
    method {text} not null,
    currency {text} not null,
    goods_minor {int} not null,
    shipping_minor {int} not null check (shipping_minor >= 0),
    total_minor {int} not null check (total_minor = goods_minor + shipping_minor),
    customer_name {text} not null,
    customer_email {text} not null,
    ship_to {json} not null,
    placed_at {time} not null,
    accepted_at {time} not null,
    promised_by {time},
    note {text} not null,
    -- The order as the channel sent it.
    raw {text} not null,
    fingerprint {text} not null,
    primary key (organisation_id, order_id),
    constraint sales_order_reference_key unique (organisation_id, channel_id, external_reference)
) {keyed};
create index sales_order_by_time on sales_order (organisation_id, placed_at, order_id);
create index sales_order_by_status on sales_order (organisation_id, status, placed_at, order_id);

create table order_line (
    organisation_id {id} not null,
    order_id {id} not null,
    line_no {int} not null,
    item_id {id} not null,
    external_code {text} not null,
    title {text} not null,
    -- Base units: what the channel ordered times the pack factor.
    quantity {int} not null check (quantity > 0),
    pack_factor {int} not null,
    pack_price_minor {int} not null check (pack_price_minor >= 0),
    -- Each unit is in exactly one state.
    unallocated {int} not null default 0 check (unallocated >= 0),
    backordered {int} not null default 0 check (backordered >= 0),
    allocated {int} not null default 0 check (allocated >= 0),
    picked {int} not null default 0 check (picked >= 0),
    packed {int} not null default 0 check (packed >= 0),
    shipped {int} not null default 0 check (shipped >= 0),
    ready_for_pickup {int} not null default 0 check (ready_for_pickup >= 0),
    delivered {int} not null default 0 check (delivered >= 0),
    cancelled {int} not null default 0 check (cancelled >= 0),
    returned {int} not null default 0 check (returned >= 0),
    lost {int} not null default 0 check (lost >= 0),
    primary key (organisation_id, order_id, line_no),
    constraint order_line_units check (quantity = unallocated + backordered + allocated + picked + packed + shipped
        + ready_for_pickup + delivered + cancelled + returned + lost)
) {keyed};
create index order_line_unallocated on order_line (organisation_id, item_id, order_id) where unallocated > 0;

-- The part of an order that one node does by one method.
create table fulfilment_order (
    organisation_id {id} not null,
    fulfilment_order_id {id} not null,
    order_id {id} not null,
    node_id {id} not null,
    method {text} not null,
    status {text} not null,
    created_at {time} not null,
    primary key (organisation_id, fulfilment_order_id)
) {keyed};
create index fulfilment_order_by_order on fulfilment_order (organisation_id, order_id);
create index fulfilment_order_by_node on fulfilment_order (organisation_id, node_id, status, created_at, fulfilment_order_id);
create index fulfilment_order_by_status on fulfilment_order (organisation_id, status, created_at, fulfilment_order_id);

create table fulfilment_line (
    organisation_id {id} not null,
    fulfilment_order_id {id} not null,
    line_no {int} not null,
    order_id {id} not null,
    item_id {id} not null,
    quantity {int} not null check (quantity > 0),
    allocated {int} not null default 0 check (allocated >= 0),
    picked {int} not null default 0 check (picked >= 0),
    packed {int} not null default 0 check (packed >= 0),
    shipped {int} not null default 0 check (shipped >= 0),
    delivered {int} not null default 0 check (delivered >= 0),
    cancelled {int} not null default 0 check (cancelled >= 0),
    -- Given up by this node: not found, and sourced elsewhere or waiting on the order's line.
    short {int} not null default 0 check (short >= 0),
    returned {int} not null default 0 check (returned >= 0),
    lost {int} not null default 0 check (lost >= 0),
    primary key (organisation_id, fulfilment_order_id, line_no),
    constraint fulfilment_line_units check (quantity = allocated + picked + packed + shipped + delivered + cancelled
        + short + returned + lost)
) {keyed};
create index fulfilment_line_holding on fulfilment_line (organisation_id, item_id)
    where allocated + picked + packed > 0;
create index fulfilment_line_by_order on fulfilment_line (organisation_id, order_id, line_no);

create table payment (
    organisation_id {id} not null,
    payment_id {id} not null,
    order_id {id} not null,
    provider {text} not null,
    provider_reference {text} not null,
    currency {text} not null,
    due_minor {int} not null,
    authorised_minor {int} not null check (authorised_minor >= 0),
    captured_minor {int} not null check (captured_minor >= 0 and captured_minor <= authorised_minor),
    refunded_minor {int} not null check (refunded_minor >= 0 and refunded_minor <= captured_minor),
    state {text} not null check (state in ('pending', 'authorised', 'declined', 'captured', 'voided')),
    created_at {time} not null,
    primary key (organisation_id, payment_id)
) {keyed};
create unique index payment_by_order on payment (organisation_id, order_id);

create view v_orders as
select o.organisation_id, o.order_id, o.merchant_id, o.channel_id, o.external_reference, o.status, o.currency,
       o.total_minor, o.placed_at, o.promised_by,
       cast(count(*) as {int}) as lines, cast(sum(l.quantity) as {int}) as units
  from sales_order o join order_line l on l.organisation_id = o.organisation_id and l.order_id = o.order_id
 group by o.organisation_id, o.order_id, o.merchant_id, o.channel_id, o.external_reference, o.status, o.currency,
       o.total_minor, o.placed_at, o.promised_by;

-- What each node holds for orders, by state: the ledger must say the same.
create view v_fulfilment_units as
select f.organisation_id, l.item_id, f.node_id,
       cast(sum(l.allocated) as {int}) as allocated,
       cast(sum(l.picked) as {int}) as picked,
       cast(sum(l.packed) as {int}) as packed
  from fulfilment_order f
  join fulfilment_line l
    on l.organisation_id = f.organisation_id and l.fulfilment_order_id = f.fulfilment_order_id
 where l.allocated + l.picked + l.packed > 0
 group by f.organisation_id, l.item_id, f.node_id;
