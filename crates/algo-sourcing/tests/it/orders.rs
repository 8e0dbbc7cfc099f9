//! Short ways to say an order and its candidates.

use algo_sourcing::{Budget, Candidate, Line, Plan, Problem, check, solve};
use kernel::{NodeId, Quantity};

pub fn units(units: i64) -> Quantity {
    Quantity::new(units).unwrap()
}

pub fn line(line_no: u32, quantity: i64, unit_weight_grams: i64) -> Line {
    Line { line_no, quantity: units(quantity), unit_weight_grams }
}

/// A node with nothing to pay, at no known distance.
pub fn node(name: &str, available: &[i64]) -> Candidate {
    Candidate {
        node_id: NodeId::from_body(name),
        distance_metres: None,
        package_minor: 0,
        per_kg_minor: 0,
        per_line_minor: 0,
        available: available.iter().map(|&n| units(n)).collect(),
        exclusions: Vec::new(),
    }
}

pub fn order(lines: Vec<Line>, candidates: Vec<Candidate>) -> Problem {
    Problem { lines, candidates, max_nodes: 3, allow_partial: false }
}

/// Solves with the everyday budget and checks the answer.
pub fn source(problem: &Problem) -> Plan {
    let plan = solve(problem, Budget::default()).unwrap();
    assert_eq!(check(problem, &plan), Ok(()), "{plan:?}");
    plan
}

/// `near 1×2, 2×1 + far 3×1`: which node sends which line, how many units.
pub fn told(plan: &Plan) -> String {
    let shipments = plan.shipments.iter().map(|shipment| {
        let units: Vec<String> =
            shipment.units.iter().map(|units| format!("{}×{}", units.line_no, units.quantity)).collect();
        format!("{} {}", shipment.node_id.as_str().trim_start_matches("nod_"), units.join(", "))
    });
    shipments.collect::<Vec<_>>().join(" + ")
}
