//! The server engine: a pool of connections.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Instant,
};

use deadpool_postgres::{Hook, Manager, ManagerConfig, Pool, RecyclingMethod};
use futures_util::future;
use tokio_postgres::NoTls;

use crate::{BoxFuture, Changes, Fault, FromRow, Pressure, Row, Tx, measure, tx::Inner};

/// Kinds of transactions, as they are measured.
pub(crate) const WRITE: &str = "write";
pub(crate) const READ: &str = "read";

const CONNECTIONS: usize = 16;

/// A PostgreSQL database.
#[derive(Clone)]
pub struct Postgres {
    pool: Pool,
    /// True where reads for a part of the organisation are bound to it.
    is_walled: Arc<AtomicBool>,
    changes: Arc<Changes>,
}

impl Postgres {
    pub(crate) async fn open(url: &str) -> Result<Postgres, Fault> {
        let config: tokio_postgres::Config =
            url.parse().map_err(|source| Fault::postgres("the database address", source))?;
        let manager =
            Manager::from_config(config, NoTls, ManagerConfig { recycling_method: RecyclingMethod::Fast });
        let pool = Pool::builder(manager)
            .max_size(CONNECTIONS)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move {
                    // A transaction left open by a fault must not hold its locks for ever.
                    client
                        .batch_execute(
                            "set time zone 'UTC'; set idle_in_transaction_session_timeout = '60s'; set lock_timeout = '30s'",
                        )
                        .await
                        .map_err(deadpool_postgres::HookError::Backend)
                })
            }))
            .build()
            .map_err(|_| Fault::Lost("the connection pool could not be made"))?;
        let postgres = Postgres { pool, is_walled: Arc::default(), changes: Arc::default() };
        // Fail now, with the reason, rather than at the first order.
        drop(postgres.pool.get().await.map_err(Fault::Pool)?);
        Ok(postgres)
    }

    pub(crate) fn is_walled(&self) -> bool {
        self.is_walled.load(Ordering::Relaxed)
    }

    pub(crate) fn set_walled(&self, is_walled: bool) {
        self.is_walled.store(is_walled, Ordering::Relaxed);
    }

    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    pub(crate) fn pressure(&self) -> Pressure {
        let status = self.pool.status();
        let idle = status.available;
        Pressure { waiting: status.waiting, connections: Some((status.size.saturating_sub(idle), idle)) }
    }

    /// Runs in a task of its own, so that a caller who hangs up half-way cannot leave a transaction in the air.
    pub(crate) async fn transact<T, E, F>(
        &self,
        work: F,
        kind: &'static str,
        bounds: Option<String>,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<Fault> + Send + 'static,
        F: for<'t> FnOnce(&'t Tx) -> BoxFuture<'t, Result<T, E>> + Send + 'static,
    {
        let asked = Instant::now();
        let client = self.pool.get().await.map_err(Fault::Pool)?;
        measure::waited(asked);
        let task = tokio::spawn(async move {
            let _held = measure::Held::begin(kind);
            let mut tx = Tx::new(Inner::Postgres(Box::new(client)));
            tx.is_bound = bounds.is_some();
            let mut open = Open(Some(tx));
            let result = {
                let tx = open.0.as_ref().ok_or(Fault::Lost("it has ended"))?;
                let begin = format!("{}{}", begin(kind), bounds.unwrap_or_default());
                // Sent before the first statement, and not waited for: the server takes them in this order, and what
                // follows a beginning that failed fails too.
                let (begun, result) = future::join(tx.script(&begin), work(tx)).await;
                begun?;
                let result = result.and_then(|value| Ok(tx.spoiled().map(|()| value)?));
                let end = if result.is_ok() { "commit" } else { "rollback" };
                match (result, tx.script(end).await) {
                    (Ok(_), Err(fault)) => return Err(fault.into()),
                    (result, _) => result,
                }
            };
            open.close();
            result
        });
        task.await.map_err(|_| Fault::Lost("it panicked; see the log"))?
    }

    pub(crate) async fn durability(&self) -> Result<String, Fault> {
        let client = self.pool.get().await.map_err(Fault::Pool)?;
        let sql = "select current_setting('fsync'), current_setting('synchronous_commit'), \
                   current_setting('full_page_writes')";
        let row = client.query_one(sql, &[]).await.map_err(|error| Fault::postgres(sql, error))?;
        let (fsync, commit, pages) = <(String, String, String)>::from_row(&Row::postgres(row))?;
        if fsync == "on" && commit != "off" && pages == "on" {
            Ok(format!(
                "postgres, fsync=on synchronous_commit={commit}: an acknowledged commit survives power loss"
            ))
        } else {
            Err(Fault::Durability(format!(
                "postgres runs with fsync={fsync} synchronous_commit={commit} full_page_writes={pages}; the ledger needs them on"
            )))
        }
    }
}

fn begin(kind: &str) -> &'static str {
    match kind {
        WRITE => "begin",
        _ => "begin isolation level repeatable read read only",
    }
}

/// A transaction that ends in a fault or a panic must not go back to the pool open: its connection is closed, and the
/// server rolls back.
struct Open(Option<Tx>);

impl Open {
    fn close(&mut self) {
        self.0 = None;
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        if let Some(Tx { inner: Inner::Postgres(client), .. }) = self.0.take() {
            drop(deadpool_postgres::Object::take(*client));
        }
    }
}
