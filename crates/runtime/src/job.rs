//! Work for later, enqueued with its cause; at most one of a kind waits for a subject.

use std::{borrow::Cow, time::Duration};

use db::{Column, Fault, Tx, args, row, set};
use kernel::{JobId, OrganisationId, Timestamp};

use crate::{Cx, Runtime};

/// How long a claim holds. A job that takes longer is begun by another worker too: it locks what it works on.
const LEASE: Duration = Duration::from_secs(10);

#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub(crate) struct NewJob {
    pub job_id: JobId,
    pub kind: Cow<'static, str>,
    pub subject_id: String,
    pub due_at: Timestamp,
    pub created_at: Timestamp,
}

row! {
    /// A job somebody has claimed.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Claimed {
        /// Its id.
        pub job_id: JobId,
        /// What is to be done.
        pub kind: String,
        /// To what.
        pub subject_id: String,
        /// How many attempts there were before.
        pub attempts: i64,
        /// Proves at the end that nobody else claimed it meanwhile.
        pub fence: i64,
    }
}

pub(crate) async fn insert(tx: &Tx, organisation_id: &OrganisationId, jobs: &[NewJob]) -> Result<(), Fault> {
    tx.execute_set(
        "insert into job (organisation_id, job_id, kind, subject_id, due_at, created_at) \
         select $1, d.job_id, d.kind, d.subject_id, d.due_at, d.created_at \
         {set d(job_id text, kind text, subject_id text, due_at time, created_at time)} where true \
         on conflict (organisation_id, kind, subject_id) do nothing",
        &set![
            jobs.iter().map(|job| &job.job_id),
            jobs.iter().map(|job| &*job.kind),
            jobs.iter().map(|job| &job.subject_id),
            jobs.iter().map(|job| job.due_at),
            jobs.iter().map(|job| job.created_at),
        ],
        args![organisation_id],
    )
    .await?;
    Ok(())
}

/// Claims up to `limit` jobs that are due, but none of the kinds that have workers of their own.
pub async fn claim(
    runtime: &Runtime,
    limit: i64,
    except: &'static [&'static str],
) -> Result<Vec<Claimed>, Fault> {
    claim_those(runtime, limit, false, except.iter().map(|kind| (*kind).to_owned()).collect()).await
}

/// Claims a job of this kind that is due.
pub async fn claim_kind(runtime: &Runtime, kind: &'static str) -> Result<Option<Claimed>, Fault> {
    Ok(claim_those(runtime, 1, true, vec![kind.to_owned()]).await?.pop())
}

/// Those of the kinds, or those of all others.
async fn claim_those(
    runtime: &Runtime,
    limit: i64,
    is_of: bool,
    kinds: Vec<String>,
) -> Result<Vec<Claimed>, Fault> {
    let (organisation_id, now) = (runtime.organisation_id.clone(), runtime.now());
    let until = now.checked_add(runtime.clock.as_lived(LEASE)).unwrap_or(now);
    runtime
        .db
        .write(move |tx| {
            Box::pin(async move {
                let due: Vec<Claimed> = tx
                    .query(
                        "select job_id, kind, subject_id, attempts, fence + 1 as fence from job \
                          where organisation_id = $1 and due_at <= $2 \
                            and (($4 = 1 and kind {in $5}) or ($4 = 0 and not kind {in $5})) \
                          order by due_at, job_id limit $3 [pg: for update skip locked :]",
                        args![
                            &organisation_id,
                            now,
                            limit,
                            i64::from(is_of),
                            Column::from_iter(kinds.iter().map(String::as_str))
                        ],
                    )
                    .await?;
                tx.execute_guarded(
                    "jobs claimed",
                    "update job set attempts = attempts + 1, fence = d.fence, due_at = $2 \
                            {set d(job_id text, fence int)} \
                      where organisation_id = $1 and job.job_id = d.job_id and job.fence = d.fence - 1",
                    &set![due.iter().map(|job| &job.job_id), due.iter().map(|job| job.fence)],
                    args![&organisation_id, until],
                )
                .await?;
                Ok(due)
            })
        })
        .await
}

/// Keeps a job until then, in the transaction of a part of its work. Gives false where somebody else has claimed it.
pub async fn hold(cx: &mut Cx<'_>, claimed: &Claimed, until: Timestamp) -> Result<bool, Fault> {
    let touched = cx
        .tx
        .execute(
            "update job set due_at = $4 where organisation_id = $1 and job_id = $2 and fence = $3",
            args![&cx.organisation_id, &claimed.job_id, claimed.fence, until],
        )
        .await?;
    Ok(touched == 1)
}

/// Ends a job in the transaction of its work. Gives false where somebody else has claimed it since.
pub async fn finish(cx: &mut Cx<'_>, claimed: &Claimed) -> Result<bool, Fault> {
    let touched = cx
        .tx
        .execute(
            "delete from job where organisation_id = $1 and job_id = $2 and fence = $3",
            args![&cx.organisation_id, &claimed.job_id, claimed.fence],
        )
        .await?;
    Ok(touched == 1)
}

/// True where a job of this kind waits or is at work.
pub async fn is_waiting(
    tx: &Tx,
    organisation_id: &OrganisationId,
    kind: &'static str,
) -> Result<bool, Fault> {
    let found: Option<(i64,)> = tx
        .query_optional(
            "select 1 from job where organisation_id = $1 and kind = $2 limit 1",
            args![organisation_id, kind],
        )
        .await?;
    Ok(found.is_some())
}

/// How many jobs wait.
pub async fn count(tx: &Tx, organisation_id: &OrganisationId) -> Result<i64, Fault> {
    let (count,) =
        tx.query_one("select count(*) from job where organisation_id = $1", args![organisation_id]).await?;
    Ok(count)
}
