-- context: orders
-- Since when the street and the words of an order are gone, and since when everything that tells of a person is.
alter table sales_order add column masked_at {time};
alter table sales_order add column erased_at {time};
create index sales_order_unmasked on sales_order (organisation_id, placed_at, order_id) where masked_at is null;
create index sales_order_unerased on sales_order (organisation_id, placed_at, order_id) where erased_at is null;
