//! Tables out: a page at a time, set by set, in the columns that [`super::import`] reads.

use std::io;

use db::{Db, Fault, Tx};
use kernel::{ChannelId, ItemId, NodeId, OrderId, OrganisationId, Page, PageRequest, Scope, Timestamp};
use operations::{
    End, NewOperation, Run, Step,
    file::{self, FileError},
};
use orders::read::{OrderFilter, Sort};
use serde::{Deserialize, Serialize};
use sheets::{Cell, CsvWriter, write_xlsx};

use super::{columns::Kind, rows};
use crate::{Flows, operations::WorkError};

/// How many things one page is of.
const PAGE: i64 = 500;
/// How many rows of the journal one page is of.
const EVENTS: i64 = 2_000;

/// What is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Export {
    /// Items with their barcodes.
    Items,
    /// Codes of channels and what they mean.
    Listings,
    /// Nodes.
    Nodes,
    /// Stock by item and node.
    Stock,
    /// Orders, one a row, without their lines.
    Orders,
    /// Everything that happened.
    Events,
}

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// CSV in UTF-8.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Form {
    /// Reads the name.
    pub fn parse(name: &str) -> Option<Form> {
        [Form::Csv, Form::Xlsx].into_iter().find(|form| form.name() == name)
    }

    /// As addresses have it, and the end of a file's name.
    pub const fn name(self) -> &'static str {
        match self {
            Form::Csv => "csv",
            Form::Xlsx => "xlsx",
        }
    }

    /// What it is called on the way.
    pub const fn media_type(self) -> &'static str {
        match self {
            Form::Csv => "text/csv; charset=utf-8",
            Form::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// What is asked of an operation that exports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What.
    pub export: Export,
    /// In which form.
    pub form: Form,
    /// Which rows of it.
    #[serde(flatten)]
    pub wanted: Wanted,
}

/// Which rows of a list; all where nothing is said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Wanted {
    /// What the list is searched for: items by code and name, orders by what they are called and by their customer.
    pub search: String,
    /// Stock at this node; orders that this node works or has worked on.
    pub node_id: Option<NodeId>,
    /// Orders of this status.
    pub status: Option<String>,
    /// Orders of this channel.
    pub channel_id: Option<ChannelId>,
    /// Orders that were promised by a time that had passed then, and have not arrived.
    pub late_at: Option<Timestamp>,
    /// Orders of which some units go ahead of the others.
    pub is_partial: bool,
    /// Open orders with a promise.
    pub is_due: bool,
    /// These orders.
    pub order_ids: Option<Vec<OrderId>>,
}

impl Wanted {
    /// The same question to the orders.
    pub fn orders(&self) -> OrderFilter {
        OrderFilter {
            status: self.status.clone(),
            late_at: self.late_at,
            search: self.search.clone(),
            // Who may export everything sees everybody.
            by_customer: true,
            channel_id: self.channel_id.clone(),
            node_id: self.node_id.clone(),
            is_partial: self.is_partial,
            order_ids: self.order_ids.clone(),
            sort: if self.is_due { Sort::Due } else { Sort::default() },
            ..OrderFilter::default()
        }
    }
}

impl From<OrderFilter> for Wanted {
    fn from(filter: OrderFilter) -> Wanted {
        Wanted {
            search: filter.search,
            node_id: filter.node_id,
            status: filter.status,
            channel_id: filter.channel_id,
            late_at: filter.late_at,
            is_partial: filter.is_partial,
            is_due: filter.sort == Sort::Due,
            order_ids: filter.order_ids,
        }
    }
}

impl Request {
    /// The operation that does it.
    pub fn into_operation(self) -> NewOperation {
        let about = format!("{}.{}", self.export.name(), self.form.name());
        let request = serde_json::to_value(&self).expect("a request is plain data");
        NewOperation { kind: self.export.operation(), about, request, total: None }
    }
}

impl Export {
    /// All of them.
    pub const ALL: [Export; 6] =
        [Export::Items, Export::Listings, Export::Nodes, Export::Stock, Export::Orders, Export::Events];

    /// Its name in addresses and commands.
    pub const fn name(self) -> &'static str {
        match self {
            Export::Items => "items",
            Export::Listings => "listings",
            Export::Nodes => "nodes",
            Export::Stock => "stock",
            Export::Orders => "orders",
            Export::Events => "events",
        }
    }

    /// Reads the name.
    pub fn parse(name: &str) -> Option<Export> {
        Export::ALL.into_iter().find(|export| export.name() == name)
    }

    /// The operation that writes it.
    pub const fn operation(self) -> &'static str {
        match self {
            Export::Items => "export.items",
            Export::Listings => "export.listings",
            Export::Nodes => "export.nodes",
            Export::Stock => "export.stock",
            Export::Orders => "export.orders",
            Export::Events => "export.events",
        }
    }

    /// The columns, and which of them are numbers.
    pub fn columns(self) -> Vec<(&'static str, bool)> {
        let kind = match self {
            Export::Items => Kind::Items,
            Export::Listings => Kind::Listings,
            Export::Nodes => Kind::Nodes,
            Export::Stock => Kind::Stock,
            Export::Orders => {
                return vec![
                    ("order_id", false),
                    ("external_reference", false),
                    ("channel", false),
                    ("status", false),
                    ("placed_at", false),
                    ("promised_by", false),
                    ("customer_name", false),
                    ("customer_email", false),
                    ("ship_to_city", false),
                    ("ship_to_postal_code", false),
                    ("ship_to_country", false),
                    ("currency", false),
                    ("goods_minor", true),
                    ("shipping_minor", true),
                    ("total_minor", true),
                    ("note", false),
                ];
            }
            Export::Events => {
                return vec![
                    ("position", true),
                    ("happened_at", false),
                    ("kind", false),
                    ("subject_id", false),
                    ("actor", false),
                    ("data", false),
                ];
            }
        };
        kind.fields().iter().map(|field| (field.name, field.is_number)).collect()
    }

    /// The numbers among the columns, as [`write_xlsx`] wants them.
    pub fn numbers(self) -> Vec<bool> {
        self.columns().into_iter().map(|(_, is_number)| is_number).collect()
    }
}

/// Rows after a place, and the place to go on from where there is more.
pub async fn page(
    tx: &Tx,
    organisation_id: &OrganisationId,
    export: Export,
    wanted: &Wanted,
    after: &str,
) -> Result<Page<Vec<Cell>>, Fault> {
    let request =
        PageRequest { after: Some(after.to_owned()).filter(|after| !after.is_empty()), limit: PAGE };
    match export {
        Export::Items | Export::Listings | Export::Stock => {
            let search = Some(wanted.search.as_str());
            let found =
                catalogue::list_items(tx, organisation_id, &Scope::EVERYTHING, search, &request).await?;
            let ids: Vec<ItemId> = found.rows.iter().map(|item| item.item_id.clone()).collect();
            let rows = match export {
                Export::Items => rows::items(tx, organisation_id, &found.rows, &ids).await?,
                Export::Listings => rows::listings(tx, organisation_id, &found.rows, &ids).await?,
                _ => rows::stock(tx, organisation_id, &found.rows, &ids, wanted.node_id.as_ref()).await?,
            };
            Ok(Page { rows, next: found.next })
        }
        Export::Nodes => {
            let nodes = network::list_nodes(tx, organisation_id, &Scope::EVERYTHING).await?;
            Ok(Page { rows: nodes.iter().map(rows::node).collect(), next: None })
        }
        Export::Orders => {
            let filter = wanted.orders();
            let found =
                orders::store::list_orders_after(tx, organisation_id, &filter, after, PAGE + 1).await?;
            let found = Page::of(found, PAGE, |order| order.order_id.to_string());
            Ok(Page { rows: rows::orders(tx, organisation_id, &found.rows).await?, next: found.next })
        }
        Export::Events => {
            let position = after.parse().unwrap_or(0);
            let found = runtime::event::list_after(tx, organisation_id, position, EVENTS + 1).await?;
            let found = Page::of(found, EVENTS, |event| event.position.to_string());
            Ok(Page { rows: found.rows.iter().map(rows::event).collect(), next: found.next })
        }
    }
}

/// A page as CSV.
#[derive(Debug)]
pub struct CsvPage {
    /// The rows, after the header if it is the first page.
    pub bytes: Vec<u8>,
    /// How many rows.
    pub rows: i64,
    /// Where to go on, if there is more.
    pub next: Option<String>,
}

/// Reads a page as CSV; the first where it is after nothing.
pub async fn csv_page(
    db: &Db,
    organisation_id: OrganisationId,
    export: Export,
    wanted: &Wanted,
    after: Option<&str>,
) -> Result<CsvPage, Fault> {
    let (wanted, from) = (wanted.clone(), after.unwrap_or_default().to_owned());
    let found: Page<Vec<Cell>> = db
        .read(move |tx| Box::pin(async move { page(tx, &organisation_id, export, &wanted, &from).await }))
        .await?;
    let rows = found.rows.len() as i64;
    let header: Vec<&str> = export.columns().into_iter().map(|(name, _)| name).collect();
    let written = match after {
        Some(_) => Ok(CsvWriter::go_on(Vec::new())),
        None => CsvWriter::begin(Vec::new(), &header),
    };
    let written = written.and_then(|mut csv| {
        found.rows.iter().try_for_each(|row| csv.row(row))?;
        csv.finish()
    });
    let bytes = written.expect("memory takes whatever is written");
    Ok(CsvPage { bytes, rows, next: found.next })
}

impl Flows {
    /// [`csv_page`] of this house.
    pub async fn export_page(
        &self,
        export: Export,
        wanted: &Wanted,
        after: Option<&str>,
    ) -> Result<CsvPage, Fault> {
        let organisation_id = self.runtime.organisation_id.clone();
        csv_page(&self.runtime.db, organisation_id, export, wanted, after).await
    }

    /// Writes a file for whoever asked. Each page is a part of it; who goes on after a crash writes the next.
    pub(crate) async fn export_file(&self, run: &Run) -> Result<End, WorkError> {
        let Ok(request) = serde_json::from_value::<Request>(run.operation.request.clone()) else {
            return Ok(End::Failed("bad_request".into()));
        };
        let Request { export, form, wanted } = request;
        let name = &run.operation.about;
        let mut spooled = tokio::task::spawn_blocking(tempfile::tempfile)
            .await
            .map_err(io::Error::other)
            .and_then(|io| io)
            .map_err(FileError::Disk)?;
        let (mut after, mut told) = (None::<String>, 0);
        loop {
            let CsvPage { bytes, rows: count, next } =
                self.export_page(export, &wanted, after.as_deref()).await?;
            spooled = write_on(spooled, bytes).await?;
            told += count;
            // What was written before a crash is written again; it is counted once.
            let mut step = Step { position: told.to_string(), ..Step::default() };
            let before: i64 = run.operation.position.parse().unwrap_or(0);
            step.counts.done = (told - before).clamp(0, count);
            if !self.advance(run, step).await? {
                return Ok(End::Cancelled);
            }
            match next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let file = tokio::task::spawn_blocking(move || in_form(spooled, export, form));
        let file = file.await.map_err(io::Error::other).and_then(|io| io).map_err(FileError::Disk)?;
        let actor = &run.operation.actor;
        let file_id = file::keep(&self.runtime, actor, name, form.media_type(), file).await?;
        Ok(End::Succeeded(Some(file_id)))
    }
}

async fn write_on(mut file: std::fs::File, bytes: Vec<u8>) -> Result<std::fs::File, FileError> {
    let written = tokio::task::spawn_blocking(move || io::Write::write_all(&mut file, &bytes).map(|()| file));
    Ok(written.await.map_err(io::Error::other)??)
}

/// A CSV of ours, from its beginning, in the form that was asked for.
pub fn in_form(mut csv: std::fs::File, export: Export, form: Form) -> io::Result<std::fs::File> {
    io::Seek::rewind(&mut csv)?;
    match form {
        Form::Csv => Ok(csv),
        Form::Xlsx => {
            let mut book = tempfile::tempfile()?;
            write_xlsx(io::BufReader::new(csv), &export.numbers(), &mut book).map_err(io::Error::other)?;
            io::Seek::rewind(&mut book)?;
            Ok(book)
        }
    }
}
