-- The orders that somebody at a node works on. The owner's view: in the policy of `sales_order` a plain question would
-- ask for that policy again.
create or replace view within_work as
select organisation_id, order_id from fulfilment_order
 where node_id = any ((select string_to_array(current_setting('quartermaster.nodes', true), ','))::text[]);
