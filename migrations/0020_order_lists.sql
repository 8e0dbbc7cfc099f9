-- context: orders
-- What lists of orders are found by, so that a page costs the same however many orders there are.
create index sales_order_open on sales_order (organisation_id, placed_at, order_id)
    where status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way');
create index sales_order_by_reference on sales_order (organisation_id, (lower(external_reference)) [pg: collate "C" :]);
create index sales_order_by_customer on sales_order (organisation_id, (lower(customer_name)) [pg: collate "C" :]);
create index sales_order_by_email on sales_order (organisation_id, (lower(customer_email)) [pg: collate "C" :]);
