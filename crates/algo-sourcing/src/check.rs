//! Is this plan allowed, and is what it says of itself true? Recomputed from the problem alone, sharing nothing with
//! the solver. It does not judge whether a better plan exists.

use std::collections::{BTreeMap, BTreeSet};

use kernel::NodeId;

use crate::{Candidate, Outcome, Plan, Problem, UnservedReason};

/// What is wrong with a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A shipment or an outcome for a node nobody proposed.
    #[error("{0} is no candidate")]
    UnknownNode(NodeId),
    /// A line the order does not have, or has once and the plan twice in one place.
    #[error("line {0} is unknown or repeated")]
    BadLine(u32),
    /// Two shipments from one node, or one of nothing.
    #[error("{0} has two shipments, or one of nothing")]
    BadShipment(NodeId),
    /// A node that may not serve serves.
    #[error("{0} is excluded and serves")]
    ExcludedServes(NodeId),
    /// More units than the node has.
    #[error("{node_id} gives {given} of line {line_no} and has {available}")]
    OverAvailable {
        /// The node.
        node_id: NodeId,
        /// The line.
        line_no: u32,
        /// Units in the plan.
        given: i64,
        /// Units it has.
        available: i64,
    },
    /// Units served and unserved do not add up to what was ordered.
    #[error("line {line_no}: {wanted} ordered, {accounted} accounted for")]
    UnitsLost {
        /// The line.
        line_no: u32,
        /// Units ordered.
        wanted: i64,
        /// Units served and unserved together.
        accounted: i64,
    },
    /// More nodes than one order may use.
    #[error("{used} nodes used, {allowed} allowed")]
    TooManyNodes {
        /// Shipments.
        used: usize,
        /// The limit.
        allowed: u32,
    },
    /// Part of an order that ships whole or not at all.
    #[error("part of an order that ships whole")]
    PartOfWhole,
    /// A cost that is not the sum of its parts.
    #[error("{term} is {stated}, by the prices {actual}")]
    WrongCost {
        /// Which term.
        term: &'static str,
        /// In the plan.
        stated: i64,
        /// By the problem.
        actual: i128,
    },
    /// Units refused that stock within the limit could serve, or refused for a reason that is not so.
    #[error("line {0} is refused without cause")]
    RefusedWithoutCause(u32),
    /// A candidate without exactly one outcome, or with one that is not so.
    #[error("the outcome of {0} is missing, repeated or untrue")]
    WrongOutcome(NodeId),
}

/// Checks a plan against its problem.
pub fn check(problem: &Problem, plan: &Plan) -> Result<(), Violation> {
    check_shipments(problem, plan)?;
    check_cost(problem, plan)?;
    check_unserved(problem, plan)?;
    check_outcomes(problem, plan)
}

fn candidate<'p>(problem: &'p Problem, node_id: &NodeId) -> Result<&'p Candidate, Violation> {
    let found = problem.candidates.iter().find(|candidate| candidate.node_id == *node_id);
    found.ok_or_else(|| Violation::UnknownNode(node_id.clone()))
}

fn line_index(problem: &Problem, line_no: u32) -> Result<usize, Violation> {
    problem.lines.iter().position(|line| line.line_no == line_no).ok_or(Violation::BadLine(line_no))
}

fn check_shipments(problem: &Problem, plan: &Plan) -> Result<(), Violation> {
    if plan.shipments.len() > problem.max_nodes as usize {
        let (used, allowed) = (plan.shipments.len(), problem.max_nodes);
        return Err(Violation::TooManyNodes { used, allowed });
    }
    if !problem.allow_partial && !plan.shipments.is_empty() && !plan.unserved.is_empty() {
        return Err(Violation::PartOfWhole);
    }
    let mut senders = BTreeSet::new();
    let mut accounted: BTreeMap<u32, i64> = BTreeMap::new();
    for shipment in &plan.shipments {
        let node_id = &shipment.node_id;
        let sender = candidate(problem, node_id)?;
        if !senders.insert(node_id) || shipment.units.is_empty() {
            return Err(Violation::BadShipment(node_id.clone()));
        }
        if !sender.exclusions.is_empty() {
            return Err(Violation::ExcludedServes(node_id.clone()));
        }
        let mut sent = BTreeSet::new();
        for units in &shipment.units {
            let line_no = units.line_no;
            let available = sender.available[line_index(problem, line_no)?].units();
            if !sent.insert(line_no) {
                return Err(Violation::BadLine(line_no));
            }
            let given = units.quantity.units();
            if given == 0 {
                return Err(Violation::BadShipment(node_id.clone()));
            }
            if given > available {
                return Err(Violation::OverAvailable { node_id: node_id.clone(), line_no, given, available });
            }
            *accounted.entry(line_no).or_default() += given;
        }
    }
    let mut missing = BTreeSet::new();
    for unserved in &plan.unserved {
        line_index(problem, unserved.line_no)?;
        if !missing.insert(unserved.line_no) || unserved.quantity.is_zero() {
            return Err(Violation::BadLine(unserved.line_no));
        }
        *accounted.entry(unserved.line_no).or_default() += unserved.quantity.units();
    }
    for line in &problem.lines {
        let (wanted, line_no) = (line.quantity.units(), line.line_no);
        let accounted = accounted.get(&line_no).copied().unwrap_or(0);
        if wanted != accounted {
            return Err(Violation::UnitsLost { line_no, wanted, accounted });
        }
    }
    Ok(())
}

fn check_cost(problem: &Problem, plan: &Plan) -> Result<(), Violation> {
    let (mut package, mut thousandths, mut picks) = (0_i128, 0_i128, 0_i128);
    for shipment in &plan.shipments {
        let sender = candidate(problem, &shipment.node_id)?;
        package += i128::from(sender.package_minor);
        for units in &shipment.units {
            let line = &problem.lines[line_index(problem, units.line_no)?];
            let grams = i128::from(line.unit_weight_grams) * i128::from(units.quantity.units());
            thousandths += grams * i128::from(sender.per_kg_minor);
            picks += i128::from(sender.per_line_minor);
        }
    }
    let weight = (thousandths + 999) / 1000;
    for (term, stated, actual) in [
        ("package", plan.cost.package_minor, package),
        ("weight", plan.cost.weight_minor, weight),
        ("line", plan.cost.line_minor, picks),
        ("total", plan.cost.total_minor(), package + weight + picks),
    ] {
        if i128::from(stated) != actual {
            return Err(Violation::WrongCost { term, stated, actual });
        }
    }
    Ok(())
}

fn check_unserved(problem: &Problem, plan: &Plan) -> Result<(), Violation> {
    let usable: Vec<&Candidate> = problem.candidates.iter().filter(|c| c.exclusions.is_empty()).collect();
    let stock = |l: usize| usable.iter().map(|c| i128::from(c.available[l].units())).sum::<i128>();
    let is_short = |l: usize| stock(l) < i128::from(problem.lines[l].quantity.units());
    // Only nodes with stock the order wants count against the limit.
    let stocked = usable
        .iter()
        .filter(|c| {
            c.available.iter().zip(&problem.lines).any(|(a, l)| !a.is_zero() && !l.quantity.is_zero())
        })
        .count();
    let one_has_all = problem.max_nodes > 0
        && usable.iter().any(|c| c.available.iter().zip(&problem.lines).all(|(a, l)| *a >= l.quantity));
    for unserved in &plan.unserved {
        let l = line_index(problem, unserved.line_no)?;
        let is_true = match unserved.reason {
            UnservedReason::NotEnoughStock { available } => {
                is_short(l) && i128::from(available.units()) == stock(l)
            }
            UnservedReason::NodeLimit { reachable } => {
                !is_short(l)
                    && stocked > problem.max_nodes as usize
                    && !one_has_all
                    && reachable < problem.lines[l].quantity
            }
            UnservedReason::OrderShipsWhole => {
                !is_short(l)
                    && !problem.allow_partial
                    && plan.unserved.iter().any(|other| other.reason != UnservedReason::OrderShipsWhole)
            }
        };
        if !is_true {
            return Err(Violation::RefusedWithoutCause(unserved.line_no));
        }
    }
    Ok(())
}

fn check_outcomes(problem: &Problem, plan: &Plan) -> Result<(), Violation> {
    let mut outcomes: BTreeMap<&NodeId, &Outcome> = BTreeMap::new();
    for considered in &plan.considered {
        candidate(problem, &considered.node_id)?;
        if outcomes.insert(&considered.node_id, &considered.outcome).is_some() {
            return Err(Violation::WrongOutcome(considered.node_id.clone()));
        }
    }
    for candidate in &problem.candidates {
        let node_id = &candidate.node_id;
        let is_sender = plan.shipments.iter().any(|shipment| shipment.node_id == *node_id);
        let has_stock = candidate
            .available
            .iter()
            .zip(&problem.lines)
            .any(|(available, line)| !available.is_zero() && !line.quantity.is_zero());
        let may_serve = candidate.exclusions.is_empty();
        let is_true = match outcomes.get(node_id) {
            Some(Outcome::Chosen) => is_sender,
            Some(Outcome::Excluded { reasons }) => !may_serve && *reasons == candidate.exclusions,
            Some(Outcome::NoStock) => may_serve && !has_stock,
            Some(Outcome::Dominated { extra_minor, .. }) => {
                may_serve && has_stock && !is_sender && *extra_minor >= 0
            }
            Some(Outcome::Incomplete) => may_serve && has_stock && !is_sender,
            Some(Outcome::Unexplored) => may_serve && has_stock && !is_sender && !is_proved(plan),
            None => false,
        };
        if !is_true {
            return Err(Violation::WrongOutcome(node_id.clone()));
        }
    }
    Ok(())
}

/// Nothing may stay unexplored beside a plan that is proved and serves all: it costs at least as much.
fn is_proved(plan: &Plan) -> bool {
    plan.is_exact && plan.unserved.is_empty()
}
