//! Operations over HTTP. One's own are there for everybody; those of others for whoever may see what is under way.

use axum::{
    body::Body,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use db::Fault;
use futures_util::{StreamExt as _, stream};
use kernel::{OperationId, Page};
use runtime::Runtime;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use web::{
    Caller, Key, Needs, PageQuery, Path, Permission, Problem, Query, Routes, answered, page, problems,
};

use crate::{
    CancelError, Operation, Outcome, RowResult,
    file::{self, FileError},
    find_operation, list_operations, list_rows,
};

/// `/v1/operations`.
pub fn routes() -> Routes<Runtime> {
    let needs = Needs::Caller;
    Routes::new()
        .chapter(
            "Long work",
            "What takes longer than a request: how far it is, and what became of each row of it.",
        )
        .get(
            "/v1/operations",
            needs
                .to("List long work")
                .about("One's own, newest first; everybody's for whoever may see what is under way.")
                .asks::<ListQuery>()
                .gives_page::<Operation>("Operations, newest first."),
            get_operations,
        )
        .get(
            "/v1/operations/{operation_id}",
            needs
                .to("See how far long work is")
                .gives::<Operation>(StatusCode::OK, "The operation.")
                .tagged()
                .refuses(problems::NOT_FOUND),
            get_operation,
        )
        .get(
            "/v1/operations/{operation_id}/results",
            needs
                .to("See what became of its rows")
                .about("Rows that there is something to say about, in their order.")
                .asks::<ResultsQuery>()
                .gives_page::<RowResult>("Rows.")
                .refuses(problems::NOT_FOUND),
            get_results,
        )
        .get(
            "/v1/operations/{operation_id}/file",
            needs
                .to("Take what it made")
                .about("A file, kept for a week.")
                .gives_file("*/*", "The file, under its own content type.")
                .refuses(problems::NOT_FOUND),
            get_file,
        )
        .post(
            "/v1/operations/{operation_id}/cancel",
            needs
                .to("Stop long work")
                .about("It stops before the next chunk; what was done stays done.")
                .command::<()>()
                .gives::<Asked>(StatusCode::ACCEPTED, "It will stop.")
                .refuses(problems::NOT_FOUND)
                .refuses(problems::WRONG_STAGE),
            post_cancel,
        )
}

/// One operation, for those who may see it; who may not is told that there is none.
pub async fn find_for(
    runtime: &Runtime,
    caller: &Caller,
    operation_id: &OperationId,
) -> Result<Operation, Problem> {
    let (organisation_id, id) = (runtime.organisation_id.clone(), operation_id.clone());
    let found: Result<Option<Operation>, Fault> = runtime
        .read(move |tx| Box::pin(async move { find_operation(tx, &organisation_id, &id).await }))
        .await;
    let is_theirs = |operation: &Operation| {
        operation.actor == caller.actor || caller.access.may_throughout(Permission::OperationsRead)
    };
    found?.filter(is_theirs).ok_or_else(|| CancelError::NoSuchOperation(operation_id.clone()).into())
}

#[derive(Debug, Deserialize, IntoParams)]
struct ListQuery {
    /// What a kind begins with: `import.`
    #[serde(default)]
    kind: String,
}

async fn get_operations(
    State(runtime): State<Runtime>,
    caller: Caller,
    Query(query): Query<ListQuery>,
    paging: PageQuery,
) -> Result<Response, Problem> {
    let organisation_id = runtime.organisation_id.clone();
    let sees_all = caller.access.may_throughout(Permission::OperationsRead);
    let actor = if sees_all { String::new() } else { caller.actor.clone() };
    let (before, limit) = (paging.request.after.clone().unwrap_or_default(), paging.request.limit);
    let rows: Vec<Operation> = runtime
        .read(move |tx| {
            Box::pin(async move {
                list_operations(tx, &organisation_id, &actor, &query.kind, &before, limit + 1).await
            })
        })
        .await
        .map_err(Problem::fault)?;
    Ok(page(&paging, Page::of(rows, limit, |operation| operation.operation_id.to_string())))
}

async fn get_operation(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(operation_id): Path<OperationId>,
) -> Result<Response, Problem> {
    Ok(axum::Json(find_for(&runtime, &caller, &operation_id).await?).into_response())
}

#[derive(Debug, Deserialize, IntoParams)]
struct ResultsQuery {
    /// One of `done`, `unchanged`, `skipped`, `failed`; all where it is left out.
    #[serde(default)]
    outcome: String,
}

/// What became of its rows, in their order.
async fn get_results(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(operation_id): Path<OperationId>,
    Query(query): Query<ResultsQuery>,
    paging: PageQuery,
) -> Result<Response, Problem> {
    find_for(&runtime, &caller, &operation_id).await?;
    let wrong = |says: &str| Problem::bad_request(problems::INVALID_QUERY, says);
    if !query.outcome.is_empty() && Outcome::parse(&query.outcome).is_none() {
        return Err(wrong("`outcome` is one of done, unchanged, skipped, failed."));
    }
    let after = match &paging.request.after {
        Some(after) => after.parse().map_err(|_| wrong("`after` is no page of this list."))?,
        None => 0,
    };
    let (organisation_id, limit) = (runtime.organisation_id.clone(), paging.request.limit);
    let rows: Vec<RowResult> = runtime
        .read(move |tx| {
            Box::pin(async move {
                list_rows(tx, &organisation_id, &operation_id, &query.outcome, after, limit + 1).await
            })
        })
        .await
        .map_err(Problem::fault)?;
    Ok(page(&paging, Page::of(rows, limit, |row| row.row_no.to_string())))
}

/// What it made. What is in it concerns whoever asked for it, and those who may take everything out.
async fn get_file(
    State(runtime): State<Runtime>,
    caller: Caller,
    Path(operation_id): Path<OperationId>,
) -> Result<Response, Problem> {
    let operation = find_for(&runtime, &caller, &operation_id).await?;
    let may_read = operation.actor == caller.actor || caller.access.may_throughout(Permission::DataExport);
    match operation.result_file_id.filter(|_| may_read) {
        Some(file_id) => Ok(download(&runtime, file::find(&runtime, &file_id).await?)),
        None => Err(Problem::not_found(problems::NOT_FOUND, "This operation has no file for you.")),
    }
}

/// A file as an answer, part by part.
pub fn download(runtime: &Runtime, stored: file::StoredFile) -> Response {
    let (sender, receiver) = tokio::sync::mpsc::channel::<Result<Vec<u8>, FileError>>(2);
    let (runtime, file_id) = (runtime.clone(), stored.file_id.clone());
    tokio::spawn(async move {
        for part_no in 0.. {
            match file::part(&runtime, &file_id, part_no).await {
                Ok(Some(bytes)) => {
                    if sender.send(Ok(bytes)).await.is_err() {
                        return;
                    }
                }
                Ok(None) => return,
                Err(error) => {
                    // The connection breaks off, which is how a reader learns of it.
                    let _ = sender.send(Err(error)).await;
                    return;
                }
            }
        }
    });
    let parts =
        stream::unfold(
            receiver,
            |mut receiver| async move { receiver.recv().await.map(|part| (part, receiver)) },
        );
    // A connection asks once more after the end.
    let body = Body::from_stream(parts.fuse());
    let plain: String = stored
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || ".-_".contains(c) { c } else { '_' })
        .collect();
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let mut put = |name, value: String| {
        if let Ok(value) = value.parse() {
            headers.insert(name, value);
        }
    };
    put(header::CONTENT_TYPE, stored.media_type);
    put(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{plain}\""));
    put(header::CONTENT_LENGTH, stored.bytes.unwrap_or(0).to_string());
    response
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = AskedToStop)]
struct Asked {
    operation_id: OperationId,
}

async fn post_cancel(
    State(runtime): State<Runtime>,
    caller: Caller,
    key: Key,
    Path(operation_id): Path<OperationId>,
) -> Result<Response, Problem> {
    let operation = find_for(&runtime, &caller, &operation_id).await?;
    if operation.actor != caller.actor && !caller.access.may_throughout(Permission::SettingsWrite) {
        return Err(CancelError::NoSuchOperation(operation_id).into());
    }
    // There is nothing to say but whose key it is: a body is not read, and whose operation it is comes first.
    let call = key.call(&caller, &format!("POST /v1/operations/{operation_id}/cancel"), "");
    let answer = runtime
        .command(call, move |cx| {
            let operation_id = operation_id.clone();
            Box::pin(async move {
                crate::cancel(cx, &operation_id).await?;
                Ok::<_, CancelError>(Asked { operation_id })
            })
        })
        .await?;
    answered(StatusCode::ACCEPTED, answer)
}

impl From<CancelError> for Problem {
    fn from(error: CancelError) -> Problem {
        match error {
            CancelError::NoSuchOperation(_) => Problem::not_found(problems::NOT_FOUND, error),
            CancelError::Over(_) => Problem::conflict(problems::WRONG_STAGE, error),
            CancelError::Fault(fault) => Problem::fault(fault),
        }
    }
}

impl From<FileError> for Problem {
    fn from(error: FileError) -> Problem {
        match error {
            FileError::NoSuchFile => Problem::not_found(problems::NOT_FOUND, error),
            FileError::Disk(cause) => {
                tracing::error!(error = %cause, "a file cannot be kept here");
                Problem::fault(Fault::Lost("the disk of this machine"))
            }
            FileError::Fault(fault) => Problem::fault(fault),
        }
    }
}
