-- context: orders
-- Lists of one merchant's or one channel's orders, newest first: a small one's are found without walking past a large
-- one's.
create index sales_order_by_merchant on sales_order (organisation_id, merchant_id, placed_at, order_id);
create index sales_order_by_channel on sales_order (organisation_id, channel_id, placed_at, order_id);
-- What waits at each node is counted at every look at the overview; open work is little among all that was done.
create index fulfilment_order_open on fulfilment_order (organisation_id, node_id, status)
    where status in ('to_pick', 'to_pack', 'to_ship');
