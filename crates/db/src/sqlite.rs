//! The embedded engine: one thread owns the writing connection and takes whole transactions; readers are apart.

use std::{
    fs::File,
    os::unix::fs::OpenOptionsExt,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Instant,
};

use crossbeam_channel::{Receiver, Sender};
use futures_util::FutureExt;
use rusqlite::{Connection, OpenFlags, config::DbConfig};

use crate::{
    Access, BoxFuture, Fault, Pressure, Tx,
    changes::{Changes, Notes},
    measure,
    tx::{Inner, held},
};

/// How many waiting transactions share one commit at most: bounds how long the first of them waits.
const GROUP_MAX: usize = 256;
const READERS: usize = 4;

/// Told what became of the commit.
type Answer = Box<dyn FnOnce(Result<(), Fault>) + Send>;
/// Runs on the writer thread: gives whether to keep the changes, and who to tell.
type Job = Box<dyn FnOnce(&Tx) -> (bool, Answer) + Send>;

/// What the writer thread is asked.
enum Asked {
    /// A transaction, which may share its commit.
    Work(Job),
    /// To write the file anew, outside any transaction.
    Rewrite(tokio::sync::oneshot::Sender<Result<(), Fault>>),
}

/// A SQLite database.
#[derive(Clone)]
pub struct Sqlite {
    write: Option<Sender<Asked>>,
    read: Sender<Job>,
    /// What was committed; marked before whoever asked for it is told.
    changes: Arc<Changes>,
    // Held as long as anyone may write: one process owns the file.
    _lock: Option<Arc<File>>,
}

impl Sqlite {
    pub(crate) fn open(path: PathBuf, access: Access) -> Result<Sqlite, Fault> {
        let lock = match access {
            Access::Write => Some(Arc::new(own(&path)?)),
            Access::Read => None,
        };
        let changes = Arc::<Changes>::default();
        // The writer first: it makes the file and sets the journal mode that readers rely on.
        let write = match access {
            Access::Write => {
                let connection = connect(&path, Access::Write)?;
                let (sender, jobs) = crossbeam_channel::unbounded();
                let changes = changes.clone();
                spawn("sqlite-writer", move || write_loop(connection, &jobs, &changes))?;
                Some(sender)
            }
            Access::Read => None,
        };
        let (read, jobs) = crossbeam_channel::unbounded();
        for _ in 0..READERS {
            let connection = connect(&path, Access::Read)?;
            let jobs = jobs.clone();
            spawn("sqlite-reader", move || read_loop(connection, &jobs))?;
        }
        Ok(Sqlite { write, read, changes, _lock: lock })
    }

    pub(crate) async fn write<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let writer = self.write.as_ref().ok_or(Fault::Lost("this process opened the database to read"))?;
        submit(|job| writer.send(Asked::Work(job)).is_ok(), work).await
    }

    pub(crate) async fn rewrite(&self) -> Result<(), Fault> {
        let writer = self.write.as_ref().ok_or(Fault::Lost("this process opened the database to read"))?;
        let (sender, done) = tokio::sync::oneshot::channel();
        writer.send(Asked::Rewrite(sender)).map_err(|_| Fault::Lost("the database thread has ended"))?;
        done.await.map_err(|_| Fault::Lost("the database thread has ended"))?
    }

    pub(crate) async fn read<T, E, F>(&self, work: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        submit(|job| self.read.send(job).is_ok(), work).await
    }

    /// What was committed; none where another process writes.
    pub(crate) fn changes(&self) -> Option<&Changes> {
        self.write.is_some().then_some(&*self.changes)
    }

    pub(crate) fn pressure(&self) -> Pressure {
        let waiting = self.read.len() + self.write.as_ref().map_or(0, Sender::len);
        Pressure { waiting, connections: None }
    }

    pub(crate) async fn durability(&self) -> Result<String, Fault> {
        if self.write.is_none() {
            let (mode,): (String,) = self
                .read(|tx| Box::pin(async move { tx.query_one("pragma journal_mode", &[]).await }))
                .await?;
            return match mode.as_str() {
                "wal" => Ok("sqlite, write-ahead log; whoever writes it sees to the rest".into()),
                mode => Err(Fault::Durability(format!(
                    "sqlite runs with journal_mode={mode}; the ledger needs wal"
                ))),
            };
        }
        let (mode, synchronous) = self
            .write(|tx| {
                Box::pin(async move {
                    let (mode,): (String,) = tx.query_one("pragma journal_mode", &[]).await?;
                    let (synchronous,): (i64,) = tx.query_one("pragma synchronous", &[]).await?;
                    Ok::<_, Fault>((mode, synchronous))
                })
            })
            .await?;
        if mode == "wal" && synchronous >= 2 {
            Ok("sqlite, write-ahead log, synchronous=FULL: an acknowledged commit survives power loss".into())
        } else {
            Err(Fault::Durability(format!(
                "sqlite runs with journal_mode={mode} synchronous={synchronous}; the ledger needs wal and 2 (FULL)"
            )))
        }
    }
}

/// Sends a transaction to a thread and waits for its answer.
async fn submit<T, E, F>(send: impl FnOnce(Job) -> bool, work: F) -> Result<T, E>
where
    T: Send + 'static,
    E: From<Fault> + Send + 'static,
    F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
{
    let (sender, answer) = tokio::sync::oneshot::channel();
    let asked = Instant::now();
    let job: Job = Box::new(move |tx| {
        measure::waited(asked);
        let result = catch_unwind(AssertUnwindSafe(|| {
            work(tx)
                .now_or_never()
                .expect("a transaction awaits nothing but its Tx: do network calls and waiting outside it")
                .and_then(|value| Ok(tx.spoiled().map(|()| value)?))
        }));
        let is_good = matches!(result, Ok(Ok(_)));
        let tell: Answer = Box::new(move |committed| {
            let result = match (result, committed) {
                (Ok(Ok(value)), Ok(())) => Ok(value),
                (Ok(Ok(_)), Err(fault)) => Err(fault.into()),
                (Ok(Err(error)), _) => Err(error),
                (Err(_), _) => Err(Fault::Lost("it panicked; see the log").into()),
            };
            // The caller may have gone away; the commit stands all the same.
            let _ = sender.send(result);
        });
        (is_good, tell)
    });
    if !send(job) {
        return Err(Fault::Lost("the database thread has ended").into());
    }
    answer.await.map_err(|_| Fault::Lost("the database thread has ended"))?
}

/// Group commit: transactions that wait together run one after another under one commit. Each that has others before
/// it runs in a savepoint; the first needs none, and is spared the copies of pages that a savepoint keeps.
fn write_loop(connection: Connection, asked: &Receiver<Asked>, changes: &Changes) {
    let connection = Arc::new(Mutex::new(connection));
    let run = |sql: &str| {
        let connection = held(&connection);
        connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.raw_execute())
            .map(drop)
            .map_err(|error| Fault::sqlite(sql, error))
    };
    // What came in the middle of a group and cannot share its commit.
    let mut kept_back = None;
    while let Some(next) = kept_back.take().or_else(|| asked.recv().ok()) {
        let first = match next {
            Asked::Work(job) => job,
            Asked::Rewrite(done) => {
                // Whoever asked may have gone away.
                let _ = done.send(rewrite(&held(&connection)));
                continue;
            }
        };
        let _held = measure::Held::begin("write");
        if let Err(fault) = run("begin immediate") {
            tracing::error!(error = &fault as &dyn std::error::Error, "sqlite cannot begin");
            // Dropping the job tells its caller that the transaction was lost.
            drop(first);
            continue;
        }
        let (mut answers, mut notes) = (Vec::new(), Notes::default());
        let mut next = Some(first);
        let mut has_earlier = false;
        let mut trouble = Ok(());
        while let Some(job) = next.take() {
            if has_earlier && let Err(fault) = run("savepoint one") {
                trouble = Err(fault);
                break;
            }
            let tx = Tx::new(Inner::Sqlite(connection.clone()));
            let (is_good, answer) = job(&tx);
            answers.push(answer);
            if is_good {
                notes.add(tx.take_notes());
            }
            let end = match (has_earlier, is_good) {
                (false, true) => Ok(()),
                (false, false) => run("rollback").and_then(|()| run("begin immediate")),
                (true, true) => run("release one"),
                (true, false) => run("rollback to one").and_then(|()| run("release one")),
            };
            if let Err(fault) = end {
                trouble = Err(fault);
                break;
            }
            has_earlier |= is_good;
            if answers.len() < GROUP_MAX {
                match asked.try_recv() {
                    Ok(Asked::Work(job)) => next = Some(job),
                    Ok(rewrite) => kept_back = Some(rewrite),
                    Err(_) => {}
                }
            }
        }
        metrics::histogram!("quartermaster_commit_transactions").record(answers.len() as f64);
        let committed = trouble.and_then(|()| run("commit"));
        if let Err(fault) = &committed {
            tracing::error!(error = fault as &dyn std::error::Error, "sqlite cannot commit");
            let _ = run("rollback");
        }
        // Also where it failed: what is marked for nothing is only read anew.
        changes.publish(if committed.is_ok() { notes } else { Notes::everything() });
        for answer in answers {
            answer(match &committed {
                Ok(()) => Ok(()),
                Err(_) => Err(Fault::Lost("the commit failed; nothing was changed")),
            });
        }
    }
}

/// Writes the file anew and empties the write-ahead log. What is written meanwhile goes to a file, not to memory.
fn rewrite(connection: &Connection) -> Result<(), Fault> {
    let run = |sql: &str| connection.execute_batch(sql).map_err(|error| Fault::sqlite(sql, error));
    run("pragma temp_store = file")?;
    let rewritten = run("vacuum");
    run("pragma temp_store = memory")?;
    rewritten?;
    let sql = "pragma wal_checkpoint(truncate)";
    let is_busy: i64 =
        connection.query_row(sql, [], |row| row.get(0)).map_err(|error| Fault::sqlite(sql, error))?;
    if is_busy == 0 { Ok(()) } else { Err(Fault::Lost("readers hold the write-ahead log; try again")) }
}

fn read_loop(connection: Connection, jobs: &Receiver<Job>) {
    let connection = Arc::new(Mutex::new(connection));
    let run = |sql: &str| {
        let connection = held(&connection);
        connection.execute_batch(sql).map_err(|error| Fault::sqlite(sql, error))
    };
    while let Ok(job) = jobs.recv() {
        let _held = measure::Held::begin("read");
        if let Err(fault) = run("begin") {
            tracing::error!(error = &fault as &dyn std::error::Error, "sqlite cannot begin to read");
            continue;
        }
        let (_, answer) = job(&Tx::new(Inner::Sqlite(connection.clone())));
        answer(run("commit"));
    }
}

fn connect(path: &Path, access: Access) -> Result<Connection, Fault> {
    let flags = match access {
        Access::Write => OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE,
        Access::Read => OpenFlags::SQLITE_OPEN_READ_ONLY,
    } | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let fault = |error| Fault::sqlite("open", error);
    if access == Access::Write {
        make_private(path)?;
    }
    let connection = Connection::open_with_flags(path, flags).map_err(fault)?;
    connection.set_prepared_statement_cache_capacity(512);
    let pragmas = match access {
        Access::Write => {
            "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma busy_timeout = 10000; \
             pragma wal_autocheckpoint = 16000; pragma cache_size = -32768; pragma temp_store = memory"
        }
        Access::Read => {
            "pragma query_only = on; pragma busy_timeout = 10000; pragma cache_size = -16384; pragma temp_store = memory"
        }
    };
    connection.execute_batch(pragmas).map_err(fault)?;
    // One plan for a text, whatever it is bound to: otherwise SQLite plans a statement again for every new argument that
    // might tell whether a partial index serves.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(fault)?;
    Ok(connection)
}

/// Makes the file before SQLite does, for its owner alone; the files beside it get the same rights from SQLite.
fn make_private(path: &Path) -> Result<(), Fault> {
    match File::options().write(true).create_new(true).mode(0o600).open(path) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        Err(source) => Err(Fault::File { path: path.display().to_string(), source }),
    }
}

/// Takes the lock file of a database, or says that another process has it.
fn own(path: &Path) -> Result<File, Fault> {
    let lock_path = format!("{}.lock", path.display());
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(|source| Fault::File { path: lock_path, source })?;
    rustix::fs::flock(&file, rustix::fs::FlockOperation::NonBlockingLockExclusive)
        .map_err(|_| Fault::Owned { path: path.display().to_string() })?;
    Ok(file)
}

fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), Fault> {
    std::thread::Builder::new()
        .name(name.into())
        .spawn(work)
        .map(drop)
        .map_err(|source| Fault::File { path: name.into(), source })
}
