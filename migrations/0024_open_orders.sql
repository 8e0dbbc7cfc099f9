-- context: orders
-- Which orders are late is asked at every look at the list; open orders are few among all.
create index sales_order_open_by_promise on sales_order (organisation_id, promised_by, order_id)
    where status in ('unallocated', 'backordered', 'to_pick', 'to_pack', 'to_ship', 'on_the_way');
