-- context: sourcing
-- Decisions are asked for by their order, so that is their key. A receipt is long: in the sequence of a key SQLite would
-- give nearly each one a page of its own.
create table sourcing_decision_again (
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
insert into sourcing_decision_again (organisation_id, decision_id, order_id, cause, cost_minor, nodes, is_exact, receipt,
                                     decided_at)
select organisation_id, decision_id, order_id, cause, cost_minor, nodes, is_exact, cast(receipt as text), decided_at
  from sourcing_decision;
drop table sourcing_decision;
alter table sourcing_decision_again rename to sourcing_decision;
