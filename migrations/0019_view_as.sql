-- context: people
-- A session that sees the house as this role would, and changes nothing meanwhile.
alter table access_token add column view_role {text};
alter table access_token add column view_merchant_id {text} not null default '';
alter table access_token add column view_node_id {text} not null default '';
