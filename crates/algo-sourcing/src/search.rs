//! Which nodes to open: branch and bound over sets of nodes.
//!
//! A set is bounded by the packages it has opened plus, for each line, the least it can cost from an open node or,
//! with a share of the package, from a node that may still be opened. Nodes whose bound already loses to the best
//! set known are dropped before branching; the rest are tried the most promising first.

use crate::split;
use crate::table::Table;

/// Sets larger than this are left to the greedy plan and its betterment: the search would go too deep for the stack.
const MOST_DEPTH: usize = 256;

/// How good a set of nodes is; less is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Score {
    pub(crate) unserved: i64,
    /// In thousandths of a minor unit.
    pub(crate) cost: i64,
    nodes: usize,
    metres: i64,
}

/// A set of nodes, the nearest first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Choice {
    pub(crate) score: Score,
    pub(crate) nodes: Vec<usize>,
}

/// What a set of nodes comes to, line by line; kept for each depth of the search.
#[derive(Debug, Clone, Default)]
struct Level {
    /// The least a line can cost from these nodes.
    own: Vec<i64>,
    /// Units of a line these nodes have.
    have: Vec<i64>,
    open: i64,
    metres: i64,
}

/// The nodes that may still be opened, by line.
#[derive(Clone, Copy)]
struct Ahead<'a> {
    shared: &'a [i64],
    have_sum: &'a [i64],
    have_most: &'a [i64],
    /// How many more may be opened.
    nodes: usize,
}

pub(crate) struct Search<'t, 'p> {
    table: &'t Table<'p>,
    levels: Vec<Level>,
    path: Vec<usize>,
    best: Choice,
    /// Work left; nothing is proved once it is negative.
    steps: i64,
    is_exact: bool,
    order: Vec<usize>,
    /// Rows like `Ahead`, for the nodes from each place of `order` on.
    suffixes: Vec<i64>,
}

impl<'t, 'p> Search<'t, 'p> {
    pub(crate) fn new(table: &'t Table<'p>) -> Search<'t, 'p> {
        let width = table.width();
        let root = Level {
            // Above every real cost, so that the first node opened replaces it.
            own: vec![i64::MAX; width],
            have: vec![0; width],
            open: 0,
            metres: 0,
        };
        let nothing = Score { unserved: table.want.iter().sum(), cost: 0, nodes: 0, metres: 0 };
        Search {
            table,
            levels: vec![root],
            path: Vec::new(),
            best: Choice { score: nothing, nodes: Vec::new() },
            steps: 0,
            is_exact: true,
            order: Vec::new(),
            suffixes: Vec::new(),
        }
    }

    /// The best set of nodes, and whether that is proved.
    pub(crate) fn best(&mut self, steps: u64) -> (Choice, bool) {
        let steps = i64::try_from(steps).unwrap_or(i64::MAX);
        self.is_exact = true;
        self.steps = steps - steps / 2;
        self.greedy();
        self.path.clear();
        self.branch();
        if !self.is_exact {
            self.steps = self.steps.max(0) + steps / 2;
            self.improve();
            self.close_idle();
        }
        (self.best.clone(), self.is_exact)
    }

    /// The best set with this node open, and whether that is proved. `chosen` gives it a start; `steps` is what may
    /// still be done, and is lessened.
    pub(crate) fn best_with(&mut self, node: usize, chosen: &Choice, steps: &mut i64) -> (Choice, bool) {
        self.is_exact = true;
        self.steps = *steps;
        self.best =
            Choice { score: Score { unserved: i64::MAX, cost: 0, nodes: 0, metres: 0 }, nodes: Vec::new() };
        self.try_set(&[node]);
        let mut set = Vec::with_capacity(chosen.nodes.len() + 1);
        for left_out in 0..=chosen.nodes.len() {
            set.clear();
            set.push(node);
            set.extend(chosen.nodes.iter().enumerate().filter(|(i, _)| *i != left_out).map(|(_, n)| *n));
            if set.len() <= self.table.max_nodes {
                self.try_set(&set);
            }
        }
        let (_, least) = self.bound_with(node);
        if self.best.score.unserved > 0 || least < self.best.score.cost {
            self.path.clear();
            self.push(node);
            self.branch();
        }
        *steps = self.steps;
        (self.best.clone(), self.is_exact)
    }

    /// What no plan with this node can beat: units unserved, and the cost of full service.
    pub(crate) fn bound_with(&mut self, node: usize) -> (i64, i64) {
        self.path.clear();
        self.bound(node, self.ahead_of_all(self.table.max_nodes.saturating_sub(1)))
    }

    fn ahead_of_all(&self, nodes: usize) -> Ahead<'t> {
        let table = self.table;
        Ahead { shared: &table.shared_least, have_sum: &table.have_sum, have_most: &table.have_most, nodes }
    }

    /// Opens one node after another, each the best next, while that helps.
    fn greedy(&mut self) {
        let table = self.table;
        self.path.clear();
        let mut is_open = vec![false; table.nodes.len()];
        let mut now = (i64::MAX, i64::MAX);
        while self.path.len() < table.max_nodes {
            let nothing_ahead = self.ahead_of_all(0);
            let next = (0..table.nodes.len())
                .filter(|&node| !is_open[node])
                .map(|node| (self.bound(node, nothing_ahead), node))
                .min();
            let Some((then, node)) = next.filter(|(then, _)| *then < now) else { break };
            now = then;
            is_open[node] = true;
            self.push(node);
            self.keep();
        }
    }

    /// Tries every set that contains the path, save those that cannot be better.
    fn branch(&mut self) {
        let table = self.table;
        let depth = self.path.len();
        if depth >= table.max_nodes {
            return;
        }
        let ahead = self.ahead_of_all(table.max_nodes - depth - 1);
        let mut promising: Vec<((i64, i64), usize)> = Vec::new();
        for node in 0..table.nodes.len() {
            if self.path.contains(&node) {
                continue;
            }
            self.steps -= table.width() as i64;
            let bound = self.bound(node, ahead);
            if self.may_better(bound, depth + 1, self.levels[depth].metres + table.metres[node]) {
                promising.push((bound, node));
            }
        }
        if self.steps < 0 {
            self.is_exact &= promising.is_empty();
            return;
        }
        if promising.is_empty() {
            return;
        }
        promising.sort_unstable();
        self.order.clear();
        self.order.extend(promising.iter().map(|(_, node)| *node));
        if ahead.nodes > 0 {
            self.sum_suffixes();
        }
        self.descend(0);
    }

    fn sum_suffixes(&mut self) {
        let (table, width) = (self.table, self.table.width());
        let row = 3 * width;
        self.suffixes.clear();
        self.suffixes.resize(row * (self.order.len() + 1), 0);
        let last = row * self.order.len();
        self.suffixes[last..last + width].fill(i64::MAX);
        for (place, &node) in self.order.iter().enumerate().rev() {
            let (here, after) = self.suffixes[row * place..].split_at_mut(row);
            let (shared, have) = (table.shared(node), table.have(node));
            for l in 0..width {
                here[l] = after[l].min(shared[l]);
                here[width + l] = after[width + l].saturating_add(have[l]);
                here[2 * width + l] = after[2 * width + l].max(have[l]);
            }
        }
    }

    fn descend(&mut self, start: usize) {
        let (table, width) = (self.table, self.table.width());
        let depth = self.path.len();
        let nodes_after = table.max_nodes - depth - 1;
        for place in start..self.order.len() {
            if self.steps < 0 {
                self.is_exact = false;
                return;
            }
            self.steps -= width as i64;
            let node = self.order[place];
            let nodes = nodes_after.min(self.order.len() - place - 1);
            let bound = if nodes == 0 {
                self.bound(node, self.ahead_of_all(0))
            } else {
                let row = &self.suffixes[3 * width * (place + 1)..][..3 * width];
                let (shared, rest) = row.split_at(width);
                let (have_sum, have_most) = rest.split_at(width);
                self.bound(node, Ahead { shared, have_sum, have_most, nodes })
            };
            let metres = self.levels[depth].metres + table.metres[node];
            if !self.may_better(bound, depth + 1, metres) {
                continue;
            }
            self.push(node);
            self.keep();
            if nodes > 0 && self.may_better(bound, depth + 2, metres) {
                if depth < MOST_DEPTH {
                    self.descend(place + 1);
                } else {
                    self.is_exact = false;
                }
            }
            self.path.pop();
        }
    }

    /// Could a set with these bounds be better than the best known?
    fn may_better(&self, (unserved, cost): (i64, i64), nodes: usize, metres: i64) -> bool {
        let best = &self.best.score;
        if best.unserved == 0 {
            unserved == 0 && (cost, nodes, metres) <= (best.cost, best.nodes, best.metres)
        } else {
            // The bound of cost holds for full service only, so nothing is known of cost here.
            unserved <= best.unserved
        }
    }

    /// What the path, this node, and any of those ahead cannot beat: units unserved, and cost of full service.
    fn bound(&self, node: usize, ahead: Ahead) -> (i64, i64) {
        let table = self.table;
        let level = &self.levels[self.path.len()];
        let width = table.width();
        let (own, have, want) = (table.own(node), table.have(node), &table.want[..width]);
        let (level_own, level_have) = (&level.own[..width], &level.have[..width]);
        let (mut unserved, mut cost) = (0, level.open + table.open[node]);
        if ahead.nodes == 0 {
            for l in 0..width {
                cost += own[l].min(level_own[l]);
                unserved += (want[l] - have[l] - level_have[l]).max(0);
            }
        } else {
            let nodes = ahead.nodes as i64;
            for l in 0..width {
                cost += own[l].min(level_own[l]).min(ahead.shared[l]);
                let reach = ahead.have_sum[l].min(ahead.have_most[l].saturating_mul(nodes));
                unserved += (want[l] - have[l] - level_have[l] - reach).max(0);
            }
        }
        (unserved, cost)
    }

    fn push(&mut self, node: usize) {
        let (table, depth) = (self.table, self.path.len());
        if self.levels.len() == depth + 1 {
            self.levels.push(Level::default());
        }
        let (above, below) = self.levels.split_at_mut(depth + 1);
        let (from, to) = (&above[depth], &mut below[0]);
        to.own.clear();
        to.own.extend(from.own.iter().zip(table.own(node)).map(|(a, b)| *a.min(b)));
        to.have.clear();
        to.have.extend(from.have.iter().zip(table.have(node)).map(|(a, b)| a.saturating_add(*b)));
        to.open = from.open + table.open[node];
        to.metres = from.metres + table.metres[node];
        self.path.push(node);
    }

    /// Keeps the path if it is the best set so far.
    fn keep(&mut self) {
        let score = self.score();
        if score > self.best.score {
            return;
        }
        let mut nodes = self.path.clone();
        nodes.sort_unstable();
        let choice = Choice { score, nodes };
        if choice < self.best {
            self.best = choice;
        }
    }

    fn try_set(&mut self, set: &[usize]) {
        self.path.clear();
        for &node in set {
            self.steps -= self.table.width() as i64;
            self.push(node);
        }
        self.keep();
    }

    /// The score of the path, which has at least one node.
    fn score(&mut self) -> Score {
        let (table, depth) = (self.table, self.path.len());
        let level = &self.levels[depth];
        let (mut unserved, mut cost) = (0, level.open);
        for l in 0..table.width() {
            unserved += (table.want[l] - level.have[l]).max(0);
            cost += level.own[l];
        }
        let is_full = unserved == 0;
        // `own` is the cost itself where each line is whole at one node, and otherwise no more than the cost.
        let is_hopeless = is_full && self.best.score.unserved == 0 && cost > self.best.score.cost;
        if (table.has_parts || !is_full) && !is_hopeless {
            cost = level.open;
            for l in 0..table.width() {
                let own = level.own[l];
                if self.path.iter().any(|&n| table.own(n)[l] == own && table.have(n)[l] == table.want[l]) {
                    cost += own;
                    continue;
                }
                let division = split::divide(table, &self.path, l);
                cost += division.cost;
                self.steps = self.steps.saturating_sub_unsigned(division.steps);
                self.is_exact &= division.is_exact;
            }
        }
        Score { unserved, cost, nodes: depth, metres: level.metres }
    }

    /// Closes nodes that serve nothing, which only a search that was cut short can leave open.
    fn close_idle(&mut self) {
        let (table, nodes) = (self.table, &self.best.nodes);
        let mut busy: Vec<usize> = (0..table.width())
            .flat_map(|line| split::divide(table, nodes, line).parts)
            .map(|(node, _)| node)
            .collect();
        busy.sort_unstable();
        busy.dedup();
        if busy.len() < self.best.nodes.len() {
            self.try_set(&busy);
        }
    }

    /// Opens, closes and swaps nodes while that helps and the budget lasts.
    fn improve(&mut self) {
        let table = self.table;
        loop {
            let start = self.best.clone();
            let mut set = Vec::with_capacity(start.nodes.len() + 1);
            for closed in 0..=start.nodes.len() {
                let kept =
                    start.nodes.iter().enumerate().filter(|(i, _)| *i != closed).map(|(_, node)| *node);
                set.clear();
                set.extend(kept);
                if closed < start.nodes.len() && !set.is_empty() {
                    self.try_set(&set);
                }
                if set.len() >= table.max_nodes {
                    continue;
                }
                let kept = set.len();
                for opened in (0..table.nodes.len()).filter(|node| start.nodes.binary_search(node).is_err()) {
                    if self.steps < 0 {
                        return;
                    }
                    set.truncate(kept);
                    set.push(opened);
                    self.try_set(&set);
                }
            }
            if self.best == start {
                return;
            }
        }
    }
}
