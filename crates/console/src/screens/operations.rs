//! Long work: the list, one operation while it goes on, its refused rows as a file, what it made, and the form that
//! stops it.

use axum::extract::rejection::FormRejection;
use axum::extract::{Form, Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use db::Fault;
use flows::bulk::CANCEL_ORDERS;
use flows::files::Kind;
use flows::files::import::Request;
use kernel::OperationId;
use operations::file::FileError;
use operations::{CancelError, Operation, Outcome, RowResult, State as Stage};
use serde::Deserialize;
use serde_json::json;
use sheets::guard::guarded;
use web::{Needs, Path, Permission, Routes};

use super::actors::{Actors, list_actors};
use super::command::fresh_command;
use super::is_part;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::operations::{OperationLine, OperationPage, OperationsPage, RowError};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::words::{OperationKind, OperationState, RowOutcome, RowProblem};

/// How many operations a page lists.
const LISTED: i64 = 50;
/// How many refused rows a page lists; the file has all.
const SHOWN: i64 = 200;
/// Rows that were refused, as the store knows them.
const FAILED: &str = Outcome::Failed.name();
/// How many rows are read at a time for a file.
const READ: i64 = 1_000;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Caller;
    Routes::new()
        .get(href::OPERATIONS, needs, get_operations)
        .get("/operations/{operation_id}", needs, get_operation)
        .get("/operations/{operation_id}/errors.csv", needs, get_errors)
        .get("/operations/{operation_id}/results.csv", needs, get_results)
        .get("/operations/{operation_id}/file", needs, get_file)
        .post("/operations/{operation_id}/cancel", needs, post_cancel)
}

/// An operation as a line of a list.
pub(super) fn line_of(t: &Texts, operation: &Operation, actors: &Actors) -> OperationLine {
    let kind = OperationKind::parse(&operation.kind);
    let state = match operation.state {
        Stage::Planned | Stage::Running if operation.cancel_asked_at.is_some() => OperationState::Stopping,
        Stage::Planned => OperationState::Planned,
        Stage::Running => OperationState::Running,
        Stage::Succeeded if operation.counts.failed > 0 => OperationState::Partly,
        Stage::Succeeded => OperationState::Succeeded,
        Stage::Failed => OperationState::Failed,
        Stage::Cancelled => OperationState::Cancelled,
    };
    OperationLine {
        id: operation.operation_id.to_string(),
        kind: kind.map_or_else(|| operation.kind.clone(), |kind| t.text(kind.key())),
        about: operation.about.clone(),
        at: operation.created_at,
        actor: actors.name(t, &operation.actor),
        state,
        total: operation.total,
        done: operation.counts.done,
        unchanged: operation.counts.unchanged,
        skipped: operation.counts.skipped,
        failed: operation.counts.failed,
    }
}

/// Operations that the reader may see, newest first, with the names of those who asked.
pub(super) async fn list(
    console: &Console,
    desk: &Desk,
    kind: &'static str,
    before: String,
    limit: i64,
) -> Result<Vec<OperationLine>, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let sees_all = desk.caller.access.may_throughout(Permission::OperationsRead);
    let actor = if sees_all { String::new() } else { desk.caller.actor.clone() };
    let read: Result<(Vec<Operation>, Actors), Fault> = runtime
        .read(move |tx| {
            Box::pin(async move {
                let found =
                    operations::list_operations(tx, &organisation_id, &actor, kind, &before, limit).await?;
                let actors = found.iter().map(|operation| operation.actor.as_str());
                let actors = list_actors(tx, &organisation_id, actors).await?;
                Ok((found, actors))
            })
        })
        .await;
    let (found, actors) = read.map_err(Upset::reading)?;
    Ok(found.iter().map(|operation| line_of(&desk.t, operation, &actors)).collect())
}

#[derive(Debug, Deserialize)]
struct ListQuery {
    #[serde(default)]
    before: String,
}

async fn get_operations(
    State(console): State<Console>,
    desk: Desk,
    Query(query): Query<ListQuery>,
) -> Result<Response, Upset> {
    let mut rows = list(&console, &desk, "", query.before, LISTED + 1).await?;
    let has_more = rows.len() as i64 > LISTED;
    rows.truncate(LISTED as usize);
    let last = rows.last().filter(|_| has_more);
    let next = last.map(|row| href::with_query(href::OPERATIONS, &[("before", &row.id)]));
    page(&OperationsPage { t: desk.t.clone(), shell: desk.shell(Section::Import, None), rows, next })
}

/// One that the reader may see.
async fn find(console: &Console, desk: &Desk, id: &OperationId) -> Result<Operation, Upset> {
    operations::api::find_for(&console.flows.runtime, &desk.caller, id).await.map_err(|problem| {
        Upset::of(if problem.status() == 404 { Trouble::NotFound } else { Trouble::Fault })
    })
}

fn errors_of(t: &Texts, row: RowResult) -> impl Iterator<Item = RowError> {
    row.problems.into_iter().map(move |problem| RowError {
        line: problem.row_no.unwrap_or(row.row_no),
        subject: row.subject.clone(),
        problem: RowProblem::parse(&problem.code).map_or(problem.message, |known| t.text(known.key())),
        column: problem.column,
        value: problem.value,
    })
}

async fn get_operation(
    State(console): State<Console>,
    desk: Desk,
    headers: HeaderMap,
    Path(id): Path<OperationId>,
) -> Result<Response, Upset> {
    let operation = find(&console, &desk, &id).await?;
    let runtime = &console.flows.runtime;
    let (organisation_id, actor) = (runtime.organisation_id.clone(), operation.actor.clone());
    let read: Result<(Vec<RowResult>, Actors), Fault> = runtime
        .read(move |tx| {
            Box::pin(async move {
                let rows = operations::list_rows(tx, &organisation_id, &id, FAILED, 0, SHOWN).await?;
                let actors = list_actors(tx, &organisation_id, [actor.as_str()].into_iter()).await?;
                Ok((rows, actors))
            })
        })
        .await;
    let (rows, actors) = read.map_err(Upset::reading)?;
    let t = &desk.t;
    let code = operation.problem.as_deref().and_then(|problem| problem.split(':').next());
    let problem = code.map(|code| match code {
        "file_gone" => t.text("operation-file-gone"),
        "file_broken" => t.text("operation-file-broken"),
        _ => t.text("operation-fault"),
    });
    let view = OperationPage {
        t: t.clone(),
        shell: desk.shell(Section::Import, None),
        command: fresh_command(),
        problem,
        file: operation
            .result_file_id
            .as_ref()
            .map(|_| href::operation_file(operation.operation_id.as_str())),
        results: (operation.kind == CANCEL_ORDERS && operation.counts.told() > 0)
            .then(|| href::operation_results(operation.operation_id.as_str())),
        trial: trial(&operation),
        may_cancel: may_cancel(&desk, &operation),
        operation: line_of(t, &operation, &actors),
        errors: rows.into_iter().flat_map(|row| errors_of(t, row)).take(SHOWN as usize).collect(),
    };
    if is_part(&headers) { page(&view.as_progress()) } else { page(&view) }
}

/// Where the file of a trial waits.
fn trial(operation: &Operation) -> Option<String> {
    let kind = Kind::of_import(&operation.kind)?;
    let request: Request = serde_json::from_value(operation.request.clone()).ok()?;
    request.is_trial.then(|| href::import_table(request.file_id.as_str(), kind.name()))
}

fn may_cancel(desk: &Desk, operation: &Operation) -> bool {
    operation.actor == desk.caller.actor || desk.caller.access.may_throughout(Permission::SettingsWrite)
}

async fn get_errors(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<OperationId>,
) -> Result<Response, Upset> {
    find(&console, &desk, &id).await?;
    let t = &desk.t;
    let header = ["column-line", "operation-subject", "column-column", "column-value", "column-problem"];
    let mut csv = begin_csv(header.map(|key| t.text(key)));
    let mut rows = Rows::of(&console, id, FAILED);
    while let Some(page) = rows.next().await? {
        for error in page.into_iter().flat_map(|row| errors_of(t, row)) {
            let RowError { line, subject, column, value, problem } = error;
            csv.push_str(&csv_row([line.to_string(), subject, column, value, problem]));
        }
    }
    Ok(as_file(csv, "errors.csv"))
}

/// What became of each row, those that were done among them.
async fn get_results(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<OperationId>,
) -> Result<Response, Upset> {
    find(&console, &desk, &id).await?;
    let t = &desk.t;
    let header = ["column-line", "operation-subject", "operation-outcome", "column-value", "column-problem"];
    let mut csv = begin_csv(header.map(|key| t.text(key)));
    let mut rows = Rows::of(&console, id, "");
    while let Some(page) = rows.next().await? {
        for row in page {
            let outcome = RowOutcome::parse(row.outcome.name()).map(|outcome| t.text(outcome.key()));
            let (line, subject) = (row.row_no.to_string(), row.subject.clone());
            let problem = errors_of(t, row).next();
            let (value, problem) = problem.map(|error| (error.value, error.problem)).unwrap_or_default();
            csv.push_str(&csv_row([line, subject, outcome.unwrap_or_default(), value, problem]));
        }
    }
    Ok(as_file(csv, "results.csv"))
}

/// The rows of an operation, some at a time.
struct Rows<'a> {
    console: &'a Console,
    id: OperationId,
    outcome: &'static str,
    after: i64,
}

impl Rows<'_> {
    fn of<'a>(console: &'a Console, id: OperationId, outcome: &'static str) -> Rows<'a> {
        Rows { console, id, outcome, after: 0 }
    }

    async fn next(&mut self) -> Result<Option<Vec<RowResult>>, Upset> {
        let runtime = &self.console.flows.runtime;
        let (organisation_id, id) = (runtime.organisation_id.clone(), self.id.clone());
        let (outcome, after) = (self.outcome, self.after);
        let rows = runtime
            .read(move |tx| {
                Box::pin(async move {
                    operations::list_rows(tx, &organisation_id, &id, outcome, after, READ).await
                })
            })
            .await
            .map_err(Upset::reading)?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.after = last.row_no;
        Ok(Some(rows))
    }
}

/// A file of CSV that begins with its header.
fn begin_csv<const N: usize>(header: [String; N]) -> String {
    // The mark tells spreadsheets that this is UTF-8.
    format!("\u{feff}{}", csv_row(header))
}

fn as_file(csv: String, name: &str) -> Response {
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned());
    let name = (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""));
    ([kind, name], csv).into_response()
}

/// A row of CSV. What a spreadsheet would take for a formula gets an apostrophe, since these cells are a stranger's.
fn csv_row<const N: usize>(cells: [String; N]) -> String {
    let quoted = cells.map(|cell| format!("\"{}\"", guarded(&cell).replace('"', "\"\"")));
    format!("{}\r\n", quoted.join(","))
}

async fn get_file(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<OperationId>,
) -> Result<Response, Upset> {
    let operation = find(&console, &desk, &id).await?;
    let may_read =
        operation.actor == desk.caller.actor || desk.caller.access.may_throughout(Permission::DataExport);
    let file_id = operation.result_file_id.filter(|_| may_read).ok_or(Upset::of(Trouble::NotFound))?;
    let runtime = &console.flows.runtime;
    match operations::file::find(runtime, &file_id).await {
        Ok(stored) => Ok(operations::api::download(runtime, stored)),
        Err(FileError::NoSuchFile) => Err(Upset::of(Trouble::NotFound)),
        Err(FileError::Fault(fault)) => Err(Upset::reading(fault)),
        Err(FileError::Disk(_)) => Err(Upset::of(Trouble::Fault)),
    }
}

#[derive(Debug, Deserialize)]
struct CancelForm {
    #[serde(default)]
    command: String,
}

async fn post_cancel(
    State(console): State<Console>,
    desk: Desk,
    Path(id): Path<OperationId>,
    form: Result<Form<CancelForm>, FormRejection>,
) -> Result<Response, Upset> {
    let operation = find(&console, &desk, &id).await?;
    let Ok(Form(form)) = form else { return Err(Upset::of(Trouble::BadRequest)) };
    if !may_cancel(&desk, &operation) {
        return Err(Upset::of(Trouble::NotFound));
    }
    let call = desk.call(&form.command, &href::operation_cancel(id.as_str()), &json!(id))?;
    let asked = id.clone();
    let stopped = console
        .flows
        .runtime
        .command(call, move |cx| {
            let id = asked.clone();
            Box::pin(async move { operations::cancel(cx, &id).await })
        })
        .await;
    match stopped {
        // One that is over needs no stopping; the page says so.
        Ok(_) | Err(CancelError::Over(_)) => Ok(see(&href::operation(id.as_str()))),
        Err(CancelError::NoSuchOperation(_)) => Err(Upset::of(Trouble::NotFound)),
        Err(CancelError::Fault(fault)) => Err(Upset::commanding(fault)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn c13_a_stranger_s_cell_is_never_a_formula() {
        let row = csv_row(["=1+1".to_owned(), "a \"b\"".to_owned(), "-5".to_owned()]);
        assert_eq!(row, "\"'=1+1\",\"a \"\"b\"\"\",\"'-5\"\r\n");
    }
}
