//! Real servers, started and stopped.

use std::net::{SocketAddr, TcpStream};

use db::{Engine, Fault};
use testkit::{Cluster, TestDb, Trouble, shared, skip_or_fail};

fn answers(url: &str) -> bool {
    let (_, server) = url.rsplit_once('@').expect("our addresses name a user");
    let (server, _) = server.split_once('/').expect("and a database");
    TcpStream::connect(server.parse::<SocketAddr>().expect("and a port")).is_ok()
}

async fn rows(db: &TestDb) -> i64 {
    let count = db.read(|tx| Box::pin(tx.query_one("select count(*) from event_head", &[])));
    let (count,): (i64,) =
        count.await.map_err(|fault: Fault| fault.to_string()).expect("it is in the schema");
    count
}

#[test]
fn a_run_shares_one_server() {
    match shared::postgres_url("postgres") {
        Err(trouble @ Trouble::NoPrograms) => skip_or_fail(trouble),
        Err(trouble) => panic!("{trouble}"),
        Ok(url) => assert_eq!(shared::postgres_url("postgres").unwrap(), url),
    }
}

#[test]
fn a_durable_server_comes_back_after_a_crash_and_is_gone_when_dropped() {
    let cluster = match Cluster::durable() {
        Err(trouble @ Trouble::NoPrograms) => return skip_or_fail(&trouble),
        other => other.unwrap(),
    };
    let url = cluster.url("postgres");
    assert!(answers(&url));
    cluster.crash().unwrap();
    assert!(!answers(&url));
    cluster.restart().unwrap();
    assert!(answers(&url));
    drop(cluster);
    assert!(!answers(&url));
}

testkit::both_engines! {
    async fn a_test_finds_todays_schema_and_nothing_else(db: TestDb) {
        assert!(db::migrate::pending(&db).await.unwrap().is_empty());
        assert!(db::migrate(&db).await.unwrap().is_empty());
        assert_eq!(rows(&db).await, 0);
    }

    async fn a_database_that_nobody_migrated_waits_for_every_step(db: TestDb) {
        db.write(|tx| Box::pin(tx.script("drop table schema_migration"))).await.unwrap();
        assert_eq!(db::migrate::pending(&db).await.unwrap().len(), db::migrate::STEPS.len());
    }

    async fn what_one_test_writes_no_other_sees(one: TestDb) {
        let other = match one.engine() {
            Engine::Sqlite => TestDb::sqlite().await.unwrap(),
            Engine::Postgres => TestDb::postgres().await.unwrap(),
        };
        let insert = "insert into event_head (organisation_id, position, hash) values ('org_a', 1, '')";
        one.write(move |tx| Box::pin(tx.execute(insert, &[]))).await.unwrap();
        assert_eq!((rows(&one).await, rows(&other).await), (1, 0));
        assert_ne!(one.url(), other.url());
    }
}
