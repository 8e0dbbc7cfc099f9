//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[Invariant {
    name: "scan.good_exactly_with_a_line",
    says: "a scan names a line exactly when it was good, and then moved at least one unit",
    sql: "select fulfilment_order_id || ': a scan of ' || code || ' is ' || outcome from station_scan \
           where organisation_id = $1 \
             and ((outcome = 'good') <> (line_no is not null) or (outcome = 'good' and quantity < 1)) limit 20",
}];
