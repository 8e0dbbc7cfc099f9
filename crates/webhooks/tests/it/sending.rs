//! What receivers get, in good times and bad.

use std::time::Duration;

use outbound::Reach;
use serde_json::json;
use standardwebhooks::Webhook as Oracle;
use testkit::{TestDb, both_engines};
use webhooks::{Reason, SigningSecret};

use crate::house::{House, Message, Receiver};

/// True where another implementation of the standard takes the signature, whatever its clock says.
fn is_signed(message: &Message, secret: &SigningSecret) -> bool {
    let oracle = Oracle::new(secret.reveal()).unwrap();
    let at = message.headers["webhook-timestamp"].to_str().unwrap().parse().unwrap();
    let signature = oracle.sign(&message.id, at, message.raw.as_bytes()).unwrap();
    message.signature.split(' ').any(|one| one == signature)
}

both_engines! {
    async fn what_happens_arrives_once_signed_and_in_order(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        house.happens("before").await;
        let (webhook, secret) = house.adds(&shop.url, &["node.activated"]).await;
        for code in ["york", "leeds", "bristol"] {
            house.happens(code).await;
        }
        house.happens_of("node.deactivated", json!({ "code": "york" })).await;
        house.sends().await;

        assert_eq!(shop.codes(), ["york", "leeds", "bristol"], "what was before is not sent, nor other kinds");
        for message in shop.heard() {
            assert!(is_signed(&message, &secret), "{message:?}");
            assert!(!is_signed(&message, &SigningSecret::fresh()));
            assert_eq!(message.headers["content-type"], "application/json");
            assert_eq!(message.headers["webhook-timestamp"], "1800000000");
            assert_eq!(message.body["type"], "node.activated");
            assert!(message.id.starts_with(&format!("msg_test_{}_", message.body["sequence"])), "{}", message.id);
        }
        let attempts = house.attempts(&webhook).await;
        let told: Vec<_> = attempts.iter().map(|one| (one.outcome.as_str(), one.status, one.attempt_no)).collect();
        assert_eq!(told, vec![("delivered", Some(204), 1); 3]);
        assert_eq!(attempts[0].answer, "");
        assert_eq!(house.sends().await, 0, "once");
        house.holds().await;
    }

    async fn a_receiver_that_is_down_gets_everything_later(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, secret) = house.adds(&shop.url, &["node.activated"]).await;
        shop.will_answer(&[(500, None), (503, Some("900")), (302, None)]);
        house.happens("york").await;
        house.happens("leeds").await;
        house.sends().await;
        assert_eq!(shop.codes(), ["york"], "the next waits for the first");
        assert_eq!(house.webhook(&webhook).await.failures, 1);

        house.wait(4);
        assert_eq!(house.sends().await, 0, "not before its time");
        house.wait(2);
        house.sends().await;
        house.wait(899);
        assert_eq!(house.sends().await, 0, "fifteen minutes were asked for");
        house.wait(1);
        house.sends().await;
        house.wait(2 * 3_600);
        house.sends().await;

        assert_eq!(shop.codes(), ["york", "york", "york", "york", "leeds"]);
        let heard = shop.heard();
        assert!(heard[..4].iter().all(|message| message.id == heard[0].id && is_signed(message, &secret)));
        assert_ne!(heard[0].headers["webhook-timestamp"], heard[3].headers["webhook-timestamp"]);
        let attempts = house.attempts(&webhook).await;
        let told: Vec<_> = attempts.iter().map(|one| (one.attempt_no, one.status)).collect();
        assert_eq!(told, [(1, Some(500)), (2, Some(503)), (3, Some(302)), (4, Some(204)), (1, Some(204))]);
        assert_eq!(attempts[0].answer, "thank you");
        assert_eq!(house.webhook(&webhook).await.failures, 0);
        house.holds().await;
    }

    async fn ten_failures_in_three_days_disable_and_nothing_is_lost(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        shop.usually_answers(500);
        house.happens("york").await;
        for _ in 0..12 {
            house.sends().await;
            house.wait(27 * 3_600);
        }
        assert_eq!(shop.heard().len(), 10);
        assert_eq!(house.webhook(&webhook).await.disabled, Some(Reason::Failing));
        assert_eq!(house.told_of(&webhook).await, ["webhook.added", "webhook.disabled"]);

        shop.usually_answers(200);
        house.happens("leeds").await;
        assert_eq!(house.sends().await, 0);
        assert_eq!(house.does(&webhook, "enable", json!(null)).await.status, 200);
        house.sends().await;
        assert_eq!(shop.codes()[10..], ["york", "leeds"]);
        house.holds().await;
    }

    async fn a_receiver_that_is_gone_is_asked_no_more(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, _) = house.adds(&shop.url, &[]).await;
        shop.will_answer(&[(410, None)]);
        house.happens("york").await;
        house.sends().await;
        house.wait(48 * 3_600);
        house.sequence().await;
        house.sends().await;
        assert_eq!(shop.heard().len(), 1);
        assert_eq!(house.webhook(&webhook).await.disabled, Some(Reason::Gone));
    }

    async fn a_dead_receiver_holds_up_nobody(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let dead = Receiver::listens_behind_a_gate().await;
        house.adds(&dead.url, &["node.activated"]).await;
        house.adds(&shop.url, &["node.activated"]).await;
        house.happens("york").await;
        let round = tokio::spawn({
            let sender = house.sender.clone();
            async move { sender.round().await.unwrap() }
        });
        dead.hears().await;
        shop.hears().await;
        assert_eq!((dead.codes(), shop.codes()), (vec!["york".into()], vec!["york".into()]));
        dead.opens();
        assert_eq!(round.await.unwrap(), 2);

        shop.goes_away();
        house.happens("leeds").await;
        house.sends().await;
        assert_eq!(dead.codes(), ["york", "leeds"]);
    }

    async fn c11_both_secrets_sign_for_a_day_after_a_rotation(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, former) = house.adds(&shop.url, &["node.activated"]).await;
        let rotated = house.does(&webhook, "rotations", json!({})).await;
        let present = SigningSecret::parse(rotated.body["secret"].as_str().unwrap()).unwrap();
        house.happens("york").await;
        house.sends().await;
        house.wait(24 * 3_600);
        house.happens("leeds").await;
        house.sends().await;
        let [during, afterwards] = &shop.heard()[..] else { panic!("two messages") };
        assert!(is_signed(during, &present) && is_signed(during, &former));
        assert_eq!(during.signature.split(' ').count(), 2);
        assert!(is_signed(afterwards, &present) && !is_signed(afterwards, &former));
    }

    async fn a_range_is_sent_again_under_the_same_ids(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        for code in ["york", "leeds", "bristol"] {
            house.happens(code).await;
        }
        house.sends().await;
        let first = shop.heard();
        // Position 1 is the webhook's own adding.
        assert_eq!(house.does(&webhook, "replays", json!({ "first": 1, "last": 3 })).await.status, 202);
        let again = house.does(&webhook, "replays", json!({ "first": 2, "last": 2 })).await;
        assert_eq!((again.status, &again.body["code"]), (409, &"replay-running".into()));
        house.happens("glasgow").await;
        house.sends().await;
        assert_eq!(shop.codes()[3..], ["york", "leeds", "glasgow"]);
        assert_eq!(shop.heard()[3].id, first[0].id);
        let causes: Vec<_> = house.attempts(&webhook).await.into_iter().map(|one| one.cause).collect();
        assert_eq!(causes, ["event", "event", "event", "replay", "replay", "event"]);
        let beyond = house.does(&webhook, "replays", json!({ "first": 1, "last": 99 })).await;
        assert_eq!((beyond.status, &beyond.body["code"]), (422, &"invalid-field".into()));
        house.holds().await;
    }

    async fn a_trial_is_sent_once_also_to_a_disabled_webhook(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, secret) = house.adds(&shop.url, &["node.activated"]).await;
        house.does(&webhook, "disable", json!(null)).await;
        house.happens("york").await;
        let trial = house.does(&webhook, "pings", json!(null)).await;
        shop.will_answer(&[(500, None)]);
        house.sends().await;
        house.wait(3_600);
        assert_eq!(house.sends().await, 0);
        let [heard] = &shop.heard()[..] else { panic!("one message") };
        assert_eq!((heard.id.as_str(), &heard.body["type"]), (trial.body["message_id"].as_str().unwrap(), &"webhook.ping".into()));
        assert!(is_signed(heard, &secret));
        let [attempt] = &house.attempts(&webhook).await[..] else { panic!("one attempt") };
        assert_eq!((attempt.cause.as_str(), attempt.outcome.as_str(), attempt.status), ("ping", "answered", Some(500)));
    }

    async fn who_dies_between_sending_and_writing_sends_again_under_the_same_id(db: TestDb) {
        let house = House::open(db);
        let shop = Receiver::listens_and_forgets_the_first().await;
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        house.happens("york").await;
        let dying = tokio::spawn({
            let sender = house.sender.clone();
            async move { sender.round().await }
        });
        shop.hears().await;
        dying.abort();
        assert!(dying.await.unwrap_err().is_cancelled());
        assert_eq!(house.sends().await, 0, "the dead one's claim still holds");
        house.wait(61);
        house.sends().await;
        let heard = shop.heard();
        assert_eq!(shop.codes(), ["york", "york"]);
        assert_eq!(heard[0].id, heard[1].id);
        assert_eq!(house.attempts(&webhook).await.len(), 1, "only what was heard of is written");
        house.holds().await;
    }

    async fn two_pumps_send_everything_once(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        house.adds(&shop.url, &["node.activated"]).await;
        let codes: Vec<String> = (0..20).map(|n| format!("n{n}")).collect();
        for code in &codes {
            house.happens(code).await;
        }
        let pumps: Vec<_> = (0..2)
            .map(|_| {
                let sender = house.sender.clone();
                tokio::spawn(async move { sender.round().await.unwrap() })
            })
            .collect();
        let mut held = 0;
        for pump in pumps {
            held += pump.await.unwrap();
        }
        assert_eq!(shop.codes(), codes);
        assert!((1..=2).contains(&held), "one holds it, or one after the other");
    }

    async fn the_pump_sends_by_itself_and_stops_when_told(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        house.adds(&shop.url, &["node.activated"]).await;
        let (turn, stop) = tokio::sync::watch::channel(false);
        let pump = tokio::spawn(house.sender.clone().run(stop));
        house.happens("york").await;
        shop.hears().await;
        house.happens("leeds").await;
        shop.hears().await;
        turn.send_replace(true);
        tokio::time::timeout(Duration::from_secs(5), pump).await.expect("it stops").unwrap();
        assert_eq!(shop.codes(), ["york", "leeds"]);
    }

    async fn who_wakes_late_is_remembered_and_changes_nothing(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens_behind_a_gate().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        house.happens("york").await;
        let round = |sender: webhooks::Sender| tokio::spawn(async move { sender.round().await.unwrap() });
        let late = round(house.sender.clone());
        shop.hears().await;
        house.wait(61);
        shop.will_answer(&[(500, None), (500, None)]);
        let other = round(house.sender.clone());
        shop.hears().await;
        shop.opens();
        assert_eq!((late.await.unwrap(), other.await.unwrap()), (1, 1));
        assert_eq!(house.attempts(&webhook).await.len(), 2, "both are remembered");
        assert_eq!(house.webhook(&webhook).await.failures, 1, "the holder's word counts");
        house.holds().await;
    }

    async fn an_address_that_became_private_gets_nothing(db: TestDb) {
        let (house, shop) = (House::open(db), Receiver::listens().await);
        let (webhook, _) = house.adds(&shop.url, &["node.activated"]).await;
        house.happens("york").await;
        let strict = House::open_to(house.db, Reach::Public);
        strict.sends().await;
        assert!(shop.heard().is_empty());
        let [attempt] = &strict.attempts(&webhook).await[..] else { panic!("one attempt") };
        assert_eq!((attempt.outcome.as_str(), attempt.status), ("refused", None));
    }
}
