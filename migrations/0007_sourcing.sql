-- context: sourcing
-- Each decision with its receipt: what was known, what was considered, what it cost.
create table sourcing_decision (
    organisation_id {id} not null,
    decision_id {id} not null,
    order_id {id} not null,
    cause {text} not null check (cause in ('accept', 're_source', 'restock')),
    cost_minor {int} not null,
    nodes {int} not null,
    is_exact {bool} not null,
    receipt {json} not null,
    decided_at {time} not null,
    primary key (organisation_id, decision_id)
) {keyed};
create index sourcing_decision_by_order on sourcing_decision (organisation_id, order_id, decision_id);
