//! Many rows by one call.

use db::{Fault, args, set};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value as Json, json};
use testkit::TestDb;

use crate::{execute, make_table, names, query, write};

async fn fill(db: &TestDb) {
    let (names, wholes) = (["a", "b", "c"], [1_i64, 2, 3]);
    let sql =
        "insert into sample (name, whole) select d.name, d.whole {set d(name text, whole int)} where true";
    let touched =
        write(db, move |tx| Box::pin(async move { tx.execute_set(sql, &set![names, wholes], &[]).await }))
            .await;
    assert_eq!(touched.unwrap(), 3);
}

async fn wholes(db: &TestDb) -> Vec<(String, i64)> {
    query(db, "select name, whole from sample order by name", &[]).await
}

testkit::both_engines! {
    async fn a_set_carries_every_kind_and_nothing(db: TestDb) {
        make_table(&db).await;
        let (at, day): (Timestamp, Date) = ("2026-03-02T08:00:00.000001Z".parse().unwrap(), "2024-02-29".parse().unwrap());
        let document = json!({ "line": [1, "две"] });
        let (given, kept) = (document.clone(), document.clone());
        write(&db, move |tx| Box::pin(async move {
            tx.execute_set(
                "insert into sample (name, whole, yes, words, at, day, document) \
                 select d.name, d.whole, d.yes, d.words, d.at, d.day, d.document \
                 {set d(name text, whole int, yes bool, words text, at time, day date, document json)} where true",
                &set![
                    ["full", "none"],
                    [Some(i64::MIN), None],
                    [Some(true), None],
                    [Some("中文"), None],
                    [Some(at), None],
                    [Some(day), None],
                    [Some(given), None],
                ],
                &[],
            )
            .await
        }))
        .await
        .unwrap();
        type Half<T> = (String, Option<i64>, Option<bool>, Option<String>, Option<T>);
        let half: Vec<Half<Timestamp>> = query(&db, "select name, whole, yes, words, at from sample order by name", &[]).await;
        assert_eq!(half, [
            ("full".into(), Some(i64::MIN), Some(true), Some("中文".into()), Some(at)),
            ("none".into(), None, None, None, None),
        ]);
        let rest: Vec<(Option<Date>, Option<Json>)> = query(&db, "select day, document from sample order by name", &[]).await;
        assert_eq!(rest, [(Some(day), Some(kept)), (None, None)]);
    }

    async fn an_empty_set_does_nothing(db: TestDb) {
        make_table(&db).await;
        fill(&db).await;
        let none = || set![Vec::<String>::new()];
        let touched = write(&db, move |tx| Box::pin(async move {
            tx.execute_guarded("nothing", "update sample set whole = 9 {set d(name text)} where sample.name = d.name", &none(), &[]).await?;
            let gone: Vec<(String,)> = tx
                .query_set("delete from sample where name in (select d.name {set d(name text)}) returning name", &none(), &[])
                .await?;
            assert!(gone.is_empty());
            tx.execute_set("insert into sample (name) select d.name {set d(name text)} where true", &none(), &[]).await
        }))
        .await;
        assert_eq!(touched.unwrap(), 0);
        assert_eq!(wholes(&db).await, [("a".into(), 1), ("b".into(), 2), ("c".into(), 3)]);
    }

    async fn rows_may_come_in_any_order_beside_single_arguments(db: TestDb) {
        for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
            let db = if db.engine() == db::Engine::Sqlite { TestDb::sqlite().await } else { TestDb::postgres().await }.unwrap();
            make_table(&db).await;
            fill(&db).await;
            let (names, added) = (order.map(|place| ["a", "b", "c"][place]), order.map(|place| [10_i64, 20, 30][place]));
            let mut told: Vec<(String, i64)> = write(&db, move |tx| Box::pin(async move {
                tx.query_set(
                    "update sample set whole = whole + d.added + $2 {set d(name text, added int)} \
                      where sample.name = d.name and sample.name <> $1 returning sample.name, sample.whole",
                    &set![names, added],
                    args!["b", 100_i64],
                )
                .await
            }))
            .await
            .unwrap();
            told.sort();
            assert_eq!(told, [("a".to_owned(), 111), ("c".to_owned(), 133)]);
            assert_eq!(wholes(&db).await, [("a".into(), 111), ("b".into(), 2), ("c".into(), 133)]);
        }
    }

    /// The bound is the write itself: either every row is within it, or nothing is written.
    async fn a_guard_that_does_not_hold_for_one_row_holds_for_none(db: TestDb) {
        make_table(&db).await;
        fill(&db).await;
        let take = async |units: [i64; 3]| {
            write(&db, move |tx| Box::pin(async move {
                tx.execute_guarded(
                    "units taken",
                    "update sample set whole = whole - d.units {set d(name text, units int)} \
                      where sample.name = d.name and sample.whole >= d.units",
                    &set![["a", "b", "c"], units],
                    &[],
                )
                .await
            }))
            .await
        };
        let refused = take([1, 3, 1]).await;
        assert!(matches!(refused, Err(Fault::Outrun { what: "units taken", touched: 2, expected: 3 })), "{refused:?}");
        assert_eq!(wholes(&db).await, [("a".into(), 1), ("b".into(), 2), ("c".into(), 3)]);
        take([1, 1, 1]).await.unwrap();
        assert_eq!(wholes(&db).await, [("a".into(), 0), ("b".into(), 1), ("c".into(), 2)]);
    }

    async fn rows_that_are_there_already_are_left_alone_where_the_statement_says_so(db: TestDb) {
        make_table(&db).await;
        fill(&db).await;
        let fresh: Vec<(String,)> = write(&db, |tx| Box::pin(async move {
            tx.query_set(
                "insert into sample (name, whole) select d.name, $1 {set d(name text)} where true \
                 on conflict do nothing returning name",
                &set![["b", "d", "a"]],
                args![7_i64],
            )
            .await
        }))
        .await
        .unwrap();
        assert_eq!(fresh, [("d".to_owned(),)]);
        execute(&db, "delete from sample where whole = 7", &[]).await.unwrap();
        assert_eq!(names(&db).await, ["a", "b", "c"]);
    }
}
