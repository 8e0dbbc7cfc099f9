//! The stock of a few items as a child would keep it in a notebook: no ledger, no accounts, no sourcing. What the house
//! answers and what it has afterwards is compared with this.

/// How many items one programme deals in.
pub const ITEMS: usize = 2;

/// Units in a pack, under a code of its own.
pub const PACK: i64 = 6;

/// Of each item, a number.
pub type Units = [i64; ITEMS];

/// A line asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    pub item: usize,
    pub is_pack: bool,
    pub quantity: i64,
}

impl Line {
    fn factor(self) -> i64 {
        if self.is_pack { PACK } else { 1 }
    }
}

/// What somebody does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Goods come in.
    Receive { item: usize, node: usize, units: i64 },
    /// The same delivery is booked again.
    ReceiveAgain { note: usize },
    /// An order, which may name a hold.
    Order { lines: Vec<Line>, hold: Option<usize> },
    /// An accepted order again, or another under its reference.
    OrderAgain { order: usize, is_other: bool },
    /// A cart is filled.
    Hold { lines: Vec<Line>, seconds: i64 },
    /// A cart again, or another under its reference.
    HoldAgain { hold: usize, is_other: bool },
    /// A cart is given up.
    Release { hold: usize },
    /// A cart is to last so long from now.
    Extend { hold: usize, seconds: i64 },
    /// An order is cancelled.
    Cancel { order: usize },
    /// Something of an order is taken from the shelf.
    Pick { order: usize },
    /// All of an order is packed and its parcels are closed. They leave when the carrier comes.
    Close { order: usize },
    /// Free units are not there.
    Lose { item: usize, node: usize, units: i64 },
    /// More units are there.
    Find { item: usize, node: usize, units: i64 },
    /// Free units are broken.
    Break { item: usize, node: usize, units: i64 },
    /// Broken units are mended.
    Mend { item: usize, node: usize, units: i64 },
}

/// A line that is refused: its number, units asked for over all lines of the item, units there are, packs that are
/// possible.
pub type Lack = (i64, i64, i64, i64);

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    Done,
    /// It was done before; nothing was changed.
    Repeat,
    /// The reference means something else.
    Conflict,
    /// There is not enough.
    Short(Vec<Lack>),
    /// A correction of more than there is.
    TooMany,
    /// It has ended, or has left.
    Over,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stand {
    Open,
    Closed,
    Left,
    Cancelled,
}

#[derive(Debug, Clone)]
struct Order {
    lines: Vec<Line>,
    units: Units,
    stand: Stand,
}

#[derive(Debug, Clone)]
struct Hold {
    reference: usize,
    lines: Vec<Line>,
    units: Units,
    until: i64,
    is_open: bool,
    is_consumed: bool,
}

/// What is known of each item, in whatever node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counted {
    pub free: Units,
    pub held: Units,
    /// For orders, on the shelf or beyond, and still in the house.
    pub promised: Units,
    pub broken: Units,
}

/// The notebook.
#[derive(Debug, Clone, Default)]
pub struct Notebook {
    free: Units,
    broken: [[i64; 3]; ITEMS],
    orders: Vec<Order>,
    holds: Vec<Hold>,
}

fn sum(lines: &[Line]) -> Units {
    let mut units = [0; ITEMS];
    for line in lines {
        units[line.item] += line.quantity * line.factor();
    }
    units
}

fn plus(mut one: Units, other: Units) -> Units {
    for (one, other) in one.iter_mut().zip(other) {
        *one += other;
    }
    one
}

fn less(one: Units, other: Units) -> Units {
    plus(one, other.map(|units| -units))
}

fn is_within(asked: Units, free: Units) -> bool {
    asked.iter().zip(free).all(|(asked, free)| *asked <= free)
}

/// The same with one unit more: something else.
pub fn another(lines: &[Line]) -> Vec<Line> {
    let mut lines = lines.to_vec();
    lines[0].quantity += 1;
    lines
}

impl Notebook {
    pub fn holds(&self) -> usize {
        self.holds.len()
    }

    /// Orders that the house may still work on.
    pub fn open_orders(&self) -> Vec<usize> {
        (0..self.orders.len()).filter(|order| self.orders[*order].stand == Stand::Open).collect()
    }

    /// Orders of which it is known whether they can be cancelled.
    pub fn settled_orders(&self) -> Vec<usize> {
        (0..self.orders.len()).filter(|order| self.orders[*order].stand != Stand::Closed).collect()
    }

    /// Holds that are due end.
    pub fn sweep(&mut self, now: i64) {
        self.end_due(now, |_| true);
    }

    /// What is closed leaves.
    pub fn carrier_comes(&mut self) {
        for order in &mut self.orders {
            if order.stand == Stand::Closed {
                order.stand = Stand::Left;
            }
        }
    }

    fn end_due(&mut self, now: i64, is_meant: impl Fn(&Hold) -> bool) {
        for hold in &mut self.holds {
            if hold.is_open && hold.until <= now && is_meant(hold) {
                hold.is_open = false;
                self.free = plus(self.free, hold.units);
            }
        }
    }

    /// Nobody is refused for the sake of a hold that is due: those that have something of what is asked for end first.
    fn asks(&mut self, lines: &[Line], now: i64) {
        self.end_due(now, |hold| lines.iter().any(|line| hold.units[line.item] > 0));
    }

    /// The hold under a reference that is neither over nor due.
    fn open_under(&self, reference: usize, now: i64) -> Option<&Hold> {
        self.holds.iter().find(|hold| hold.reference == reference && hold.is_open && hold.until > now)
    }

    /// The reference of a hold: the number of the first hold that had it.
    pub fn reference(&self, hold: usize) -> usize {
        self.holds[hold].reference
    }

    pub fn lines_of_hold(&self, hold: usize) -> &[Line] {
        &self.holds[hold].lines
    }

    /// What is possible of each line is so together with what is possible of the others.
    fn lacks(lines: &[Line], free: Units) -> Vec<Lack> {
        let (asked, mut left) = (sum(lines), free);
        let mut lacks = Vec::new();
        for (line, number) in lines.iter().zip(1..) {
            let possible = (left[line.item] / line.factor()).min(line.quantity);
            left[line.item] -= possible * line.factor();
            if asked[line.item] > free[line.item] {
                lacks.push((number, asked[line.item], free[line.item], possible));
            }
        }
        lacks
    }

    fn order(&mut self, lines: &[Line], hold: Option<usize>, now: i64) -> Said {
        self.asks(lines, now);
        let hold = hold.filter(|hold| self.holds[*hold].is_open && self.holds[*hold].until > now);
        let mine = hold.map_or([0; ITEMS], |hold| self.holds[hold].units);
        let (units, free) = (sum(lines), plus(self.free, mine));
        if !is_within(units, free) {
            return Said::Short(Notebook::lacks(lines, free));
        }
        self.free = less(free, units);
        if let Some(hold) = hold {
            (self.holds[hold].is_open, self.holds[hold].is_consumed) = (false, true);
        }
        self.orders.push(Order { lines: lines.to_vec(), units, stand: Stand::Open });
        Said::Done
    }

    fn hold(&mut self, lines: &[Line], seconds: i64, reference: usize, now: i64) -> Said {
        self.asks(lines, now);
        self.end_due(now, |hold| hold.reference == reference);
        if let Some(known) = self.open_under(reference, now) {
            return if known.lines == lines { Said::Repeat } else { Said::Conflict };
        }
        let units = sum(lines);
        if !is_within(units, self.free) {
            return Said::Short(Notebook::lacks(lines, self.free));
        }
        self.free = less(self.free, units);
        let hold = Hold {
            reference,
            lines: lines.to_vec(),
            units,
            until: now + seconds,
            is_open: true,
            is_consumed: false,
        };
        self.holds.push(hold);
        Said::Done
    }

    /// Writes down what is done, and gives what must be answered. A notebook does not know at which node goods are, so
    /// of units that somebody found lost or broken at one it is told whether there were so many.
    pub fn write(&mut self, step: &Step, now: i64, were_there: impl FnOnce() -> bool) -> Said {
        match step {
            Step::Receive { item, units, .. } | Step::Find { item, units, .. } => {
                self.free[*item] += units;
                Said::Done
            }
            Step::ReceiveAgain { .. } => Said::Repeat,
            Step::Order { lines, hold } => self.order(lines, *hold, now),
            Step::OrderAgain { order, is_other } => {
                let lines = self.orders[*order].lines.clone();
                self.asks(&lines, now);
                if *is_other { Said::Conflict } else { Said::Repeat }
            }
            Step::Hold { lines, seconds } => self.hold(lines, *seconds, self.holds.len(), now),
            Step::HoldAgain { hold, is_other } => {
                let Hold { reference, lines, .. } = self.holds[*hold].clone();
                let lines = if *is_other { another(&lines) } else { lines };
                self.hold(&lines, AGAIN_SECONDS, reference, now)
            }
            Step::Release { hold } => {
                let hold = &mut self.holds[*hold];
                if hold.is_consumed {
                    return Said::Over;
                }
                if hold.is_open {
                    hold.is_open = false;
                    self.free = plus(self.free, hold.units);
                }
                Said::Done
            }
            Step::Extend { hold, seconds } => {
                let hold = &mut self.holds[*hold];
                if !hold.is_open || hold.until <= now {
                    return Said::Over;
                }
                hold.until = hold.until.max(now + seconds);
                Said::Done
            }
            Step::Cancel { order } => {
                let order = &mut self.orders[*order];
                if order.stand != Stand::Open {
                    return Said::Over;
                }
                order.stand = Stand::Cancelled;
                self.free = plus(self.free, order.units);
                Said::Done
            }
            Step::Pick { .. } => Said::Done,
            Step::Close { order } => {
                self.orders[*order].stand = Stand::Closed;
                Said::Done
            }
            Step::Lose { item, node, units } | Step::Break { item, node, units } => {
                if self.free[*item] < *units || !were_there() {
                    return Said::TooMany;
                }
                self.free[*item] -= units;
                if matches!(step, Step::Break { .. }) {
                    self.broken[*item][*node] += units;
                }
                Said::Done
            }
            Step::Mend { item, node, units } => {
                if self.broken[*item][*node] < *units {
                    return Said::TooMany;
                }
                self.broken[*item][*node] -= units;
                self.free[*item] += units;
                Said::Done
            }
        }
    }

    pub fn counted(&self) -> Counted {
        let holds = self.holds.iter().filter(|hold| hold.is_open);
        let orders = self.orders.iter().filter(|order| matches!(order.stand, Stand::Open | Stand::Closed));
        Counted {
            free: self.free,
            held: holds.fold([0; ITEMS], |units, hold| plus(units, hold.units)),
            promised: orders.fold([0; ITEMS], |units, order| plus(units, order.units)),
            broken: self.broken.map(|nodes| nodes.iter().sum()),
        }
    }
}

/// How long a cart is held that is asked for again.
pub const AGAIN_SECONDS: i64 = 90;
