//! What waits: how much, and since when. For whoever watches over the house.

use db::{Fault, Tx, args, row};
use kernel::{OrganisationId, Timestamp};

row! {
    /// Effects of a kind that stand in a state in which somebody must still do something.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct EffectsOpen {
        /// What: `label.buy`.
        pub kind: String,
        /// Where they stand: `planned`, `attempting` or `unknown`.
        pub state: String,
        /// How many.
        pub count: i64,
        /// When the oldest was intended.
        pub oldest_at: Timestamp,
    }
}

row! {
    /// Jobs of a kind that wait.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct JobsOpen {
        /// What.
        pub kind: String,
        /// How many.
        pub count: i64,
        /// When the first was to begin.
        pub due_at: Timestamp,
    }
}

/// Everything that waits inside the house.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Backlog {
    /// The last position of the stream of events.
    pub head: i64,
    /// Events that are committed and have no position yet.
    pub events_waiting: i64,
    /// Effects that are not settled.
    pub effects: Vec<EffectsOpen>,
    /// Jobs that are not done.
    pub jobs: Vec<JobsOpen>,
}

impl Backlog {
    /// How many effects are in doubt: an attempt may have reached the outsider.
    pub fn in_doubt(&self) -> i64 {
        self.effects.iter().filter(|effects| effects.state == "unknown").map(|effects| effects.count).sum()
    }

    /// When the oldest effect that is not settled was intended.
    pub fn oldest_effect_at(&self) -> Option<Timestamp> {
        self.effects.iter().map(|effects| effects.oldest_at).min()
    }
}

/// What waits now. Reads what is open, never what is done.
pub async fn backlog(tx: &Tx, organisation_id: &OrganisationId) -> Result<Backlog, Fault> {
    let (events_waiting,) = tx
        .query_one(
            "select count(*) from event where organisation_id = $1 and position is null",
            args![organisation_id],
        )
        .await?;
    let effects = tx
        .query(
            "select kind, state, count(*) as count, min(created_at) as oldest_at from effect \
              where organisation_id = $1 and state in ('planned', 'attempting', 'unknown') \
              group by kind, state order by kind, state",
            args![organisation_id],
        )
        .await?;
    let jobs = tx
        .query(
            "select kind, count(*) as count, min(due_at) as due_at from job \
              where organisation_id = $1 group by kind order by kind",
            args![organisation_id],
        )
        .await?;
    Ok(Backlog { head: crate::event::head(tx, organisation_id).await?, events_waiting, effects, jobs })
}
