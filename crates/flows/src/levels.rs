//! Levels set all together or not at all.

use db::Fault;
use inventory::set_levels::LevelRefusal;

/// Why no level was set.
#[derive(Debug, thiserror::Error)]
pub enum LevelsError {
    /// One of them cannot be.
    #[error("{why}")]
    Refused {
        /// Which, from 0.
        place: usize,
        /// Why.
        why: LevelRefusal,
    },
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(LevelsError);

impl LevelsError {
    /// What there is instead, where somebody changed it since the caller looked.
    pub fn present(&self) -> Option<i64> {
        match self {
            LevelsError::Refused { why: LevelRefusal::Stale { present, .. }, .. } => Some(*present),
            LevelsError::Refused { .. } | LevelsError::Fault(_) => None,
        }
    }
}
