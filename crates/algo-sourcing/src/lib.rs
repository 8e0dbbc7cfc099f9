//! Order sourcing: which node serves which units of one order.
//!
//! A [`Problem`] in, a [`Plan`] out, with the reason for every unit and every node left out. No IO, no clock, no
//! chance: the same problem and budget always give the same plan, in whatever order the candidates come.
//!
//! **What is minimised.** First the units left unserved, then the cost, then ties (below). Cost has three terms, named
//! in [`Cost`]: a package for each node used, freight by billed weight, and picking for each line at each node that
//! sends any of it. Weight cost is compared exactly, in thousandths of a minor unit, and rounded up once for the plan;
//! so the plan with the least exact cost also has the least shown cost.
//!
//! **Ties**: fewer nodes, then the shorter sum of distances (unknown counts as farther than any place on earth), then
//! node by node the nearer, then the lower id.
//!
//! **How.** Given the nodes that are opened, each line stands alone: whole from the cheapest of them, or divided when
//! nodes hold only part (`split`). So the search is over sets of nodes, by branch and bound: every package is spread
//! over the lines its node stocks, which gives a bound that is exact when a single node serves all (`search`). It
//! is exact unless the budget of work ends first; then the best set found is bettered by opening, closing and swapping
//! nodes, and [`Plan::is_exact`] is false.
//!
//! **Never refused**: an order that stock can serve from at most [`Problem::max_nodes`] nodes is served. Only when the
//! limit binds *and* the budget ends may a plan that exists be missed, and then the plan says it is not exact.
//!
//! [`mod@check`] recomputes a plan from the problem alone and shares no code with the solver.

pub mod check;
mod plan;
mod problem;
mod receipt;
mod search;
mod split;
mod table;

pub use check::check;
pub use plan::{Considered, Cost, Outcome, Plan, Shipment, Units, Unserved, UnservedReason};
pub use problem::{BadProblem, Budget, Candidate, Exclusion, Line, Problem};

use search::Search;
use table::Table;

/// The best plan for this order.
pub fn solve(problem: &Problem, budget: Budget) -> Result<Plan, BadProblem> {
    let table = Table::new(problem)?;
    // An order that must ship whole and cannot is refused without a search: no plan could change the answer.
    if !problem.allow_partial && table.lacks_stock() {
        return Ok(receipt::refusal(&table, None, true));
    }
    let mut search = Search::new(&table);
    let (choice, is_exact) = search.best(budget.steps);
    if !problem.allow_partial && choice.score.unserved > 0 {
        return Ok(receipt::refusal(&table, Some(&choice), is_exact));
    }
    let considered = receipt::considered(&table, &mut search, &choice, is_exact, budget.receipt_steps);
    Ok(receipt::plan(&table, &choice, is_exact, considered))
}
