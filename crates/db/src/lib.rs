//! Floor 2: the only crate that knows there are two engines.
//!
//! A [`Db`] is SQLite (one writer thread that takes whole transactions and commits those that wait together; readers
//! apart) or PostgreSQL (a pool). Everything above speaks one SQL text, in the common subset of both, with a few marks
//! that [`sql`] renders:
//!
//! - `$1` is an argument by number, on both engines.
//! - `{in $2}` tests membership in a list argument.
//! - `{set d(item_id text, quantity int)}` stands for the rows of a [`Set`]: `unnest` of arrays on PostgreSQL, a
//!   prepared loop on SQLite, where `d.item_id` is the value of the row at hand.
//! - `[pg: for update :]` and `[sqlite: … :]` are for what cannot be common.
//!
//! **Invariant:** a transaction closure awaits nothing but its [`Tx`]. On SQLite a foreign `.await` panics, so a network
//! call inside a transaction cannot be written by mistake.

pub mod backup;
pub mod changes;
pub mod copies;
mod fault;
mod measure;
pub mod migrate;
mod planner;
mod postgres;
mod row;
mod schema;
pub mod sql;
mod sqlite;
mod tx;
mod value;
pub mod wall;

use std::{future::Future, path::PathBuf, pin::Pin};

pub use changes::{Changes, Follower, Look, Moment, Notes};
pub use fault::Fault;
use kernel::Timestamp;
pub use migrate::migrate;
pub use row::{FromColumn, FromRow, Row};
pub use tx::Tx;
pub use value::{Column, Set, Value};
pub use wall::Wall;

/// A boxed future that may cross threads: what a transaction closure returns.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Which engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A PostgreSQL server, version 15 or later.
    Postgres,
}

impl Engine {
    /// The engine's name as users write it.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Sqlite => "sqlite",
            Engine::Postgres => "postgres",
        }
    }
}

/// What a process may do with the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Read and write. On SQLite only one process at a time may hold this.
    Write,
    /// Read only, beside a process that writes.
    Read,
}

/// The version of an engine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// The first number of it.
    pub major: u32,
    /// As the engine says it.
    pub text: String,
}

/// How busy a database is at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pressure {
    /// Transactions that wait for a thread or a connection.
    pub waiting: usize,
    /// Connections that work and that rest, where there is a pool of them.
    pub connections: Option<(usize, usize)>,
}

/// A database, cheap to clone.
#[derive(Clone)]
pub enum Db {
    /// The embedded engine.
    #[doc(hidden)]
    Sqlite(sqlite::Sqlite),
    /// The server engine.
    #[doc(hidden)]
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens `sqlite:PATH` or `postgres://…`. Makes the SQLite file if there is none; never migrates.
    pub async fn open(url: &str, access: Access) -> Result<Db, Fault> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            Ok(Db::Sqlite(sqlite::Sqlite::open(PathBuf::from(path), access)?))
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let db = Db::Postgres(postgres::Postgres::open(url).await?);
            db.note_wall().await?;
            Ok(db)
        } else {
            Err(Fault::BadUrl(url.split("://").next().unwrap_or_default().chars().take(60).collect()))
        }
    }

    /// Binds reads from here on if the second wall is up.
    async fn note_wall(&self) -> Result<(), Fault> {
        if let Db::Postgres(postgres) = self {
            postgres.set_walled(self.wall().await? == Wall::Up);
        }
        Ok(())
    }

    /// Which engine this is.
    pub fn engine(&self) -> Engine {
        match self {
            Db::Sqlite(_) => Engine::Sqlite,
            Db::Postgres(_) => Engine::Postgres,
        }
    }

    /// Runs a writing transaction: committed durably when `work` gives `Ok`, rolled back when it gives `Err`.
    /// On SQLite, transactions that wait together share one commit; each is still all or nothing.
    pub async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match self {
            Db::Sqlite(sqlite) => sqlite.write(work).await,
            Db::Postgres(postgres) => postgres.transact(work, postgres::WRITE, None).await,
        }
    }

    /// Runs a reading transaction on one consistent snapshot, within the part of the organisation that the task works
    /// for: see [`wall`].
    pub async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        match self {
            Db::Sqlite(sqlite) => sqlite.read(work).await,
            Db::Postgres(postgres) => {
                let bounds = wall::bounds().filter(|_| postgres.is_walled());
                postgres.transact(work, postgres::READ, bounds).await
            }
        }
    }

    /// Whether the second wall between merchants is up.
    pub async fn wall(&self) -> Result<Wall, Fault> {
        match self {
            Db::Sqlite(_) => Ok(Wall::Unknown),
            Db::Postgres(_) => self.read(|tx| Box::pin(wall::look(tx))).await,
        }
    }

    /// The version of the engine.
    pub async fn version(&self) -> Result<Version, Fault> {
        self.read(|tx| {
            Box::pin(async move {
                let (text,): (String,) = tx
                    .query_one(
                        "[sqlite: select sqlite_version() :][pg: select current_setting('server_version') :]",
                        &[],
                    )
                    .await?;
                let major =
                    text.split(|c: char| !c.is_ascii_digit()).next().and_then(|digits| digits.parse().ok());
                Ok(Version { major: major.unwrap_or(0), text })
            })
        })
        .await
    }

    /// The instant, by the database's clock.
    pub async fn now(&self) -> Result<Timestamp, Fault> {
        self.read(|tx| {
            Box::pin(async move {
                let (micros,): (i64,) = tx
                    .query_one(
                        "[sqlite: select cast((julianday('now') - 2440587.5) * 86400000000 as integer) :]\
                         [pg: select cast(extract(epoch from clock_timestamp()) * 1000000 as bigint) :]",
                        &[],
                    )
                    .await?;
                Timestamp::from_microsecond(micros)
                    .map_err(|error| Fault::Shape { column: "now".into(), problem: error.to_string() })
            })
        })
        .await
    }

    /// What was committed, as far as this process knows it; none where another process writes a SQLite file. On
    /// PostgreSQL it is known after it was asked for: see `runtime::watch`.
    pub fn changes(&self) -> Option<&Changes> {
        match self {
            Db::Sqlite(sqlite) => sqlite.changes(),
            Db::Postgres(postgres) => Some(postgres.changes()),
        }
    }

    /// How busy it is.
    pub fn pressure(&self) -> Pressure {
        match self {
            Db::Sqlite(sqlite) => sqlite.pressure(),
            Db::Postgres(postgres) => postgres.pressure(),
        }
    }

    /// Writes the SQLite file anew, so that nothing of what was deleted is left in free pages or in the write-ahead log.
    /// Nobody else writes meanwhile. PostgreSQL clears its pages by itself as it goes.
    pub async fn rewrite(&self) -> Result<(), Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.rewrite().await,
            Db::Postgres(_) => Ok(()),
        }
    }

    /// How durable an acknowledged commit is, in the words of `/health`; an error where the settings promise too little.
    pub async fn durability(&self) -> Result<String, Fault> {
        match self {
            Db::Sqlite(sqlite) => sqlite.durability().await,
            Db::Postgres(postgres) => postgres.durability().await,
        }
    }
}
