-- context: webhooks
-- Moved on by every change of what somebody set up, and not by sending.
alter table webhook add column version {int} not null default 1;
