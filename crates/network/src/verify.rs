//! What always holds here.

use runtime::Invariant;

/// The truths of this context.
pub const INVARIANTS: &[Invariant] = &[Invariant {
    name: "node.has_a_clock_and_a_zone",
    says: "a node has a code, a zone and a time zone",
    sql: "select node_id || ' lacks a code, a zone or a time zone' from node \
           where organisation_id = $1 and (code = '' or zone = '' or time_zone = '') limit 20",
}];
