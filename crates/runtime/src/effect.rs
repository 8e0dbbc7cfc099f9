//! Actions on the outside world: `planned → attempting → succeeded | failed | unknown → …`.
//!
//! The intention is committed with its cause. A worker claims it (a lease with a fence), acts outside any transaction,
//! and settles it together with what follows from it. Who finds a claim whose lease ran out knows only that an attempt
//! may have been made: that is `unknown`, to be looked up outside, never blindly repeated.

use std::{borrow::Cow, collections::BTreeSet, time::Duration};

use db::{Fault, args, row, set};
use kernel::{EffectId, OrganisationId, Timestamp};
use serde_json::Value as Json;

use crate::{Cx, Runtime};

/// How long an attempt may take before it is given up, in doubt.
pub const ATTEMPT: Duration = Duration::from_secs(4);

/// How long a claim holds unless it is renewed: what a worker who died had in hand, another looks up after that. An
/// attempt that begins in the first half of it ends in it.
pub const LEASE: Duration = Duration::from_secs(10);

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct NewEffect {
    pub effect_id: EffectId,
    pub kind: Cow<'static, str>,
    pub cause_id: String,
    pub request: Json,
    pub at: Timestamp,
}

row! {
    /// An effect somebody has claimed.
    #[derive(Debug, Clone, PartialEq)]
    pub struct Claimed {
        /// Its id; also our reference with the outsider.
        pub effect_id: EffectId,
        /// What is to be done: `label.buy`.
        pub kind: String,
        /// For what.
        pub cause_id: String,
        /// The facts of the request.
        pub request: Json,
        /// How many attempts there were before this claim.
        pub attempts: i64,
        /// Proves at the end that nobody else claimed it meanwhile.
        pub fence: i64,
        /// True where an earlier attempt may have reached the outsider: look it up first.
        pub is_in_doubt: bool,
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It is done.
    Succeeded(Json),
    /// The outsider refused for good.
    Failed(Json),
    /// Nothing reached the outsider; try again at that time.
    Again(Timestamp),
    /// It may or may not have been done; look it up at that time.
    Unknown(Timestamp),
}

pub(crate) async fn insert(
    tx: &db::Tx,
    organisation_id: &OrganisationId,
    effects: &[NewEffect],
) -> Result<(), Fault> {
    tx.execute_set(
        "insert into effect (organisation_id, effect_id, kind, cause_id, request, state, due_at, created_at, updated_at) \
         select $1, d.effect_id, d.kind, d.cause_id, d.request, 'planned', d.at, d.at, d.at \
         {set d(effect_id text, kind text, cause_id text, request json, at time)} where true",
        &set![
            effects.iter().map(|effect| &effect.effect_id),
            effects.iter().map(|effect| &*effect.kind),
            effects.iter().map(|effect| &effect.cause_id),
            effects.iter().map(|effect| effect.request.clone()),
            effects.iter().map(|effect| effect.at),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Claims up to `limit` effects that are due.
pub async fn claim(runtime: &Runtime, limit: i64) -> Result<Vec<Claimed>, Fault> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let until = held_until(runtime, now);
    runtime
        .db
        .write(move |tx| {
            Box::pin(async move {
                let due: Vec<Claimed> = tx
                    .query(
                        "select effect_id, kind, cause_id, request, attempts, fence + 1 as fence, \
                                (state <> 'planned') as is_in_doubt \
                           from effect \
                          where organisation_id = $1 and due_at <= $2 and state in ('planned', 'attempting', 'unknown') \
                          order by due_at, effect_id limit $3 [pg: for update skip locked :]",
                        args![&organisation_id, now, limit],
                    )
                    .await?;
                tx.execute_guarded(
                    "effects claimed",
                    "update effect set state = 'attempting', attempts = attempts + 1, fence = d.fence, due_at = $2, \
                            updated_at = $3 {set d(effect_id text, fence int)} \
                      where organisation_id = $1 and effect.effect_id = d.effect_id and effect.fence = d.fence - 1",
                    &set![due.iter().map(|effect| &effect.effect_id), due.iter().map(|effect| effect.fence)],
                    args![&organisation_id, until, now],
                )
                .await?;
                Ok(due)
            })
        })
        .await
}

/// Holds what is left of a claim for longer; gives those that are still this worker's.
pub async fn renew(runtime: &Runtime, claimed: Vec<Claimed>) -> Result<Vec<Claimed>, Fault> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let until = held_until(runtime, now);
    runtime
        .db
        .write(move |tx| {
            Box::pin(async move {
                let held: Vec<(EffectId,)> = tx
                    .query_set(
                        "update effect set due_at = $2, updated_at = $3 {set d(effect_id text, fence int)} \
                          where organisation_id = $1 and effect.effect_id = d.effect_id \
                            and effect.fence = d.fence and state = 'attempting' \
                         returning effect.effect_id",
                        &set![
                            claimed.iter().map(|effect| &effect.effect_id),
                            claimed.iter().map(|effect| effect.fence)
                        ],
                        args![&organisation_id, until, now],
                    )
                    .await?;
                let held: BTreeSet<EffectId> = held.into_iter().map(|(effect_id,)| effect_id).collect();
                Ok(claimed.into_iter().filter(|effect| held.contains(&effect.effect_id)).collect())
            })
        })
        .await
}

fn held_until(runtime: &Runtime, now: Timestamp) -> Timestamp {
    now.checked_add(runtime.clock.as_lived(LEASE)).unwrap_or(now)
}

/// Writes what became of an attempt, in the transaction of what follows from it. Gives false, and changes nothing,
/// where somebody else has claimed the effect since: then their word counts.
pub async fn settle(cx: &mut Cx<'_>, claimed: &Claimed, outcome: &Outcome) -> Result<bool, Fault> {
    let (state, due_at, value) = match outcome {
        Outcome::Succeeded(value) => ("succeeded", cx.now, Some(value)),
        Outcome::Failed(value) => ("failed", cx.now, Some(value)),
        Outcome::Again(at) => ("planned", *at, None),
        Outcome::Unknown(at) => ("unknown", *at, None),
    };
    let touched = cx
        .tx
        .execute(
            "update effect set state = $4, due_at = $5, outcome = $6, updated_at = $7 \
              where organisation_id = $1 and effect_id = $2 and fence = $3 and state = 'attempting'",
            args![
                &cx.organisation_id,
                &claimed.effect_id,
                claimed.fence,
                state,
                due_at,
                value.cloned(),
                cx.now
            ],
        )
        .await?;
    Ok(touched == 1)
}

/// Gives up effects of a cause that nobody has begun; gives how many.
pub async fn cancel_planned(cx: &mut Cx<'_>, kind: &str, cause_id: &str) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update effect set state = 'cancelled', updated_at = $4 \
              where organisation_id = $1 and kind = $2 and cause_id = $3 and state = 'planned' and attempts = 0",
            args![&cx.organisation_id, kind, cause_id, cx.now],
        )
        .await
}

row! {
    /// An effect as the console shows it.
    #[derive(Debug, Clone, PartialEq, serde::Serialize, utoipa::ToSchema)]
    #[schema(as = Effect)]
    pub struct EffectRow {
        /// Its id.
        pub effect_id: EffectId,
        /// What.
        pub kind: String,
        /// For what.
        pub cause_id: String,
        /// Where it stands.
        pub state: String,
        /// How often it was tried.
        pub attempts: i64,
        /// When it is next looked at.
        pub due_at: Timestamp,
        /// What came back.
        #[schema(value_type = Value)]
        pub outcome: Option<Json>,
    }
}

/// Effects that are not at rest, or failed: oldest first.
pub async fn list_open(
    tx: &db::Tx,
    organisation_id: &OrganisationId,
    limit: i64,
) -> Result<Vec<EffectRow>, Fault> {
    tx.query(
        "select effect_id, kind, cause_id, state, attempts, due_at, outcome from effect \
          where organisation_id = $1 and state not in ('succeeded', 'cancelled') order by effect_id limit $2",
        args![organisation_id, limit],
    )
    .await
}

/// After so many attempts that led nowhere an effect is shown to staff, and waits longer each time.
pub const PATIENCE: i64 = 8;

row! {
    /// An effect that somebody should look at: the outsider refused it, or many attempts led nowhere.
    #[derive(Debug, Clone, PartialEq)]
    pub struct StuckRow {
        /// Its id.
        pub effect_id: EffectId,
        /// What was to be done.
        pub kind: String,
        /// For what.
        pub cause_id: String,
        /// The facts of the request.
        pub request: Json,
        /// Where it stands: `failed` for good, or not at rest.
        pub state: String,
        /// How often it was tried.
        pub attempts: i64,
        /// What came back.
        pub outcome: Option<Json>,
        /// When it was last touched.
        pub updated_at: Timestamp,
    }
}

/// Effects that somebody should look at, the oldest first; those refused that were looked at are left out.
pub async fn list_stuck(
    tx: &db::Tx,
    organisation_id: &OrganisationId,
    limit: i64,
) -> Result<Vec<StuckRow>, Fault> {
    tx.query(
        "select effect_id, kind, cause_id, request, state, attempts, outcome, updated_at from effect \
          where organisation_id = $1 and state = 'failed' and dismissed_at is null \
         union all \
         select effect_id, kind, cause_id, request, state, attempts, outcome, updated_at from effect \
          where organisation_id = $1 and state in ('planned', 'attempting', 'unknown') and attempts >= $2 \
          order by effect_id limit $3",
        args![organisation_id, PATIENCE, limit],
    )
    .await
}

/// Lets effects that wait be tried at once; one in doubt is still looked up first. Gives how many.
pub async fn hurry(cx: &mut Cx<'_>, effect_ids: &[EffectId]) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update effect set due_at = $3, updated_at = $3 \
              where organisation_id = $1 and effect_id {in $2} and state in ('planned', 'unknown')",
            args![&cx.organisation_id, db::Column::from_iter(effect_ids), cx.now],
        )
        .await
}

/// Notes that somebody dealt with effects that were refused for good. Gives how many.
pub async fn dismiss(cx: &mut Cx<'_>, effect_ids: &[EffectId]) -> Result<u64, Fault> {
    cx.tx
        .execute(
            "update effect set dismissed_at = $3 \
              where organisation_id = $1 and effect_id {in $2} and state = 'failed' and dismissed_at is null",
            args![&cx.organisation_id, db::Column::from_iter(effect_ids), cx.now],
        )
        .await
}
