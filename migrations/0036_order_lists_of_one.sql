-- context: orders
-- Lists of one merchant's or one channel's orders, newest first: a small one's are found without walking past a large
-- one's.
create index sales_order_by_merchant on sales_order (organisation_id, merchant_id, placed_at, order_id);
create index sales_order_by_channel on sales_order (organisation_id, channel_id, placed_at, order_id);
