//! Everyday orders, told as a planner would.

use algo_sourcing::{
    BadProblem, Candidate, Exclusion, Outcome, Plan, Problem, UnservedReason, check, check::Violation,
};
use kernel::NodeId;

use crate::orders::{line, node, order, source, told, units};

fn outcome<'p>(plan: &'p Plan, name: &str) -> &'p Outcome {
    let node_id = NodeId::from_body(name);
    &plan.considered.iter().find(|considered| considered.node_id == node_id).unwrap().outcome
}

fn dominated(extra_minor: i64) -> Outcome {
    Outcome::Dominated { extra_minor, is_lower_bound: false }
}

#[test]
fn the_near_store_wins_when_freight_decides() {
    let near = Candidate { package_minor: 600, per_kg_minor: 40, ..node("near", &[5]) };
    let far = Candidate { package_minor: 500, per_kg_minor: 120, ..node("far", &[5]) };
    let plan = source(&order(vec![line(1, 2, 1500)], vec![far, near]));
    assert_eq!(told(&plan), "near 1×2");
    assert_eq!((plan.cost.package_minor, plan.cost.weight_minor, plan.cost.total_minor()), (600, 120, 720));
    assert_eq!(outcome(&plan, "far"), &dominated(500 + 360 - 720));
}

#[test]
fn the_far_centre_wins_when_the_parcel_is_light_and_its_picking_cheap() {
    let near = Candidate { package_minor: 500, per_line_minor: 200, ..node("near", &[5]) };
    let far = Candidate { package_minor: 560, per_line_minor: 80, ..node("far", &[5]) };
    let plan = source(&order(vec![line(1, 1, 100)], vec![near, far]));
    assert_eq!(told(&plan), "far 1×1");
    assert_eq!(outcome(&plan, "near"), &dominated(60));
}

#[test]
fn one_package_from_far_beats_two_from_near() {
    let near =
        |name, available: &[i64]| Candidate { package_minor: 500, per_kg_minor: 10, ..node(name, available) };
    let far = Candidate { package_minor: 800, per_kg_minor: 30, ..node("far", &[1, 1]) };
    let lines = vec![line(1, 1, 1000), line(2, 1, 1000)];
    let plan = source(&order(lines, vec![near("a", &[1, 0]), near("b", &[0, 1]), far]));
    assert_eq!(told(&plan), "far 1×1, 2×1");
    assert_eq!(plan.cost.total_minor(), 860);
    // The cheapest plan with a package from `a` has its second from `b`.
    assert_eq!(outcome(&plan, "a"), &dominated(1020 - 860));
}

#[test]
fn two_packages_from_near_beat_one_from_far_when_the_goods_are_heavy() {
    let near =
        |name, available: &[i64]| Candidate { package_minor: 500, per_kg_minor: 10, ..node(name, available) };
    let far = Candidate { package_minor: 800, per_kg_minor: 30, ..node("far", &[1, 1]) };
    let lines = vec![line(1, 1, 9000), line(2, 1, 9000)];
    let plan = source(&order(lines, vec![near("a", &[1, 0]), near("b", &[0, 1]), far]));
    assert_eq!(told(&plan), "a 1×1 + b 2×1");
}

#[test]
fn a_line_is_divided_when_no_node_has_it_all() {
    let stores =
        [("a", 2), ("b", 2), ("c", 3)].map(|(name, n)| Candidate { package_minor: 300, ..node(name, &[n]) });
    let plan = source(&order(vec![line(1, 5, 100)], stores.to_vec()));
    assert_eq!(told(&plan), "a 1×2 + c 1×3");
    // Either of the equal stores would do; the lower id wins the tie.
    assert_eq!(outcome(&plan, "b"), &dominated(0));
}

#[test]
fn a_line_is_divided_when_that_saves_more_freight_than_the_second_pick_costs() {
    let cheap =
        Candidate { package_minor: 300, per_kg_minor: 10, per_line_minor: 50, ..node("cheap", &[1, 3]) };
    let dear =
        Candidate { package_minor: 300, per_kg_minor: 100, per_line_minor: 50, ..node("dear", &[0, 9]) };
    let full = Candidate { per_kg_minor: 400, ..dear.clone() };
    let lines = vec![line(1, 1, 100), line(2, 4, 1000)];
    let plan = source(&order(lines.clone(), vec![cheap.clone(), dear]));
    assert_eq!(told(&plan), "cheap 1×1, 2×3 + dear 2×1");
    assert_eq!(plan.cost.line_minor, 150);
    let plan = source(&order(lines, vec![cheap, full]));
    assert_eq!(told(&plan), "cheap 1×1, 2×3 + dear 2×1");
}

#[test]
fn equal_nodes_are_told_apart_by_distance_then_by_id() {
    let at = |name, distance_metres| Candidate { distance_metres, ..node(name, &[1]) };
    for (candidates, winner) in [
        (vec![at("b", Some(10)), at("a", Some(20))], "b"),
        (vec![at("b", Some(10)), at("a", Some(10))], "a"),
        (vec![at("a", None), at("b", Some(19_000_000))], "b"),
        (vec![at("b", None), at("a", None)], "a"),
    ] {
        assert_eq!(told(&source(&order(vec![line(1, 1, 0)], candidates))), format!("{winner} 1×1"));
    }
}

#[test]
fn the_cost_of_weight_is_rounded_up_once_for_the_plan() {
    let stores = ["a", "b"].map(|name| Candidate { per_kg_minor: 1, ..node(name, &[1]) });
    let plan = source(&order(vec![line(1, 2, 300)], stores.to_vec()));
    assert_eq!(plan.shipments.len(), 2);
    assert_eq!(plan.cost.weight_minor, 1);
}

#[test]
fn excluded_and_empty_nodes_say_why() {
    let closed = Candidate { exclusions: vec![Exclusion::Inactive], ..node("closed", &[9]) };
    let plan = source(&order(vec![line(1, 1, 0)], vec![closed, node("empty", &[0]), node("open", &[1])]));
    assert_eq!(told(&plan), "open 1×1");
    assert_eq!(outcome(&plan, "closed"), &Outcome::Excluded { reasons: vec![Exclusion::Inactive] });
    assert_eq!(outcome(&plan, "empty"), &Outcome::NoStock);
    assert_eq!(outcome(&plan, "open"), &Outcome::Chosen);
}

#[test]
fn an_order_that_ships_whole_is_refused_with_a_reason_for_each_line() {
    let lines = vec![line(1, 2, 0), line(2, 5, 0)];
    let whole = order(lines, vec![node("a", &[2, 1]), node("b", &[2, 3])]);
    let plan = source(&whole);
    assert!(plan.shipments.is_empty());
    let reasons: Vec<_> = plan.unserved.iter().map(|u| (u.line_no, u.quantity, u.reason)).collect();
    let short = UnservedReason::NotEnoughStock { available: units(4) };
    assert_eq!(reasons, [(1, units(2), UnservedReason::OrderShipsWhole), (2, units(5), short)]);
    assert_eq!(outcome(&plan, "a"), &Outcome::Incomplete);

    let plan = source(&Problem { allow_partial: true, ..whole });
    assert_eq!(told(&plan), "a 1×2, 2×1 + b 2×3");
    assert_eq!((plan.unserved[0].quantity, plan.unserved[0].reason), (units(1), short));
}

#[test]
fn the_limit_on_nodes_is_named_when_it_stands_in_the_way() {
    let spread = order(vec![line(1, 3, 0)], ["a", "b", "c"].map(|name| node(name, &[1])).to_vec());
    assert_eq!(told(&source(&spread)), "a 1×1 + b 1×1 + c 1×1");
    let limited = Problem { max_nodes: 2, ..spread };
    let plan = source(&limited);
    assert!(plan.shipments.is_empty() && plan.is_exact);
    assert_eq!(plan.unserved[0].reason, UnservedReason::NodeLimit { reachable: units(2) });
    let plan = source(&Problem { allow_partial: true, ..limited });
    assert_eq!((told(&plan).as_str(), plan.unserved[0].quantity), ("a 1×1 + b 1×1", units(1)));
    let none = source(&Problem { max_nodes: 0, ..order(vec![line(1, 1, 0)], vec![node("a", &[1])]) });
    assert_eq!(none.unserved[0].reason, UnservedReason::NodeLimit { reachable: units(0) });
}

#[test]
fn a_node_that_blocks_full_service_under_the_limit_is_called_incomplete() {
    let plan = source(&Problem {
        max_nodes: 1,
        ..order(
            vec![line(1, 1, 0), line(2, 1, 0)],
            vec![
                Candidate { package_minor: 900, ..node("both", &[1, 1]) },
                Candidate { package_minor: 1, ..node("one", &[1, 0]) },
            ],
        )
    });
    assert_eq!(told(&plan), "both 1×1, 2×1");
    assert_eq!(outcome(&plan, "one"), &Outcome::Incomplete);
}

#[test]
fn an_order_of_nothing_needs_nobody() {
    let plan = source(&order(vec![line(1, 0, 10)], vec![node("a", &[1])]));
    assert!(plan.shipments.is_empty() && plan.serves_all() && plan.is_exact);
    assert_eq!(outcome(&plan, "a"), &Outcome::NoStock);
    assert!(source(&order(Vec::new(), Vec::new())).serves_all());
}

#[test]
fn a_problem_that_contradicts_itself_is_refused() {
    let refused =
        |problem: &Problem| algo_sourcing::solve(problem, algo_sourcing::Budget::default()).unwrap_err();
    let a = || node("a", &[1]);
    let one_line = |candidates| order(vec![line(1, 1, 1)], candidates);
    let node_id = NodeId::from_body("a");
    assert_eq!(refused(&one_line(vec![a(), a()])), BadProblem::RepeatedNode { node_id: node_id.clone() });
    assert_eq!(
        refused(&one_line(vec![node("a", &[])])),
        BadProblem::AvailableLength { node_id: node_id.clone(), expected: 1, got: 0 }
    );
    assert_eq!(
        refused(&one_line(vec![Candidate { package_minor: -1, ..a() }])),
        BadProblem::NegativeNode { node_id }
    );
    assert_eq!(refused(&one_line(vec![Candidate { package_minor: i64::MAX, ..a() }])), BadProblem::TooLarge);
    assert_eq!(
        refused(&order(
            vec![line(1, 1_000_000_000_000, i64::MAX)],
            vec![Candidate { per_kg_minor: i64::MAX, ..node("a", &[1_000_000_000_000]) }]
        )),
        BadProblem::TooLarge
    );
    let twice = order(vec![line(1, 1, 1), line(1, 1, 1)], Vec::new());
    assert_eq!(refused(&twice), BadProblem::RepeatedLine { line_no: 1 });
}

#[test]
fn the_checker_sees_through_a_false_plan() {
    let problem = order(vec![line(1, 2, 500)], vec![Candidate { per_kg_minor: 7, ..node("a", &[2]) }]);
    let honest = source(&problem);
    let mut dear = honest.clone();
    dear.cost.weight_minor += 1;
    assert!(matches!(check(&problem, &dear), Err(Violation::WrongCost { .. })));
    let mut lost = honest.clone();
    lost.shipments[0].units[0].quantity = units(1);
    assert!(matches!(check(&problem, &lost), Err(Violation::UnitsLost { .. })));
    let mut greedy = honest.clone();
    greedy.shipments[0].units[0].quantity = units(3);
    assert!(matches!(check(&problem, &greedy), Err(Violation::OverAvailable { .. })));
    let mut silent = honest;
    silent.considered.clear();
    assert!(matches!(check(&problem, &silent), Err(Violation::WrongOutcome(_))));
}
