-- context: runtime
-- What an event changed, where people must answer for it: before, after and the request, as JSON text. It is covered
-- by the chain like the rest of the event, and is not part of what consumers of the stream read.
alter table event add column change {text};
create index event_audit on event (organisation_id, position) where change is not null;
