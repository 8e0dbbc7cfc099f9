//! One line over the nodes that are open: how many units from each, at the least cost.
//!
//! Picking is paid at each node that sends any, so dividing a line costs extra, and only nodes that hold a part of it
//! make dividing worth while. Of a given set of nodes it is best to empty those with the cheapest freight first, so
//! the search is over sets: take or leave each node, the cheapest freight first, pruned by a bound.

use crate::table::Table;

/// The most nodes one line looks at before it settles for the best division found.
const MOST_STEPS: u64 = 20_000;

/// Over more nodes than this a line is divided by freight alone: the search would go too deep for the stack.
const MOST_SOURCES: usize = 256;

/// A line divided.
pub(crate) struct Division {
    pub(crate) cost: i64,
    /// Node and units.
    pub(crate) parts: Vec<(usize, i64)>,
    /// The work done.
    pub(crate) steps: u64,
    pub(crate) is_exact: bool,
}

/// The cheapest way to serve as much of `line` as these nodes have; on a tie fewer nodes, then the cheaper freight.
pub(crate) fn divide(table: &Table, nodes: &[usize], line: usize) -> Division {
    let mut sources: Vec<Source> = nodes
        .iter()
        .map(|&node| Source {
            node,
            have: table.have(node)[line],
            unit: table.unit_cost(node, line),
            pick: table.pick[node],
            least: table.own(node)[line],
        })
        .filter(|source| source.have > 0)
        .collect();
    let want = table.want[line];
    let total = sources.iter().map(|source| source.have).fold(0, i64::saturating_add);
    if total <= want {
        let cost = sources.iter().map(|source| source.pick + source.unit * source.have).sum();
        let parts = sources.iter().map(|source| (source.node, source.have)).collect();
        return Division { cost, parts, steps: sources.len() as u64, is_exact: true };
    }
    sources.sort_unstable_by_key(|source| (source.unit, source.node));
    if sources.len() > MOST_SOURCES {
        return by_freight(&sources, want);
    }
    // From each place on: the least that `want` units would cost, and all units there are.
    let mut ahead = vec![(i64::MAX, 0_i64); sources.len() + 1];
    for (i, source) in sources.iter().enumerate().rev() {
        ahead[i] = (ahead[i + 1].0.min(source.least), ahead[i + 1].1.saturating_add(source.have));
    }
    let mut taking =
        Taking { sources: &sources, ahead: &ahead, want, taken: Vec::new(), best: None, steps: 0 };
    taking.step(0, want, 0);
    let (cost, parts) = taking.best.expect("nodes that together have more than enough serve the line");
    Division { cost, parts, steps: taking.steps, is_exact: taking.steps < MOST_STEPS }
}

/// Empties the nodes with the cheapest freight first, whatever their picking costs.
fn by_freight(sources: &[Source], want: i64) -> Division {
    let (mut cost, mut need, mut parts) = (0, want, Vec::new());
    for source in sources {
        let units = source.have.min(need);
        if units > 0 {
            cost += source.pick + source.unit * units;
            need -= units;
            parts.push((source.node, units));
        }
    }
    Division { cost, parts, steps: sources.len() as u64, is_exact: false }
}

struct Source {
    node: usize,
    have: i64,
    unit: i64,
    pick: i64,
    least: i64,
}

struct Taking<'s> {
    sources: &'s [Source],
    ahead: &'s [(i64, i64)],
    want: i64,
    taken: Vec<(usize, i64)>,
    best: Option<(i64, Vec<(usize, i64)>)>,
    steps: u64,
}

impl Taking<'_> {
    fn step(&mut self, at: usize, need: i64, cost: i64) {
        if need == 0 {
            let is_better = self
                .best
                .as_ref()
                .is_none_or(|(best, parts)| (cost, self.taken.len()) < (*best, parts.len()));
            if is_better {
                self.best = Some((cost, self.taken.clone()));
            }
            return;
        }
        let (least, units) = self.ahead[at];
        let may_stop = self.best.is_some();
        if units < need || (may_stop && self.steps >= MOST_STEPS) {
            return;
        }
        if let Some((best, parts)) = &self.best {
            let rest = i128::from(least) * i128::from(need) / i128::from(self.want);
            let bound = i128::from(cost) + rest;
            if (bound, self.taken.len() + 1) >= (i128::from(*best), parts.len()) {
                return;
            }
        }
        self.steps += 1;
        let source = &self.sources[at];
        let units = source.have.min(need);
        self.taken.push((source.node, units));
        self.step(at + 1, need - units, cost + source.pick + source.unit * units);
        self.taken.pop();
        self.step(at + 1, need, cost);
    }
}
