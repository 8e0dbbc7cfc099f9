-- context: catalogue
-- Moved on by one with every change, so that nobody overwrites what they did not see.
alter table item add column version {int} not null default 1;
