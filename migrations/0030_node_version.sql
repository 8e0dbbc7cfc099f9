-- context: network
-- Moved on by one with every change, so that nobody overwrites what they did not see.
alter table node add column version {int} not null default 1;
