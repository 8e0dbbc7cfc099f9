-- context: orders
-- What orders are searched by, so that a search costs the same however many orders there are.
create index sales_order_by_reference on sales_order (organisation_id, (lower(external_reference)) [pg: collate "C" :]);
create index sales_order_by_customer on sales_order (organisation_id, (lower(customer_name)) [pg: collate "C" :]);
create index sales_order_by_email on sales_order (organisation_id, (lower(customer_email)) [pg: collate "C" :]);
