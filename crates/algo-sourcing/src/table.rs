//! The problem laid out for the search: the nodes that count, nearest first, and dense rows of numbers by line.
//!
//! Costs here are in thousandths of a minor unit, the unit in which grams × price per kilogram is a whole number.

use std::collections::HashSet;

use kernel::Quantity;

use crate::{BadProblem, Problem};

/// Farther than any two places on earth: once around it.
const UNKNOWN_METRES: i64 = 40_075_000;

pub(crate) struct Table<'p> {
    pub(crate) problem: &'p Problem,
    /// All candidates by index, the nearest first, then by id.
    pub(crate) nearest_first: Vec<usize>,
    /// Of each usable node, the index of its candidate; the nearest first.
    pub(crate) nodes: Vec<usize>,
    /// Of each line that stock can serve at all, its index in the problem.
    pub(crate) lines: Vec<usize>,
    /// How many units of each such line stock can serve: all that is wanted, or all there is.
    pub(crate) want: Vec<i64>,
    /// Units of each problem line at all usable nodes together.
    pub(crate) stock: Vec<Quantity>,
    pub(crate) metres: Vec<i64>,
    /// Price of a package, by node.
    pub(crate) open: Vec<i64>,
    /// Price of picking a line, by node.
    pub(crate) pick: Vec<i64>,
    per_kg: Vec<i64>,
    grams: Vec<i64>,
    /// Units a node can give of a line, at most what is wanted; row by node.
    have: Vec<i64>,
    /// No plan serves this line from this node for less (exact where the node has it all); row by node.
    own: Vec<i64>,
    /// The same with the line's share of the node's package; row by node.
    shared: Vec<i64>,
    /// The least of `shared` over all nodes, by line.
    pub(crate) shared_least: Vec<i64>,
    /// Units at all nodes together, and at the fullest, by line.
    pub(crate) have_sum: Vec<i64>,
    pub(crate) have_most: Vec<i64>,
    /// Does any node have some of a line, but not all?
    pub(crate) has_parts: bool,
    pub(crate) max_nodes: usize,
}

impl<'p> Table<'p> {
    pub(crate) fn new(problem: &'p Problem) -> Result<Table<'p>, BadProblem> {
        refuse_contradictions(problem)?;
        let metres_of = |c: usize| {
            problem.candidates[c].distance_metres.map_or(UNKNOWN_METRES, |metres| metres.min(UNKNOWN_METRES))
        };
        let mut nearest_first: Vec<usize> = (0..problem.candidates.len()).collect();
        nearest_first.sort_unstable_by(|&a, &b| {
            metres_of(a)
                .cmp(&metres_of(b))
                .then_with(|| problem.candidates[a].node_id.cmp(&problem.candidates[b].node_id))
        });

        let mut stock = vec![0_i64; problem.lines.len()];
        let mut nodes = Vec::with_capacity(nearest_first.len());
        for &c in &nearest_first {
            let candidate = &problem.candidates[c];
            let mut is_useful = false;
            if candidate.exclusions.is_empty() {
                for ((sum, available), line) in stock.iter_mut().zip(&candidate.available).zip(&problem.lines)
                {
                    *sum = sum.saturating_add(available.units());
                    is_useful |= !available.is_zero() && !line.quantity.is_zero();
                }
            }
            if is_useful {
                nodes.push(c);
            }
        }
        let stock: Vec<Quantity> =
            stock.into_iter().map(|sum| Quantity::new(sum).unwrap_or(Quantity::MAX)).collect();
        let lines: Vec<usize> = (0..problem.lines.len())
            .filter(|&l| !stock[l].is_zero() && !problem.lines[l].quantity.is_zero())
            .collect();
        let want: Vec<i64> = lines.iter().map(|&l| problem.lines[l].quantity.min(stock[l]).units()).collect();
        let grams: Vec<i64> = lines.iter().map(|&l| problem.lines[l].unit_weight_grams).collect();

        let of = |price: fn(&crate::Candidate) -> i64| -> Vec<i64> {
            nodes.iter().map(|&c| price(&problem.candidates[c])).collect()
        };
        let mut table = Table {
            metres: nodes.iter().map(|&c| metres_of(c)).collect(),
            open: of(|c| c.package_minor.saturating_mul(1000)),
            pick: of(|c| c.per_line_minor.saturating_mul(1000)),
            per_kg: of(|c| c.per_kg_minor),
            max_nodes: usize::try_from(problem.max_nodes).unwrap_or(usize::MAX).min(nodes.len()),
            have: Vec::with_capacity(nodes.len() * lines.len()),
            own: Vec::with_capacity(nodes.len() * lines.len()),
            shared: Vec::with_capacity(nodes.len() * lines.len()),
            shared_least: Vec::new(),
            have_sum: vec![0; lines.len()],
            have_most: vec![0; lines.len()],
            has_parts: false,
            problem,
            nearest_first,
            nodes,
            lines,
            want,
            stock,
            grams,
        };
        table.fill()?;
        Ok(table)
    }

    fn fill(&mut self) -> Result<(), BadProblem> {
        // What no plan can cost for a line: every node opened and picked at, all units at the dearest freight.
        let fixed: i128 = self.open.iter().chain(&self.pick).map(|&price| i128::from(price)).sum();
        let dearest = i128::from(self.per_kg.iter().copied().max().unwrap_or(0));
        let ceiling = |l: usize| {
            let freight = (dearest * i128::from(self.grams[l])).checked_mul(i128::from(self.want[l]))?;
            freight.checked_add(fixed + 1)
        };
        let mut ceilings = Vec::with_capacity(self.want.len());
        let mut left = i128::from(i64::MAX / 4);
        for l in 0..self.want.len() {
            let ceiling = ceiling(l).ok_or(BadProblem::TooLarge)?;
            left = left.checked_sub(ceiling).filter(|&left| left >= 0).ok_or(BadProblem::TooLarge)?;
            ceilings.push(i64::try_from(ceiling).map_err(|_| BadProblem::TooLarge)?);
        }

        self.shared_least.clone_from(&ceilings);
        for n in 0..self.nodes.len() {
            let candidate = &self.problem.candidates[self.nodes[n]];
            let row = self.have.len();
            self.have.extend(
                self.lines.iter().zip(&self.want).map(|(&l, &want)| candidate.available[l].units().min(want)),
            );
            let stocked = self.have[row..].iter().filter(|&&have| have > 0).count().max(1) as i64;
            let share = self.open[n] / stocked;
            for (l, &ceiling) in ceilings.iter().enumerate() {
                let (have, want) = (self.have[row + l], self.want[l]);
                self.have_sum[l] = self.have_sum[l].saturating_add(have);
                self.have_most[l] = self.have_most[l].max(have);
                let (own, shared) = if have == want {
                    let own = self.pick[n] + self.unit_cost(n, l) * want;
                    (own, own + share)
                } else if have > 0 {
                    self.has_parts = true;
                    // A unit from here carries at least its part of a pick, and of a package, that gives no more
                    // than `have` units.
                    let freight = self.unit_cost(n, l) * want;
                    let spread = |fixed: i64| {
                        let cost = i128::from(fixed) * i128::from(want) / i128::from(have);
                        i64::try_from(cost + i128::from(freight)).unwrap_or(i64::MAX).min(ceiling)
                    };
                    (spread(self.pick[n]), spread(self.pick[n] + share))
                } else {
                    (ceiling, ceiling)
                };
                self.own.push(own);
                self.shared.push(shared);
                self.shared_least[l] = self.shared_least[l].min(shared);
            }
        }
        Ok(())
    }

    /// Does any line want more than all nodes have together?
    pub(crate) fn lacks_stock(&self) -> bool {
        self.problem.lines.iter().zip(&self.stock).any(|(line, &stock)| stock < line.quantity)
    }

    /// Freight of one unit of a line from a node.
    pub(crate) fn unit_cost(&self, node: usize, line: usize) -> i64 {
        self.per_kg[node] * self.grams[line]
    }

    pub(crate) fn width(&self) -> usize {
        self.want.len()
    }

    pub(crate) fn have(&self, node: usize) -> &[i64] {
        &self.have[node * self.width()..][..self.width()]
    }

    pub(crate) fn own(&self, node: usize) -> &[i64] {
        &self.own[node * self.width()..][..self.width()]
    }

    pub(crate) fn shared(&self, node: usize) -> &[i64] {
        &self.shared[node * self.width()..][..self.width()]
    }
}

fn refuse_contradictions(problem: &Problem) -> Result<(), BadProblem> {
    let mut line_nos: Vec<u32> = problem.lines.iter().map(|line| line.line_no).collect();
    line_nos.sort_unstable();
    if let Some(pair) = line_nos.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(BadProblem::RepeatedLine { line_no: pair[0] });
    }
    if let Some(line) = problem.lines.iter().find(|line| line.unit_weight_grams < 0) {
        return Err(BadProblem::NegativeWeight { line_no: line.line_no });
    }
    let mut seen = HashSet::with_capacity(problem.candidates.len());
    for candidate in &problem.candidates {
        let node_id = || candidate.node_id.clone();
        if !seen.insert(candidate.node_id.as_str()) {
            return Err(BadProblem::RepeatedNode { node_id: node_id() });
        }
        if candidate.available.len() != problem.lines.len() {
            let (expected, got) = (problem.lines.len(), candidate.available.len());
            return Err(BadProblem::AvailableLength { node_id: node_id(), expected, got });
        }
        let numbers = [candidate.package_minor, candidate.per_kg_minor, candidate.per_line_minor];
        if numbers.into_iter().chain(candidate.distance_metres).any(|number| number < 0) {
            return Err(BadProblem::NegativeNode { node_id: node_id() });
        }
    }
    Ok(())
}
