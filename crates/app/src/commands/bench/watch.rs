//! What a case costs besides its time: the processor, and how long the database was held by each transaction.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context as _;
use metrics::{Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, SharedString, Unit};

/// Hears of every transaction that writes. There is one in a process: the server's own metrics stay silent beside it.
#[derive(Clone, Default)]
pub struct Watch {
    held: Arc<Held>,
}

/// How long writing transactions were held, in seconds, since it was last asked.
#[derive(Default)]
struct Held(Mutex<Vec<f64>>);

impl HistogramFn for Held {
    fn record(&self, seconds: f64) {
        if let Ok(mut held) = self.0.lock() {
            held.push(seconds);
        }
    }
}

impl Watch {
    /// Begins to listen; before a server does.
    pub fn install() -> anyhow::Result<Watch> {
        let watch = Watch::default();
        metrics::set_global_recorder(watch.clone()).ok().context("somebody else listens to the metrics")?;
        Ok(watch)
    }

    /// How long each transaction was held since this was last asked, the shortest first.
    pub fn take(&self) -> Vec<Duration> {
        let held = self.held.0.lock().map(|mut held| std::mem::take(&mut *held)).unwrap_or_default();
        let mut held: Vec<Duration> = held.into_iter().map(Duration::from_secs_f64).collect();
        held.sort_unstable();
        held
    }
}

impl Recorder for Watch {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
        Counter::noop()
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let is_write = key.labels().any(|label| label.value() == "write");
        if key.name() == "quartermaster_transaction_seconds" && is_write {
            Histogram::from_arc(self.held.clone())
        } else {
            Histogram::noop()
        }
    }
}

/// What the processor has spent on this process, all threads together. Linux counts it in hundredths of a second. A
/// PostgreSQL server is another process, and not in it.
pub fn processor_time() -> anyhow::Result<Duration> {
    let stat = std::fs::read_to_string("/proc/self/stat").context("processor time is told by Linux only")?;
    // Behind the name, which may have spaces: user time is the twelfth word, system time the thirteenth.
    let words = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: Vec<u64> = words.skip(11).take(2).filter_map(|word| word.parse().ok()).collect();
    Ok(Duration::from_millis(ticks.iter().sum::<u64>() * 10))
}

/// The wait that so many percent do not exceed, in milliseconds.
pub fn percentile(sorted: &[Duration], percent: usize) -> f64 {
    let place = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(place).map_or(0.0, |waited| waited.as_secs_f64() * 1000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_wait_that_happened() {
        let waited: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!([50, 95, 99].map(|percent| percentile(&waited, percent)), [101.0, 191.0, 199.0]);
        assert_eq!(percentile(&[], 95), 0.0);
        assert_eq!(percentile(&waited[..1], 99), 1.0);
    }

    #[test]
    fn only_transactions_that_write_are_heard() {
        let watch = Watch::default();
        metrics::with_local_recorder(&watch, || {
            for (name, mode, seconds) in [
                ("quartermaster_transaction_seconds", "write", 0.002),
                ("quartermaster_transaction_seconds", "read", 0.5),
                ("quartermaster_command_seconds", "write", 0.5),
                ("quartermaster_transaction_seconds", "write", 0.001),
            ] {
                metrics::histogram!(name, "mode" => mode).record(seconds);
            }
        });
        assert_eq!(watch.take(), [Duration::from_millis(1), Duration::from_millis(2)]);
        assert!(watch.take().is_empty());
    }
}
