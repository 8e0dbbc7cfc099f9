//! Files over HTTP: one is sent and taken by an operation; a list is answered as a file, or written by an operation.

use std::{collections::BTreeMap, fs::File, io};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use db::Fault;
use futures_util::{StreamExt, stream};
use kernel::{ChannelId, MerchantId, NodeId, OperationId, Scope, Timestamp};
use operations::{NewOperation, file};
use runtime::{Answer, Call};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};
use web::{Caller, Command, Key, Path, Problem, Query, answered, problems};

use crate::{
    Flows,
    files::{
        Kind, bring,
        export::{CsvPage, Export, Form, Request as ExportRequest, Wanted, in_form},
        import::{Request, preview},
    },
    import::Request as OrdersRequest,
};

/// The longest file, in bytes.
pub const FILE_BYTES: u64 = 100 * 1024 * 1024;

/// How a file is to be taken.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportQuery {
    /// What it is called.
    #[serde(default)]
    name: String,
    /// Our columns that go by other names there: a JSON object.
    #[serde(default)]
    columns: String,
    /// Whose items, where the file does not say.
    merchant_id: Option<MerchantId>,
    /// The code of the channel that orders came from.
    #[serde(default)]
    channel: String,
    /// True to say what would be done, and do nothing.
    #[serde(default)]
    trial: bool,
    /// True to set stock whatever it is by now.
    #[serde(default)]
    overwrite: bool,
}

#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[schema(as = StartedWork)]
pub(super) struct Started {
    operation_id: OperationId,
}

/// Where somebody is to look who asked for long work.
fn located(answer: Answer<Started>) -> Result<Response, Problem> {
    let place = match &answer {
        Answer::Done(started) | Answer::Replayed(started) => {
            HeaderValue::from_str(&format!("/v1/operations/{}", started.operation_id)).ok()
        }
        Answer::KeyReused => None,
    };
    let mut response = answered(StatusCode::ACCEPTED, answer)?;
    response.headers_mut().extend(place.map(|place| (header::LOCATION, place)));
    Ok(response)
}

/// Plans long work, and says where to look.
pub(super) async fn start(flows: &Flows, call: Call, new: NewOperation) -> Result<Response, Problem> {
    let answer = flows
        .runtime
        .command(call, move |cx| {
            let new = new.clone();
            Box::pin(async move {
                let operation_id = operations::start(cx, &new).await?;
                Ok::<_, Fault>(Started { operation_id })
            })
        })
        .await?;
    located(answer)
}

fn wrong(says: impl std::fmt::Display) -> Problem {
    Problem::unprocessable(problems::INVALID_FIELD, says)
}

/// Takes a file in, looks at its header, and plans the operation that takes it.
pub(super) async fn post_import(
    State(flows): State<Flows>,
    caller: Caller,
    key: Key,
    Path(kind): Path<String>,
    Query(query): Query<ImportQuery>,
    body: Body,
) -> Result<Response, Problem> {
    let kind = match kind.as_str() {
        "orders" => None,
        name => Some(Kind::parse(name).ok_or_else(|| {
            Problem::not_found(
                problems::NOT_FOUND,
                "There are imports of orders, items, listings, nodes and stock.",
            )
        })?),
    };
    let columns: BTreeMap<String, String> = match query.columns.as_str() {
        "" => BTreeMap::new(),
        text => serde_json::from_str(text).map_err(|error| {
            Problem::bad_request(
                problems::INVALID_QUERY,
                format!("`columns` is no JSON object of names: {error}"),
            )
        })?,
    };
    let (file, digest) = receive(body).await?;
    let said = format!(
        "{:?} {:?} {} {} {} {} {digest}",
        kind, query.merchant_id, query.columns, query.channel, query.trial, query.overwrite
    );
    let call = key.call(&caller, &format!("POST /v1/imports/{}", kind.map_or("orders", Kind::name)), &said);
    let name = if query.name.is_empty() { "file".to_owned() } else { query.name };
    let brought = tokio::task::spawn_blocking(move || bring(file)).await;
    let file = brought.map_err(io::Error::other).map_err(disk)?.map_err(wrong)?;
    let Some(kind) = kind else {
        if !flows.has_channel(&query.channel).await? {
            let says = format!(
                "There is no channel `{}`: say in `channel` where the orders are from.",
                query.channel
            );
            return Err(Problem::unprocessable(problems::UNKNOWN_CHANNEL, says));
        }
        let file_id = file::keep(&flows.runtime, &caller.actor, &name, "text/csv", file).await?;
        let time_zone = flows.time_zone().await?;
        return start(
            &flows,
            call,
            OrdersRequest { file_id, channel: query.channel, time_zone }.into_operation(&name),
        )
        .await;
    };
    let said = columns.clone();
    let looked = tokio::task::spawn_blocking(move || {
        let found = preview(kind, &file, &said);
        (file, found)
    });
    let (mut file, found) = looked.await.map_err(io::Error::other).map_err(disk)?;
    found.map_err(wrong)?.map.map_err(wrong)?;
    io::Seek::rewind(&mut file).map_err(disk)?;
    let merchant_id = match query.merchant_id {
        Some(merchant_id) => merchant_id,
        None => flows.first_merchant().await?,
    };
    let file_id = file::keep(&flows.runtime, &caller.actor, &name, "text/csv", file).await?;
    let (is_trial, may_overwrite) = (query.trial, query.overwrite);
    let request = Request { file_id, columns, merchant_id, is_trial, may_overwrite };
    start(&flows, call, request.into_operation(kind, &name)).await
}

fn disk(error: io::Error) -> Problem {
    Problem::from(file::FileError::Disk(error))
}

/// The body on the disk of this machine, with a digest of it.
async fn receive(body: Body) -> Result<(File, String), Problem> {
    let mut file = tokio::task::spawn_blocking(tempfile::tempfile)
        .await
        .map_err(io::Error::other)
        .and_then(|io| io)
        .map_err(disk)?;
    let (mut chunks, mut digest, mut left) = (body.into_data_stream(), Sha256::new(), FILE_BYTES);
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| wrong("The file broke off."))?;
        left = left.checked_sub(chunk.len() as u64).ok_or_else(|| {
            Problem::too_large(problems::TOO_LARGE, "A file has at most 100 MB; send it in parts.")
        })?;
        digest.update(&chunk);
        file = tokio::task::spawn_blocking(move || io::Write::write_all(&mut file, &chunk).map(|()| file))
            .await
            .map_err(io::Error::other)
            .and_then(|io| io)
            .map_err(disk)?;
    }
    io::Seek::rewind(&mut file).map_err(disk)?;
    let digest = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((file, digest))
}

impl Flows {
    /// The merchant whose items a file brings that does not say whose: the only one there is.
    pub async fn first_merchant(&self) -> Result<MerchantId, Problem> {
        let organisation_id = self.runtime.organisation_id.clone();
        let merchants = self
            .runtime
            .read(move |tx| {
                Box::pin(
                    async move { people::list_merchants(tx, &organisation_id, &Scope::EVERYTHING).await },
                )
            })
            .await?;
        let mut merchants = merchants.into_iter();
        match (merchants.next(), merchants.next()) {
            (Some(only), None) => Ok(only.merchant_id),
            _ => Err(wrong("Say in `merchant_id` whose items these are.")),
        }
    }

    async fn has_channel(&self, code: &str) -> Result<bool, Fault> {
        let (organisation_id, code) = (self.runtime.organisation_id.clone(), code.to_owned());
        let found = self
            .runtime
            .read(move |tx| {
                Box::pin(async move { catalogue::find_channel_by_code(tx, &organisation_id, &code).await })
            })
            .await?;
        Ok::<_, Fault>(found.is_some())
    }

    async fn time_zone(&self) -> Result<String, Problem> {
        let found =
            self.runtime.read(|tx| Box::pin(async move { people::find_organisation(tx).await })).await?;
        Ok(found.map_or_else(|| "UTC".to_owned(), |organisation| organisation.time_zone))
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ExportQuery {
    /// `csv` or `xlsx`; `csv` where it is left out.
    #[serde(default)]
    form: String,
    /// Only items whose code or name has it; only orders whose reference, customer or id begins so.
    #[serde(default)]
    search: String,
    /// Only stock at this node; only orders that it works or has worked on.
    node_id: Option<NodeId>,
    /// Only orders of this status.
    status: Option<String>,
    /// Only orders of this channel.
    channel_id: Option<ChannelId>,
    /// True for only the orders past their promise.
    #[serde(default)]
    is_late: bool,
}

impl ExportQuery {
    /// Which rows; a question that the list cannot be asked is refused, for its answer would be more than was meant.
    fn wanted(&self, export: Export, now: Timestamp) -> Result<Wanted, Problem> {
        let refuse = |says: &str| Err(Problem::bad_request(problems::INVALID_QUERY, says));
        let is_of_orders = export == Export::Orders;
        if !is_of_orders && (self.status.is_some() || self.channel_id.is_some() || self.is_late) {
            return refuse("`status`, `channel_id` and `is_late` are for `orders`.");
        }
        if self.node_id.is_some() && !is_of_orders && export != Export::Stock {
            return refuse("`node_id` is for `orders` and `stock`.");
        }
        if !self.search.is_empty() && matches!(export, Export::Nodes | Export::Events) {
            return refuse("Nodes and events are not searched.");
        }
        if self.status.as_ref().is_some_and(|status| ::orders::Status::parse(status).is_none()) {
            return refuse("There is no such status of an order.");
        }
        Ok(Wanted {
            search: self.search.clone(),
            node_id: self.node_id.clone(),
            status: self.status.clone(),
            channel_id: self.channel_id.clone(),
            late_at: self.is_late.then_some(now),
            ..Wanted::default()
        })
    }
}

fn form(name: &str) -> Result<Form, Problem> {
    let name = if name.is_empty() { "csv" } else { name };
    Form::parse(name)
        .ok_or_else(|| Problem::bad_request(problems::INVALID_QUERY, "`form` is one of csv, xlsx."))
}

fn export(name: &str) -> Result<Export, Problem> {
    Export::parse(name).ok_or_else(|| {
        let says = "There are exports of items, listings, nodes, stock, orders and events.";
        Problem::not_found(problems::NOT_FOUND, says)
    })
}

/// A list as a file, at once.
pub(super) async fn get_export(
    State(flows): State<Flows>,
    Path(kind): Path<String>,
    Query(query): Query<ExportQuery>,
) -> Result<Response, Problem> {
    let (export, form) = (export(&kind)?, form(&query.form)?);
    let wanted = query.wanted(export, flows.runtime.now())?;
    // The first page is read before anything is answered: what goes wrong there is still a problem, not half a file.
    let first = flows.export_page(export, &wanted, None).await?;
    let pages = stream::unfold((flows, Some(Ok(first)), wanted), move |(flows, page, wanted)| async move {
        match page? {
            Err(fault) => Some((Err(fault), (flows, None, wanted))),
            Ok(CsvPage { bytes, next, .. }) => {
                let page = match next {
                    Some(after) => Some(flows.export_page(export, &wanted, Some(&after)).await),
                    None => None,
                };
                Some((Ok(bytes), (flows, page, wanted)))
            }
        }
    });
    let body = match form {
        // A connection asks once more after the end.
        Form::Csv => Body::from_stream(pages.fuse()),
        Form::Xlsx => Body::from_stream(read_on(workbook(pages, export).await?).fuse()),
    };
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(form.media_type()));
    let name = format!("attachment; filename=\"{}.{}\"", export.name(), form.name());
    headers.extend(HeaderValue::from_str(&name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    Ok(response)
}

async fn workbook(
    pages: impl futures_util::Stream<Item = Result<Vec<u8>, Fault>>,
    export: Export,
) -> Result<File, Problem> {
    let mut pages = std::pin::pin!(pages);
    let mut csv = tempfile::tempfile().map_err(disk)?;
    while let Some(page) = pages.next().await {
        let page = page?;
        csv = tokio::task::spawn_blocking(move || io::Write::write_all(&mut csv, &page).map(|()| csv))
            .await
            .map_err(io::Error::other)
            .and_then(|io| io)
            .map_err(disk)?;
    }
    let book = tokio::task::spawn_blocking(move || in_form(csv, export, Form::Xlsx)).await;
    book.map_err(io::Error::other).and_then(|io| io).map_err(disk)
}

/// The bytes of a file, some at a time.
fn read_on(file: File) -> impl futures_util::Stream<Item = io::Result<Vec<u8>>> + Send {
    stream::unfold(Some(file), |file| async move {
        let mut file = file?;
        let read = tokio::task::spawn_blocking(move || {
            let mut part = vec![0; 64 * 1024];
            io::Read::read(&mut file, &mut part).map(|count| {
                part.truncate(count);
                (file, part)
            })
        });
        match read.await.map_err(io::Error::other).and_then(|io| io) {
            Ok((_, part)) if part.is_empty() => None,
            Ok((file, part)) => Some((Ok(part), Some(file))),
            Err(error) => Some((Err(error), None)),
        }
    })
}

/// A list as a file, by an operation.
pub(super) async fn post_export(
    State(flows): State<Flows>,
    Path(kind): Path<String>,
    Query(query): Query<ExportQuery>,
    command: Command<()>,
) -> Result<Response, Problem> {
    let (export, form) = (export(&kind)?, form(&query.form)?);
    let request = ExportRequest { export, form, wanted: query.wanted(export, flows.runtime.now())? };
    start(&flows, command.call, request.into_operation()).await
}
