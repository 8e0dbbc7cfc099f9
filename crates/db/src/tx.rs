//! A transaction: the handle that statements go through.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use tokio_postgres::types::{ToSql, Type};

use crate::{
    Engine, Fault, FromRow, Row, Set, Value,
    changes::Notes,
    sql::{self, Rendered, Writes},
    wall,
};

/// A running transaction. Statements on PostgreSQL may be pipelined by awaiting several together.
///
/// A statement that fails spoils it: it can be asked on where the engine can, and is never committed. PostgreSQL is so
/// by nature, without a word at the commit; SQLite would keep the half of a set that was written before.
pub struct Tx {
    pub(crate) inner: Inner,
    is_spoiled: AtomicBool,
    /// True where the second wall stands around it.
    pub(crate) is_bound: bool,
    /// What it changes, on SQLite.
    notes: Mutex<Notes>,
}

pub(crate) enum Inner {
    // The mutex makes the handle `Sync`; only the thread that runs the transaction ever takes it.
    Sqlite(Arc<Mutex<rusqlite::Connection>>),
    Postgres(Box<deadpool_postgres::Object>),
}

impl Tx {
    pub(crate) fn new(inner: Inner) -> Tx {
        Tx { inner, is_spoiled: AtomicBool::new(false), is_bound: false, notes: Mutex::default() }
    }

    /// Which engine this runs on.
    pub fn engine(&self) -> Engine {
        self.inner.engine()
    }

    /// Why this must not be committed, if it must not.
    pub(crate) fn spoiled(&self) -> Result<(), Fault> {
        if self.is_spoiled.load(Ordering::Relaxed) {
            Err(Fault::Lost("a statement in it failed, and the failure was passed over"))
        } else {
            Ok(())
        }
    }

    /// Says that something changed which is kept in memory by its id: see [`crate::changes`]. Triggers say it on
    /// PostgreSQL.
    pub fn touch<'a>(&self, topics: impl IntoIterator<Item = &'a str>) {
        if self.engine() == Engine::Sqlite {
            let mut notes = self.notes();
            topics.into_iter().for_each(|topic| notes.touch(topic));
        }
    }

    /// Says how far an organisation's stream of events goes once this is committed.
    pub fn ends_at(&self, organisation: &str, position: i64) {
        self.notes().end_at(organisation, position);
    }

    /// What it changed.
    pub(crate) fn take_notes(&self) -> Notes {
        std::mem::take(&mut *self.notes())
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A text made ready, with a note of what it writes to.
    fn ready(&self, sql: &str, arguments: usize) -> Result<Arc<Rendered>, Fault> {
        let rendered = sql::render(self.engine(), sql, arguments)?;
        if self.engine() == Engine::Sqlite {
            match &rendered.writes {
                Writes::Nothing => {}
                Writes::Table(table) => self.notes().note_table(table),
                Writes::Anything => self.notes().note_everything(),
            }
        }
        Ok(rendered)
    }

    fn noted<T>(&self, result: Result<T, Fault>) -> Result<T, Fault> {
        if result.is_err() {
            self.is_spoiled.store(true, Ordering::Relaxed);
        }
        result
    }

    /// Runs a statement; gives how many rows it touched.
    pub async fn execute(&self, sql: &str, args: &[Value]) -> Result<u64, Fault> {
        let rendered = self.noted(self.ready(sql, args.len()))?;
        self.noted(self.inner.execute(sql, &rendered, args).await)
    }

    /// Runs a query; gives every row.
    pub async fn query<T: FromRow>(&self, sql: &str, args: &[Value]) -> Result<Vec<T>, Fault> {
        let rendered = self.noted(self.ready(sql, args.len()))?;
        self.noted(self.inner.query(sql, &rendered, args).await)
    }

    /// Runs a query beyond the second wall, where one stands. For ids alone, which are then looked for within: PostgreSQL
    /// uses no index on what a function like `lower` makes of a column while a policy must be asked first.
    pub async fn query_beyond<T: FromRow>(&self, sql: &str, args: &[Value]) -> Result<Vec<T>, Fault> {
        if !self.is_bound {
            return self.query(sql, args).await;
        }
        self.script("set local role none").await?;
        let rows = self.query(sql, args).await?;
        self.script(wall::BIND).await?;
        Ok(rows)
    }

    /// Runs a query that gives one row or none.
    pub async fn query_optional<T: FromRow>(&self, sql: &str, args: &[Value]) -> Result<Option<T>, Fault> {
        Ok(self.query(sql, args).await?.into_iter().next())
    }

    /// Runs a query that always gives a row, such as a count.
    pub async fn query_one<T: FromRow>(&self, sql: &str, args: &[Value]) -> Result<T, Fault> {
        self.query_optional(sql, args)
            .await?
            .ok_or_else(|| Fault::Shape { column: "(row)".into(), problem: "there is none".into() })
    }

    /// Writes the rows of a set by one call; gives how many rows were touched in all.
    pub async fn execute_set(&self, sql: &str, set: &Set, args: &[Value]) -> Result<u64, Fault> {
        if set.is_empty() {
            return Ok(0);
        }
        let rendered = self.noted(self.ready(sql, args.len()))?;
        self.noted(self.inner.execute_set(sql, &rendered, set, args).await)
    }

    /// Like [`Tx::execute_set`] where every row of the set must touch exactly one row: the guard of a bound.
    /// Otherwise [`Fault::Outrun`], and the transaction is rolled back at its end.
    pub async fn execute_guarded(
        &self,
        what: &'static str,
        sql: &str,
        set: &Set,
        args: &[Value],
    ) -> Result<(), Fault> {
        let touched = self.execute_set(sql, set, args).await?;
        let expected = set.len() as u64;
        self.noted(if touched == expected { Ok(()) } else { Err(Fault::Outrun { what, touched, expected }) })
    }

    /// Writes the rows of a set and gives what the statement's `returning` gives, in no promised order.
    pub async fn query_set<T: FromRow>(&self, sql: &str, set: &Set, args: &[Value]) -> Result<Vec<T>, Fault> {
        if set.is_empty() {
            return Ok(Vec::new());
        }
        let rendered = self.noted(self.ready(sql, args.len()))?;
        self.noted(self.inner.query_set(sql, &rendered, set, args).await)
    }

    /// Runs a script of statements without arguments: migrations and checks.
    pub async fn script(&self, sql: &str) -> Result<(), Fault> {
        self.notes().note_everything();
        self.noted(self.inner.script(sql).await)
    }

    /// Prepares a text as it would run, to prove that the engine accepts it.
    pub async fn prepare(&self, sql: &str, arguments: usize) -> Result<(), Fault> {
        self.noted(self.inner.prepare(sql, arguments).await)
    }

    /// Makes every other transaction that asks for the same name wait until this one ends. On SQLite writers are
    /// one after another anyway.
    pub async fn lock_name(&self, name: &str) -> Result<(), Fault> {
        match &self.inner {
            Inner::Sqlite(_) => Ok(()),
            Inner::Postgres(_) => {
                self.query::<(i64,)>(
                    "select 1 from pg_advisory_xact_lock(hashtextextended($1, 0))",
                    crate::args![name],
                )
                .await?;
                Ok(())
            }
        }
    }
}

impl Inner {
    fn engine(&self) -> Engine {
        match self {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres(_) => Engine::Postgres,
        }
    }

    async fn execute(&self, sql: &str, rendered: &Rendered, args: &[Value]) -> Result<u64, Fault> {
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                let mut statement =
                    connection.prepare_cached(&rendered.text).map_err(|error| Fault::sqlite(sql, error))?;
                bind(&mut statement, args).map_err(|error| Fault::sqlite(sql, error))?;
                statement.raw_execute().map(|rows| rows as u64).map_err(|error| Fault::sqlite(sql, error))
            }
            Inner::Postgres(client) => {
                let params: Vec<&(dyn ToSql + Sync)> =
                    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
                let types: Vec<Type> = args.iter().map(Value::postgres_type).collect();
                let statement = client
                    .prepare_typed_cached(&rendered.text, &types)
                    .await
                    .map_err(|error| Fault::postgres(sql, error))?;
                client.execute(&statement, &params).await.map_err(|error| Fault::postgres(sql, error))
            }
        }
    }

    async fn query<T: FromRow>(
        &self,
        sql: &str,
        rendered: &Rendered,
        args: &[Value],
    ) -> Result<Vec<T>, Fault> {
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                sqlite_rows(&connection, sql, rendered, args)
            }
            Inner::Postgres(client) => {
                let params: Vec<&(dyn ToSql + Sync)> =
                    args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
                let types: Vec<Type> = args.iter().map(Value::postgres_type).collect();
                postgres_rows(client, sql, rendered, &types, &params).await
            }
        }
    }

    async fn execute_set(
        &self,
        sql: &str,
        rendered: &Rendered,
        set: &Set,
        args: &[Value],
    ) -> Result<u64, Fault> {
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                let mut statement =
                    connection.prepare_cached(&rendered.text).map_err(|error| Fault::sqlite(sql, error))?;
                let places = places(&statement);
                let mut touched = 0;
                for row in 0..set.len() {
                    bind_row(&mut statement, &places, args, set, row)
                        .map_err(|error| Fault::sqlite(sql, error))?;
                    touched += statement.raw_execute().map_err(|error| Fault::sqlite(sql, error))? as u64;
                }
                Ok(touched)
            }
            Inner::Postgres(client) => {
                let (types, params) = set_params(args, set);
                let statement = client
                    .prepare_typed_cached(&rendered.text, &types)
                    .await
                    .map_err(|error| Fault::postgres(sql, error))?;
                client.execute(&statement, &params).await.map_err(|error| Fault::postgres(sql, error))
            }
        }
    }

    async fn query_set<T: FromRow>(
        &self,
        sql: &str,
        rendered: &Rendered,
        set: &Set,
        args: &[Value],
    ) -> Result<Vec<T>, Fault> {
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                let fault = |error| Fault::sqlite(sql, error);
                let mut statement = connection.prepare_cached(&rendered.text).map_err(fault)?;
                let (places, names) = (places(&statement), names(&statement));
                let mut out = Vec::with_capacity(set.len());
                for row in 0..set.len() {
                    bind_row(&mut statement, &places, args, set, row).map_err(fault)?;
                    read_rows(&mut statement, &names, sql, &mut out)?;
                }
                Ok(out)
            }
            Inner::Postgres(client) => {
                let (types, params) = set_params(args, set);
                postgres_rows(client, sql, rendered, &types, &params).await
            }
        }
    }

    async fn script(&self, sql: &str) -> Result<(), Fault> {
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                connection.execute_batch(sql).map_err(|error| Fault::sqlite(sql, error))
            }
            Inner::Postgres(client) => {
                client.batch_execute(sql).await.map_err(|error| Fault::postgres(sql, error))
            }
        }
    }

    async fn prepare(&self, sql: &str, arguments: usize) -> Result<(), Fault> {
        let rendered = sql::render(self.engine(), sql, arguments)?;
        match self {
            Inner::Sqlite(connection) => {
                let connection = held(connection);
                connection.prepare(&rendered.text).map(drop).map_err(|error| Fault::sqlite(sql, error))
            }
            Inner::Postgres(client) => {
                client.prepare(&rendered.text).await.map(drop).map_err(|error| Fault::postgres(sql, error))
            }
        }
    }
}

/// The connection, also after a panic while a row was read: a statement that is dropped leaves nothing behind.
pub(crate) fn held(connection: &Mutex<rusqlite::Connection>) -> MutexGuard<'_, rusqlite::Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

fn set_params<'a>(args: &'a [Value], set: &'a Set) -> (Vec<Type>, Vec<&'a (dyn ToSql + Sync)>) {
    let types = args
        .iter()
        .map(Value::postgres_type)
        .chain(set.columns.iter().map(crate::Column::postgres_type))
        .collect();
    let params = args
        .iter()
        .map(|arg| arg as &(dyn ToSql + Sync))
        .chain(set.columns.iter().map(|column| column as &(dyn ToSql + Sync)))
        .collect();
    (types, params)
}

/// The argument number of each parameter. `$1` is a *named* parameter for SQLite: its index is the order of first
/// appearance, so go by the number in the name.
fn places(statement: &rusqlite::Statement<'_>) -> Vec<usize> {
    (1..=statement.parameter_count())
        .map(|index| statement.parameter_name(index).and_then(|name| name[1..].parse().ok()).unwrap_or(index))
        .collect()
}

fn bind(statement: &mut rusqlite::Statement<'_>, args: &[Value]) -> rusqlite::Result<()> {
    for (index, number) in places(statement).into_iter().enumerate() {
        let value = args.get(number - 1).ok_or(rusqlite::Error::InvalidParameterCount(args.len(), number))?;
        statement.raw_bind_parameter(index + 1, value)?;
    }
    Ok(())
}

fn bind_row(
    statement: &mut rusqlite::Statement<'_>,
    places: &[usize],
    args: &[Value],
    set: &Set,
    row: usize,
) -> rusqlite::Result<()> {
    for (index, &number) in places.iter().enumerate() {
        if let Some(value) = args.get(number - 1) {
            statement.raw_bind_parameter(index + 1, value)?;
        } else {
            let column = set
                .columns
                .get(number - 1 - args.len())
                .ok_or(rusqlite::Error::InvalidParameterCount(args.len() + set.columns.len(), number))?;
            statement.raw_bind_parameter(index + 1, column.sqlite_cell(row))?;
        }
    }
    Ok(())
}

fn sqlite_rows<T: FromRow>(
    connection: &rusqlite::Connection,
    sql: &str,
    rendered: &Rendered,
    args: &[Value],
) -> Result<Vec<T>, Fault> {
    let fault = |error| Fault::sqlite(sql, error);
    let mut statement = connection.prepare_cached(&rendered.text).map_err(fault)?;
    bind(&mut statement, args).map_err(fault)?;
    let (names, mut out) = (names(&statement), Vec::new());
    read_rows(&mut statement, &names, sql, &mut out)?;
    Ok(out)
}

fn names(statement: &rusqlite::Statement<'_>) -> Arc<Vec<String>> {
    Arc::new(statement.column_names().map(str::to_owned).collect())
}

/// Reads every row of a statement that is bound.
fn read_rows<T: FromRow>(
    statement: &mut rusqlite::Statement<'_>,
    names: &Arc<Vec<String>>,
    sql: &str,
    out: &mut Vec<T>,
) -> Result<(), Fault> {
    let fault = |error| Fault::sqlite(sql, error);
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(fault)? {
        let cells = (0..names.len()).map(|index| row.get(index)).collect::<Result<_, _>>().map_err(fault)?;
        out.push(T::from_row(&Row::sqlite(names.clone(), cells))?);
    }
    Ok(())
}

async fn postgres_rows<T: FromRow>(
    client: &deadpool_postgres::Object,
    sql: &str,
    rendered: &Rendered,
    types: &[Type],
    params: &[&(dyn ToSql + Sync)],
) -> Result<Vec<T>, Fault> {
    let fault = |error| Fault::postgres(sql, error);
    let statement = client.prepare_typed_cached(&rendered.text, types).await.map_err(fault)?;
    let rows = client.query(&statement, params).await.map_err(fault)?;
    rows.into_iter().map(|row| T::from_row(&Row::postgres(row))).collect()
}
