-- context: tracking
-- When somebody settled a parcel's trouble; a later milestone is a new trouble.
alter table tracker add column settled_at {time};
