-- context: tracking
-- Parcels in trouble are asked for at every look at the overview; they are few among trackers.
create index tracker_exceptions on tracker (organisation_id, milestone_at)
    where milestone in ('delayed', 'on_hold', 'attempt_failed', 'lost', 'damaged', 'undeliverable');
