//! How orders came in during each of the last seconds, kept in memory by this process: for a screen that looks on.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// How many seconds are kept.
pub const SECONDS: usize = 60;

/// Upper ends of the classes of waiting times, in microseconds: four to each doubling.
const CLASSES: usize = 96;

/// What became of the orders of one second.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Second {
    /// Orders that were accepted, repeats not counted.
    pub accepted: u64,
    /// Orders that were refused.
    pub refused: u64,
}

/// The last seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beat {
    /// Each of the last [`SECONDS`] that are over, the oldest first.
    pub seconds: Vec<Second>,
    /// How long nineteen of twenty orders of the last ten seconds waited at most, to a fifth; none where none came.
    pub p95: Option<Duration>,
}

/// Counts what comes in.
pub struct Pulse {
    begun: Instant,
    kept: Mutex<VecDeque<Kept>>,
}

struct Kept {
    number: u64,
    second: Second,
    waits: [u32; CLASSES],
}

impl Default for Pulse {
    fn default() -> Pulse {
        Pulse { begun: Instant::now(), kept: Mutex::default() }
    }
}

impl Pulse {
    /// Counts an order that was answered just now after this wait.
    pub(crate) fn note(&self, is_accepted: bool, waited: Duration) {
        self.note_at(self.begun.elapsed().as_secs(), is_accepted, waited);
    }

    fn note_at(&self, number: u64, is_accepted: bool, waited: Duration) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.back().is_none_or(|last| last.number < number) {
            kept.push_back(Kept { number, second: Second::default(), waits: [0; CLASSES] });
            while kept.front().is_some_and(|first| first.number + SECONDS as u64 + 1 < number) {
                kept.pop_front();
            }
        }
        let Some(last) = kept.back_mut() else { return };
        if is_accepted {
            last.second.accepted += 1;
        } else {
            last.second.refused += 1;
        }
        last.waits[class_of(waited)] += 1;
    }

    /// The seconds until now.
    pub fn beat(&self) -> Beat {
        self.beat_at(self.begun.elapsed().as_secs())
    }

    fn beat_at(&self, now: u64) -> Beat {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let mut beat = Beat { seconds: vec![Second::default(); SECONDS], p95: None };
        let mut waits = [0_u64; CLASSES];
        for second in kept.iter() {
            let Some(ago) = now.checked_sub(second.number).filter(|ago| (1..=SECONDS as u64).contains(ago))
            else {
                continue;
            };
            beat.seconds[SECONDS - ago as usize] = second.second.clone();
            if ago <= 10 {
                waits.iter_mut().zip(second.waits).for_each(|(sum, count)| *sum += u64::from(count));
            }
        }
        let all: u64 = waits.iter().sum();
        let mut sum = 0;
        beat.p95 = waits
            .iter()
            .position(|count| {
                sum += count;
                all > 0 && sum * 20 >= all * 19
            })
            .map(end_of);
        beat
    }
}

fn class_of(waited: Duration) -> usize {
    let micros = waited.as_micros().max(1) as f64;
    ((micros.log2() * 4.0).ceil() as usize).min(CLASSES - 1)
}

fn end_of(class: usize) -> Duration {
    Duration::from_secs_f64((class as f64 / 4.0).exp2() / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_that_are_over_are_told_and_the_one_that_runs_is_not() {
        let pulse = Pulse::default();
        let wait = Duration::from_millis(4);
        for (number, is_accepted) in [(5, true), (5, true), (5, false), (7, true), (8, true)] {
            pulse.note_at(number, is_accepted, wait);
        }
        let beat = pulse.beat_at(8);
        let last: Vec<(u64, u64)> =
            beat.seconds[SECONDS - 3..].iter().map(|second| (second.accepted, second.refused)).collect();
        assert_eq!(last, [(2, 1), (0, 0), (1, 0)]);
        let p95 = beat.p95.unwrap();
        assert!(p95 >= wait && p95 < wait.mul_f64(1.2), "{p95:?}");
        assert_eq!(pulse.beat_at(200), Beat { seconds: vec![Second::default(); SECONDS], p95: None });
    }

    #[test]
    fn one_slow_order_in_twenty_is_not_the_rule() {
        let pulse = Pulse::default();
        for n in 0..40 {
            pulse.note_at(1, true, if n < 38 { Duration::from_millis(1) } else { Duration::from_secs(1) });
        }
        assert!(pulse.beat_at(2).p95.unwrap() < Duration::from_millis(2));
        pulse.note_at(1, true, Duration::from_secs(1));
        assert!(pulse.beat_at(2).p95.unwrap() >= Duration::from_secs(1));
    }
}
