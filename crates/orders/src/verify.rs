//! What always holds of orders.

use runtime::Invariant;

/// Each finds nothing in a sound database.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "order.each_unit_in_one_stage",
        says: "the units of a line by stage add up to what was ordered (I4)",
        sql: "select order_id || ' line ' || line_no || ' has units in no stage, or in two' from order_line \
               where organisation_id = $1 and quantity <> unallocated + backordered + allocated + picked + packed \
                     + shipped + ready_for_pickup + delivered + cancelled + returned + lost limit 20",
    },
    Invariant {
        name: "order.parts_make_the_whole",
        says: "what an order's fulfilment orders hold by stage is what its lines say",
        sql: "select l.order_id || ' line ' || l.line_no || ' and its fulfilment orders disagree' from order_line l \
                left join (select order_id, line_no, cast(sum(allocated) as bigint) as allocated, \
                                  cast(sum(picked) as bigint) as picked, cast(sum(packed) as bigint) as packed, \
                                  cast(sum(shipped) as bigint) as shipped, cast(sum(delivered) as bigint) as delivered, \
                                  cast(sum(lost) as bigint) as lost \
                             from fulfilment_line where organisation_id = $1 group by order_id, line_no) f \
                  on f.order_id = l.order_id and f.line_no = l.line_no \
               where l.organisation_id = $1 \
                 and (l.allocated <> coalesce(f.allocated, 0) or l.picked <> coalesce(f.picked, 0) \
                      or l.packed <> coalesce(f.packed, 0) or l.shipped <> coalesce(f.shipped, 0) \
                      or l.delivered <> coalesce(f.delivered, 0) or l.lost <> coalesce(f.lost, 0)) limit 20",
    },
    Invariant {
        name: "order.status_is_its_units",
        says: "the status of an order is what its least advanced live unit says (F13)",
        sql: "select o.order_id || ' says ' || o.status || ', its units say ' || u.status \
                from sales_order o \
                left join (select order_id, \
                        case when sum(unallocated) > 0 then 'unallocated' when sum(backordered) > 0 then 'backordered' \
                             when sum(allocated) > 0 then 'to_pick' when sum(picked) > 0 then 'to_pack' \
                             when sum(packed) > 0 then 'to_ship' when sum(shipped) > 0 then 'on_the_way' \
                             when sum(ready_for_pickup) > 0 then 'ready_for_pickup' \
                             when sum(delivered) > 0 then 'delivered' when sum(lost) > 0 then 'lost' \
                             when sum(returned) > 0 then 'returned' else 'cancelled' end as status \
                        from order_line where organisation_id = $1 group by order_id) u on u.order_id = o.order_id \
               where o.organisation_id = $1 and o.status <> coalesce(u.status, '(no lines)') limit 20",
    },
    Invariant {
        name: "order.fulfilment_status_is_its_units",
        says: "the status of a fulfilment order is what its least advanced live unit says (F13)",
        sql: "select f.fulfilment_order_id || ' says ' || f.status || ', its units say ' || u.status \
                from fulfilment_order f \
                left join (select fulfilment_order_id, \
                        case when sum(allocated) > 0 then 'to_pick' when sum(picked) > 0 then 'to_pack' \
                             when sum(packed) > 0 then 'to_ship' when sum(shipped) > 0 then 'on_the_way' \
                             when sum(delivered) > 0 then 'delivered' when sum(lost) > 0 then 'lost' \
                             when sum(returned) > 0 then 'returned' else 'cancelled' end as status \
                        from fulfilment_line where organisation_id = $1 group by fulfilment_order_id) u \
                  on u.fulfilment_order_id = f.fulfilment_order_id \
               where f.organisation_id = $1 and f.status <> coalesce(u.status, '(no lines)') limit 20",
    },
    Invariant {
        name: "order.total_is_its_lines",
        says: "an order's goods are its lines' packs times their price, to the minor unit (I6)",
        sql: "select o.order_id || ': goods ' || o.goods_minor || ', lines ' || l.goods from sales_order o \
                join (select order_id, cast(sum(pack_price_minor * (quantity / pack_factor)) as bigint) as goods \
                        from order_line where organisation_id = $1 group by order_id) l on l.order_id = o.order_id \
               where o.organisation_id = $1 and o.goods_minor <> l.goods limit 20",
    },
    Invariant {
        name: "payment.never_more_than_before",
        says: "authorised is at least captured, captured at least refunded (I6)",
        sql: "select payment_id || ' of ' || order_id from payment where organisation_id = $1 \
                 and (captured_minor > authorised_minor or refunded_minor > captured_minor or refunded_minor < 0) limit 20",
    },
    Invariant {
        name: "payment.belongs_to_an_order",
        says: "each order has its payment, of the order's total",
        sql: "select o.order_id || ' and its payment disagree' from sales_order o \
                left join payment p on p.organisation_id = o.organisation_id and p.order_id = o.order_id \
               where o.organisation_id = $1 and (p.payment_id is null or p.due_minor <> o.total_minor) limit 20",
    },
];
