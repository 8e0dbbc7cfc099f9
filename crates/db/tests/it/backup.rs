//! A backup is every row of one moment, and nothing less is taken back.

use std::{
    io::{BufReader, Cursor, Write},
    sync::{Arc, Mutex},
};

use db::{
    Db, Fault, args,
    backup::{self, BackupError, Contents},
    set,
};
use kernel::Timestamp;
use testkit::TestDb;

/// A file in memory that is still there when its writer is gone.
#[derive(Clone, Default)]
struct Shelf(Arc<Mutex<Vec<u8>>>);

impl Write for Shelf {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

async fn back_up(db: &Db) -> (Vec<u8>, Contents) {
    let shelf = Shelf::default();
    let contents = backup::write(db, Box::new(shelf.clone()), Timestamp::UNIX_EPOCH).await.unwrap();
    let bytes = shelf.0.lock().unwrap().clone();
    (bytes, contents)
}

async fn restore(db: &Db, bytes: &[u8]) -> Result<Contents, BackupError> {
    let file = Box::new(BufReader::new(Cursor::new(bytes.to_vec())));
    backup::restore(db, file, |_| Box::pin(async { Ok(()) })).await
}

/// Rows of every kind of column, so many events among them.
async fn fill(db: &Db, events: usize) {
    let written: Result<(), Fault> = db
        .write(move |tx| {
            Box::pin(async move {
                let subjects: Vec<String> = (0..events).map(|number| format!("ord_{number}")).collect();
                tx.execute_set(
                    "insert into event (organisation_id, kind, subject_id, data, actor, happened_at) \
                     select $1, 'order.accepted', d.subject, '{\"b\":1,\"a\":\"ж\"}', 'test', $2 \
                     {set d(subject text)} where true",
                    &set![subjects.iter().map(String::as_str)],
                    args!["org_1", Timestamp::UNIX_EPOCH],
                )
                .await?;
                tx.execute(
                    "insert into staff (organisation_id, user_id, email, name, password_hash, language, is_active, created_at) \
                     values ($1, 'usr_1', 'a@b.c', 'Ann \"of\" \\ Ω', 'x', 'en', $2, $3)",
                    args!["org_1", true, "2026-02-28T23:59:59.123456Z".parse::<Timestamp>().unwrap()],
                )
                .await?;
                for (id, state) in [("eff_1", "planned"), ("eff_2", "attempting"), ("eff_3", "succeeded")] {
                    tx.execute(
                        "insert into effect (organisation_id, effect_id, kind, cause_id, request, state, due_at, \
                                created_at, updated_at) \
                         values ($1, $2, 'label.buy', $2, $3, $4, $5, $5, $5)",
                        args!["org_1", id, serde_json::json!({"parcel": "1"}), state, Timestamp::UNIX_EPOCH],
                    )
                    .await?;
                }
                Ok(())
            })
        })
        .await;
    written.unwrap();
}

testkit::both_engines! {
    async fn what_was_backed_up_is_what_is_restored_on_the_other_engine_too(db: TestDb) {
        // More than are read at a time.
        fill(&db, 4_500).await;
        let (bytes, contents) = back_up(&db).await;
        assert_eq!((contents.rows["event"], contents.rows["effect"]), (4_500, 3));
        assert_eq!(backup::check(bytes.as_slice()).unwrap(), contents);
        let other = match db.engine() {
            db::Engine::Sqlite => TestDb::postgres().await,
            db::Engine::Postgres => TestDb::sqlite().await,
        };
        let mut targets = vec![db.empty_beside().await.unwrap()];
        match other {
            Ok(other) => targets.push(other.empty_beside().await.unwrap()),
            Err(trouble) => testkit::skip_or_fail(&trouble),
        }
        for target in targets {
            assert_eq!(restore(&target, &bytes).await.unwrap(), contents);
            let (again, its_contents) = back_up(&target).await;
            assert_eq!(its_contents.rows, contents.rows);
            assert_eq!(String::from_utf8(again).unwrap(), String::from_utf8(bytes.clone()).unwrap());
            // The next row is numbered after the last one that was restored.
            let next: Result<Vec<(i64,)>, Fault> = target
                .write(|tx| Box::pin(async move {
                    tx.execute(
                        "insert into event (organisation_id, kind, subject_id, data, actor, happened_at) \
                         values ('org_1', 'k', 's', '{}', 'a', $1)",
                        args![Timestamp::UNIX_EPOCH],
                    ).await?;
                    tx.query("select max(event_id) from event", &[]).await
                }))
                .await;
            assert_eq!(next.unwrap(), [(4_501,)]);
        }
    }

    async fn no_table_and_no_column_is_left_out(db: TestDb) {
        let (bytes, _) = back_up(&db).await;
        let mut saved: Vec<(String, String)> = Vec::new();
        for line in String::from_utf8(bytes).unwrap().lines() {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(table) = line["table"].as_str() {
                let columns = line["columns"].as_array().unwrap().iter();
                saved.extend(columns.map(|column| (table.to_owned(), column.as_str().unwrap().to_owned())));
            }
        }
        saved.sort();
        // As the engine itself knows them; the list of migrations is in the head, and notes name this database's own
        // transactions.
        let there: Result<Vec<(String, String)>, Fault> = db
            .read(|tx| Box::pin(async move {
                tx.query(
                    "[sqlite: select t.name, c.name from pragma_table_list t join pragma_table_info(t.name) c \
                               where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite_%' \
                                 and t.name not in ('schema_migration', 'change_note') :]\
                     [pg: select c.table_name::text, c.column_name::text from information_schema.columns c \
                            join information_schema.tables t using (table_schema, table_name) \
                           where table_schema = current_schema and t.table_type = 'BASE TABLE' \
                             and table_name not in ('schema_migration', 'change_note') :]",
                    &[],
                ).await
            }))
            .await;
        let mut there = there.unwrap();
        there.sort();
        assert_eq!(saved, there);
    }

    async fn what_is_not_whole_is_not_restored(db: TestDb) {
        fill(&db, 30).await;
        let (bytes, _) = back_up(&db).await;
        let text = String::from_utf8(bytes).unwrap();
        let last = text.trim_end().rfind('\n').unwrap();
        let target = db.empty_beside().await.unwrap();
        let altered = text.replacen("order.accepted", "order.rejected", 1);
        let swapped = text.replacen("ord_17\"", "ord_71\"", 1);
        for broken in [&text[..last + 1], &text[..last / 2], "", "{}\n", &altered, &swapped, &format!("{text}[]\n")] {
            let told = backup::check(broken.as_bytes());
            assert!(matches!(told, Err(BackupError::NotWhole(_))), "{told:?}");
            let told = restore(&target, broken.as_bytes()).await;
            assert!(matches!(told, Err(BackupError::NotWhole(_))), "{told:?}");
        }
        // Nothing of all that was kept: it can still be restored into.
        restore(&target, text.as_bytes()).await.unwrap();
        assert!(matches!(restore(&target, text.as_bytes()).await, Err(BackupError::NotEmpty)));
    }

    async fn a_backup_of_another_program_is_refused(db: TestDb) {
        let (bytes, _) = back_up(&db).await;
        let newer = String::from_utf8(bytes).unwrap().replacen("0001_runtime", "0001_another", 1);
        let target = db.empty_beside().await.unwrap();
        assert!(matches!(restore(&target, newer.as_bytes()).await, Err(BackupError::Newer { .. })));
    }
}
