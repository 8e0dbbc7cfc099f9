//! What happened can be told again.

use std::{collections::BTreeMap, fs, path::Path};

use db::{Db, Engine};
use flows::{export::export, replay};
use history::History;
use testkit::TestDb;

use crate::made_up::{House, history, house};

const SEED: u64 = 20_261_122;

async fn another(db: &TestDb) -> TestDb {
    match db.engine() {
        Engine::Sqlite => TestDb::sqlite().await.unwrap(),
        Engine::Postgres => TestDb::postgres().await.unwrap(),
    }
}

/// Replays, checks everything that must hold, and writes what the house says happened.
async fn told_again(house: &House, db: &Db, history: &History, folder: &Path) -> replay::Summary {
    let summary = replay::replay(&house.flows, &house.merchant_id, history, |_| {}).await.unwrap();
    assert_eq!(house.flows.verify().await.unwrap(), [], "seed {SEED}");
    export(db, &house.organisation, folder).await.unwrap();
    summary
}

/// Each file and what is in it.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[track_caller]
fn assert_same(one: &Path, other: &Path) {
    let (one, other) = (files(one), files(other));
    assert_eq!(one.keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
    for (name, text) in &one {
        let differing = text.lines().zip(other[name].lines()).find(|(one, other)| one != other);
        assert_eq!(differing, None, "{name}, seed {SEED}");
        assert_eq!(text.len(), other[name].len(), "{name}, seed {SEED}");
    }
}

testkit::both_engines! {
    async fn a_history_that_went_through_the_house_goes_through_it_again_byte_for_byte(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let (b, c) = (folder.path().join("b"), folder.path().join("c"));
        let first = house(&db).await;
        let summary = told_again(&first, &db, &history(SEED, 60), &b).await;
        // Everything a history may have came up, or this test would prove little.
        assert!(summary.refused > 0 && summary.split > 0 && summary.cancelled > 0, "{summary:?}");
        assert!(summary.delivered > 0 && summary.parcels > 40 && summary.reports > 120, "{summary:?}");

        let elsewhere = another(&db).await;
        let second = house(&elsewhere).await;
        let written = History::read(&b).unwrap();
        let again = told_again(&second, &elsewhere, &written, &c).await;
        assert_same(&b, &c);
        assert_eq!((again.refused, again.steps_refused), (0, 0), "{again:?}");
        assert_eq!(again.ended_otherwise, 0, "{again:?}");
    }

    async fn a_replay_that_is_told_again_changes_nothing(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let (b, c) = (folder.path().join("b"), folder.path().join("c"));
        let house = house(&db).await;
        let recorded = history(SEED, 30);
        let first = told_again(&house, &db, &recorded, &b).await;
        let second = told_again(&house, &db, &recorded, &c).await;
        assert_same(&b, &c);
        assert_eq!(second.repeated, first.orders - first.refused, "{second:?}");
        let ends = |summary: &replay::Summary| (summary.parcels, summary.delivered, summary.on_time, summary.split);
        assert_eq!(ends(&second), ends(&first));
    }

    async fn an_export_never_overwrites_another(db: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        let house = house(&db).await;
        export(&db, &house.organisation, folder.path()).await.unwrap();
        let refused = export(&db, &house.organisation, folder.path()).await.unwrap_err();
        assert_eq!(refused.to_string(), "there is a history in this folder already");
    }
}
