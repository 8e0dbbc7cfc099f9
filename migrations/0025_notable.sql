-- context: runtime
-- What somebody who was away wants to hear of is asked at every page; it is little among all that happens.
create index event_notable on event (organisation_id, position)
    where kind in ('order.refused', 'order.short_picked', 'parcel.label_refused', 'parcel.lost', 'parcel.returned',
        'payment.declined', 'payment.failed');

-- When somebody dealt with what an outsider had refused for good.
alter table effect add column dismissed_at {time};
create index effect_refused on effect (organisation_id, effect_id) where state = 'failed' and dismissed_at is null;
