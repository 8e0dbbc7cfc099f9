//! Who is next when many wait: one from each lane in turn, first come first served within a lane.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// For how many batches it is remembered that there were several lanes.
const MEMORY: usize = 16;

/// What part of a batch one lane gets while there are others: so many that a batch stays short for whoever comes next.
const SHARE: usize = 8;

/// Waiting commands by lane.
pub(crate) struct Lanes<T> {
    lanes: HashMap<String, Lane<T>>,
    turns: VecDeque<String>,
    /// Which lanes the last batches were from.
    recent: VecDeque<HashSet<String>>,
    room: usize,
}

struct Lane<T> {
    waiting: VecDeque<(T, Option<OwnedSemaphorePermit>)>,
    room: Arc<Semaphore>,
}

impl<T> Lanes<T> {
    /// Lanes of which each holds `room` at most.
    pub(crate) fn new(room: usize) -> Lanes<T> {
        Lanes { lanes: HashMap::new(), turns: VecDeque::new(), recent: VecDeque::new(), room }
    }

    /// What to wait on for room in a lane, so that a flood waits at its own door.
    pub(crate) fn room(&mut self, lane: &str) -> Arc<Semaphore> {
        self.lane(lane).room.clone()
    }

    fn lane(&mut self, name: &str) -> &mut Lane<T> {
        let room = self.room;
        self.lanes
            .entry(name.to_owned())
            .or_insert_with(|| Lane { waiting: VecDeque::new(), room: Arc::new(Semaphore::new(room)) })
    }

    /// Puts something at the end of a lane.
    pub(crate) fn push(&mut self, name: &str, item: T, permit: Option<OwnedSemaphorePermit>) {
        let lane = self.lane(name);
        let was_empty = lane.waiting.is_empty();
        lane.waiting.push_back((item, permit));
        if was_empty {
            self.turns.push_back(name.to_owned());
        }
    }

    /// True where nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Takes up to `most`, one from each lane in turn. Alone, a lane may have all of it; beside others, now or a
    /// moment ago, a part.
    pub(crate) fn take(&mut self, most: usize) -> Vec<T> {
        let waiting = self.turns.iter();
        let names: HashSet<&String> = self.recent.iter().flatten().chain(waiting).collect();
        let each = if names.len() > 1 { most.div_ceil(SHARE) } else { most };
        let mut taken = Vec::new();
        let mut counts: HashMap<String, usize> = HashMap::new();
        let mut full = Vec::new();
        while taken.len() < most {
            let Some(name) = self.turns.pop_front() else { break };
            let Some(lane) = self.lanes.get_mut(&name) else { continue };
            if let Some((item, _permit)) = lane.waiting.pop_front() {
                taken.push(item);
            }
            if lane.waiting.is_empty() {
                counts.insert(name.clone(), 1);
                // Nobody waits for room in it, so nobody misses it.
                if Arc::strong_count(&lane.room) == 1 {
                    self.lanes.remove(&name);
                }
                continue;
            }
            let count = counts.entry(name.clone()).or_default();
            *count += 1;
            if *count < each { self.turns.push_back(name) } else { full.push(name) }
        }
        self.turns.extend(full);
        if !taken.is_empty() {
            self.recent.push_back(counts.into_keys().collect());
            if self.recent.len() > MEMORY {
                self.recent.pop_front();
            }
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(waiting: &[(&str, usize)]) -> Lanes<String> {
        let mut lanes = Lanes::new(usize::MAX >> 4);
        for (name, count) in waiting {
            for number in 0..*count {
                lanes.push(name, format!("{name}{number}"), None);
            }
        }
        lanes
    }

    #[test]
    fn lanes_take_turns_and_each_is_served_in_its_order() {
        let mut lanes = lanes(&[("a", 4), ("b", 1), ("c", 2)]);
        assert_eq!(lanes.take(100), ["a0", "b0", "c0", "a1", "c1", "a2", "a3"]);
        assert!(lanes.is_empty() && lanes.lanes.is_empty());
    }

    #[test]
    fn a_lane_alone_has_the_whole_batch_and_beside_others_a_part() {
        let mut one = lanes(&[("a", 500)]);
        assert_eq!(one.take(80).len(), 80);
        one.push("b", "b0".into(), None);
        assert_eq!(one.take(80).len(), 11);
        // The neighbour was there a moment ago, and may come again.
        assert_eq!(one.take(80).len(), 10);
        for _ in 0..MEMORY {
            one.take(80);
        }
        assert_eq!(lanes(&[("a", 500)]).take(80).len(), 80);
        assert_eq!(one.take(80).len(), 80);
    }

    /// What becomes of one merchant's orders in a simulated second-by-second world: a batch takes two milliseconds and
    /// a tenth for each order in it, as it does on a laptop.
    struct World {
        /// Orders a second of each of the quiet merchants.
        quiet: f64,
        merchants: usize,
        /// Orders a second of the loud one.
        loud: f64,
        /// How many of its orders the loud one's limit lets in a second.
        limit: f64,
        is_fair: bool,
    }

    impl World {
        /// The 95th percentile of how long orders of one quiet merchant take, in microseconds.
        fn p95(&self) -> u64 {
            const MICROS: f64 = 1e6;
            let mut arrivals: Vec<(u64, String)> = Vec::new();
            let mut add = |name: String, a_second: f64, offset: f64| {
                let count = (a_second * 20.0) as usize;
                // Evenly, but not in step with one another.
                let at = |n: usize| ((n as f64 + offset) / a_second * MICROS) as u64;
                arrivals.extend((0..count).map(|n| (at(n), name.clone())));
            };
            for merchant in 0..self.merchants {
                add(
                    format!("quiet{merchant}"),
                    self.quiet * (1.0 + merchant as f64 / 97.0),
                    0.618 * merchant as f64 % 1.0,
                );
            }
            add("loud".into(), self.loud.min(self.limit), 0.382);
            arrivals.sort();
            let mut lanes = Lanes::new(usize::MAX >> 4);
            let (mut now, mut next, mut took) = (0, 0, Vec::new());
            while next < arrivals.len() || !lanes.is_empty() {
                if lanes.is_empty() {
                    now = now.max(arrivals[next].0);
                }
                while let Some((at, name)) = arrivals.get(next).filter(|(at, _)| *at <= now) {
                    lanes.push(if self.is_fair { name } else { "all" }, (*at, name.clone()), None);
                    next += 1;
                }
                let batch = lanes.take(500);
                now += 2_000 + 100 * batch.len() as u64;
                took.extend(batch.into_iter().filter(|(_, name)| name == "quiet0").map(|(at, _)| now - at));
            }
            took.sort_unstable();
            took[took.len() * 95 / 100]
        }
    }

    #[test]
    fn c22_a_merchant_at_a_hundred_times_its_load_leaves_anothers_p95_alone() {
        let usual = World { quiet: 10.0, merchants: 20, loud: 10.0, limit: 600.0, is_fair: true };
        let loud = World { loud: 1_000.0, ..usual };
        let (before, after) = (usual.p95(), loud.p95());
        assert!(after * 100 < before * 120, "p95 was {before} µs and is {after} µs");
    }

    #[test]
    fn c22_beyond_what_the_house_can_do_a_limit_and_turns_keep_the_others_going() {
        let usual = World { quiet: 10.0, merchants: 20, loud: 100.0, limit: 600.0, is_fair: true };
        let flood = World { loud: 10_000.0, ..usual };
        let (before, after) = (usual.p95(), flood.p95());
        assert!(after * 100 < before * 120, "p95 was {before} µs and is {after} µs");
        // Turns alone bound it too, if less tightly; without either a flood drowns everybody.
        let turns = World { limit: f64::INFINITY, ..flood };
        let neither = World { is_fair: false, ..turns };
        assert!(turns.p95() < 50_000, "{} µs", turns.p95());
        assert!(neither.p95() > 20 * turns.p95(), "{} µs", neither.p95());
    }
}
