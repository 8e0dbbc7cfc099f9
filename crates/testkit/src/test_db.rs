//! A database for one test: fresh, migrated, and gone afterwards.

use std::{
    fs,
    hash::{BuildHasher, RandomState},
    ops::Deref,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
};

use db::{Access, Db, Engine, Fault, migrate};
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use crate::{Trouble, shared};

/// A database with today's schema that nobody else uses. It is used as the [`Db`] it holds.
pub struct TestDb {
    db: Db,
    url: String,
    // After `db`, which must let go of it first.
    _home: Home,
}

/// Where the database lives until it is dropped.
enum Home {
    Folder { _folder: TempDir },
    Server { database: String },
}

impl TestDb {
    /// A copy of a migrated file, in a folder of its own.
    pub async fn sqlite() -> Result<TestDb, Trouble> {
        let template = sqlite_template().await?;
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("test.db");
        fs::copy(template, &path)?;
        let url = format!("sqlite:{}", path.display());
        Ok(TestDb { db: Db::open(&url, Access::Write).await?, url, _home: Home::Folder { _folder: folder } })
    }

    /// A copy of a migrated database, on the run's server.
    pub async fn postgres() -> Result<TestDb, Trouble> {
        let admin = admin().await?;
        let template = postgres_template(&admin).await?;
        let database = unused_name();
        execute(&admin, &format!("create database {database} template {template}")).await?;
        let home = Home::Server { database: database.clone() };
        let url = server_url(&database)?;
        Ok(TestDb { db: Db::open(&url, Access::Write).await?, url, _home: home })
    }

    /// Another database on the same engine, with nothing in it: not even migrated.
    pub async fn empty_beside(&self) -> Result<TestDb, Trouble> {
        let (url, home) = match self.engine() {
            Engine::Sqlite => {
                let folder = tempfile::tempdir()?;
                let url = format!("sqlite:{}", folder.path().join("empty.db").display());
                (url, Home::Folder { _folder: folder })
            }
            Engine::Postgres => {
                let database = unused_name();
                execute(&admin().await?, &format!("create database {database}")).await?;
                (server_url(&database)?, Home::Server { database })
            }
        };
        Ok(TestDb { db: Db::open(&url, Access::Write).await?, url, _home: home })
    }

    /// The address another program would open this database by. A SQLite file has one writing process at a
    /// time, and this is it.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// How many rows of a table or view whoever asks sees, without any condition.
pub async fn count_rows(db: &Db, table: &str) -> Result<i64, Fault> {
    let sql = format!("select count(*) from {table}");
    let (count,): (i64,) =
        db.read(move |tx| Box::pin(async move { tx.query_one::<(i64,)>(&sql, &[]).await })).await?;
    Ok(count)
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let Home::Server { database } = self else { return };
        let statement = format!("drop database if exists {database} with (force)");
        // The test's runtime may be ending, so the goodbye has one of its own. A database that stays behind
        // goes with its cluster.
        let goodbye = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(async { execute(&admin().await?, &statement).await })
        });
        if let Ok(Err(trouble)) = goodbye.join() {
            eprintln!("a test database stays behind: {trouble}");
        }
    }
}

/// The file that tests copy, made once for each state of the migrations.
async fn sqlite_template() -> Result<PathBuf, Trouble> {
    let folder = shared::run_folder()?;
    let template = folder.join(format!("template-{}.db", &migrate::digest()[..16]));
    let _lock = shared::lock(&folder)?;
    if !template.exists() {
        let workshop = tempfile::tempdir()?;
        let path = workshop.path().join("template.db");
        migrate(&Db::open(&format!("sqlite:{}", path.display()), Access::Write).await?).await?;
        write_out(&path, &workshop.path().join("whole.db"))?;
        // Renamed only when complete, and only within one file system.
        let beside = template.with_extension("new");
        fs::copy(workshop.path().join("whole.db"), &beside)?;
        fs::rename(beside, &template)?;
    }
    Ok(template)
}

/// One file without a write-ahead log beside it, whoever still has the first one open.
fn write_out(from: &Path, to: &Path) -> Result<(), Trouble> {
    let connection = rusqlite::Connection::open(from)?;
    connection.execute("vacuum into ?1", [to.display().to_string()])?;
    Ok(())
}

/// The database that tests copy, made once on each server for each state of the migrations.
async fn postgres_template(admin: &Client) -> Result<String, Trouble> {
    let template = format!("quartermaster_template_{}", &migrate::digest()[..16]);
    // A server that `TEST_POSTGRES_URL` names may be shared with other machines, so the lock is the server's.
    execute(admin, "select pg_advisory_lock(hashtext('quartermaster test template'))").await?;
    let made = make_postgres_template(admin, &template).await;
    execute(admin, "select pg_advisory_unlock(hashtext('quartermaster test template'))").await?;
    made?;
    Ok(template)
}

async fn make_postgres_template(admin: &Client, template: &str) -> Result<(), Trouble> {
    let sql = "select 1 from pg_database where datname = $1";
    let found = admin.query_opt(sql, &[&template]).await;
    if found.map_err(|source| Trouble::Postgres { statement: sql.to_owned(), source })?.is_some() {
        return Ok(());
    }
    let building = format!("{template}_building");
    execute(admin, &format!("drop database if exists {building} with (force)")).await?;
    execute(admin, &format!("create database {building}")).await?;
    migrate(&Db::open(&server_url(&building)?, Access::Write).await?).await?;
    // PostgreSQL itself waits some seconds for the connections we just closed.
    execute(admin, &format!("alter database {building} rename to {template}")).await
}

/// A connection to the server's own database, for making and dropping others.
async fn admin() -> Result<Client, Trouble> {
    let url = server_url("postgres")?;
    let connected = tokio_postgres::connect(&url, NoTls).await;
    let (client, connection) =
        connected.map_err(|source| Trouble::Postgres { statement: format!("connect to {url}"), source })?;
    // It ends with the client; what goes wrong on it, the client's statements report.
    tokio::spawn(async { drop(connection.await) });
    Ok(client)
}

async fn execute(client: &Client, statement: &str) -> Result<(), Trouble> {
    let done = client.batch_execute(statement).await;
    done.map_err(|source| Trouble::Postgres { statement: statement.to_owned(), source })
}

fn server_url(database: &str) -> Result<String, Trouble> {
    shared::postgres_url(database).map_err(|trouble| match trouble {
        Trouble::NoPrograms => Trouble::NoPrograms,
        other => Trouble::Failed { program: "the run's PostgreSQL", log: other.to_string() },
    })
}

/// Unlike any other on the server: processes of other machines may share it.
fn unused_name() -> String {
    static MADE: AtomicU64 = AtomicU64::new(0);
    let chance = RandomState::new().hash_one(std::process::id());
    format!("quartermaster_test_{chance:016x}_{}", MADE.fetch_add(1, Ordering::Relaxed))
}
