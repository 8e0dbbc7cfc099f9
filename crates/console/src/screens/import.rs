//! Orders from a file: taken in while it is uploaded, read in the background, watched from a page. How far an import
//! is, is known to this process alone; the orders are in the database, and the same file again takes nothing twice.

mod file;
mod ledger;
mod problems;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{DefaultBodyLimit, Extension, Multipart, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use catalogue::Channel;
use db::Fault;
use flows::import::Import;
use jiff::tz::TimeZone;
use web::{Key, Needs, Path, Permission, Routes};

use self::file::{FileTrouble, Upload};
use self::ledger::{Entry, Imports};
use super::command::fresh_command;
use super::is_part;
use crate::desk::{Console, Desk, Upset, page, see};
use crate::href;
use crate::i18n::Texts;
use crate::pages::Choice;
use crate::pages::import::{ImportPage, ImportProgress, RowError};
use crate::pages::problem::Trouble;
use crate::shell::Section;

/// The largest form: a file of 100 MB and what surrounds it.
const FORM_BYTES: usize = 100 * 1024 * 1024 + 64 * 1024;
/// How many refused rows a page lists; the file has all that were kept.
const SHOWN: usize = 200;

pub(super) fn routes() -> Routes<Console> {
    let needs = Needs::Throughout(Permission::DataImport);
    Routes::new()
        .get(href::IMPORT, needs, get_imports)
        .post(href::IMPORT, needs, post_file)
        .get("/import/{id}", needs, get_import)
        .get("/import/{id}/errors.csv", needs, get_errors)
        .wrap(|router| router.layer(DefaultBodyLimit::max(FORM_BYTES)).layer(Extension(Imports::default())))
}

async fn get_imports(
    State(console): State<Console>,
    Extension(imports): Extension<Imports>,
    desk: Desk,
) -> Result<Response, Upset> {
    show(&console, &imports, &desk, None).await
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

async fn show(
    console: &Console,
    imports: &Imports,
    desk: &Desk,
    file_error: Option<String>,
) -> Result<Response, Upset> {
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
        columns: channels::orders_csv::columns()
            .map(|(name, is_required)| (name.to_owned(), is_required))
            .collect(),
        imports: imports.list(),
    };
    Ok((status, page(&view)?).into_response())
}

/// A form as it was sent.
#[derive(Default)]
struct Sent {
    command: String,
    channel: String,
    name: String,
    upload: Option<Upload>,
}

async fn post_file(
    State(console): State<Console>,
    Extension(imports): Extension<Imports>,
    desk: Desk,
    form: Multipart,
) -> Result<Response, Upset> {
    let sent = match receive(form).await {
        Ok(sent) => sent,
        Err(trouble) => return show(&console, &imports, &desk, Some(said(&desk.t, &trouble)?)).await,
    };
    // The command is the import's id, so that a form that was sent twice leads to one import.
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-';
    if Key::parse(&sent.command).is_none() || !sent.command.chars().all(is_name) {
        return Err(Upset::of(Trouble::BadRequest));
    }
    let to_progress = see(&href::import(&sent.command));
    if imports.find(&sent.command).is_some() {
        return Ok(to_progress);
    }
    let is_channel = list_channels(&console).await?.iter().any(|channel| channel.code == sent.channel);
    let (true, Some(upload)) = (is_channel, sent.upload) else {
        return show(&console, &imports, &desk, Some(desk.t.text("file-none"))).await;
    };
    let (reader, total) = match upload.open().await {
        Ok(opened) => opened,
        Err(trouble) => return show(&console, &imports, &desk, Some(said(&desk.t, &trouble)?)).await,
    };
    let entry = Entry::new(&sent.command, &sent.name, desk.now, &desk.person.name, total);
    if !imports.begin(entry) {
        return Ok(to_progress);
    }
    let time_zone = TimeZone::get(&console.organisation.time_zone).unwrap_or(TimeZone::UTC);
    let import = Import { channel: sent.channel, time_zone, actor: desk.caller.actor.clone() };
    tokio::spawn(async move {
        let tell = |told: &_| imports.tell(&sent.command, told);
        let summary = console.flows.import(reader, &import, tell).await;
        imports.end(&sent.command, &summary);
    });
    Ok(to_progress)
}

/// Reads a form; the file goes to the disk as it comes.
async fn receive(mut form: Multipart) -> Result<Sent, FileTrouble> {
    let mut sent = Sent::default();
    while let Some(field) = form.next_field().await.map_err(cut)? {
        match field.name().unwrap_or_default() {
            "command" => sent.command = field.text().await.map_err(cut)?.trim().to_owned(),
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
        FileTrouble::Table(error) => problems::of_file(t, error),
    })
}

async fn get_import(
    Extension(imports): Extension<Imports>,
    desk: Desk,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Upset> {
    let (import, errors) = imports.find(&id).ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let errors: Vec<RowError> = errors.into_iter().take(SHOWN).collect();
    let view = ImportProgress { t: desk.t.clone(), shell: desk.shell(Section::Import, None), import, errors };
    if is_part(&headers) { page(&view.as_progress()) } else { page(&view) }
}

async fn get_errors(
    Extension(imports): Extension<Imports>,
    desk: Desk,
    Path(id): Path<String>,
) -> Result<Response, Upset> {
    let (_, errors) = imports.find(&id).ok_or_else(|| Upset::of(Trouble::NotFound))?;
    let t = &desk.t;
    let header = ["column-line", "column-order", "column-column", "column-value", "column-problem"];
    // The mark tells spreadsheets that this is UTF-8.
    let mut csv = String::from("\u{feff}");
    csv.push_str(&csv_row(header.map(|key| t.text(key))));
    for error in errors {
        let RowError { line, order, column, value, problem } = error;
        csv.push_str(&csv_row([line.to_string(), order, column, value, t.text(problem.key())]));
    }
    let kind = (header::CONTENT_TYPE, "text/csv; charset=utf-8");
    let name = (header::CONTENT_DISPOSITION, "attachment; filename=\"errors.csv\"");
    Ok(([kind, name], csv).into_response())
}

/// A row of CSV. What a spreadsheet would take for a formula gets an apostrophe, since these cells are a stranger's.
fn csv_row<const N: usize>(cells: [String; N]) -> String {
    let quoted = cells.map(|cell| {
        let mark = if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
        format!("\"{mark}{}\"", cell.replace('"', "\"\""))
    });
    format!("{}\r\n", quoted.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stranger_s_cell_is_never_a_formula() {
        let row = csv_row(["=1+1".to_owned(), "a \"b\"".to_owned(), "-5".to_owned()]);
        assert_eq!(row, "\"'=1+1\",\"a \"\"b\"\"\",\"'-5\"\r\n");
    }
}
