//! Orders far beyond everyday size: answered within the budget, whole, and the same each time.

use algo_sourcing::{Budget, Candidate, Problem, check, solve};

use crate::orders::{line, node};

fn great_order(rng: &mut impl FnMut(i64) -> i64, lines: u32, nodes: usize, max_nodes: u32) -> Problem {
    let wanted: Vec<_> = (1..=lines).map(|no| line(no, 1 + rng(20), 50 + rng(3000))).collect();
    let candidates = (0..nodes)
        .map(|n| {
            let available: Vec<i64> = wanted.iter().map(|_| if rng(3) == 0 { 0 } else { rng(40) }).collect();
            let zone = rng(6);
            Candidate {
                distance_metres: Some(zone * 100_000 + rng(100_000)),
                package_minor: 500 + 160 * zone,
                per_kg_minor: 40 + 28 * zone,
                per_line_minor: if n % 5 == 0 { 80 } else { 200 },
                ..node(&format!("n{n:03}"), &available)
            }
        })
        .collect();
    Problem { lines: wanted, candidates, max_nodes, allow_partial: true }
}

/// Splitmix64 from a seed, so that a failure can be made again.
fn chance(seed: u64) -> impl FnMut(i64) -> i64 {
    let mut state = seed;
    move |below| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits >> 33) as i64) % below
    }
}

#[test]
fn a_thousand_lines_over_fifty_nodes_are_all_served() {
    for max_nodes in [3, 8, 50] {
        let problem = great_order(&mut chance(7), 1000, 50, max_nodes);
        let plan = solve(&problem, Budget::default()).unwrap();
        assert_eq!(check(&problem, &plan), Ok(()));
        assert_eq!(plan, solve(&problem, Budget::default()).unwrap());
        if max_nodes == 50 {
            assert!(plan.serves_all());
        }
    }
}

#[test]
fn more_work_never_gives_a_worse_plan() {
    let problem = great_order(&mut chance(3), 40, 60, 6);
    let worth = |steps| {
        let plan = solve(&problem, Budget::new(steps)).unwrap();
        let unserved: i64 = plan.unserved.iter().map(|unserved| unserved.quantity.units()).sum();
        (unserved, plan.cost.total_minor())
    };
    let greedy = worth(0);
    let found = worth(1_000_000);
    assert!(found <= greedy, "{found:?} after work, {greedy:?} before");
}

#[test]
fn an_order_spread_thinly_over_a_thousand_nodes_is_served() {
    let stores = (0..1000).map(|n| node(&format!("n{n:04}"), &[1 + n % 3])).collect();
    let problem =
        Problem { lines: vec![line(1, 1900, 10)], candidates: stores, max_nodes: 1000, allow_partial: false };
    let plan = solve(&problem, Budget::default()).unwrap();
    assert_eq!(check(&problem, &plan), Ok(()));
    assert!(plan.serves_all());
}
