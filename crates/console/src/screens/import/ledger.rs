//! The imports of this process, and how far each is.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flows::import::{Fate, Summary, Told};
use kernel::Timestamp;

use super::problems;
use crate::pages::import::{Progress, RowError};

/// How many imports are remembered.
const KEPT: usize = 50;
/// How many refused rows of one import are remembered.
const ROWS: usize = 10_000;

/// An import and the rows of it that were refused.
#[derive(Debug)]
pub(super) struct Entry {
    progress: Progress,
    errors: Vec<RowError>,
}

impl Entry {
    pub fn new(id: &str, file: &str, at: Timestamp, actor: &str, total: i64) -> Entry {
        let progress = Progress {
            id: id.to_owned(),
            file: file.to_owned(),
            at,
            actor: actor.to_owned(),
            total,
            read: 0,
            placed: 0,
            repeated: 0,
            skipped: 0,
            refused: 0,
            is_finished: false,
            is_broken_off: false,
        };
        Entry { progress, errors: Vec::new() }
    }
}

/// The imports, newest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Imports(Arc<Mutex<VecDeque<Entry>>>);

impl Imports {
    fn entries(&self) -> MutexGuard<'_, VecDeque<Entry>> {
        // Counts that a panic left behind are still counts.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Entry)) {
        if let Some(entry) = self.entries().iter_mut().find(|entry| entry.progress.id == id) {
            change(entry);
        }
    }

    /// How far all of them are.
    pub fn list(&self) -> Vec<Progress> {
        self.entries().iter().map(|entry| entry.progress.clone()).collect()
    }

    /// How far one is, and what it refused.
    pub fn find(&self, id: &str) -> Option<(Progress, Vec<RowError>)> {
        let entries = self.entries();
        let entry = entries.iter().find(|entry| entry.progress.id == id)?;
        Some((entry.progress.clone(), entry.errors.clone()))
    }

    /// Begins one; gives false where it has begun already.
    pub fn begin(&self, entry: Entry) -> bool {
        let mut entries = self.entries();
        if entries.iter().any(|other| other.progress.id == entry.progress.id) {
            return false;
        }
        entries.push_front(entry);
        entries.truncate(KEPT);
        true
    }

    /// An order of the file has its answer.
    pub fn tell(&self, id: &str, told: &Told) {
        let errors = problems::of_order(told);
        self.change(id, |entry| {
            let progress = &mut entry.progress;
            progress.read += 1;
            match &told.fate {
                Fate::Accepted(accepted) if accepted.is_repeat => progress.repeated += 1,
                Fate::Accepted(_) => progress.placed += 1,
                Fate::Skipped(_) => progress.skipped += 1,
                Fate::Refused(_) | Fate::Unreadable(_) | Fate::Lost(_) => progress.refused += 1,
            }
            let room = ROWS.saturating_sub(entry.errors.len());
            entry.errors.extend(errors.into_iter().take(room));
        });
    }

    /// The file is through.
    pub fn end(&self, id: &str, summary: &Summary) {
        self.change(id, |entry| {
            entry.progress.is_finished = true;
            entry.progress.is_broken_off = summary.broken_off.is_some();
        });
    }
}
