//! What only the embedded engine does: it owns a file.

use std::sync::mpsc;

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

/// How each of the four readers walks `list`. All of them are asked: a fifth would wait for ever.
async fn walks(db: &Db, list: &'static str) -> Vec<String> {
    let all_are_here = std::sync::Arc::new(std::sync::Barrier::new(4));
    let one = || async {
        let all_are_here = all_are_here.clone();
        let steps: Result<Vec<(i64, i64, i64, String)>, Fault> = db
            .read(move |tx| {
                Box::pin(async move {
                    all_are_here.wait();
                    // To explain does not look whether the schema has changed; to read does.
                    tx.query::<(i64,)>("select count(*) from sales_order", &[]).await?;
                    tx.query(list, &[]).await
                })
            })
            .await;
        steps.unwrap().into_iter().map(|(_, _, _, detail)| detail).collect()
    };
    let (a, b, c, d) = tokio::join!(one(), one(), one(), one());
    vec![a, b, c, d]
}

#[tokio::test]
async fn an_index_that_is_new_on_a_table_that_was_measured_does_not_look_like_the_best_of_all() {
    let (_dir, db) = fresh().await;
    let measured: Result<(), Fault> = db
        .write(|tx| {
            Box::pin(async move {
                tx.execute("delete from sqlite_stat1 where idx = 'sales_order_by_channel'", &[]).await?;
                let larger = "update sqlite_stat1 set stat = replace(stat, '100000', '1000000') where tbl = 'sales_order'";
                tx.execute(larger, &[]).await?;
                tx.script("analyze sqlite_schema").await
            })
        })
        .await;
    measured.unwrap();
    // Two texts: an explanation that was made once is kept.
    let list = "explain query plan select order_id from sales_order where organisation_id = 'org_1' \
                 order by placed_at desc, order_id desc limit 51";
    let before = walks(&db, list).await;
    assert!(
        before.iter().all(|walk| walk.contains("TEMP B-TREE")),
        "as a database was before it was told of the index: {before:?}"
    );
    db::migrate(&db).await.unwrap();
    let list = "explain query plan select order_id from sales_order where organisation_id = 'org_1' \
                 order by placed_at desc, order_id desc limit 52";
    for walk in walks(&db, list).await {
        assert!(walk.contains("sales_order_by_time") && !walk.contains("TEMP B-TREE"), "{walk}");
    }
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

/// Writes a row, after `gate` has opened; then fails if it is to.
async fn write_row(db: &Db, row: usize, gate: Option<mpsc::Receiver<()>>, fails: bool) -> Result<(), Fault> {
    db.write(move |tx| {
        Box::pin(async move {
            if let Some(gate) = gate {
                gate.recv().expect("the gate opens");
            }
            tx.execute(
                "insert into lease (name, holder, fence, expires_at) values ($1, '', 1, $2)",
                args![row.to_string(), kernel::Timestamp::UNIX_EPOCH],
            )
            .await?;
            if fails { Err(Fault::Lost("on purpose")) } else { Ok(()) }
        })
    })
    .await
}

#[tokio::test]
async fn a_failed_transaction_leaves_those_that_share_its_commit_alone() {
    // Four that wait together, in every mixture of good and bad.
    for mixture in 0..16_usize {
        let (_dir, db) = fresh().await;
        let is_bad = |row: usize| mixture & (1 << row) != 0;
        let (open, gate) = mpsc::channel();
        let written = tokio::join!(
            write_row(&db, 0, Some(gate), is_bad(0)),
            write_row(&db, 1, None, is_bad(1)),
            write_row(&db, 2, None, is_bad(2)),
            write_row(&db, 3, None, is_bad(3)),
            async { open.send(()).expect("the first waits at the gate") },
        );
        let told = [written.0, written.1, written.2, written.3].map(|result| result.is_err());
        assert_eq!(told, [0, 1, 2, 3].map(is_bad), "mixture {mixture:04b}");
        let kept: Vec<(String,)> = db
            .read(|tx| Box::pin(async move { tx.query("select name from lease order by name", &[]).await }))
            .await
            .unwrap_or_else(|fault: Fault| panic!("{fault}"));
        let good: Vec<(String,)> = (0..4).filter(|row| !is_bad(*row)).map(|row| (row.to_string(),)).collect();
        assert_eq!(kept, good, "mixture {mixture:04b}");
    }
}

/// How SQLite would go about a statement.
async fn plan(db: &Db, sql: &'static str) -> String {
    let steps: Vec<(i64, i64, i64, String)> = db
        .read(move |tx| Box::pin(async move { tx.query(sql, &[]).await }))
        .await
        .unwrap_or_else(|fault: Fault| panic!("{fault}"));
    steps.into_iter().map(|(_, _, _, step)| step).collect::<Vec<_>>().join("; ")
}

#[tokio::test]
async fn an_empty_database_plans_like_a_busy_one() {
    let (_dir, db) = fresh().await;
    // The organisation is first in every key and narrows nothing: what comes after it must be used.
    let by_order = "explain query plan select * from fulfilment_order \
                     where organisation_id = 'org_1' and order_id = 'ord_1'";
    let order = plan(&db, by_order).await;
    assert!(order.contains("fulfilment_order_by_order (organisation_id=? AND order_id=?)"), "{order}");
    let by_list = "explain query plan select * from item \
                    where organisation_id = 'org_1' and item_id in (select value from json_each('[]'))";
    let list = plan(&db, by_list).await;
    assert!(list.contains("(organisation_id=? AND item_id=?)"), "{list}");
}
