//! Orders from a file: looked through while it is uploaded, then taken by an operation that anybody may watch.

mod file;
mod problems;
mod table;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, Multipart, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use catalogue::Channel;
use db::Fault;
use flows::files::Kind;
use flows::files::export::{Export, Form};
use flows::import::Request;
use kernel::OperationId;
use operations::file::{self as stored, FileError};
use runtime::Answer;
use serde_json::json;
use sheets::BringError;
use web::{Needs, Permission, Routes};

use self::file::{FileTrouble, Upload};
use super::command::fresh_command;
use super::operations::list;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::import::ImportPage;
use crate::pages::problem::Trouble;
use crate::shell::Section;
use crate::words::{ImportKind, OperationKind};

/// The largest form: a file of 100 MB and what surrounds it.
const FORM_BYTES: usize = 100 * 1024 * 1024 + 64 * 1024;
/// How many imports the page lists.
const LISTED: i64 = 20;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Throughout(Permission::DataImport);
    Routes::new()
        .get(href::IMPORT, needs, get_imports)
        .post(href::IMPORT, needs, post_file)
        .get("/import/{file_id}", needs, table::get_table)
        .post("/import/{file_id}", needs, table::post_table)
        .wrap(|router| router.layer(DefaultBodyLimit::max(FORM_BYTES)))
}

async fn get_imports(State(console): State<Console>, desk: Desk) -> Result<Response, Upset> {
    show(&console, &desk, None).await
}

async fn list_channels(console: &Console) -> Result<Vec<Channel>, Upset> {
    let runtime = &console.flows.runtime;
    let organisation_id = runtime.organisation_id.clone();
    let channels = runtime
        .read(move |tx| {
            Box::pin(async move {
                catalogue::list_channels(tx, &organisation_id, &kernel::Scope::EVERYTHING).await
            })
        })
        .await;
    channels.map_err(|fault: Fault| Upset::reading(fault))
}

async fn show(console: &Console, desk: &Desk, file_error: Option<String>) -> Result<Response, Upset> {
    let channels = list_channels(console).await?;
    let status = if file_error.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mut shell = desk.shell(Section::Import, None);
    shell.path = href::IMPORT.to_owned();
    let view = ImportPage {
        t: desk.t.clone(),
        shell,
        command: fresh_command(),
        file_error,
        channels: channels.iter().map(|channel| Choice::new(&channel.code, &channel.name)).collect(),
        kinds: ImportKind::ALL
            .iter()
            .map(|kind| Choice::new(kind.code(), &desk.t.text(kind.key())))
            .collect(),
        exports: exports(desk),
        columns: channels::orders_csv::columns()
            .map(|(name, is_required)| (name.to_owned(), is_required))
            .collect(),
        imports: list(console, desk, "import.", String::new(), LISTED).await?,
    };
    Ok((status, page(&view)?).into_response())
}

/// What the reader may take away, in either form.
fn exports(desk: &Desk) -> Vec<Choice> {
    if !desk.caller.access.may_throughout(Permission::DataExport) {
        return Vec::new();
    }
    let both = |export: &Export| {
        let word = OperationKind::parse(export.operation());
        let name = word.map_or_else(String::new, |word| desk.t.text(word.key()));
        [Form::Csv, Form::Xlsx].map(|form| {
            let place = format!("/v1/exports/{}", export.name());
            let place = href::with_query(&place, &[("form", form.name())]);
            Choice::new(&place, &format!("{name} ({})", form.name().to_uppercase()))
        })
    };
    Export::ALL.iter().flat_map(both).collect()
}

/// A form as it was sent.
#[derive(Default)]
struct Sent {
    command: String,
    kind: String,
    channel: String,
    name: String,
    upload: Option<Upload>,
}

async fn post_file(State(console): State<Console>, desk: Desk, form: Multipart) -> Result<Response, Upset> {
    let sent = match receive(form).await {
        Ok(sent) => sent,
        Err(trouble) => return show(&console, &desk, Some(said(&desk.t, &trouble)?)).await,
    };
    if let Some(kind) = Kind::parse(&sent.kind) {
        return keep_table(&console, &desk, kind, sent).await;
    }
    // The form's key alone says what is asked: the same form again leads to the import there is.
    let call = desk.call(&sent.command, href::IMPORT, &json!(sent.channel))?;
    let is_channel = list_channels(&console).await?.iter().any(|channel| channel.code == sent.channel);
    let (true, Some(upload)) = (is_channel, sent.upload) else {
        return show(&console, &desk, Some(desk.t.text("file-none"))).await;
    };
    let file = match upload.check().await {
        Ok(file) => file,
        Err(trouble) => return show(&console, &desk, Some(said(&desk.t, &trouble)?)).await,
    };
    let runtime = &console.flows.runtime;
    let kept = stored::keep(runtime, &desk.caller.actor, &sent.name, "text/csv", file).await;
    let file_id = kept.map_err(|error| match error {
        FileError::Fault(fault) => Upset::commanding(fault),
        FileError::NoSuchFile | FileError::Disk(_) => Upset::of(Trouble::Fault),
    })?;
    let time_zone = desk.house_zone.clone();
    let new = Request { file_id, channel: sent.channel, time_zone }.into_operation(&sent.name);
    let started: Result<Answer<OperationId>, Fault> = runtime
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

/// A table waits where its columns are matched.
async fn keep_table(console: &Console, desk: &Desk, kind: Kind, sent: Sent) -> Result<Response, Upset> {
    let Some(upload) = sent.upload else {
        return show(console, desk, Some(desk.t.text("file-none"))).await;
    };
    let file = match upload.bring().await {
        Ok(file) => file,
        Err(trouble) => return show(console, desk, Some(said(&desk.t, &trouble)?)).await,
    };
    let runtime = &console.flows.runtime;
    match stored::keep(runtime, &desk.caller.actor, &sent.name, "text/csv", file).await {
        Ok(file_id) => Ok(see(&href::import_table(file_id.as_str(), kind.name()))),
        Err(FileError::Fault(fault)) => Err(Upset::commanding(fault)),
        Err(FileError::NoSuchFile | FileError::Disk(_)) => Err(Upset::of(Trouble::Fault)),
    }
}

/// Reads a form; the file goes to the disk as it comes.
async fn receive(mut form: Multipart) -> Result<Sent, FileTrouble> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(cut)? {
        match field.name().unwrap_or_default() {
            "command" => sent.command = field.text().await.map_err(cut)?.trim().to_owned(),
            "kind" => sent.kind = field.text().await.map_err(cut)?.trim().to_owned(),
            "channel" => sent.channel = field.text().await.map_err(cut)?.trim().to_owned(),
            "file" => {
                // A browser sends an empty part where no file was chosen.
                let name = field.file_name().unwrap_or_default();
                sent.name = name.chars().filter(|c| !c.is_control()).take(200).collect();
                if !sent.name.is_empty() {
                    sent.upload = Some(take_in(field).await?);
                }
            }
            _ => {}
        }
    }
    Ok(sent)
}

async fn take_in(mut field: Field<'_>) -> Result<Upload, FileTrouble> {
    let mut writer = file::Writer::start();
    while let Some(chunk) = field.chunk().await.map_err(cut)? {
        if !writer.write(chunk).await {
            break;
        }
    }
    writer.end().await
}

fn cut(error: MultipartError) -> FileTrouble {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        FileTrouble::TooLarge
    } else {
        FileTrouble::CutShort
    }
}

/// What is wrong with a file as a whole, in the reader's language.
fn said(t: &Texts, trouble: &FileTrouble) -> Result<String, Upset> {
    Ok(match trouble {
        FileTrouble::TooLarge => t.text("file-too-large"),
        FileTrouble::CutShort => return Err(Upset::of(Trouble::BadRequest)),
        FileTrouble::Disk(error) => {
            tracing::error!(%error, "an uploaded file cannot be kept");
            return Err(Upset::of(Trouble::Fault));
        }
        FileTrouble::Workbook(BringError::TooLarge { .. }) => t.text("file-workbook-large"),
        FileTrouble::Workbook(_) => t.text("file-workbook-broken"),
        FileTrouble::Table(error) => problems::of_file(t, error),
    })
}
