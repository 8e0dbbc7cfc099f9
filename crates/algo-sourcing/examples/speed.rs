//! How long a decision takes: `cargo run --release -p algo-sourcing --example speed`.

use std::time::Instant;

use algo_sourcing::{Budget, Candidate, Line, Problem, solve};
use kernel::{NodeId, Quantity};

/// Splitmix64: enough chance for a measurement, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((bits >> 33) as i64) % bound
    }
}

/// One node in five is a centre with most items; the rest are stores with few and little of each.
fn order(chance: &mut Chance, lines: u32, nodes: i64) -> Problem {
    let quantity = |units| Quantity::new(units).expect("small numbers are quantities");
    let lines: Vec<Line> = (1..=lines)
        .map(|line_no| Line {
            line_no,
            quantity: quantity(1 + chance.below(3)),
            unit_weight_grams: 50 + chance.below(4000),
        })
        .collect();
    let candidates = (0..nodes)
        .map(|n| {
            let (is_centre, zone) = (n % 5 == 0, chance.below(6));
            let stock = lines.iter().map(|_| match (is_centre, chance.below(10)) {
                (true, 0..6) => 10 + chance.below(100),
                (false, 0..4) => 1 + chance.below(4),
                _ => 0,
            });
            let available = stock.map(quantity).collect();
            Candidate {
                node_id: NodeId::from_body(&format!("01k3n8w7qz5v9t2r4x6y8b{n:04}")),
                distance_metres: Some(zone * 200_000 + chance.below(200_000)),
                package_minor: 500 + 160 * zone,
                per_kg_minor: 40 + 28 * zone,
                per_line_minor: if is_centre { 80 } else { 200 },
                available,
                exclusions: Vec::new(),
            }
        })
        .collect();
    Problem { lines, candidates, max_nodes: 3, allow_partial: true }
}

fn main() {
    println!("nodes lines  receipt     p50 us     p99 us    exact");
    let rows: [(i64, u32, usize); 8] = [
        (50, 1, 4000),
        (50, 2, 4000),
        (50, 3, 4000),
        (50, 4, 4000),
        (50, 5, 4000),
        (500, 5, 400),
        (500, 10, 400),
        (50, 1000, 20),
    ];
    for (nodes, lines, count) in rows {
        for receipt_steps in [0, 500_000] {
            let mut chance = Chance(20_261_122);
            let budget = Budget { receipt_steps, ..Budget::default() };
            let mut exact = 0;
            let mut nanos: Vec<u128> = (0..count)
                .map(|_| {
                    let problem = order(&mut chance, lines, nodes);
                    let start = Instant::now();
                    let plan = solve(&problem, budget).expect("the problem is consistent");
                    let took = start.elapsed().as_nanos();
                    exact += usize::from(plan.is_exact);
                    took
                })
                .collect();
            nanos.sort_unstable();
            let at = |percent: usize| nanos[(nanos.len() - 1) * percent / 100] as f64 / 1000.0;
            let receipt = if receipt_steps == 0 { "bounds" } else { "exact" };
            println!("{nodes:5} {lines:5} {receipt:>8} {:10.1} {:10.1} {exact:>4}/{count}", at(50), at(99));
        }
    }
}
