//! What always holds here.

use runtime::Invariant;

/// The truths of this context. That each label was bought once is proven where effects and carriers meet.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "parcel.labelled_has_its_number",
        says: "a parcel has a tracking number from the moment it is labelled",
        sql: "select parcel_id || ' is ' || status || ' without a tracking number' from parcel \
               where organisation_id = $1 and status in ('labelled', 'dispatched', 'delivered', 'returned', 'lost') \
                 and tracking_number is null limit 20",
    },
    Invariant {
        name: "parcel.has_contents",
        says: "a closed parcel has something in it, a cancelled one has nothing",
        sql: "select p.parcel_id || ' is ' || p.status || case when l.parcel_id is null then ' and empty' \
                     else ' and not empty' end \
                from parcel p left join (select distinct organisation_id, parcel_id from parcel_line) l \
                  on l.organisation_id = p.organisation_id and l.parcel_id = p.parcel_id \
               where p.organisation_id = $1 and p.status <> 'open' \
                 and (l.parcel_id is null) <> (p.status = 'cancelled') limit 20",
    },
    Invariant {
        name: "parcel.line_in_a_parcel",
        says: "units are packed into parcels that exist",
        sql: "select l.parcel_id || ' has units of ' || l.item_id || ' and does not exist' \
                from parcel_line l \
                left join parcel p on p.organisation_id = l.organisation_id and p.parcel_id = l.parcel_id \
               where l.organisation_id = $1 and p.parcel_id is null limit 20",
    },
    Invariant {
        name: "parcel.one_number_each",
        says: "the parcels of an order that are not cancelled have different numbers",
        sql: "select order_id || ' has ' || cast(count(*) as text) || ' parcels ' || cast(parcel_no as text) \
                from parcel where organisation_id = $1 and status <> 'cancelled' \
               group by order_id, parcel_no having count(*) > 1 limit 20",
    },
    Invariant {
        name: "parcel.times_fit_its_status",
        says: "what is closed, dispatched or delivered says since when",
        sql: "select parcel_id || ' is ' || status || ' and does not say since when' from parcel \
               where organisation_id = $1 \
                 and ((status in ('closed', 'labelled', 'dispatched', 'delivered', 'returned', 'lost') \
                       and closed_at is null) \
                   or (status in ('dispatched', 'delivered', 'returned', 'lost') and dispatched_at is null) \
                   or (status = 'delivered' and delivered_at is null)) limit 20",
    },
];
