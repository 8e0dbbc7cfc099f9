//! A file goes into the house line by line: each chunk is one transaction with its results and the place to go on from.
//! A trial run is the same work, taken back.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Seek},
};

use channels::table::{Table, TableError};
use db::Fault;
use kernel::{FileId, MerchantId};
use operations::{
    End, NewOperation, Outcome, RowProblem, RowResult, Run, Step,
    file::{self, FileError},
};
use runtime::{Call, Cx};
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;

use super::{
    columns::{self, HeaderError, Kind, Map},
    items,
    line::Line,
    listings, nodes, stock,
};
use crate::{Flows, operations::WorkError};

/// How many lines are one transaction.
const CHUNK: usize = 250;
/// How many lines a preview shows.
const SHOWN: usize = 5;

/// What is asked of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// The file, as CSV in UTF-8.
    pub file_id: FileId,
    /// Our columns that are others of the file than their names say: ours to the file's, empty to leave one out.
    #[serde(default)]
    pub columns: BTreeMap<String, String>,
    /// Whose items, where the file does not say.
    pub merchant_id: MerchantId,
    /// True to say what would be done, and do nothing.
    #[serde(default)]
    pub is_trial: bool,
    /// True to set stock whatever it is by now.
    #[serde(default)]
    pub may_overwrite: bool,
}

impl Request {
    /// The operation that does it.
    pub fn into_operation(self, kind: Kind, file_name: &str) -> NewOperation {
        let request = serde_json::to_value(&self).expect("a request is plain data");
        NewOperation { kind: kind.import(), about: file_name.to_owned(), request, total: None }
    }
}

/// Why a file cannot be read as what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// It is no table.
    #[error(transparent)]
    Table(#[from] TableError),
    /// Its header will not do.
    #[error(transparent)]
    Header(#[from] HeaderError),
}

/// The beginning of a file, with what its columns are taken for.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The names in the header.
    pub header: Vec<String>,
    /// The first lines, as they stand there.
    pub lines: Vec<Vec<String>>,
    /// Our columns and their places; why not, where some are missing.
    pub map: Result<Map, HeaderError>,
}

/// Looks at the beginning of a file.
pub fn preview(
    kind: Kind,
    file: impl io::Read,
    said: &BTreeMap<String, String>,
) -> Result<Preview, TableError> {
    let mut table = Table::open(file)?;
    let header = table.header().names().to_vec();
    let mut lines = Vec::new();
    while lines.len() < SHOWN
        && let Some(row) = table.next_row()?
    {
        lines.push(row.cells);
    }
    let map = columns::map(kind, &header, said);
    Ok(Preview { header, lines, map })
}

type Chunk = Result<Vec<Line>, TableError>;

/// Opens a file and counts its lines; gives it from its beginning again.
fn open(kind: Kind, mut file: File, request: &Request) -> io::Result<Result<(File, Map, i64), ImportError>> {
    let looked = |file: &File| -> Result<(Map, i64), ImportError> {
        let mut table = Table::open(file)?;
        let map = columns::map(kind, table.header().names(), &request.columns)?;
        let mut total = 0;
        while table.next_row()?.is_some() {
            total += 1;
        }
        Ok((map, total))
    };
    let found = looked(&file);
    file.rewind()?;
    Ok(found.map(|(map, total)| (file, map, total)))
}

/// Reads on from a line, chunk by chunk, until nobody listens.
fn read(file: File, map: &Map, skip: usize, chunks: &mpsc::Sender<Chunk>) -> Result<(), TableError> {
    let mut table = Table::open(file)?;
    for _ in 0..skip {
        table.next_row()?;
    }
    loop {
        let mut lines = Vec::with_capacity(CHUNK);
        while lines.len() < CHUNK
            && let Some(row) = table.next_row()?
        {
            let broken = row.errors.iter().map(|error| RowProblem {
                row_no: None,
                column: error.column.clone(),
                value: error.value.clone(),
                code: "bad_row".into(),
                message: error.problem.to_string(),
            });
            lines.push(Line::new(row.number, &row.cells, map, broken.collect()));
        }
        if lines.is_empty() || chunks.blocking_send(Ok(lines)).is_err() {
            return Ok(());
        }
    }
}

/// Why a chunk is taken back.
#[derive(Debug, thiserror::Error)]
enum TakenBack {
    /// It was a trial; here is what would have been.
    #[error("a trial")]
    Trial(Vec<RowResult>),
    /// The machine's trouble.
    #[error("storage failed")]
    Fault(#[from] Fault),
}

runtime::has_fault!(TakenBack);

impl Flows {
    /// Takes a stored file.
    pub(crate) async fn import_file(&self, run: &Run, kind: Kind) -> Result<End, WorkError> {
        let Ok(request) = serde_json::from_value::<Request>(run.operation.request.clone()) else {
            return Ok(End::Failed("bad_request".into()));
        };
        let file = file::spool(&self.runtime, &request.file_id).await?;
        let asked = request.clone();
        let opened = tokio::task::spawn_blocking(move || open(kind, file, &asked));
        let opened = opened.await.map_err(io::Error::other).and_then(|io| io).map_err(FileError::Disk)?;
        let (file, map, total) = match opened {
            Ok(opened) => opened,
            Err(error) => return Ok(End::Failed(format!("file_broken: {error}"))),
        };
        let mut position: usize = run.operation.position.parse().unwrap_or(0);
        let (sender, mut chunks) = mpsc::channel::<Chunk>(2);
        tokio::task::spawn_blocking(move || {
            if let Err(error) = read(file, &map, position, &sender) {
                // Nobody listens any more where the operation was stopped.
                let _ = sender.blocking_send(Err(error));
            }
        });
        while let Some(chunk) = chunks.recv().await {
            let lines = match chunk {
                Ok(lines) => lines,
                Err(error) => return Ok(End::Failed(format!("file_broken: {error}"))),
            };
            position += lines.len();
            if !self.take_lines(run, kind, &request, lines, (position, total)).await? {
                return Ok(End::Cancelled);
            }
        }
        Ok(End::Succeeded(None))
    }

    /// Takes lines and writes down what became of them, or takes it all back and writes down what would have.
    async fn take_lines(
        &self,
        run: &Run,
        kind: Kind,
        request: &Request,
        lines: Vec<Line>,
        (position, total): (usize, i64),
    ) -> Result<bool, Fault> {
        let call = Call::by(&run.operation.actor);
        let (worked, request) = (run.clone(), request.clone());
        let taken = self
            .runtime
            .run(call, move |cx| {
                let (run, request, lines) = (worked.clone(), request.clone(), lines.clone());
                Box::pin(async move {
                    let rows = take(cx, kind, &request, lines).await?;
                    if request.is_trial {
                        return Err(TakenBack::Trial(rows));
                    }
                    Ok(operations::advance(cx, &run, &step(rows, position, total)).await?)
                })
            })
            .await;
        match taken {
            Ok(goes_on) => Ok(goes_on),
            Err(TakenBack::Trial(rows)) => self.advance(run, step(rows, position, total)).await,
            Err(TakenBack::Fault(fault)) => Err(fault),
        }
    }
}

fn step(rows: Vec<RowResult>, position: usize, total: i64) -> Step {
    let mut step = Step::of(position, rows);
    step.total = Some(total);
    // What went well is counted; rows are kept where there is something to say.
    step.rows.retain(|row| !row.problems.is_empty());
    step
}

async fn take(
    cx: &mut Cx<'_>,
    kind: Kind,
    request: &Request,
    lines: Vec<Line>,
) -> Result<Vec<RowResult>, Fault> {
    // A row that cannot be read says nothing that may be believed.
    let (good, broken): (Vec<Line>, Vec<Line>) = lines.into_iter().partition(|line| line.broken.is_empty());
    let mut rows = match kind {
        Kind::Items => items::take(cx, &request.merchant_id, good).await?,
        Kind::Listings => listings::take(cx, good).await?,
        Kind::Nodes => nodes::take(cx, good).await?,
        Kind::Stock => stock::take(cx, request.may_overwrite, good).await?,
    };
    rows.extend(broken.into_iter().map(|line| line.into_result(String::new(), Outcome::Failed)));
    Ok(rows)
}
