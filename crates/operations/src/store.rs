//! Every statement of this context; those about files are in `file`.

mod file;

use db::{Column, Fault, FromRow, Row, Tx, args, row, set};
use kernel::{FileId, OperationId, OrganisationId, Timestamp};
use serde_json::Value as Json;

use crate::{Counts, NewOperation, Operation, Outcome, RowResult, State, Step};
pub(crate) use file::*;

impl FromRow for Operation {
    fn from_row(row: &Row) -> Result<Operation, Fault> {
        let state: String = row.get("state")?;
        Ok(Operation {
            operation_id: row.get("operation_id")?,
            kind: row.get("kind")?,
            about: row.get("about")?,
            actor: row.get("actor")?,
            request: row.get("request")?,
            state: State::parse(&state).ok_or_else(|| strange("state", &state))?,
            total: row.get("total")?,
            counts: Counts {
                done: row.get("done")?,
                unchanged: row.get("unchanged")?,
                skipped: row.get("skipped")?,
                failed: row.get("failed")?,
            },
            position: row.get("position")?,
            problem: row.get("problem")?,
            cancel_asked_at: row.get("cancel_asked_at")?,
            result_file_id: row.get("result_file_id")?,
            created_at: row.get("created_at")?,
            started_at: row.get("started_at")?,
            ended_at: row.get("ended_at")?,
        })
    }
}

impl FromRow for RowResult {
    fn from_row(row: &Row) -> Result<RowResult, Fault> {
        let (outcome, problems): (String, Json) = (row.get("outcome")?, row.get("problems")?);
        Ok(RowResult {
            row_no: row.get("row_no")?,
            subject: row.get("subject")?,
            outcome: Outcome::parse(&outcome).ok_or_else(|| strange("outcome", &outcome))?,
            problems: serde_json::from_value(problems).map_err(|error| strange("problems", &error))?,
        })
    }
}

fn strange(column: &str, problem: &dyn std::fmt::Display) -> Fault {
    Fault::Shape { column: column.into(), problem: problem.to_string() }
}

macro_rules! operations {
    ($rest:literal) => {
        concat!(
            "select operation_id, kind, about, actor, request, state, total, done, unchanged, skipped, failed, position, \
                    problem, cancel_asked_at, result_file_id, created_at, started_at, ended_at \
               from operation where organisation_id = $1 and ",
            $rest
        )
    };
}

pub(crate) async fn insert_operation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    new: &NewOperation,
    actor: &str,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "insert into operation (organisation_id, operation_id, kind, about, actor, request, state, total, created_at) \
         values ($1, $2, $3, $4, $5, $6, 'planned', $7, $8)",
        args![organisation_id, operation_id, new.kind, &new.about, actor, new.request.clone(), new.total, now],
    )
    .await?;
    Ok(())
}

row! {
    /// Which files an operation reads and writes.
    #[derive(Debug)]
    pub(crate) struct FilesUsed {
        /// What kind of work.
        pub kind: String,
        /// What was asked, with the file that is read.
        pub request: Json,
        /// The file it wrote.
        pub result_file_id: Option<FileId>,
        /// When it ended.
        pub ended_at: Option<Timestamp>,
    }
}

/// Those of every operation that was asked for since a time.
pub(crate) async fn list_files_used(
    tx: &Tx,
    organisation_id: &OrganisationId,
    since: Timestamp,
) -> Result<Vec<FilesUsed>, Fault> {
    tx.query(
        "select kind, request, result_file_id, ended_at from operation where organisation_id = $1 and created_at >= $2",
        args![organisation_id, since],
    )
    .await
}

pub(crate) async fn forget_problems(
    tx: &Tx,
    organisation_id: &OrganisationId,
    kinds: &[&str],
    ended_by: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update operation_row set problems = '[]' where organisation_id = $1 and problems <> '[]' \
            and operation_id in (select operation_id from operation \
                                  where organisation_id = $1 and kind {in $2} and ended_at <= $3)",
        args![organisation_id, Column::from_iter(kinds.iter().copied()), ended_by],
    )
    .await?;
    Ok(())
}

pub(crate) async fn forget_searches(
    tx: &Tx,
    organisation_id: &OrganisationId,
    kinds: &[&str],
    ended_by: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update operation set request = '{}' where organisation_id = $1 and kind {in $2} and ended_at <= $3 \
            and request <> '{}'",
        args![organisation_id, Column::from_iter(kinds.iter().copied()), ended_by],
    )
    .await?;
    Ok(())
}

/// One operation.
pub async fn find_operation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
) -> Result<Option<Operation>, Fault> {
    tx.query_optional(operations!("operation_id = $2"), args![organisation_id, operation_id]).await
}

/// One operation, which nobody else changes until the transaction ends.
pub(crate) async fn lock_operation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
) -> Result<Option<Operation>, Fault> {
    tx.query_optional(
        operations!("operation_id = $2 [pg: for update :]"),
        args![organisation_id, operation_id],
    )
    .await
}

/// Operations before one (or the newest where it is empty), newest first: of one actor, or everybody's where it is
/// empty; of kinds that begin with `kind`.
pub async fn list_operations(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    kind: &str,
    before: &str,
    limit: i64,
) -> Result<Vec<Operation>, Fault> {
    tx.query(
        operations!(
            "($2 = '' or actor = $2) and substr(kind, 1, length($3)) = $3 and ($4 = '' or operation_id < $4) \
              order by operation_id desc limit $5"
        ),
        args![organisation_id, actor, kind, before, limit],
    )
    .await
}

/// Operations of one actor that came to their end after a time, newest first.
pub async fn list_ended(
    tx: &Tx,
    organisation_id: &OrganisationId,
    actor: &str,
    since: Timestamp,
    limit: i64,
) -> Result<Vec<Operation>, Fault> {
    tx.query(
        operations!("actor = $2 and ended_at > $3 order by operation_id desc limit $4"),
        args![organisation_id, actor, since, limit],
    )
    .await
}

/// What became of the rows after one, of all or of those with this outcome.
pub async fn list_rows(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    outcome: &str,
    after: i64,
    limit: i64,
) -> Result<Vec<RowResult>, Fault> {
    tx.query(
        "select row_no, subject, outcome, problems from operation_row \
          where organisation_id = $1 and operation_id = $2 and ($3 = '' or outcome = $3) and row_no > $4 \
          order by row_no limit $5",
        args![organisation_id, operation_id, outcome, after, limit],
    )
    .await
}

pub(crate) async fn begin(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update operation set state = 'running', started_at = coalesce(started_at, $3) \
          where organisation_id = $1 and operation_id = $2",
        args![organisation_id, operation_id, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn ask_to_cancel(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    now: Timestamp,
) -> Result<(), Fault> {
    tx.execute(
        "update operation set cancel_asked_at = coalesce(cancel_asked_at, $3) \
          where organisation_id = $1 and operation_id = $2",
        args![organisation_id, operation_id, now],
    )
    .await?;
    Ok(())
}

pub(crate) async fn insert_rows(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    rows: &[RowResult],
) -> Result<(), Fault> {
    let problems =
        rows.iter().map(|row| serde_json::to_value(&row.problems).expect("problems are plain data"));
    tx.execute_set(
        "insert into operation_row (organisation_id, operation_id, row_no, subject, outcome, problems) \
         select $1, $2, d.row_no, d.subject, d.outcome, d.problems \
         {set d(row_no int, subject text, outcome text, problems json)} where true",
        &set![
            rows.iter().map(|row| row.row_no),
            rows.iter().map(|row| &row.subject),
            rows.iter().map(|row| row.outcome.name()),
            problems,
        ],
        args![organisation_id, operation_id],
    )
    .await?;
    Ok(())
}

/// Adds what a chunk came to; gives since when the operation is to stop.
pub(crate) async fn add_step(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    step: &Step,
) -> Result<Option<Timestamp>, Fault> {
    let Counts { done, unchanged, skipped, failed } = step.counts;
    let (asked,) = tx
        .query_one(
            "update operation set position = $3, total = coalesce($4, total), done = done + $5, \
                    unchanged = unchanged + $6, skipped = skipped + $7, failed = failed + $8 \
              where organisation_id = $1 and operation_id = $2 returning cancel_asked_at",
            args![
                organisation_id,
                operation_id,
                &step.position,
                step.total,
                done,
                unchanged,
                skipped,
                failed
            ],
        )
        .await?;
    Ok(asked)
}

pub(crate) async fn end_operation(
    tx: &Tx,
    organisation_id: &OrganisationId,
    operation_id: &OperationId,
    state: State,
    problem: Option<&str>,
    result_file_id: Option<&FileId>,
    now: Timestamp,
) -> Result<Counts, Fault> {
    let (done, unchanged, skipped, failed) = tx
        .query_one(
            "update operation set state = $3, problem = $4, result_file_id = $5, ended_at = $6 \
              where organisation_id = $1 and operation_id = $2 returning done, unchanged, skipped, failed",
            args![
                organisation_id,
                operation_id,
                state.name(),
                problem.map(str::to_owned),
                result_file_id.map(|id| id.as_str().to_owned()),
                now
            ],
        )
        .await?;
    Ok(Counts { done, unchanged, skipped, failed })
}
