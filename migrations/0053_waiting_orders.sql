-- context: orders
-- When the units of a line that wait will be there, as far as it is known.
alter table order_line add column expected_on {date};
-- Whoever was moved up goes first, the last one moved before the others.
alter table sales_order add column moved_up {int} not null default 0;

drop index order_line_unallocated;
create index order_line_waiting on order_line (organisation_id, item_id, order_id) where unallocated + backordered > 0;
create index sales_order_waiting on sales_order (organisation_id, placed_at, order_id)
    where status in ('unallocated', 'backordered');

-- What waits for supply that was promised, by item and channel.
create view v_backordered as
select o.organisation_id, l.item_id, o.channel_id, cast(sum(l.backordered) as {int}) as waiting
  from sales_order o join order_line l on l.organisation_id = o.organisation_id and l.order_id = o.order_id
 where o.status in ('unallocated', 'backordered') and l.backordered > 0
 group by o.organisation_id, l.item_id, o.channel_id;
