//! Whoever follows what channels may sell hears the newest word on each item, and nothing older after it (R4).

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use axum::{Router, body::Body, extract::State, http::Request, response::Response, routing::post};
use db::{Access, Db, Engine};
use flows::{Flows, availability::KIND};
use http_body_util::BodyExt;
use outbound::{Courier, Reach};
use runtime::{Call, Runtime};
use serde_json::{Value, json};
use stories::Story;
use testkit::TestDb;
use tower::ServiceExt;
use webhooks::{NewWebhook, Sender, SigningSecret};

async fn body(answer: Response<Body>) -> Value {
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    serde_json::from_slice(&body).unwrap()
}

async fn ask(api: &Router, path: &str) -> Value {
    body(api.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap()).await
}

async fn send(api: &Router, path: &str, key: &str, said: &Value) -> Value {
    let request =
        Request::post(path).header("content-type", "application/json").header("idempotency-key", key);
    body(api.clone().oneshot(request.body(Body::from(said.to_string())).unwrap()).await.unwrap()).await
}

async fn changes(api: &Router, after: i64) -> (Vec<Value>, i64) {
    let told = ask(api, &format!("/v1/availability/changes?after={after}")).await;
    (told["rows"].as_array().unwrap().clone(), told["after"].as_i64().unwrap())
}

/// What the first channel may sell, by SKU.
fn numbers(rows: &[Value]) -> BTreeMap<String, i64> {
    rows.iter()
        .map(|row| (row["sku"].as_str().unwrap().to_owned(), row["channels"][0]["ats"].as_i64().unwrap()))
        .collect()
}

type Heard = Arc<Mutex<Vec<Value>>>;

/// A merchant's server, which hears what channels may sell.
async fn listens(shop: &Story) -> (Heard, Sender) {
    async fn hear(State(heard): State<Heard>, body: String) {
        heard.lock().unwrap().push(serde_json::from_str(&body).unwrap());
    }
    let heard = Heard::default();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiver = Router::new().route("/hook", post(hear)).with_state(heard.clone());
    tokio::spawn(async { axum::serve(listener, receiver).await });
    let new = NewWebhook { url, kinds: vec![KIND.into()], description: "the merchant".into() };
    let added = shop.runtime.run(Call::by("test"), move |cx| {
        let (new, secret) = (new.clone(), SigningSecret::fresh());
        Box::pin(async move { webhooks::add(cx, &new, &secret, Reach::Private).await })
    });
    added.await.unwrap();
    (heard, Sender::new(shop.runtime.clone(), Courier::new(Reach::Private)))
}

async fn delivers(sender: &Sender) {
    while sender.round().await.unwrap() > 0 {}
}

/// Another server, just started.
async fn starts_beside(shop: &Story) -> Flows {
    let db = match shop.runtime.db.engine() {
        Engine::Sqlite => shop.runtime.db.clone(),
        Engine::Postgres => Db::open(shop.database(), Access::Write).await.unwrap(),
    };
    let organisation_id = shop.runtime.organisation_id.clone();
    let runtime = Runtime::new(db, shop.runtime.clock.clone(), organisation_id, Some(12));
    Flows::start(runtime, shop.outside.clone(), sourcing::Policy::default())
}

testkit::both_engines! {
    /// R4: what a scan at a store corrected is what the shop's page, the till, the merchant's webhook and whoever reads
    /// the changes are told, with the position at which it is in the stream.
    async fn a_scan_at_a_store_is_told_to_all_with_the_same_position(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        shop.settles().await;
        let api = crate::telling::api(&shop).await;
        let (heard, sender) = listens(&shop).await;
        let (first, known) = changes(&api, 0).await;
        assert_eq!(numbers(&first), BTreeMap::from([("TEA".to_owned(), 5)]));
        assert_eq!(first[0]["channels"].as_array().unwrap().len(), 4, "{first:?}");
        assert_eq!(changes(&api, known).await.0, Vec::<Value>::new());
        delivers(&sender).await;
        heard.lock().unwrap().clear();

        let lost = json!({ "node": "leeds", "item": "TEA-BAR", "correction": "lost", "quantity": 2, "note": "" });
        send(&api, "/v1/stock-adjustments", "scan-1", &lost).await;
        let (rows, _) = changes(&api, known).await;
        let events = ask(&api, "/v1/events?kinds=stock.adjusted").await;
        let position = &events["rows"][0]["position"];
        assert_eq!(rows.len(), 1);
        assert_eq!((&rows[0]["cause"], &rows[0]["channels"][0]["ats"]), (position, &json!(3)), "{rows:?}");
        let question = json!({ "items": ["TEA-BAR"], "channels": ["till"], "by_node": true });
        let till = send(&api, "/v1/availability", "", &question).await;
        assert_eq!((&till["position"], &till["rows"][0]["ats"]), (&rows[0]["position"], &json!(3)));
        delivers(&sender).await;
        let heard = heard.lock().unwrap().clone();
        assert_eq!(heard.len(), 1, "{heard:?}");
        assert_eq!((&heard[0]["data"]["cause"], &heard[0]["sequence"]), (position, &rows[0]["position"]));
        assert_eq!(heard[0]["data"]["channels"], rows[0]["channels"]);
        shop.holds().await;
    }

    /// Who reads seldom hears of each item once, and of the newest number; a webhook that was away too.
    async fn who_is_slow_hears_the_newest_word_once(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.sells("CUP").await;
        let api = crate::telling::api(&shop).await;
        let (heard, sender) = listens(&shop).await;
        let (_, known) = changes(&api, 0).await;
        let mut fast = known;
        for round in 1..=5 {
            shop.stock_under(&format!("tea {round}"), "leeds", "TEA", 2).await;
            if round == 2 {
                shop.stock_under("cup", "york", "CUP", 7).await;
            }
            let (rows, next) = changes(&api, fast).await;
            assert_eq!(numbers(&rows)["TEA"], 2 * round, "who is fast hears each");
            fast = next;
        }
        let (rows, _) = changes(&api, known).await;
        assert_eq!(numbers(&rows), BTreeMap::from([("TEA".to_owned(), 10), ("CUP".to_owned(), 7)]));
        assert_eq!(rows.len(), 2, "no pile: {rows:?}");
        delivers(&sender).await;
        let told: Vec<Value> = heard.lock().unwrap().iter().map(|body| body["data"].clone()).collect();
        assert_eq!(numbers(&told), numbers(&rows));
        assert_eq!(told.len(), 2, "{told:?}");
        shop.holds().await;
    }

    /// What changed while no server told it is told by the next; what two tell at once is told once.
    async fn nothing_is_lost_by_a_restart_nor_told_twice_by_two_servers(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        assert_eq!(shop.tell_availability().await.unwrap(), 1);
        assert_eq!(shop.tell_availability().await.unwrap(), 0);
        shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        let (one, other) = (starts_beside(&shop).await, starts_beside(&shop).await);
        let (told, also) = tokio::join!(one.tell_availability(), other.tell_availability());
        assert_eq!(told.unwrap() + also.unwrap(), 1, "each sells three, and one of them said so");
        assert_eq!(shop.tell_availability().await.unwrap(), 0);
        for (round, server) in [&shop.flows, &one, &other].into_iter().enumerate() {
            shop.accepts(shop.order("web", &format!("more {round}"), "york", &[("TEA", 1)])).await;
            assert_eq!(server.tell_availability().await.unwrap(), 1);
        }
        assert_eq!(one.tell_availability().await.unwrap(), 0);
        let api = crate::telling::api(&shop).await;
        let words = ask(&api, &format!("/v1/events?kinds={KIND}&limit=1000")).await;
        let sold: Vec<i64> = words["rows"].as_array().unwrap().iter()
            .map(|row| row["data"]["channels"][0]["ats"].as_i64().unwrap()).collect();
        assert!(sold.is_sorted_by(|a, b| a > b) && sold.last() == Some(&0), "no word is older than the one before: {sold:?}");
    }
}
