//! Whether what many were told at once could have been told to them one after another: a search in the manner of Wing and
//! Gong for an order of all calls that keeps those apart that did not overlap, and in which a counter with holds gives
//! every answer that was given.

use std::collections::{BTreeMap, HashSet};

/// What somebody asked of one item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ask {
    /// So many for a cart.
    Hold { units: i64 },
    /// So many for an order that names a hold.
    Buy { hold: Option<usize>, units: i64 },
    /// A cart is given up.
    Release { hold: usize },
    /// So many come in.
    Receive { units: i64 },
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// It is done; a hold has got this number.
    Done { hold: Option<usize> },
    /// There are fewer: so many are possible.
    Short { possible: i64 },
    /// The hold has gone to an order.
    Over,
}

/// A call: when it was made and when its answer was there, by a counter that all share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Call {
    pub made: u64,
    pub answered: u64,
    pub ask: Ask,
    pub answer: Answer,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Cart {
    Held(i64),
    Bought,
    Ended,
}

/// What is left, and what carts hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Counter {
    free: i64,
    carts: BTreeMap<usize, Cart>,
}

impl Counter {
    fn held(&self, hold: Option<usize>) -> i64 {
        match hold.and_then(|hold| self.carts.get(&hold)) {
            Some(Cart::Held(units)) => *units,
            _ => 0,
        }
    }

    /// The counter after a call, if the call is answered so here.
    fn after(&self, call: &Call) -> Option<Counter> {
        let mut next = self.clone();
        match (call.ask, call.answer) {
            (Ask::Hold { units }, Answer::Done { hold: Some(hold) }) if units <= self.free => {
                next.free -= units;
                next.carts.insert(hold, Cart::Held(units));
            }
            (Ask::Hold { units }, Answer::Short { possible })
                if units > self.free && possible == self.free => {}
            (Ask::Buy { hold, units }, Answer::Done { hold: None })
                if units <= self.free + self.held(hold) =>
            {
                next.free += self.held(hold) - units;
                if let Some(cart) = hold.and_then(|hold| next.carts.get_mut(&hold))
                    && matches!(cart, Cart::Held(_))
                {
                    *cart = Cart::Bought;
                }
            }
            (Ask::Buy { hold, units }, Answer::Short { possible }) => {
                let there = self.free + self.held(hold);
                if units <= there || possible != there {
                    return None;
                }
            }
            (Ask::Release { hold }, Answer::Done { hold: None }) => match self.carts.get(&hold)? {
                Cart::Held(units) => {
                    next.free += units;
                    next.carts.insert(hold, Cart::Ended);
                }
                Cart::Ended => {}
                Cart::Bought => return None,
            },
            (Ask::Release { hold }, Answer::Over) if self.carts.get(&hold) == Some(&Cart::Bought) => {}
            (Ask::Receive { units }, Answer::Done { hold: None }) => next.free += units,
            _ => return None,
        }
        Some(next)
    }
}

/// An order of the calls that explains every answer, by their places; or how many calls the longest attempt explains.
pub fn order(free: i64, calls: &[Call]) -> Result<Vec<usize>, usize> {
    let mut by_time: Vec<usize> = (0..calls.len()).collect();
    by_time.sort_by_key(|place| calls[*place].made);
    let mut seen: HashSet<Vec<bool>> = HashSet::new();
    let mut is_in = vec![false; calls.len()];
    let mut path: Vec<(usize, Counter)> = Vec::new();
    let mut best = 0;
    let start = Counter { free, carts: BTreeMap::new() };
    // The candidates that are still to be tried at each depth.
    let mut open = vec![candidates(calls, &by_time, &is_in, &start)];
    loop {
        if path.len() == calls.len() {
            return Ok(path.into_iter().map(|(place, _)| place).collect());
        }
        let counter = path.last().map_or(&start, |(_, counter)| counter);
        match open.last_mut().and_then(Vec::pop) {
            Some(place) => {
                let Some(next) = counter.after(&calls[place]) else { continue };
                is_in[place] = true;
                // What came before decides what is left, in whatever order.
                if seen.insert(is_in.clone()) {
                    open.push(candidates(calls, &by_time, &is_in, &next));
                    path.push((place, next));
                    best = best.max(path.len());
                } else {
                    is_in[place] = false;
                }
            }
            None => {
                open.pop();
                match path.pop() {
                    Some((place, _)) => is_in[place] = false,
                    None => return Err(best),
                }
            }
        }
    }
}

/// Calls that may be next: nothing that is not yet in the order was answered before they were made. The latest first, for
/// the last of them is tried first. One that fits and changes nothing may as well be next, whatever comes after it.
fn candidates(calls: &[Call], by_time: &[usize], is_in: &[bool], counter: &Counter) -> Vec<usize> {
    let left = || by_time.iter().copied().filter(|place| !is_in[*place]);
    let until = left().map(|place| calls[place].answered).min().unwrap_or(0);
    let mut next: Vec<usize> = left().filter(|place| calls[*place].made < until).collect();
    let is_told = |place: &&usize| counter.after(&calls[**place]).as_ref() == Some(counter);
    if let Some(place) = next.iter().find(is_told) {
        return vec![*place];
    }
    next.sort_by_key(|place| std::cmp::Reverse(calls[*place].answered));
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    const DONE: Answer = Answer::Done { hold: None };

    fn call(made: u64, answered: u64, ask: Ask, answer: Answer) -> Call {
        Call { made, answered, ask, answer }
    }

    fn buy(units: i64) -> Ask {
        Ask::Buy { hold: None, units }
    }

    #[test]
    fn calls_that_overlap_may_have_been_in_either_order() {
        let two = [call(0, 3, buy(1), Answer::Short { possible: 0 }), call(1, 2, buy(1), DONE)];
        assert_eq!(order(1, &two), Ok(vec![1, 0]));
    }

    #[test]
    fn who_was_refused_before_anybody_bought_was_refused_wrongly() {
        let two = [call(0, 1, buy(1), Answer::Short { possible: 0 }), call(2, 3, buy(1), DONE)];
        assert_eq!(order(1, &two), Err(0));
    }

    #[test]
    fn a_unit_that_is_sold_twice_is_seen() {
        let two = [call(0, 3, buy(1), DONE), call(1, 2, buy(1), DONE)];
        assert_eq!(order(1, &two), Err(1));
    }

    #[test]
    fn a_refusal_that_names_a_number_that_never_was_is_seen() {
        let told = |possible| {
            [
                call(0, 9, buy(3), DONE),
                call(1, 8, buy(6), Answer::Short { possible }),
                call(2, 7, buy(1), DONE),
            ]
        };
        for (possible, is_explained) in [(5, true), (4, true), (2, true), (1, true), (3, false), (0, false)] {
            assert_eq!(order(5, &told(possible)).is_ok(), is_explained, "{possible}");
        }
    }

    #[test]
    fn a_hold_is_the_carts_until_it_is_given_up_or_bought() {
        let hold = call(0, 1, Ask::Hold { units: 2 }, Answer::Done { hold: Some(7) });
        let refused = call(2, 3, buy(1), Answer::Short { possible: 0 });
        let mine = Ask::Buy { hold: Some(7), units: 2 };
        assert!(order(2, &[hold, refused, call(4, 5, mine, DONE)]).is_ok());
        // Given to one order, it is not there for another, and cannot be given up.
        let again = call(6, 7, mine, Answer::Short { possible: 0 });
        let late = call(8, 9, Ask::Release { hold: 7 }, Answer::Over);
        assert!(order(2, &[hold, call(4, 5, mine, DONE), again, late]).is_ok());
        assert!(order(2, &[hold, call(4, 5, mine, DONE), call(6, 7, mine, DONE)]).is_err());
        let given_up = call(4, 5, Ask::Release { hold: 7 }, DONE);
        assert!(order(2, &[hold, given_up, call(6, 7, buy(2), DONE)]).is_ok());
        assert!(order(2, &[hold, call(2, 3, buy(2), DONE), given_up]).is_err());
        assert!(
            order(2, &[hold, call(4, 5, mine, DONE), call(6, 7, Ask::Release { hold: 7 }, DONE)]).is_err()
        );
    }

    #[test]
    fn what_was_answered_later_may_still_have_been_first() {
        // Sixteen at once for eight units: whoever was refused was refused with nothing left.
        let mut calls: Vec<Call> = (0..8).map(|n| call(n, 100 + n, buy(1), DONE)).collect();
        calls.extend((8..16).map(|n| call(n, 50 + n, buy(1), Answer::Short { possible: 0 })));
        assert!(order(8, &calls).is_ok());
        assert!(order(9, &calls).is_err());
    }
}
