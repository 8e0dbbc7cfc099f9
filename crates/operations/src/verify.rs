//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        name: "operation.counts_cover_rows",
        says: "an operation counts at least the rows it keeps, outcome by outcome",
        sql: "select o.operation_id || ' counts fewer rows than it keeps' from operation o \
                join (select operation_id, \
                             sum(case when outcome = 'done' then 1 else 0 end) as done, \
                             sum(case when outcome = 'unchanged' then 1 else 0 end) as unchanged, \
                             sum(case when outcome = 'skipped' then 1 else 0 end) as skipped, \
                             sum(case when outcome = 'failed' then 1 else 0 end) as failed \
                        from operation_row where organisation_id = $1 group by operation_id) r \
                  on r.operation_id = o.operation_id \
               where o.organisation_id = $1 and (o.done < r.done or o.unchanged < r.unchanged \
                  or o.skipped < r.skipped or o.failed < r.failed) limit 20",
    },
    Invariant {
        name: "operation.row_of_an_operation",
        says: "results belong to operations that exist",
        sql: "select 'row ' || cast(r.row_no as text) || ' is of ' || r.operation_id || ', which does not exist' \
                from operation_row r left join operation o \
                  on o.organisation_id = r.organisation_id and o.operation_id = r.operation_id \
               where r.organisation_id = $1 and o.operation_id is null limit 20",
    },
];
