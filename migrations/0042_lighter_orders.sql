-- context: orders
-- What an accepted order writes is what a peak waits for. Orders are forgotten when they are at rest, and only then have
-- to be found for it; lines are found by their fulfilment orders, as these are by their order.
drop index sales_order_unmasked;
drop index sales_order_unerased;
create index sales_order_unmasked on sales_order (organisation_id, placed_at, order_id)
    where masked_at is null and status in ('delivered', 'cancelled', 'returned', 'lost');
create index sales_order_unerased on sales_order (organisation_id, placed_at, order_id)
    where erased_at is null and status in ('delivered', 'cancelled', 'returned', 'lost');
drop index fulfilment_line_by_order;
