-- context: orders
-- References of orders that are accepted and not yet filed: together with `sales_order` what makes a repeat a repeat.
create table unfiled_order (
    organisation_id {id} not null,
    channel_id {id} not null,
    external_reference {text} not null,
    order_id {id} not null,
    fingerprint {text} not null,
    primary key (organisation_id, channel_id, external_reference)
) {keyed};
