//! Setting up over HTTP.

use outbound::Reach;
use serde_json::json;
use testkit::{TestDb, both_engines};

use crate::house::House;

both_engines! {
    async fn a_secret_is_shown_once_and_kept_under_no_key(db: TestDb) {
        let house = House::open_to(db, Reach::Public);
        let body = json!({ "url": "https://shop.example/hook", "kinds": ["order.accepted"] });
        let first = house.ask("POST", "/v1/webhooks", "k", body.clone()).await;
        let secret = first.body["secret"].as_str().unwrap().to_owned();
        assert!(first.status == 201 && secret.starts_with("whsec_"));

        let again = house.ask("POST", "/v1/webhooks", "k", body).await;
        assert_eq!((again.status, &again.body["webhook_id"]), (201, &first.body["webhook_id"]));
        assert_eq!((again.headers["idempotent-replayed"].to_str().unwrap(), &again.body["secret"]), ("true", &json!(null)));

        let path = format!("/v1/webhooks/{}", first.body["webhook_id"].as_str().unwrap());
        let read = house.ask("GET", &path, "", json!(null)).await;
        assert_eq!((read.status, &read.body["url"]), (200, &"https://shop.example/hook".into()));
        let listed = house.ask("GET", "/v1/webhooks", "", json!(null)).await;
        assert_eq!(listed.body["rows"].as_array().unwrap().len(), 1);
        for heard in [&read.body, &listed.body] {
            assert!(!heard.to_string().contains(&secret) && !heard.to_string().contains("whsec_"));
        }
        let webhook = house.webhook(&first.body["webhook_id"].as_str().unwrap().parse().unwrap()).await;
        assert!(!format!("{webhook:?}").contains(secret.trim_start_matches("whsec_")));
        let kept: Result<Vec<(String,)>, db::Fault> = house
            .db
            .read(|tx| Box::pin(async move { tx.query("select response from command_key", &[]).await }))
            .await;
        assert!(kept.unwrap().iter().all(|(response,)| !response.contains("whsec_")));
    }

    async fn what_cannot_be_is_refused_with_its_reason(db: TestDb) {
        let house = House::open_to(db, Reach::Public);
        for (url, kinds, description, status, code) in [
            ("http://127.0.0.1:8080/", json!([]), "", 422, "address-refused"),
            ("https://169.254.169.254/latest", json!([]), "", 422, "address-refused"),
            ("https://shop.example/", json!(["order.eaten"]), "", 422, "invalid-field"),
            ("https://shop.example/", json!([]), "two\nlines", 422, "invalid-field"),
        ] {
            let body = json!({ "url": url, "kinds": kinds, "description": description });
            let heard = house.ask("POST", "/v1/webhooks", url, body).await;
            assert_eq!((heard.status, &heard.body["code"]), (status, &code.into()), "{url}");
        }
        let heard = house.ask("POST", "/v1/webhooks", "", json!({ "url": "https://shop.example/" })).await;
        assert_eq!((heard.status, &heard.body["code"]), (400, &"idempotency-key-missing".into()));
        for what in ["enable", "disable", "pings"] {
            let nobody = "whe_none".parse().unwrap();
            assert_eq!(house.does(&nobody, what, json!(null)).await.status, 404, "{what}");
        }
    }

    async fn a_disabled_webhook_repeats_nothing(db: TestDb) {
        let house = House::open_to(db, Reach::Public);
        let (webhook, _) = house.adds("https://shop.example/hook", &[]).await;
        assert_eq!(house.does(&webhook, "disable", json!(null)).await.status, 200);
        let replay = house.does(&webhook, "replays", json!({ "first": 9, "last": 9 })).await;
        assert_eq!(replay.status, 422, "nothing has that place yet");
        house.sequence().await;
        let replay = house.does(&webhook, "replays", json!({ "first": 1, "last": 1 })).await;
        assert_eq!((replay.status, &replay.body["code"]), (409, &"wrong-stage".into()));
        let too_long = house.does(&webhook, "rotations", json!({ "overlap_hours": 1000 })).await;
        assert_eq!((too_long.status, &too_long.body["code"]), (422, &"invalid-field".into()));
        assert_eq!(house.told_of(&webhook).await, ["webhook.added", "webhook.disabled"]);
    }

    async fn there_are_at_most_fifty(db: TestDb) {
        let house = House::open_to(db, Reach::Public);
        for n in 0..webhooks::WEBHOOKS_MAX {
            house.adds(&format!("https://shop.example/{n}"), &[]).await;
        }
        let body = json!({ "url": "https://shop.example/more" });
        let heard = house.ask("POST", "/v1/webhooks", "more", body).await;
        assert_eq!((heard.status, &heard.body["code"]), (409, &"too-many-webhooks".into()));
    }
}
