//! From a set of nodes to the plan that is shown: shipments, what is missing and why, and what became of each node.

use std::collections::BTreeMap;

use kernel::Quantity;

use crate::search::{Choice, Search};
use crate::split;
use crate::table::Table;
use crate::{Considered, Cost, Outcome, Plan, Shipment, Units, Unserved, UnservedReason};

/// The plan that opens these nodes.
pub(crate) fn plan(table: &Table, choice: &Choice, is_exact: bool, considered: Vec<Considered>) -> Plan {
    let mut units: BTreeMap<usize, Vec<Units>> = BTreeMap::new();
    let (mut cost, mut thousandths) = (Cost::default(), 0);
    for (line, parts) in lines_served(table, choice) {
        for (node, quantity) in parts {
            cost.line_minor += table.problem.candidates[table.nodes[node]].per_line_minor;
            thousandths += table.unit_cost(node, line) * quantity;
            let line_no = table.problem.lines[table.lines[line]].line_no;
            units.entry(node).or_default().push(Units { line_no, quantity: quantity_of(quantity) });
        }
    }
    cost.weight_minor = minor_rounded_up(thousandths);
    let shipments: Vec<Shipment> = units
        .into_iter()
        .map(|(node, units)| {
            let candidate = &table.problem.candidates[table.nodes[node]];
            cost.package_minor += candidate.package_minor;
            Shipment { node_id: candidate.node_id.clone(), units }
        })
        .collect();
    let unserved = shortfalls(table, Some(choice))
        .into_iter()
        .filter(|shortfall| shortfall.served < shortfall.wanted)
        .map(|shortfall| Unserved {
            line_no: shortfall.line_no,
            quantity: quantity_of(shortfall.wanted - shortfall.served),
            reason: shortfall.reason(),
        })
        .collect();
    Plan { shipments, unserved, cost, is_exact, considered }
}

/// The answer to an order that must ship whole and cannot: nothing, and for each line why. `fullest` is the set that
/// would serve the most, where the limit on nodes is what stands in the way.
pub(crate) fn refusal(table: &Table, fullest: Option<&Choice>, is_exact: bool) -> Plan {
    let unserved = shortfalls(table, fullest)
        .into_iter()
        .filter(|shortfall| shortfall.wanted > 0)
        .map(|shortfall| Unserved {
            line_no: shortfall.line_no,
            quantity: quantity_of(shortfall.wanted),
            reason: shortfall.reason(),
        })
        .collect();
    let considered = outcomes(table, |_| Outcome::Incomplete);
    Plan { shipments: Vec::new(), unserved, cost: Cost::default(), is_exact, considered }
}

/// What became of every candidate, the nearest first.
pub(crate) fn considered(
    table: &Table,
    search: &mut Search,
    choice: &Choice,
    is_exact: bool,
    steps: u64,
) -> Vec<Considered> {
    let mut steps = i64::try_from(steps).unwrap_or(i64::MAX);
    let shown = minor_rounded_up(choice.score.cost);
    outcomes(table, |node| {
        if choice.nodes.binary_search(&node).is_ok() {
            return Outcome::Chosen;
        }
        let (unserved, least) = search.bound_with(node);
        if table.max_nodes == 0 || unserved > choice.score.unserved {
            return Outcome::Incomplete;
        }
        if is_exact && steps > 0 {
            let (other, is_proved) = search.best_with(node, choice, &mut steps);
            if is_proved && other.score.unserved > choice.score.unserved {
                return Outcome::Incomplete;
            }
            if is_proved {
                let extra_minor = minor_rounded_up(other.score.cost) - shown;
                return Outcome::Dominated { extra_minor, is_lower_bound: false };
            }
        }
        // A bound of cost is a bound of full service, so it says nothing of a plan that leaves units out.
        let least = if is_exact { least.max(choice.score.cost) } else { least };
        if choice.score.unserved == 0 && least >= choice.score.cost {
            Outcome::Dominated { extra_minor: minor_rounded_up(least) - shown, is_lower_bound: true }
        } else {
            Outcome::Unexplored
        }
    })
}

/// The outcome of every candidate: `usable` is asked for those that may serve and have stock.
fn outcomes(table: &Table, mut usable: impl FnMut(usize) -> Outcome) -> Vec<Considered> {
    let mut node = 0;
    table
        .nearest_first
        .iter()
        .map(|&c| {
            let candidate = &table.problem.candidates[c];
            let outcome = if table.nodes.get(node) == Some(&c) {
                node += 1;
                usable(node - 1)
            } else if candidate.exclusions.is_empty() {
                Outcome::NoStock
            } else {
                Outcome::Excluded { reasons: candidate.exclusions.clone() }
            };
            Considered { node_id: candidate.node_id.clone(), outcome }
        })
        .collect()
}

/// Of each line that gets anything: its place in the table, and how many units from which node.
fn lines_served(table: &Table, choice: &Choice) -> Vec<(usize, Vec<(usize, i64)>)> {
    (0..table.width()).map(|line| (line, split::divide(table, &choice.nodes, line).parts)).collect()
}

struct Shortfall {
    line_no: u32,
    wanted: i64,
    available: Quantity,
    /// Units the fullest plan within the limit serves.
    served: i64,
}

impl Shortfall {
    fn reason(&self) -> UnservedReason {
        if self.available.units() < self.wanted {
            UnservedReason::NotEnoughStock { available: self.available }
        } else if self.served < self.wanted {
            UnservedReason::NodeLimit { reachable: quantity_of(self.served) }
        } else {
            UnservedReason::OrderShipsWhole
        }
    }
}

/// What each line wants and gets. Without a choice, the limit on nodes was never in question.
fn shortfalls(table: &Table, choice: Option<&Choice>) -> Vec<Shortfall> {
    let mut shortfalls: Vec<Shortfall> = table
        .problem
        .lines
        .iter()
        .zip(&table.stock)
        .map(|(line, &available)| Shortfall {
            line_no: line.line_no,
            wanted: line.quantity.units(),
            available,
            served: if choice.is_some() { 0 } else { line.quantity.min(available).units() },
        })
        .collect();
    if let Some(choice) = choice {
        for (line, parts) in lines_served(table, choice) {
            shortfalls[table.lines[line]].served = parts.iter().map(|(_, units)| units).sum();
        }
    }
    shortfalls
}

fn quantity_of(units: i64) -> Quantity {
    Quantity::new(units).expect("a part of a line's quantity is a quantity")
}

/// Thousandths of a minor unit as minor units, rounded up.
fn minor_rounded_up(thousandths: i64) -> i64 {
    thousandths.div_euclid(1000) + i64::from(thousandths.rem_euclid(1000) > 0)
}
