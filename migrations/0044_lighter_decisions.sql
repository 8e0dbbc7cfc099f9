-- context: sourcing
-- Decisions are asked for by their order. A receipt is long: kept in the sequence of a key, SQLite would give nearly each
-- one a page of its own.
drop index sourcing_decision_by_order;
[pg:
alter table sourcing_decision drop constraint sourcing_decision_pkey, alter column receipt type text,
    add primary key (organisation_id, order_id, decision_id);
:]
[sqlite:
alter table sourcing_decision rename to sourcing_decision_of_old;
create table sourcing_decision (
    organisation_id {id} not null,
    decision_id {id} not null,
    order_id {id} not null,
    cause {text} not null check (cause in ('accept', 're_source', 'restock')),
    cost_minor {int} not null,
    nodes {int} not null,
    is_exact {bool} not null,
    receipt {text} not null,
    decided_at {time} not null,
    primary key (organisation_id, order_id, decision_id)
) {tail};
insert into sourcing_decision (organisation_id, decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt, decided_at)
select organisation_id, decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt, decided_at
  from sourcing_decision_of_old;
drop table sourcing_decision_of_old;
:]
