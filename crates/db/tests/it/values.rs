//! What goes in comes out.

use db::{Column, Fault, FromColumn, Value, args};
use jiff::{Timestamp, civil::Date};
use serde_json::{Value as Json, json};
use testkit::TestDb;

use crate::{execute, make_table, query};

/// Writes each value to a column of its own row and reads it back, and nothing, too.
async fn comes_back<T>(db: &TestDb, insert: &'static str, select: &'static str, values: &[T])
where
    T: FromColumn + Clone + PartialEq + std::fmt::Debug + Send + 'static,
    Value: From<T> + From<Option<T>>,
{
    for (place, value) in values.iter().enumerate() {
        let name = format!("{select} {place}");
        execute(db, insert, args![&name, value.clone()]).await.unwrap();
        let back: Vec<(T,)> = query(db, select, args![&name]).await;
        assert_eq!(back, [(value.clone(),)], "{} {insert}", db.engine().name());
    }
    let name = format!("{select} nothing");
    execute(db, insert, args![&name, None::<T>]).await.unwrap();
    let back: Vec<(Option<T>,)> = query(db, select, args![&name]).await;
    assert_eq!(back, [(None,)]);
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

testkit::both_engines! {
    async fn every_kind_of_value_comes_back_as_it_went(db: TestDb) {
        make_table(&db).await;
        comes_back(&db, "insert into sample (name, whole) values ($1, $2)", "select whole from sample where name = $1",
            &[0_i64, -1, i64::MIN, i64::MAX]).await;
        comes_back(&db, "insert into sample (name, measure) values ($1, $2)", "select measure from sample where name = $1",
            &[0.0, 0.1, -1e300, f64::MIN_POSITIVE, 3.0]).await;
        comes_back(&db, "insert into sample (name, yes) values ($1, $2)", "select yes from sample where name = $1",
            &[true, false]).await;
        comes_back(&db, "insert into sample (name, words) values ($1, $2)", "select words from sample where name = $1",
            &["", "Ана Петрова, ул. „Шипка“ 5", "統一超商 𠮷野家", "it's \"so\" \\ 100% _ $1 {in $2} [pg: x :]\n\t", "👩‍👩‍👧"]
                .map(str::to_owned)).await;
        comes_back(&db, "insert into sample (name, at) values ($1, $2)", "select at from sample where name = $1",
            &["1970-01-01T00:00:00Z", "2026-02-28T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z", "2026-10-25T00:30:00.000001Z"]
                .map(instant)).await;
        comes_back(&db, "insert into sample (name, day) values ($1, $2)", "select day from sample where name = $1",
            &["0001-01-01", "2024-02-29", "9999-12-31"].map(|text| text.parse::<Date>().unwrap())).await;
        comes_back::<Json>(&db, "insert into sample (name, document) values ($1, $2)", "select document from sample where name = $1",
            &[Json::Null, json!([]), json!("口"), json!({ "b": [1, null, -2.5, { "a": "\u{1}\"\\" }], "a": i64::MAX, "": true })]).await;
        comes_back(&db, "insert into sample (name, raw) values ($1, $2)", "select raw from sample where name = $1",
            &[vec![], (0..=255).collect::<Vec<u8>>()]).await;
    }

    async fn an_instant_is_kept_to_the_microsecond(db: TestDb) {
        make_table(&db).await;
        let given = instant("2026-03-02T08:00:00.123456999Z");
        execute(&db, "insert into sample (name, at) values ('a', $1)", args![given]).await.unwrap();
        let back: Vec<(Timestamp,)> = query(&db, "select at from sample where at = $1", args![given]).await;
        assert_eq!(back, [(instant("2026-03-02T08:00:00.123456Z"),)]);
    }

    async fn instants_and_dates_are_in_order(db: TestDb) {
        make_table(&db).await;
        for (name, at, day) in [
            ("c", "2026-03-02T08:00:00.1Z", "2026-03-02"),
            ("a", "1969-12-31T23:59:59Z", "1969-12-31"),
            ("d", "2026-03-02T08:00:01Z", "2026-10-01"),
            ("b", "2026-03-02T08:00:00.000001Z", "2026-01-31"),
        ] {
            let insert = "insert into sample (name, at, day) values ($1, $2, $3)";
            execute(&db, insert, args![name, instant(at), day.parse::<Date>().unwrap()]).await.unwrap();
        }
        let by_time: Vec<(String,)> = query(&db, "select name from sample order by at", &[]).await;
        let by_day: Vec<(String,)> = query(&db, "select name from sample order by day", &[]).await;
        assert_eq!(by_time, ["a", "b", "c", "d"].map(|name| (name.to_owned(),)));
        assert_eq!(by_day, by_time);
        let early: Vec<(String,)> =
            query(&db, "select name from sample where at < $1 order by name", args![instant("2026-03-02T08:00:00.1Z")]).await;
        assert_eq!(early, ["a", "b"].map(|name| (name.to_owned(),)));
    }

    /// A page ends at a text and the next begins after it, whichever engine and whatever its locale.
    async fn text_is_in_the_order_of_its_bytes(db: TestDb) {
        make_table(&db).await;
        let mut words = ["B", "a", "_", "Z", "aa", "a b", "é", "e", "я", "Я", "中", "𠮷", "👩", "-", "10", "9"].map(str::to_owned);
        for word in &words {
            execute(&db, "insert into sample (name, words) values ($1, $1)", args![word]).await.unwrap();
        }
        words.sort();
        let sorted: Vec<(String,)> = query(&db, "select words from sample order by words", &[]).await;
        assert_eq!(sorted, words.clone().map(|word| (word,)));
        for word in &words {
            let (after,) = query::<(i64,)>(&db, "select count(*) from sample where name > $1", args![word]).await[0];
            assert_eq!(after, words.iter().filter(|other| *other > word).count() as i64, "after {word}");
        }
    }

    async fn a_list_finds_its_members_and_an_empty_one_nobody(db: TestDb) {
        make_table(&db).await;
        for whole in 0..5_i64 {
            let (name, at) = (format!("n{whole}"), Timestamp::from_second(whole).unwrap());
            let insert = "insert into sample (name, whole, at, yes) values ($1, $2, $3, $4)";
            execute(&db, insert, args![name, whole, at, whole > 2]).await.unwrap();
        }
        let found = async |sql, list: Column| {
            let rows: Vec<(i64,)> = query(&db, sql, args![list]).await;
            rows.into_iter().map(|(whole,)| whole).collect::<Vec<_>>()
        };
        let by_name = "select whole from sample where name {in $1} order by whole";
        assert_eq!(found(by_name, Column::from_iter(["n1", "n3", "n3", "gone", "n'1"])).await, [1, 3]);
        assert_eq!(found(by_name, Column::from_iter(Vec::<String>::new())).await, [0; 0]);
        assert_eq!(found(by_name, Column::from_iter((0..20_000).map(|n| format!("n{n}")))).await, [0, 1, 2, 3, 4]);
        let not_by_name = "select whole from sample where not (name {in $1}) order by whole";
        assert_eq!(found(not_by_name, Column::from_iter(["n1"])).await, [0, 2, 3, 4]);
        assert_eq!(found(not_by_name, Column::from_iter(Vec::<String>::new())).await, [0, 1, 2, 3, 4]);
        assert_eq!(found("select whole from sample where whole {in $1} order by whole", Column::from_iter([4_i64, i64::MAX, 0])).await, [0, 4]);
        assert_eq!(found("select whole from sample where yes {in $1} order by whole", Column::from_iter([true])).await, [3, 4]);
        let at = Timestamp::from_second(2).unwrap();
        assert_eq!(found("select whole from sample where at {in $1} order by whole", Column::from_iter([at])).await, [2]);
    }

    async fn a_column_of_another_kind_is_told_by_its_name(db: TestDb) {
        make_table(&db).await;
        execute(&db, "insert into sample (name, whole) values ('a', null)", &[]).await.unwrap();
        for sql in ["select whole from sample", "select name as whole from sample"] {
            let read = db.read(move |tx| Box::pin(async move { tx.query::<Whole>(sql, &[]).await })).await;
            assert!(matches!(&read, Err(Fault::Shape { column, .. }) if column == "whole"), "{read:?}");
        }
        let read = db.read(|tx| Box::pin(async move { tx.query::<Whole>("select name from sample", &[]).await })).await;
        assert!(matches!(&read, Err(Fault::Shape { column, .. }) if column == "whole"), "{read:?}");
    }
}

db::row! {
    #[derive(Debug)]
    struct Whole {
        whole: i64,
    }
}
