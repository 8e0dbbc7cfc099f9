//! What signs is kept sealed.

use runtime::{Keyring, Runtime};
use serde_json::json;
use testkit::TestDb;
use webhooks::reseal;

use crate::house::House;

/// The secrets of the one webhook as they stand in the database.
async fn kept(runtime: &Runtime) -> (String, Option<String>) {
    runtime
        .read::<_, db::Fault, _>(|tx| {
            Box::pin(async move { tx.query_one("select secret, former_secret from webhook", &[]).await })
        })
        .await
        .unwrap()
}

testkit::both_engines! {
    async fn c18_whoever_reads_the_database_cannot_sign_in_our_name(db: TestDb) {
        let house = House::open(db);
        let (webhook_id, secret) = house.adds("http://127.0.0.1:1/", &[]).await;
        assert_eq!(house.does(&webhook_id, "rotations", json!({ "overlap_hours": 1 })).await.status, 200);
        let runtime = &house.sender.runtime;
        let (present, former) = kept(runtime).await;
        for kept in [&present, former.as_ref().unwrap()] {
            assert!(kept.starts_with("sealed.1.") && !kept.contains(&secret.reveal()[6..20]), "{kept}");
        }
        assert_eq!(reseal(runtime).await.unwrap(), 0, "nothing is stale");

        let lost = runtime.clone().with_keyring(Keyring::parse(&Keyring::fresh_key()).unwrap());
        assert!(reseal(&lost).await.is_err(), "a house that has lost its key learns it at its start");
        assert_eq!(kept(runtime).await, (present, former), "nothing was changed");
    }

    async fn c18_a_rotated_master_key_seals_everything_anew(db: TestDb) {
        let (new, old) = (Keyring::fresh_key(), Keyring::fresh_key());
        let house = House::open_with(db, Keyring::parse(&old).unwrap());
        let (webhook_id, _) = house.adds("http://127.0.0.1:1/", &[]).await;
        house.does(&webhook_id, "rotations", json!({ "overlap_hours": 1 })).await;
        let both = house.sender.runtime.clone().with_keyring(Keyring::parse(&format!("{new}\n{old}")).unwrap());
        assert_eq!((reseal(&both).await.unwrap(), reseal(&both).await.unwrap()), (1, 0));
        let alone = both.clone().with_keyring(Keyring::parse(&new).unwrap());
        assert_eq!(reseal(&alone).await.unwrap(), 0);
        let name = alone.keyring.names().next().unwrap();
        let (present, former) = kept(&alone).await;
        assert!(present.contains(name) && former.unwrap().contains(name));
    }
}
