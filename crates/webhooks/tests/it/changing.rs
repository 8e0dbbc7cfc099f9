//! A webhook is changed and removed as it was seen, also while letters are under way.

use outbound::Reach;
use serde_json::{Value, json};
use testkit::{TestDb, both_engines};

use crate::house::{Heard, House, Receiver};

fn tag(heard: &Heard) -> String {
    heard.headers["etag"].to_str().unwrap().to_owned()
}

fn said(heard: &Heard) -> (u16, &str) {
    (heard.status, heard.body["code"].as_str().unwrap_or_default())
}

both_engines! {
    async fn c3_a_webhook_is_changed_as_it_was_seen_and_deliveries_are_no_change(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        let path = format!("/v1/webhooks/{webhook}");
        let seen = house.ask("GET", &path, "", json!(null)).await;
        house.happens("york").await;
        house.sends().await;
        let since = house.ask("GET", &path, "", json!(null)).await;
        assert_eq!((since.status, &since.body["version"]), (200, &1.into()));
        assert_ne!(tag(&since), tag(&seen), "a reader sees how far it is");

        let body = json!({ "kinds": null, "description": "all of it" });
        assert_eq!(said(&house.guarded("PATCH", &path, "k1", None, body.clone()).await), (428, "if-match-missing"));
        let done = house.guarded("PATCH", &path, "k1", Some(&tag(&seen)), body.clone()).await;
        assert_eq!((done.status, &done.body["kinds"], &done.body["version"]), (200, &json!([]), &2.into()), "{}", done.body);
        assert_eq!((&done.body["url"], &done.body["description"]), (&shop.url.as_str().into(), &"all of it".into()));
        let again = house.guarded("PATCH", &path, "k1", Some(&tag(&seen)), body.clone()).await;
        assert_eq!((again.status, &again.body, tag(&again)), (200, &done.body, tag(&done)));
        assert!(again.headers.contains_key("idempotent-replayed"));
        assert_eq!(said(&house.guarded("PATCH", &path, "k2", Some(&tag(&seen)), body).await), (412, "stale"));
        assert_eq!(said(&house.guarded("DELETE", &path, "k3", Some(&tag(&seen)), json!(null)).await), (412, "stale"));

        let off = house.guarded("PATCH", &path, "k4", Some("\"2\""), json!({ "is_enabled": false })).await;
        assert_eq!((&off.body["disabled_reason"], &off.body["version"]), (&"asked".into(), &3.into()));
        for (key, body, refusal) in [
            ("k5", json!({ "kinds": ["order.eaten"] }), (422, "invalid-field")),
            ("k6", json!({ "url": null }), (422, "invalid-field")),
            ("k7", json!({ "url": "ftp://shop.example/" }), (422, "address-refused")),
            ("k8", json!({ "secret": "mine" }), (422, "invalid-field")),
        ] {
            assert_eq!(said(&house.guarded("PATCH", &path, key, Some("*"), body).await), refusal, "{key}");
        }
        assert_eq!(house.webhook(&webhook).await.version, 3, "what is refused changes nothing");
        assert_eq!(house.told_of(&webhook).await, ["webhook.added", "webhook.amended", "webhook.disabled"]);
        house.holds().await;
    }

    async fn what_was_under_way_to_the_former_address_comes_again_at_the_new_one(db: TestDb) {
        let (house, former, new) =
            (House::open(db), Receiver::listens_behind_a_gate().await, Receiver::listens().await);
        let (webhook, _) = house.adds(&former.url, &["node.activated"]).await;
        house.happens("york").await;
        let sending = tokio::spawn({
            let sender = house.sender.clone();
            async move { sender.round().await }
        });
        former.hears().await;
        let path = format!("/v1/webhooks/{webhook}");
        let moved = house.guarded("PATCH", &path, "k1", Some("*"), json!({ "url": new.url })).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
        house.sends().await;
        assert_eq!(new.codes(), ["york"], "nobody waits for the former address");
        former.opens();
        sending.await.unwrap().unwrap();
        house.happens("leeds").await;
        house.sends().await;
        assert_eq!((former.codes(), new.codes()), (vec!["york".to_owned()], vec!["york".to_owned(), "leeds".to_owned()]));
        house.holds().await;
    }

    async fn a_removed_webhook_gets_nothing_and_what_is_under_way_is_written_nowhere(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens_behind_a_gate().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        house.happens("york").await;
        house.happens("leeds").await;
        let sending = tokio::spawn({
            let sender = house.sender.clone();
            async move { sender.round().await }
        });
        shop.hears().await;
        let path = format!("/v1/webhooks/{webhook}");
        let remove = async |key: &str| house.guarded("DELETE", &path, key, Some("\"1\""), json!(null)).await;
        let removed = remove("k1").await;
        assert_eq!((removed.status, &removed.body), (204, &Value::Null));
        shop.opens();
        sending.await.unwrap().unwrap();
        assert_eq!((house.sends().await, shop.codes()), (0, vec!["york".to_owned()]));
        assert!(house.attempts(&webhook).await.is_empty());
        assert_eq!(house.ask("GET", &path, "", json!(null)).await.status, 404);
        let again = remove("k1").await;
        assert_eq!((again.status, again.headers.contains_key("idempotent-replayed")), (204, true));
        assert_eq!(remove("k2").await.status, 404);
        assert_eq!(house.told_of(&webhook).await, ["webhook.added", "webhook.removed"]);
        house.holds().await;
    }

    async fn the_stream_that_the_server_was_started_with_is_changed_by_nobody_else(db: TestDb) {
        let house = House::open_to(db, Reach::Public);
        let (webhook, _) = house.adds("https://shop.example/hook", &[]).await;
        let named: Result<u64, db::Fault> = house
            .db
            .write(|tx| Box::pin(async move { tx.execute("update webhook set url = 'nats:events'", &[]).await }))
            .await;
        assert_eq!(named.unwrap(), 1);
        let path = format!("/v1/webhooks/{webhook}");
        let change = json!({ "description": "mine" });
        assert_eq!(said(&house.guarded("PATCH", &path, "k1", Some("*"), change).await), (409, "set-by-operator"));
        assert_eq!(said(&house.guarded("DELETE", &path, "k2", Some("*"), json!(null)).await), (409, "set-by-operator"));
    }
}
