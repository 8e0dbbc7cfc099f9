//! Levels set all together or not at all.

use db::Fault;
use inventory::set_levels::{self, Level, LevelRefusal, LevelSet};
use runtime::Cx;

use crate::receive::ALLOCATE_WAITING;

/// Sets levels; whoever waits gets what is more.
pub async fn set_levels(
    cx: &mut Cx<'_>,
    levels: &[Level],
) -> Result<Vec<Result<LevelSet, LevelRefusal>>, Fault> {
    let set = set_levels::set_levels(cx, levels).await?;
    if set.iter().flatten().any(|set| set.after > set.before) {
        cx.put_off(ALLOCATE_WAITING, "all", cx.now);
    }
    Ok(set)
}

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
