//! What only the embedded engine does: it owns a file.

use db::{Access, Db, Fault, args, set};

async fn fresh() -> (tempfile::TempDir, Db) {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", dir.path().join("q.db").display());
    let db = Db::open(&url, Access::Write).await.unwrap();
    db::migrate(&db).await.unwrap();
    (dir, db)
}

#[tokio::test]
async fn a_migrated_database_is_up_to_date() {
    let (_dir, db) = fresh().await;
    assert_eq!(db::migrate(&db).await.unwrap(), Vec::<&str>::new());
    assert!(db.durability().await.unwrap().contains("FULL"));
}

#[tokio::test]
async fn a_second_process_may_read_but_not_own() {
    let (dir, db) = fresh().await;
    let url = format!("sqlite:{}", dir.path().join("q.db").display());
    assert!(matches!(Db::open(&url, Access::Write).await, Err(Fault::Owned { .. })));
    let reader = Db::open(&url, Access::Read).await.unwrap();
    db.write(|tx| {
        Box::pin(async move {
            tx.execute_set(
                "insert into lease (name, holder, fence, expires_at) select d.name, 'me', $1, $2 {set d(name text)} where true",
                &set![["a", "b"]],
                args![7_i64, kernel::Timestamp::UNIX_EPOCH],
            )
            .await
        })
    })
    .await
    .unwrap();
    let rows: Vec<(String, i64, kernel::Timestamp)> = reader
        .read(|tx| {
            Box::pin(async move {
                tx.query::<(String, i64, kernel::Timestamp)>(
                    "select name, fence, expires_at from lease where name {in $1} order by name",
                    args![db::Column::from_iter(["a", "b", "c"])],
                )
                .await
            })
        })
        .await
        .unwrap();
    assert_eq!(
        rows,
        [("a".into(), 7, kernel::Timestamp::UNIX_EPOCH), ("b".into(), 7, kernel::Timestamp::UNIX_EPOCH)]
    );
}

#[tokio::test]
async fn a_failed_transaction_leaves_its_neighbours_alone() {
    let (_dir, db) = fresh().await;
    let write = |name: &'static str, fails: bool| {
        let db = db.clone();
        async move {
            db.write(move |tx| {
                Box::pin(async move {
                    tx.execute(
                        "insert into lease (name, holder, fence, expires_at) values ($1, '', 1, $2)",
                        args![name, kernel::Timestamp::UNIX_EPOCH],
                    )
                    .await?;
                    if fails { Err(Fault::Lost("on purpose")) } else { Ok(()) }
                })
            })
            .await
        }
    };
    let (a, b, c) = tokio::join!(write("a", false), write("b", true), write("c", false));
    assert!(a.is_ok() && b.is_err() && c.is_ok());
    let (count,): (i64,) = db
        .read(|tx| Box::pin(async move { tx.query_one("select count(*) from lease", &[]).await }))
        .await
        .unwrap_or_else(|fault: Fault| panic!("{fault}"));
    assert_eq!(count, 2);
}
