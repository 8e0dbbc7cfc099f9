-- context: people
-- How a person wants their pages, on whatever device; empty where they have not said.
alter table staff add column time_zone {text} not null default '';
alter table staff add column theme {text} not null default '';
alter table staff add column density {text} not null default '';
