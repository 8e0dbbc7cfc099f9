//! Why this node: the receipt of a sourcing decision, read back.

use std::collections::HashMap;

use algo_sourcing::{Exclusion as Reason, Outcome};
use kernel::{Currency, Money, NodeId};
use network::Node;
use sourcing::Decision as Kept;

use crate::pages::order::{Candidate, Decision, Verdict};
use crate::words::{CostTerm, DecisionCause, Exclusion};

/// The nodes a decision names.
pub(super) fn considered(row: &Kept) -> Vec<NodeId> {
    let candidates = row.receipt.iter().flat_map(|receipt| &receipt.candidates);
    candidates.map(|candidate| candidate.node_id.clone()).collect()
}

/// A decision for people; none where a later or earlier program wrote what this one cannot read.
pub(super) fn decision(
    row: &Kept,
    currency: Currency,
    nodes: &HashMap<NodeId, Node>,
    served: impl Fn(&NodeId) -> i64,
) -> Option<Decision> {
    let receipt = row.receipt.as_ref()?;
    let money = |minor| Money::new(minor, currency);
    let mut candidates: Vec<Candidate> = receipt
        .candidates
        .iter()
        .map(|candidate| Candidate {
            node: nodes
                .get(&candidate.node_id)
                .map_or_else(|| candidate.node_id.to_string(), |node| node.name.clone()),
            distance_km: candidate.distance_metres.map(|metres| (metres + 500) / 1000),
            verdict: match candidate.outcome {
                Outcome::Chosen => Verdict::Chosen { units: served(&candidate.node_id) },
                ref outcome => verdict(outcome, currency),
            },
        })
        .collect();
    // Stable: among the rest the nearest stay first.
    candidates.sort_by_key(|candidate| !candidate.verdict.is_chosen());
    Some(Decision {
        id: row.decision_id.to_string(),
        at: row.decided_at,
        cause: DecisionCause::parse(&row.cause)?,
        is_exact: row.is_exact,
        terms: vec![
            (CostTerm::Packages, money(receipt.cost.package_minor)),
            (CostTerm::Weight, money(receipt.cost.weight_minor)),
            (CostTerm::Lines, money(receipt.cost.line_minor)),
        ],
        total: money(row.cost_minor),
        candidates,
    })
}

fn verdict(outcome: &Outcome, currency: Currency) -> Verdict {
    match outcome {
        Outcome::Dominated { extra_minor, is_lower_bound } => {
            Verdict::Dearer { extra: Money::new(*extra_minor, currency), is_lower_bound: *is_lower_bound }
        }
        Outcome::Incomplete => Verdict::Incomplete,
        Outcome::NoStock => Verdict::NoStock,
        Outcome::Excluded { reasons } => Verdict::Excluded(reasons.iter().map(exclusion).collect()),
        // Whatever else a planner may say: it was not looked at to the end.
        _ => Verdict::Unexplored,
    }
}

fn exclusion(reason: &Reason) -> Exclusion {
    match reason {
        Reason::Inactive => Exclusion::Inactive,
        Reason::MethodNotOffered => Exclusion::MethodNotOffered,
        Reason::OutOfArea => Exclusion::OutOfArea,
        Reason::Rejected => Exclusion::Rejected,
        _ => Exclusion::Rule,
    }
}
