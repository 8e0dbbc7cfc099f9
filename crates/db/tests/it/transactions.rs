//! All of it or nothing, one after another, and no mess left by those who fail.

use std::sync::mpsc;

use db::{Db, Fault, FromRow, Row, args, set};
use testkit::TestDb;

use crate::{execute, make_table, names, query, write};

const INSERT: &str = "insert into sample (name, whole) values ($1, 0)";

/// Waits in a transaction until the test goes on. The thread, not the task, waits: the embedded engine has no other.
fn waits_for(signal: &mpsc::Receiver<()>) {
    tokio::task::block_in_place(|| signal.recv()).expect("the test goes on");
}

async fn whole_of(db: &Db, name: &str) -> i64 {
    query::<(i64,)>(db, "select whole from sample where name = $1", args![name]).await[0].0
}

struct Explosive;

impl FromRow for Explosive {
    fn from_row(_: &Row) -> Result<Explosive, Fault> {
        panic!("on purpose, while a row is read")
    }
}

testkit::both_engines! {
    async fn an_error_takes_everything_back(db: TestDb) {
        make_table(&db).await;
        let done: Result<(), Fault> = write(&db, |tx| Box::pin(async move {
            tx.execute(INSERT, args!["a"]).await?;
            let (seen,): (i64,) = tx.query_one("select count(*) from sample", &[]).await?;
            assert_eq!(seen, 1, "a transaction sees what it wrote");
            Err(Fault::Lost("on purpose"))
        }))
        .await;
        assert!(matches!(done, Err(Fault::Lost("on purpose"))), "{done:?}");
        assert!(names(&db).await.is_empty());
    }

    async fn a_duplicate_is_told_from_other_troubles(db: TestDb) {
        make_table(&db).await;
        execute(&db, "insert into sample (name, words) values ('a', 'x')", &[]).await.unwrap();
        for (sql, is_duplicate) in [
            ("insert into sample (name) values ('a')", true),
            ("insert into sample (name, words) values ('b', 'x')", true),
            ("insert into sample (name) values (null)", false),
            ("insert into sample (nothing) values (1)", false),
        ] {
            let fault = execute(&db, sql, &[]).await.unwrap_err();
            assert_eq!((fault.is_duplicate(), fault.is_transient()), (is_duplicate, false), "{sql}: {fault:?}");
        }
        assert_eq!(names(&db).await, ["a"]);
    }

    /// Whoever passes over a failure must not be told that the rest was kept: on one engine it would not be.
    async fn a_failure_that_is_passed_over_spoils_its_transaction(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["taken"]).await.unwrap();
        let done = write(&db, |tx| Box::pin(async move {
            tx.execute(INSERT, args!["before"]).await?;
            let names = set![["half", "taken"]];
            let sql = "insert into sample (name) select d.name {set d(name text)} where true";
            assert!(tx.execute_set(sql, &names, &[]).await.unwrap_err().is_duplicate());
            Ok(())
        }))
        .await;
        assert!(matches!(done, Err(Fault::Lost(_))), "{done:?}");
        assert_eq!(names(&db).await, ["taken"]);
        execute(&db, INSERT, args!["next"]).await.unwrap();
        assert_eq!(names(&db).await, ["next", "taken"], "the next transaction is not concerned");
    }

    async fn a_read_sees_one_moment(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["a"]).await.unwrap();
        let (says_began, began) = mpsc::channel();
        let (goes_on, signal) = mpsc::channel();
        let reader = (*db).clone();
        let read = tokio::spawn(async move {
            reader
                .read(move |tx| Box::pin(async move {
                    let (before,): (i64,) = tx.query_one("select count(*) from sample", &[]).await?;
                    says_began.send(()).unwrap();
                    waits_for(&signal);
                    let (after,): (i64,) = tx.query_one("select count(*) from sample", &[]).await?;
                    Ok::<_, Fault>((before, after))
                }))
                .await
        });
        waits_for(&began);
        execute(&db, INSERT, args!["b"]).await.unwrap();
        goes_on.send(()).unwrap();
        assert_eq!(read.await.unwrap().unwrap(), (1, 1));
        assert_eq!(names(&db).await, ["a", "b"]);
    }

    async fn a_read_cannot_write(db: TestDb) {
        make_table(&db).await;
        let written = db.read(|tx| Box::pin(async move { tx.execute(INSERT, args!["a"]).await })).await;
        assert!(written.is_err());
        assert!(names(&db).await.is_empty());
    }

    async fn writers_of_one_row_go_one_after_another(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["a"]).await.unwrap();
        let writers: Vec<_> = (0..40)
            .map(|_| {
                let db = (*db).clone();
                tokio::spawn(async move {
                    write(&db, |tx| Box::pin(async move {
                        let (whole,): (i64,) =
                            tx.query_one("select whole from sample where name = 'a' [pg: for update :]", &[]).await?;
                        tx.execute("update sample set whole = $1 where name = 'a'", args![whole + 1]).await
                    }))
                    .await
                })
            })
            .collect();
        for writer in writers {
            assert_eq!(writer.await.unwrap().unwrap(), 1);
        }
        assert_eq!(whole_of(&db, "a").await, 40);
    }

    async fn who_locks_a_name_is_alone_with_it(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["a"]).await.unwrap();
        let writers: Vec<_> = (0..30)
            .map(|_| {
                let db = (*db).clone();
                tokio::spawn(async move {
                    write(&db, |tx| Box::pin(async move {
                        tx.lock_name("counter").await?;
                        // Nothing else keeps another writer from reading the same number.
                        let (whole,): (i64,) = tx.query_one("select whole from sample where name = 'a'", &[]).await?;
                        tx.execute("update sample set whole = $1 where name = 'a'", args![whole + 1]).await
                    }))
                    .await
                })
            })
            .collect();
        for writer in writers {
            assert_eq!(writer.await.unwrap().unwrap(), 1);
        }
        assert_eq!(whole_of(&db, "a").await, 30);
    }

    /// More often than there are connections or readers.
    async fn a_panic_leaves_the_database_usable(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["there"]).await.unwrap();
        for _ in 0..20 {
            let lost = write::<(), _>(&db, |tx| Box::pin(async move {
                tx.execute(INSERT, args!["a"]).await?;
                panic!("on purpose, in a transaction")
            }))
            .await;
            assert!(matches!(lost, Err(Fault::Lost(_))), "{lost:?}");
            let select = "select name from sample";
            let lost = write(&db, move |tx| Box::pin(async move { tx.query::<Explosive>(select, &[]).await.map(drop) })).await;
            assert!(matches!(lost, Err(Fault::Lost(_))), "{lost:?}");
            let lost = db.read(move |tx| Box::pin(async move { tx.query::<Explosive>(select, &[]).await.map(drop) })).await;
            assert!(matches!(lost, Err(Fault::Lost(_))), "{lost:?}");
        }
        assert_eq!(names(&db).await, ["there"]);
        execute(&db, INSERT, args!["b"]).await.unwrap();
        assert_eq!(names(&db).await, ["b", "there"]);
    }

    async fn a_caller_who_hangs_up_leaves_no_transaction_open(db: TestDb) {
        make_table(&db).await;
        execute(&db, INSERT, args!["a"]).await.unwrap();
        let (says_began, began) = mpsc::channel();
        let (goes_on, signal) = mpsc::channel();
        let writer = (*db).clone();
        let caller = tokio::spawn(async move {
            write(&writer, move |tx| Box::pin(async move {
                tx.execute("update sample set whole = whole + 1 where name = 'a'", &[]).await?;
                says_began.send(()).unwrap();
                waits_for(&signal);
                tx.execute("update sample set whole = whole + 1 where name = 'a'", &[]).await
            }))
            .await
        });
        waits_for(&began);
        caller.abort();
        assert!(caller.await.unwrap_err().is_cancelled());
        goes_on.send(()).unwrap();
        // The same row: this waits for the other transaction to end, however it ends.
        execute(&db, "update sample set whole = whole + 10 where name = 'a'", &[]).await.unwrap();
        assert_eq!(whole_of(&db, "a").await, 12, "what was begun is done, although nobody listens");
    }
}
