//! The machine's troubles, apart from the business's refusals.

/// What went wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The address names no engine we know.
    #[error("`{0}` is no database address: use sqlite:PATH or postgres://USER@HOST/NAME")]
    BadUrl(String),
    /// Another process owns the SQLite file.
    #[error("{path} is in use by another process (it holds {path}.lock); stop it, or let it do this work")]
    Owned {
        /// The database file.
        path: String,
    },
    /// A file could not be read or made.
    #[error("cannot open {path}")]
    File {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// SQLite refused a statement.
    #[error("sqlite: {sql}")]
    Sqlite {
        /// The statement, shortened.
        sql: String,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// PostgreSQL refused a statement.
    #[error("postgres: {sql}")]
    Postgres {
        /// The statement, shortened.
        sql: String,
        /// Why.
        #[source]
        source: tokio_postgres::Error,
    },
    /// No connection could be had from the pool.
    #[error("no connection to postgres")]
    Pool(#[source] deadpool_postgres::PoolError),
    /// The database's thread has gone, or a transaction panicked.
    #[error("the transaction was lost: {0}")]
    Lost(&'static str),
    /// A row did not have the shape the code expects.
    #[error("column {column}: {problem}")]
    Shape {
        /// Its name.
        column: String,
        /// What was found.
        problem: String,
    },
    /// The SQL text has a mark that cannot be rendered.
    #[error("bad mark in sql: {0}")]
    Mark(String),
    /// The database's schema is not ours.
    #[error("{0}")]
    Schema(String),
    /// The settings promise less than we need.
    #[error("{0}")]
    Durability(String),
    /// A guarded set write did not touch every row it should have: the world moved; decide again.
    #[error("{what}: {touched} of {expected} rows")]
    Outrun {
        /// What was being written.
        what: &'static str,
        /// Rows written.
        touched: u64,
        /// Rows meant.
        expected: u64,
    },
}

impl Fault {
    pub(crate) fn sqlite(sql: &str, source: rusqlite::Error) -> Fault {
        Fault::Sqlite { sql: shorten(sql), source }
    }

    pub(crate) fn postgres(sql: &str, source: tokio_postgres::Error) -> Fault {
        Fault::Postgres { sql: shorten(sql), source }
    }

    /// True where the same call may succeed a moment later and nothing was changed by this one.
    pub fn is_transient(&self) -> bool {
        match self {
            Fault::Outrun { .. } | Fault::Pool(_) => true,
            Fault::Sqlite { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked)
            ),
            // 40001 serialisation failure, 40P01 deadlock, 55P03 lock not available, 57P03 starting up.
            Fault::Postgres { source, .. } => {
                source.code().is_some_and(|code| matches!(code.code(), "40001" | "40P01" | "55P03" | "57P03"))
            }
            Fault::BadUrl(_)
            | Fault::Owned { .. }
            | Fault::File { .. }
            | Fault::Lost(_)
            | Fault::Shape { .. }
            | Fault::Mark(_)
            | Fault::Schema(_)
            | Fault::Durability(_) => false,
        }
    }

    /// True where a row with the same key was there already.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Fault::Sqlite { source: rusqlite::Error::SqliteFailure(error, _), .. } => {
                // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE.
                matches!(error.extended_code, 1555 | 2067)
            }
            Fault::Postgres { source, .. } => source.code().is_some_and(|code| code.code() == "23505"),
            _ => false,
        }
    }
}

fn shorten(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}
