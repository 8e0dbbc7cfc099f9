-- context: runtime
-- What was last told of what channels may sell of an item, and what was told since a position.
create index event_availability_by_item on event (organisation_id, subject_id, event_id)
    where kind = 'availability.changed';
create index event_availability on event (organisation_id, position)
    where kind = 'availability.changed' and position is not null;
