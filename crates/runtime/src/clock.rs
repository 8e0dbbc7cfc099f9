//! Time is an argument. Live it is the system's, in the demo it runs faster, in replay and tests it is set by hand.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use kernel::Timestamp;

/// Where `now` comes from.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The system's clock.
    System,
    /// A clock that started at `from` when the system's stood at `since`, and runs `factor` times as fast.
    Scaled {
        /// The system's time at the start.
        since: Timestamp,
        /// Our time at the start.
        from: Timestamp,
        /// How many of our seconds pass in one of the system's.
        factor: i64,
    },
    /// Set by hand, in microseconds of the Unix epoch.
    Manual(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is set.
    pub fn manual(at: Timestamp) -> Clock {
        Clock::Manual(Arc::new(AtomicI64::new(at.as_microsecond())))
    }

    /// A clock that starts at `from` now and runs `factor` times as fast as the system's.
    pub fn scaled(from: Timestamp, factor: i64) -> Clock {
        Clock::Scaled { since: system_now(), from, factor }
    }

    /// The instant, in whole microseconds.
    pub fn now(&self) -> Timestamp {
        let micros = match self {
            Clock::System => return kernel::time::to_micros(system_now()),
            Clock::Scaled { since, from, factor } => {
                let passed = system_now().as_microsecond() - since.as_microsecond();
                from.as_microsecond().saturating_add(passed.saturating_mul(*factor))
            }
            Clock::Manual(at) => at.load(Ordering::SeqCst),
        };
        Timestamp::from_microsecond(micros).unwrap_or(Timestamp::MAX)
    }

    /// The instant for whoever is outside: their time does not run faster in a demo.
    pub fn outside(&self) -> Timestamp {
        match self {
            Clock::System | Clock::Scaled { .. } => kernel::time::to_micros(system_now()),
            Clock::Manual(_) => self.now(),
        }
    }

    /// How long something takes on this clock that takes so long at a desk: people do not hurry where time does.
    pub fn as_lived(&self, duration: Duration) -> Duration {
        match self {
            Clock::Scaled { factor, .. } => duration.saturating_mul(u32::try_from(*factor).unwrap_or(1)),
            Clock::System | Clock::Manual(_) => duration,
        }
    }

    /// Moves a manual clock forward to `at`; never back. Other clocks go their own way.
    pub fn advance_to(&self, at: Timestamp) {
        if let Clock::Manual(now) = self {
            now.fetch_max(at.as_microsecond(), Ordering::SeqCst);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the system's clock")]
fn system_now() -> Timestamp {
    Timestamp::now()
}
