//! How often sign-in has failed. Kept in memory: a restart forgives, and each process counts for itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use kernel::Timestamp;

use crate::secret::digest;

/// How many failures there may be in one [`WINDOW`].
const MOST: u32 = 10;

/// Counted from the first failure.
const WINDOW: Duration = Duration::from_secs(15 * 60);

/// So many addresses are remembered; then the oldest is forgotten.
const REMEMBERED: usize = 50_000;

/// Failures of sign-in by e-mail address; cheap to clone, and shared by all doors of a process.
#[derive(Debug, Clone, Default)]
pub struct Attempts(
    // By the digest of the address: whatever somebody types in its place takes no more room.
    Arc<Mutex<HashMap<String, Failures>>>,
);

#[derive(Debug, Clone, Copy)]
struct Failures {
    since: Timestamp,
    count: u32,
}

impl Attempts {
    /// Counts an attempt before its password is looked at, so that many at once count as many. Gives the seconds to
    /// wait where there were too many.
    pub(crate) fn begin(&self, email: &str, now: Timestamp) -> Result<(), u32> {
        let address = digest(email);
        let mut known = self.0.lock().expect("counting cannot panic");
        if known.len() >= REMEMBERED && !known.contains_key(&address) {
            known.retain(|_, failures| wait(failures, now) > 0);
            if known.len() >= REMEMBERED
                && let Some(oldest) = known.iter().min_by_key(|(_, failures)| failures.since)
            {
                let oldest = oldest.0.clone();
                known.remove(&oldest);
            }
        }
        let failures = known.entry(address).or_insert(Failures { since: now, count: 0 });
        let seconds = wait(failures, now);
        if seconds == 0 {
            *failures = Failures { since: now, count: 0 };
        }
        if failures.count >= MOST {
            return Err(seconds);
        }
        failures.count += 1;
        Ok(())
    }

    /// It was the right password.
    pub(crate) fn forgive(&self, email: &str) {
        self.0.lock().expect("counting cannot panic").remove(&digest(email));
    }
}

/// Whole seconds until the window ends.
fn wait(failures: &Failures, now: Timestamp) -> u32 {
    let until = failures.since.checked_add(WINDOW).unwrap_or(now);
    u32::try_from((until.as_millisecond() - now.as_millisecond() + 999) / 1000).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + seconds).unwrap()
    }

    #[test]
    fn after_ten_failures_in_a_quarter_of_an_hour_the_address_waits() {
        let attempts = Attempts::default();
        for second in 0..10 {
            assert_eq!(attempts.begin("ada@shop.example", at(second)), Ok(()));
        }
        assert_eq!(attempts.begin("ada@shop.example", at(60)), Err(840));
        assert_eq!(attempts.begin("bob@shop.example", at(60)), Ok(()));
        assert_eq!(attempts.begin("ada@shop.example", at(899)), Err(1));
        assert_eq!(attempts.begin("ada@shop.example", at(900)), Ok(()));
    }

    #[test]
    fn success_forgives_what_failed_before() {
        let attempts = Attempts::default();
        for _ in 0..50 {
            assert_eq!(attempts.begin("ada@shop.example", at(0)), Ok(()));
            attempts.forgive("ada@shop.example");
        }
    }

    #[test]
    fn a_flood_of_addresses_does_not_fill_the_memory() {
        let attempts = Attempts::default();
        for number in 0..REMEMBERED + 5 {
            assert_eq!(attempts.begin(&format!("{number}@shop.example"), at(0)), Ok(()));
        }
        assert_eq!(attempts.0.lock().unwrap().len(), REMEMBERED);
    }
}
