//! A table on its way in: which of its columns mean what, a trial run, and the run.

use std::collections::BTreeMap;
use std::io::Cursor;

use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use db::Fault;
use flows::files::Kind;
use flows::files::columns::HeaderError;
use flows::files::import::{Preview, Request, preview};
use kernel::{FileId, MerchantId, OperationId, Scope};
use operations::file::{self, FileError};
use operations::{Operation, file::StoredFile};
use runtime::Answer;
use serde::Deserialize;
use serde_json::json;
use web::{Path, Query};

use super::super::command::fresh_command;
use super::problems;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::pages::Choice;
use crate::pages::import::{ColumnChoice, TablePage};
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::words::ImportKind;

/// What of a file is asked for.
#[derive(Debug, Deserialize)]
pub(super) struct KindQuery {
    #[serde(default)]
    kind: String,
}

pub(super) async fn get_table(
    State(console): State<Console>,
    desk: Desk,
    Path(file_id): Path<FileId>,
    Query(query): Query<KindQuery>,
) -> Result<Response, Upset> {
    let kind = Kind::parse(&query.kind).unwrap_or(Kind::Items);
    let said = remembered(&console, kind).await?;
    show(&console, &desk, &file_id, kind, said, fresh_command(), None).await
}

/// The columns that were said when such a file came last.
async fn remembered(console: &Console, kind: Kind) -> Result<BTreeMap<String, String>, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let last: Vec<Operation> = runtime
        .read(move |tx| {
            Box::pin(async move {
                operations::list_operations(tx, &organisation_id, "", kind.import(), "", 1).await
            })
        })
        .await
        .map_err(|fault: Fault| Upset::reading(fault))?;
    let request =
        last.into_iter().next().and_then(|last| serde_json::from_value::<Request>(last.request).ok());
    Ok(request.map(|request| request.columns).unwrap_or_default())
}

/// The beginning of a stored file, its columns matched. What was said of columns that this file lacks is forgotten.
async fn look(
    console: &Console,
    desk: &Desk,
    file_id: &FileId,
    kind: Kind,
    mut said: BTreeMap<String, String>,
) -> Result<(StoredFile, Result<Preview, String>), Upset> {
    let runtime = &console.flows.runtime;
    let stored = file::find(runtime, file_id).await.map_err(gone)?;
    let head = file::part(runtime, file_id, 0).await.map_err(gone)?.unwrap_or_default();
    let first = preview(kind, Cursor::new(&head), &BTreeMap::new());
    let found = first.and_then(|first| {
        said.retain(|_, column| column.is_empty() || first.header.contains(column));
        preview(kind, Cursor::new(&head), &said)
    });
    Ok((stored, found.map_err(|error| problems::of_file(&desk.t, &error))))
}

fn gone(error: FileError) -> Upset {
    match error {
        FileError::NoSuchFile => Upset::of(Trouble::NotFound),
        FileError::Disk(_) => Upset::of(Trouble::Fault),
        FileError::Fault(fault) => Upset::reading(fault),
    }
}

async fn show(
    console: &Console,
    desk: &Desk,
    file_id: &FileId,
    kind: Kind,
    said: BTreeMap<String, String>,
    command: String,
    error: Option<String>,
) -> Result<Response, Upset> {
    let (stored, found) = look(console, desk, file_id, kind, said).await?;
    let t = &desk.t;
    let (preview, broken) = match found {
        Ok(preview) => (preview, None),
        Err(broken) => (Preview { header: vec![], lines: vec![], map: Ok(BTreeMap::new()) }, Some(broken)),
    };
    let missing = match &preview.map {
        Err(HeaderError::Missing(names)) => Some(t.fill("file-missing-columns", "columns", names.join(", "))),
        Err(HeaderError::NoSuchColumn(_) | HeaderError::UnknownField(_)) | Ok(_) => None,
    };
    // Where some are missing, the others are still shown as they were found.
    let known = match &preview.map {
        Ok(map) => map.clone(),
        Err(_) => flows::files::columns::found(kind, &preview.header),
    };
    let columns = kind.fields().iter().map(|field| ColumnChoice {
        name: field.name.to_owned(),
        is_required: field.is_required,
        chosen: known
            .get(field.name)
            .and_then(|place| preview.header.get(*place))
            .cloned()
            .unwrap_or_default(),
    });
    let columns = columns.collect();
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let merchants = runtime
        .read(move |tx| {
            Box::pin(async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await })
        })
        .await
        .map_err(|fault: Fault| Upset::reading(fault))?;
    let status = if error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let view = TablePage {
        t: t.clone(),
        shell: desk.shell(Section::Import, None),
        command,
        file: file_id.to_string(),
        name: stored.name,
        kind: ImportKind::parse(kind.name()).unwrap_or(ImportKind::Items),
        columns,
        header: preview.header,
        lines: preview.lines,
        merchants: merchants
            .iter()
            .map(|merchant| Choice::new(merchant.merchant_id.as_str(), &merchant.name))
            .collect(),
        error: error.or(broken).or(missing),
    };
    Ok((status, page(&view)?).into_response())
}

/// `command`, `kind`, `merchant`, `run`, `overwrite`, and `column.NAME` for each of our columns.
type Fields = Vec<(String, String)>;

pub(super) async fn post_table(
    State(console): State<Console>,
    desk: Desk,
    Path(file_id): Path<FileId>,
    Form(fields): Form<Fields>,
) -> Result<Response, Upset> {
    let find =
        |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let bad = || Upset::of(Trouble::BadRequest);
    let kind = Kind::parse(find("kind")).ok_or_else(bad)?;
    let merchant_id = MerchantId::parse(find("merchant")).map_err(|_| bad())?;
    let columns: BTreeMap<String, String> = fields
        .iter()
        .filter_map(|(field, value)| Some((field.strip_prefix("column.")?.to_owned(), value.clone())))
        .collect();
    let (stored, found) = look(&console, &desk, &file_id, kind, columns.clone()).await?;
    let wrong = match found {
        Err(broken) => Some(broken),
        Ok(Preview { map: Err(HeaderError::Missing(names)), .. }) => {
            Some(desk.t.fill("file-missing-columns", "columns", names.join(", ")))
        }
        Ok(Preview { map: Err(_), .. }) => return Err(bad()),
        Ok(_) => None,
    };
    let command = find("command").to_owned();
    if wrong.is_some() {
        return show(&console, &desk, &file_id, kind, columns, command, wrong).await;
    }
    let (is_trial, may_overwrite) = (find("run") != "real", find("overwrite") == "yes");
    let said = json!([file_id, find("kind"), merchant_id, columns, is_trial, may_overwrite]);
    let call = desk.call(&command, &href::import_table(file_id.as_str(), ""), &said)?;
    let request = Request { file_id, columns, merchant_id, is_trial, may_overwrite };
    let new = request.into_operation(kind, &stored.name);
    let started: Result<Answer<OperationId>, Fault> = console
        .flows
        .runtime
        .command(call, move |cx| {
            let new = new.clone();
            Box::pin(async move { operations::start(cx, &new).await })
        })
        .await;
    match started.map_err(Upset::commanding)?.into_result() {
        Some(operation_id) => Ok(see(&href::operation(operation_id.as_str()))),
        None => Err(desk.reused()),
    }
}
