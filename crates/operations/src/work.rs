//! Works on an operation, chunk by chunk.

use std::time::Duration;

use db::Fault;
use kernel::{FileId, OperationId, Timestamp};
use runtime::{Call, Cx, Runtime, job};
use serde_json::json;

use crate::{Counts, Operation, RowResult, State, store};

/// The kind of job that an operation is worked on under; its subject is the operation.
pub const JOB: &str = "operation.run";

/// How long a worker may be silent before another takes over.
const SILENCE: Duration = Duration::from_secs(60);

/// How often work may be taken up that stopped without an end.
const ATTEMPTS: i64 = 8;

/// An operation that somebody works on, with what proves it.
#[derive(Debug, Clone)]
pub struct Run {
    /// The operation as it was when it was taken up.
    pub operation: Operation,
    job: job::Claimed,
}

impl Run {
    /// Its id.
    pub fn id(&self) -> &OperationId {
        &self.operation.operation_id
    }
}

/// What a chunk came to.
#[derive(Debug, Clone, Default)]
pub struct Step {
    /// Where to go on.
    pub position: String,
    /// Rows in all, once it is known.
    pub total: Option<i64>,
    /// Rows by what became of them; those in `rows` among them.
    pub counts: Counts,
    /// What is to be remembered of single rows.
    pub rows: Vec<RowResult>,
}

impl Step {
    /// A chunk that ends at `position`, with each of its rows.
    pub fn of(position: impl ToString, rows: Vec<RowResult>) -> Step {
        let mut counts = Counts::default();
        rows.iter().for_each(|row| counts.count(row.outcome));
        Step { position: position.to_string(), total: None, counts, rows }
    }
}

/// How an operation ends.
#[derive(Debug, Clone)]
pub enum End {
    /// It came to its end, and made this.
    Succeeded(Option<FileId>),
    /// It cannot go on, for this reason, told as a code.
    Failed(String),
    /// It was stopped.
    Cancelled,
}

/// Takes an operation that nobody works on. One that is to be stopped, or was taken up too often, ends here.
pub async fn claim(runtime: &Runtime) -> Result<Option<Run>, Fault> {
    while let Some(job) = job::claim_kind(runtime, JOB).await? {
        let claimed = job.clone();
        let is_taken = runtime
            .run(Call::by("system"), move |cx| {
                let claimed = claimed.clone();
                Box::pin(async move { take_up(cx, claimed).await })
            })
            .await?;
        if !is_taken {
            continue;
        }
        let (organisation_id, operation_id) = (runtime.organisation_id.clone(), subject(&job)?);
        let operation = runtime
            .read(move |tx| {
                Box::pin(async move { store::find_operation(tx, &organisation_id, &operation_id).await })
            })
            .await?;
        if let Some(operation) = operation {
            return Ok(Some(Run { operation, job }));
        }
    }
    Ok(None)
}

fn subject(job: &job::Claimed) -> Result<OperationId, Fault> {
    OperationId::parse(&job.subject_id)
        .map_err(|error| Fault::Shape { column: "job.subject_id".into(), problem: error.to_string() })
}

async fn take_up(cx: &mut Cx<'_>, job: job::Claimed) -> Result<bool, Fault> {
    let operation = store::lock_operation(cx.tx, &cx.organisation_id, &subject(&job)?).await?;
    let Some(operation) = operation.filter(|operation| !operation.state.is_over()) else {
        job::finish(cx, &job).await?;
        return Ok(false);
    };
    let (is_stopped, is_worn_out) = (operation.cancel_asked_at.is_some(), job.attempts >= ATTEMPTS);
    let run = Run { operation, job };
    if is_stopped {
        end(cx, &run, &End::Cancelled).await?;
    } else if is_worn_out {
        end(cx, &run, &End::Failed("fault".into())).await?;
    } else {
        store::begin(cx.tx, &cx.organisation_id, run.id(), cx.now).await?;
        // A long file takes a while before the first chunk.
        return job::hold(cx, &run.job, silent_until(cx)).await;
    }
    Ok(false)
}

/// Writes what a chunk came to, in the transaction that did it; gives false where it is to stop now. Fails with
/// [`Fault::Outrun`] where another worker has taken over, and with it all that the chunk did.
pub async fn advance(cx: &mut Cx<'_>, run: &Run, step: &Step) -> Result<bool, Fault> {
    if !job::hold(cx, &run.job, silent_until(cx)).await? {
        return Err(taken_over());
    }
    store::insert_rows(cx.tx, &cx.organisation_id, run.id(), &step.rows).await?;
    let asked = store::add_step(cx.tx, &cx.organisation_id, run.id(), step).await?;
    Ok(asked.is_none())
}

/// Ends an operation and its job.
pub async fn end(cx: &mut Cx<'_>, run: &Run, end: &End) -> Result<(), Fault> {
    if !job::finish(cx, &run.job).await? {
        return Err(taken_over());
    }
    let (state, problem, file_id) = match end {
        End::Succeeded(file_id) => (State::Succeeded, None, file_id.as_ref()),
        End::Failed(problem) => (State::Failed, Some(problem.as_str()), None),
        End::Cancelled => (State::Cancelled, None, None),
    };
    let counts =
        store::end_operation(cx.tx, &cx.organisation_id, run.id(), state, problem, file_id, cx.now).await?;
    let data = json!({
        "kind": run.operation.kind, "about": run.operation.about, "asked_by": run.operation.actor,
        "state": state.name(), "done": counts.done, "unchanged": counts.unchanged, "skipped": counts.skipped,
        "failed": counts.failed,
    });
    cx.tell("operation.ended", run.id().as_str(), data);
    Ok(())
}

fn silent_until(cx: &Cx<'_>) -> Timestamp {
    cx.now.checked_add(SILENCE).unwrap_or(cx.now)
}

fn taken_over() -> Fault {
    Fault::Outrun { what: "the job of an operation", touched: 0, expected: 1 }
}
