//! A backup: every row of one moment, as text that either engine can take back.
//!
//! Lines of JSON: a head with the schema's steps; for each table its name and columns, then its rows as arrays; at the
//! end how many rows there are and the SHA-256 of all lines before. So a backup of SQLite restores into PostgreSQL and
//! back, and a torn or altered file is refused before anything is written.

use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    str::FromStr,
};

use serde_json::{Value as Json, json};
use sha2::{Digest, Sha256};

use crate::{
    BoxFuture, Column, Db, Engine, Fault, Set, Tx, Value,
    migrate::{self, STEPS, Step},
    row::Cells,
    schema::{Kind, Table, tables},
};

const FORMAT: &str = "quartermaster-backup-1";

/// Rows read, and written, at a time.
const PAGE: usize = 2_000;

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    /// Rows of each table.
    pub rows: BTreeMap<String, u64>,
    /// Of every line before the last.
    pub sha256: String,
    /// How many steps the schema had.
    pub steps: usize,
    /// When it was made, as its maker's clock said.
    pub made_at: String,
}

/// Why there is no backup, or why it was not taken back. A restore that fails changes nothing.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is not one of ours, or not whole.
    #[error("this is no whole backup: {0}")]
    NotWhole(String),
    /// A newer program made it.
    #[error(
        "the backup has a schema of {theirs} steps and this program knows {ours}, or other ones: use the program that made it"
    )]
    Newer {
        /// Steps in the backup.
        theirs: usize,
        /// Steps we know.
        ours: usize,
    },
    /// There is something already.
    #[error("the database is not empty: a backup is restored into a new one")]
    NotEmpty,
    /// The file cannot be read or written.
    #[error("the file cannot be used")]
    File(#[from] std::io::Error),
    /// The machine's trouble.
    #[error(transparent)]
    Fault(#[from] Fault),
}

/// Writes every row of one moment. Works beside whoever writes.
pub async fn write(
    db: &Db,
    out: Box<dyn Write + Send>,
    made_at: jiff::Timestamp,
) -> Result<Contents, BackupError> {
    db.read(move |tx| Box::pin(async move { write_all(tx, out, made_at).await })).await
}

/// What means nothing in another database: it names transactions of this one.
const OWN: &str = "change_note";

async fn write_all(
    tx: &Tx,
    out: Box<dyn Write + Send>,
    made_at: jiff::Timestamp,
) -> Result<Contents, BackupError> {
    let taken: Vec<(String, String)> =
        tx.query("select name, checksum from schema_migration order by version", &[]).await?;
    let ours = STEPS.get(..taken.len()).filter(|ours| is_same(ours, &taken));
    let steps = ours.ok_or(BackupError::Newer { theirs: taken.len(), ours: STEPS.len() })?;
    let mut lines = Lines { out, hash: Sha256::new() };
    let made_at = kernel::time::to_text(made_at);
    lines.put(&json!({ "format": FORMAT, "made_at": made_at, "schema": taken }))?;
    let mut rows = BTreeMap::new();
    for table in tables(steps)?.into_iter().filter(|table| table.name != OWN) {
        let names: Vec<&str> = table.columns.iter().map(|column| column.name.as_str()).collect();
        lines.put(&json!({ "table": table.name, "columns": names }))?;
        let count = write_table(tx, &table, &mut lines).await?;
        rows.insert(table.name, count);
    }
    let sha256 = migrate::hex(&lines.hash.clone().finalize());
    lines.put(&json!({ "rows": rows.values().sum::<u64>(), "sha256": sha256 }))?;
    lines.out.flush()?;
    Ok(Contents { rows, sha256, steps: taken.len(), made_at })
}

fn is_same(ours: &[Step], theirs: &[(String, String)]) -> bool {
    ours.len() == theirs.len()
        && ours.iter().zip(theirs).all(|((name, text), (their_name, their_checksum))| {
            name == their_name && migrate::hex(&Sha256::digest(text)) == *their_checksum
        })
}

struct Lines {
    out: Box<dyn Write + Send>,
    hash: Sha256,
}

impl Lines {
    fn put(&mut self, line: &Json) -> Result<(), BackupError> {
        let mut text = line.to_string();
        text.push('\n');
        self.hash.update(&text);
        Ok(self.out.write_all(text.as_bytes())?)
    }
}

/// Writes a table's rows in the order of its key; gives how many there were.
async fn write_table(tx: &Tx, table: &Table, lines: &mut Lines) -> Result<u64, BackupError> {
    let columns = names(table.columns.iter().map(|column| &column.name));
    let key = names(&table.key);
    let first = format!("select {columns} from {} order by {key} limit {PAGE}", table.name);
    let places: Vec<String> = (1..=table.key.len()).map(|number| format!("${number}")).collect();
    let next = format!(
        "select {columns} from {} where ({key}) > ({}) order by {key} limit {PAGE}",
        table.name,
        places.join(", ")
    );
    let mut page: Vec<Cells> = tx.query(&first, &[]).await?;
    let mut count = 0;
    loop {
        count += page.len() as u64;
        let is_last = page.len() < PAGE;
        let mut after: Vec<Value> = Vec::new();
        if let Some(Cells(cells)) = page.last() {
            for name in &table.key {
                let place = table.columns.iter().position(|column| column.name == *name);
                let place =
                    place.ok_or_else(|| Fault::Schema(format!("{} has no column {name}", table.name)))?;
                after.push(value(&cells[place], table.columns[place].kind)?);
            }
        }
        for Cells(cells) in page {
            lines.put(&Json::Array(cells))?;
        }
        if is_last {
            return Ok(count);
        }
        page = tx.query(&next, &after).await?;
    }
}

fn names<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("\"{name}\"")).collect();
    quoted.join(", ")
}

/// Reads a backup to its end and checks that it is whole. Nothing is restored.
pub fn check(file: impl BufRead) -> Result<Contents, BackupError> {
    let mut parser = Parser::default();
    for line in file.lines() {
        parser.read(&line?)?;
    }
    parser.into_contents()
}

/// What the lines read so far have said.
#[derive(Default)]
struct Parser {
    hash: Sha256,
    made_at: String,
    schema: Vec<(String, String)>,
    table: Option<String>,
    rows: BTreeMap<String, u64>,
    sha256: Option<String>,
}

/// A line of a backup.
enum Line {
    Head,
    Table(Vec<String>),
    Row(Vec<Json>),
    End,
}

impl Parser {
    fn read(&mut self, text: &str) -> Result<Line, BackupError> {
        let broken = |what: &str| BackupError::NotWhole(what.to_owned());
        if self.sha256.is_some() {
            return Err(broken("there is something after its end"));
        }
        let line: Json = serde_json::from_str(text).map_err(|_| broken("a line is torn"))?;
        let hash_before = migrate::hex(&self.hash.clone().finalize());
        self.hash.update(text);
        self.hash.update("\n");
        match line {
            Json::Array(cells) => {
                let table = self.table.as_ref().ok_or_else(|| broken("a row belongs to no table"))?;
                *self.rows.entry(table.clone()).or_default() += 1;
                Ok(Line::Row(cells))
            }
            Json::Object(mut line) if line.get("format").is_some_and(|format| format == FORMAT) => {
                let schema = line.remove("schema").unwrap_or_default();
                self.schema =
                    serde_json::from_value(schema).map_err(|_| broken("its schema is not readable"))?;
                self.made_at = line["made_at"].as_str().unwrap_or_default().to_owned();
                Ok(Line::Head)
            }
            Json::Object(mut line) if line.contains_key("table") && !self.schema.is_empty() => {
                let name = line["table"].as_str().ok_or_else(|| broken("a table has no name"))?.to_owned();
                let columns = line.remove("columns").unwrap_or_default();
                let columns =
                    serde_json::from_value(columns).map_err(|_| broken("a table has no columns"))?;
                self.rows.insert(name.clone(), 0);
                self.table = Some(name);
                Ok(Line::Table(columns))
            }
            Json::Object(line) if line.contains_key("sha256") => {
                let said = line["sha256"].as_str().unwrap_or_default();
                if said != hash_before || line["rows"].as_u64() != Some(self.rows.values().sum()) {
                    return Err(broken("its checksum is not that of its lines: it was altered"));
                }
                self.sha256 = Some(hash_before);
                Ok(Line::End)
            }
            _ => Err(broken("it does not begin as one")),
        }
    }

    fn into_contents(self) -> Result<Contents, BackupError> {
        let sha256 = self.sha256.ok_or_else(|| BackupError::NotWhole("its end is missing".into()))?;
        Ok(Contents { rows: self.rows, sha256, steps: self.schema.len(), made_at: self.made_at })
    }

    /// The steps of ours that made the backup's schema.
    fn steps(&self) -> Result<&'static [Step], BackupError> {
        let ours = STEPS.get(..self.schema.len()).filter(|ours| is_same(ours, &self.schema));
        ours.ok_or(BackupError::Newer { theirs: self.schema.len(), ours: STEPS.len() })
    }
}

/// Restores a backup into a database that has nothing in it yet, all or nothing, and brings the schema up to date.
/// `settle` runs in the same transaction, for what must not simply go on from where it was. Call [`check`] on the file
/// first.
pub async fn restore<F>(db: &Db, file: Box<dyn BufRead + Send>, settle: F) -> Result<Contents, BackupError>
where
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<(), Fault>> + Send + 'static,
{
    let contents = db
        .write(move |tx| -> BoxFuture<'_, Result<Contents, BackupError>> {
            Box::pin(async move {
                let contents = restore_all(tx, file).await?;
                settle(tx).await?;
                Ok(contents)
            })
        })
        .await?;
    migrate::migrate(db).await?;
    Ok(contents)
}

async fn restore_all(tx: &Tx, file: Box<dyn BufRead + Send>) -> Result<Contents, BackupError> {
    migrate::make_list(tx).await?;
    let (taken,): (i64,) = tx.query_one("select count(*) from schema_migration", &[]).await?;
    if taken > 0 {
        return Err(BackupError::NotEmpty);
    }
    let mut parser = Parser::default();
    let mut made: Vec<Table> = Vec::new();
    let mut loading: Option<Loading> = None;
    for text in file.lines() {
        match parser.read(&text?)? {
            Line::Head => {
                migrate::take_steps(tx, parser.steps()?, 0).await?;
                made = tables(parser.steps()?)?;
            }
            Line::Table(columns) => {
                if let Some(mut loading) = loading.take() {
                    loading.flush(tx).await?;
                }
                let table = made.iter().find(|table| Some(&table.name) == parser.table.as_ref());
                loading = Some(Loading::new(table, &columns)?);
            }
            Line::Row(cells) => {
                if let Some(loading) = &mut loading {
                    loading.push(cells)?;
                    if loading.count == PAGE {
                        loading.flush(tx).await?;
                    }
                }
            }
            Line::End => {
                if let Some(mut loading) = loading.take() {
                    loading.flush(tx).await?;
                }
            }
        }
    }
    let contents = parser.into_contents()?;
    for table in &made {
        if let Some(column) = table.columns.iter().find(|column| column.is_numbered) {
            number_on(tx, &table.name, &column.name).await?;
        }
    }
    Ok(contents)
}

/// Lets a table number its next row after the last one it has. SQLite does so by itself.
async fn number_on(tx: &Tx, table: &str, column: &str) -> Result<(), Fault> {
    if tx.engine() == Engine::Postgres {
        let sql = format!(
            "select setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false) from {table}"
        );
        tx.query::<(i64,)>(&sql, &[]).await?;
    }
    Ok(())
}

/// Rows on their way into a table.
struct Loading {
    sql: String,
    kinds: Vec<Kind>,
    columns: Vec<Column>,
    count: usize,
}

impl Loading {
    fn new(table: Option<&Table>, columns: &[String]) -> Result<Loading, BackupError> {
        let table = table.filter(|table| table.columns.iter().map(|column| &column.name).eq(columns));
        let table = table.ok_or_else(|| BackupError::NotWhole("a table is not of its schema".into()))?;
        let (mut set, mut cells) = (Vec::new(), Vec::new());
        for (place, column) in table.columns.iter().enumerate() {
            set.push(format!("c{place} {}", column.kind.mark()));
            cells.push(format!("d.c{place}"));
        }
        // On PostgreSQL a row keeps its number only where the statement insists.
        let sql = format!(
            "insert into {} ({}) [pg: overriding system value :] select {} {{set d({})}} where true",
            table.name,
            names(columns),
            cells.join(", "),
            set.join(", ")
        );
        let kinds: Vec<Kind> = table.columns.iter().map(|column| column.kind).collect();
        let columns = kinds.iter().map(|kind| kind.no_cells()).collect();
        Ok(Loading { sql, kinds, columns, count: 0 })
    }

    fn push(&mut self, cells: Vec<Json>) -> Result<(), BackupError> {
        if cells.len() != self.kinds.len() {
            return Err(BackupError::NotWhole("a row has not the cells of its table".into()));
        }
        for ((cell, kind), column) in cells.iter().zip(&self.kinds).zip(&mut self.columns) {
            match (column, value(cell, *kind)?) {
                (Column::Ints(cells), Value::Int(cell)) => cells.push(cell),
                (Column::Bools(cells), Value::Bool(cell)) => cells.push(cell),
                (Column::Texts(cells), Value::Text(cell)) => cells.push(cell),
                (Column::Times(cells), Value::Time(cell)) => cells.push(cell),
                (Column::Dates(cells), Value::Date(cell)) => cells.push(cell),
                (Column::Jsons(cells), Value::Json(cell)) => cells.push(cell),
                _ => unreachable!("a column and its values are of one kind"),
            }
        }
        self.count += 1;
        Ok(())
    }

    async fn flush(&mut self, tx: &Tx) -> Result<(), BackupError> {
        let empty = self.kinds.iter().map(|kind| kind.no_cells()).collect();
        let rows = Set::of(std::mem::replace(&mut self.columns, empty));
        self.count = 0;
        if !rows.is_empty() {
            tx.execute_set(&self.sql, &rows, &[]).await?;
        }
        Ok(())
    }
}

/// A cell as an argument of its kind.
fn value(cell: &Json, kind: Kind) -> Result<Value, BackupError> {
    fn parsed<T: FromStr>(cell: &Json) -> Result<Option<T>, BackupError> {
        let text = cell.as_str().map(T::from_str).transpose();
        text.map_err(|_| BackupError::NotWhole(format!("`{cell}` is not what its column holds")))
    }
    let value = match kind {
        Kind::Int => Value::Int(cell.as_i64()),
        Kind::Bool => Value::Bool(cell.as_i64().map(|number| number != 0)),
        Kind::Text => Value::Text(cell.as_str().map(str::to_owned)),
        Kind::Time => Value::Time(parsed(cell)?),
        Kind::Date => Value::Date(parsed(cell)?),
        Kind::Json => Value::Json(parsed(cell)?),
    };
    let is_missing = match &value {
        Value::Int(value) => value.is_none(),
        Value::Bool(value) => value.is_none(),
        Value::Text(value) => value.is_none(),
        _ => false,
    };
    if is_missing && !cell.is_null() {
        return Err(BackupError::NotWhole(format!("`{cell}` is not what its column holds")));
    }
    Ok(value)
}
