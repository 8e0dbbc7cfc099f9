//! What the contexts rely on, held to on both engines alike.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod backup;
mod embedded;
mod sets;
mod transactions;
mod values;
mod wall;

use db::{Db, Fault, FromRow, Value, sql::render_migration};

/// A table with a column of every kind.
async fn make_table(db: &Db) {
    let text = "create table sample (name {text} not null primary key, whole {int}, measure {real}, yes {bool}, \
                words {text} unique, at {time}, day {date}, document {json}, raw {bytes}) {tail}";
    let text = render_migration(db.engine(), text).unwrap();
    write(db, move |tx| Box::pin(async move { tx.script(&text).await })).await.unwrap();
}

async fn write<T, F>(db: &Db, work: F) -> Result<T, Fault>
where
    T: Send + 'static,
    F: for<'t> FnOnce(&'t db::Tx) -> db::BoxFuture<'t, Result<T, Fault>> + Send + 'static,
{
    db.write(work).await
}

async fn execute(db: &Db, sql: &'static str, args: &[Value]) -> Result<u64, Fault> {
    let args = args.to_vec();
    write(db, move |tx| Box::pin(async move { tx.execute(sql, &args).await })).await
}

async fn query<T: FromRow + Send + 'static>(db: &Db, sql: &'static str, args: &[Value]) -> Vec<T> {
    let args = args.to_vec();
    db.read(move |tx| Box::pin(async move { tx.query(sql, &args).await }))
        .await
        .unwrap_or_else(|fault: Fault| panic!("{fault:?}"))
}

async fn names(db: &Db) -> Vec<String> {
    query::<(String,)>(db, "select name from sample order by name", &[])
        .await
        .into_iter()
        .map(|(name,)| name)
        .collect()
}
