//! Small random orders against every plan there is.

use std::ops::RangeInclusive;

use algo_sourcing::{Budget, Candidate, Exclusion, Outcome, Plan, Problem, check, solve};
use kernel::NodeId;
use proptest::prelude::*;

use crate::orders::{line, node};

/// What a set of nodes comes to; less is better. The ties are spelt out: nodes, metres, then node by node.
type Worth = (i64, i64, usize, i64, Vec<(i64, NodeId)>);

const UNKNOWN: i64 = 40_075_000;

/// Every set of usable nodes within the limit, with its worth.
fn every_set(problem: &Problem) -> Vec<(Vec<usize>, Worth)> {
    let usable: Vec<usize> =
        (0..problem.candidates.len()).filter(|&c| problem.candidates[c].exclusions.is_empty()).collect();
    let sets = (0..1_u32 << usable.len()).filter(|bits| bits.count_ones() <= problem.max_nodes);
    sets.map(|bits| {
        let set: Vec<usize> =
            usable.iter().enumerate().filter(|(i, _)| bits >> i & 1 == 1).map(|(_, &c)| c).collect();
        let nodes: Vec<&Candidate> = set.iter().map(|&c| &problem.candidates[c]).collect();
        let mut unserved = 0;
        let mut cost: i64 = nodes.iter().map(|n| n.package_minor * 1000).sum();
        for l in 0..problem.lines.len() {
            let (short, least) = every_division(problem, &nodes, l, problem.lines[l].quantity.units());
            unserved += short;
            cost += least;
        }
        let mut near: Vec<(i64, NodeId)> =
            nodes.iter().map(|n| (n.distance_metres.unwrap_or(UNKNOWN), n.node_id.clone())).collect();
        near.sort();
        let metres = near.iter().map(|(metres, _)| metres).sum();
        (set, (unserved, cost, nodes.len(), metres, near))
    })
    .collect()
}

/// Units unserved and the least cost over all ways to take units of a line from these nodes.
fn every_division(problem: &Problem, nodes: &[&Candidate], l: usize, need: i64) -> (i64, i64) {
    let Some((first, rest)) = nodes.split_first() else { return (need, 0) };
    (0..=first.available[l].units().min(need))
        .map(|units| {
            let pick = if units > 0 { first.per_line_minor * 1000 } else { 0 };
            let freight = first.per_kg_minor * problem.lines[l].unit_weight_grams * units;
            let (short, cost) = every_division(problem, rest, l, need - units);
            (short, cost + pick + freight)
        })
        .min()
        .unwrap()
}

fn shown(thousandths: i64) -> i64 {
    (thousandths + 999) / 1000
}

fn agrees_with_brute_force(problem: &Problem) -> Result<Plan, TestCaseError> {
    let plan = solve(problem, Budget::default()).unwrap();
    prop_assert_eq!(check(problem, &plan), Ok(()));
    prop_assert!(plan.is_exact);
    let sets = every_set(problem);
    let (_, best) = sets.iter().min_by_key(|(_, worth)| worth).unwrap();
    if best.0 > 0 && !problem.allow_partial {
        prop_assert!(plan.shipments.is_empty() && !plan.unserved.is_empty());
        return Ok(plan);
    }
    let unserved: i64 = plan.unserved.iter().map(|unserved| unserved.quantity.units()).sum();
    prop_assert_eq!((unserved, plan.cost.total_minor()), (best.0, shown(best.1)));
    let used: Vec<NodeId> = plan.shipments.iter().map(|shipment| shipment.node_id.clone()).collect();
    let expected: Vec<NodeId> = best.4.iter().map(|(_, node_id)| node_id.clone()).collect();
    prop_assert_eq!(used, expected);

    for considered in &plan.considered {
        let c = problem.candidates.iter().position(|c| c.node_id == considered.node_id).unwrap();
        let with = sets.iter().filter(|(set, _)| set.contains(&c)).map(|(_, worth)| worth).min();
        match &considered.outcome {
            Outcome::Dominated { extra_minor, is_lower_bound } => {
                prop_assert!(!is_lower_bound);
                let with = with.unwrap();
                prop_assert_eq!((with.0, shown(with.1) - shown(best.1)), (best.0, *extra_minor));
            }
            Outcome::Incomplete => prop_assert!(with.is_none_or(|with| with.0 > best.0)),
            Outcome::Unexplored => prop_assert!(false, "everything is explored within this budget"),
            _ => {}
        }
    }
    Ok(plan)
}

prop_compose! {
    // Few values, so that ties and shortages are common.
    fn any_candidate(name: usize, lines: usize)(
        distance_metres in prop::option::of(0_i64..4),
        package_minor in prop::sample::select(vec![0_i64, 1, 5, 300, 500]),
        per_kg_minor in prop::sample::select(vec![0_i64, 1, 33, 100, 250]),
        per_line_minor in prop::sample::select(vec![0_i64, 1, 80, 200]),
        available in prop::collection::vec(0_i64..6, lines),
        is_excluded in prop::bool::weighted(0.1),
    ) -> Candidate {
        let exclusions = if is_excluded { vec![Exclusion::OutOfArea] } else { Vec::new() };
        let base = node(&format!("n{name}"), &available);
        Candidate { distance_metres, package_minor, per_kg_minor, per_line_minor, exclusions, ..base }
    }
}

fn any_problem() -> impl Strategy<Value = Problem> {
    problem_of(1..=4, 0..=4)
}

fn problem_of(lines: RangeInclusive<usize>, nodes: RangeInclusive<usize>) -> impl Strategy<Value = Problem> {
    (lines, nodes).prop_flat_map(|(lines, nodes)| {
        let wanted =
            prop::collection::vec((0_i64..6, prop::sample::select(vec![0_i64, 1, 350, 4000])), lines);
        let candidates: Vec<_> = (0..nodes).map(|name| any_candidate(name, lines)).collect();
        (wanted, candidates, 0_u32..=4, any::<bool>()).prop_map(
            |(wanted, candidates, max_nodes, allow_partial)| {
                let lines =
                    (1..).zip(wanted).map(|(no, (quantity, grams))| line(no, quantity, grams)).collect();
                Problem { lines, candidates, max_nodes, allow_partial }
            },
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_is_better_than_the_one_found(problem in any_problem()) {
        agrees_with_brute_force(&problem)?;
    }

    #[test]
    fn the_sequence_of_candidates_changes_nothing(
        (problem, shuffled) in any_problem().prop_flat_map(|problem| {
            let shuffled = Just(problem.candidates.clone()).prop_shuffle();
            (Just(problem), shuffled)
        })
    ) {
        let again = Problem { candidates: shuffled, ..problem.clone() };
        prop_assert_eq!(solve(&problem, Budget::default()), solve(&again, Budget::default()));
    }

    #[test]
    fn without_a_budget_what_stock_can_serve_is_still_served(problem in any_problem()) {
        let problem = Problem { max_nodes: 4, ..problem };
        let plan = solve(&problem, Budget { steps: 0, receipt_steps: 0 }).unwrap();
        prop_assert_eq!(check(&problem, &plan), Ok(()));
        let exact = solve(&problem, Budget::default()).unwrap();
        let served = |plan: &Plan| -> i64 {
            plan.shipments.iter().flat_map(|shipment| &shipment.units).map(|units| units.quantity.units()).sum()
        };
        prop_assert_eq!(served(&plan), served(&exact));
        prop_assert!(plan.cost.total_minor() >= exact.cost.total_minor());
        if plan.is_exact {
            prop_assert_eq!(plan.cost, exact.cost);
        }
        // A lower bound is one: the exact receipt never shows less.
        for (bound, truth) in plan.considered.iter().zip(&exact.considered) {
            if let Outcome::Dominated { extra_minor: bound, .. } = bound.outcome
                && let Outcome::Dominated { extra_minor: truth, .. } = truth.outcome
            {
                prop_assert!(bound + plan.cost.total_minor() <= truth + exact.cost.total_minor());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_plan_is_better_over_eight_nodes_either(problem in problem_of(1..=3, 6..=8)) {
        agrees_with_brute_force(&problem)?;
    }
}
