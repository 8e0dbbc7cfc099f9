//! Machines of others hear what happens: page by page, as it happens, and by webhook.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Extension, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Request, Response},
    routing::post,
};
use http_body_util::BodyExt;
use outbound::{Courier, Reach};
use people::{Assignment, NewKey, NewStaff, Role, Secret};
use runtime::Call;
use serde_json::{Value, json};
use standardwebhooks::Webhook as Oracle;
use stories::Story;
use testkit::TestDb;
use tokio::time::timeout;
use tower::ServiceExt;
use web::{Access, Area};
use webhooks::{NewWebhook, Sender, SigningSecret};

/// The API as a machine with a key sees it.
pub async fn api(shop: &Story) -> Router {
    let (call, all) = (|| Call::by("test"), Access::full());
    let ada = NewStaff {
        email: "ada@shop.example".into(),
        name: "Ada".into(),
        password: Secret::new("a long enough password"),
        language: "en".into(),
    };
    let owner = vec![Assignment::everywhere(Role::Owner)];
    let ada = people::enrol(&shop.runtime, call(), &all, ada, owner).await.unwrap();
    let key = NewKey { name: "till".into(), permissions: None, area: Area::Everywhere, days: 1 };
    let key = people::make_key(&shop.runtime, call(), &all, ada, key).await.unwrap().key;
    let machine = people::whoami(&shop.runtime, key.reveal(), None).await.unwrap().expect("the key is good");
    let routes = flows::api::routes().into_router();
    web::layers(routes).with_state(shop.flows.clone()).layer(Extension(machine))
}

async fn ask(api: &Router, path: &str) -> (HeaderMap, Value) {
    let answer = api.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
    let (parts, body) = answer.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.headers, serde_json::from_slice(&body).unwrap())
}

async fn follow(api: &Router, path: &str, last: Option<&str>) -> Response<Body> {
    let mut request = Request::get(path);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    api.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

/// The next message of a stream, as `id kind`; none when it has ended.
async fn next(stream: &mut Response<Body>) -> Option<String> {
    let frame = timeout(Duration::from_secs(20), stream.body_mut().frame()).await.expect("a message in time");
    let text = String::from_utf8(frame?.unwrap().into_data().unwrap().to_vec()).unwrap();
    let field =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("-").trim().to_owned();
    let data: Value = serde_json::from_str(&field("data:")).unwrap();
    assert_eq!(data["position"].to_string(), field("id:"));
    Some(format!("{} {}", field("id:"), field("event:")))
}

async fn selling(db: TestDb) -> Story {
    let shop = Story::open(db).await;
    shop.sells("TEA").await;
    shop.stock("leeds", "TEA", 9).await;
    shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
    shop.settles().await;
    shop
}

testkit::both_engines! {
    async fn who_reads_page_by_page_can_prove_to_have_missed_nothing(db: TestDb) {
        let shop = selling(db).await;
        let api = api(&shop).await;
        let (mut path, mut positions) = (Some("/v1/events?limit=3".to_owned()), Vec::new());
        while let Some(page) = path {
            let (headers, body) = ask(&api, &page).await;
            let rows = body["rows"].as_array().unwrap();
            assert!(rows.len() <= 3 && rows.iter().all(|row| row["data"].is_object()), "{body}");
            positions.extend(rows.iter().map(|row| row["position"].as_i64().unwrap()));
            assert_eq!(body["after"], *positions.last().unwrap());
            path = headers.get("link").map(|link| {
                let link = link.to_str().unwrap();
                assert!(link.ends_with("; rel=\"next\""), "{link}");
                link[1..].split('>').next().unwrap().to_owned()
            });
        }
        let (_, whole) = ask(&api, "/v1/events?limit=1000").await;
        let head = whole["head"].as_i64().unwrap();
        assert_eq!(positions, (1..=head).collect::<Vec<_>>());
        assert_eq!(whole["after"], head);

        let (_, some) = ask(&api, "/v1/events?kinds=order.accepted,stock.received").await;
        let kinds: Vec<_> = some["rows"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
        assert_eq!(kinds, ["stock.received", "order.accepted"]);
        assert_eq!(some["after"], head, "what was left out is known to be so");
    }

    async fn who_follows_goes_on_after_the_last_it_heard_and_hears_the_house_close(db: TestDb) {
        let shop = selling(db).await;
        let api = api(&shop).await;
        let mut stream = follow(&api, "/v1/events/stream?after=0&kinds=order.accepted,order.cancelled", None).await;
        assert_eq!(stream.headers()["content-type"], "text/event-stream");
        let first = next(&mut stream).await.unwrap();
        assert!(first.ends_with(" order.accepted"), "{first}");

        shop.accepts(shop.order("web", "2", "york", &[("TEA", 1)])).await;
        shop.settles().await;
        let second = next(&mut stream).await.unwrap();
        assert!(second.ends_with(" order.accepted") && second != first, "{second}");

        let last = first.split(' ').next().unwrap();
        let mut again = follow(&api, "/v1/events/stream?kinds=order.accepted", Some(last)).await;
        assert_eq!(next(&mut again).await, Some(second));
        assert_eq!(follow(&api, "/v1/events/stream", Some("x")).await.status(), 400);

        shop.runtime.close();
        assert_eq!((next(&mut stream).await, next(&mut again).await), (None, None));
    }

    async fn an_accepted_order_is_told_to_the_shop_that_asked(db: TestDb) {
        type Heard = Arc<Mutex<Vec<(HeaderMap, String)>>>;
        async fn hear(State(heard): State<Heard>, headers: HeaderMap, body: String) {
            heard.lock().unwrap().push((headers, body));
        }
        let shop = selling(db).await;
        let heard = Heard::default();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let receiver = Router::new().route("/hook", post(hear)).with_state(heard.clone());
        tokio::spawn(async { axum::serve(listener, receiver).await });

        let (secret, reach) = (SigningSecret::fresh(), Reach::Private);
        let new = NewWebhook { url, kinds: vec!["order.accepted".into()], description: "web shop".into() };
        let kept = secret.clone();
        let added = shop.runtime.run(Call::by("test"), move |cx| {
            let (new, secret) = (new.clone(), kept.clone());
            Box::pin(async move { webhooks::add(cx, &new, &secret, reach).await })
        });
        added.await.unwrap();
        let order = shop.accepts(shop.order("web", "2", "york", &[("TEA", 3)])).await;
        shop.settles().await;
        let sender = Sender::new(shop.runtime.clone(), Courier::new(reach));
        while sender.round().await.unwrap() > 0 {}

        let heard = heard.lock().unwrap().clone();
        let [(headers, body)] = &heard[..] else { panic!("one message: {heard:?}") };
        let text = |name: &str| headers[name].to_str().unwrap();
        let at = text("webhook-timestamp").parse().unwrap();
        let signature = Oracle::new(secret.reveal()).unwrap().sign(text("webhook-id"), at, body.as_bytes()).unwrap();
        assert_eq!(text("webhook-signature"), signature);
        let body: Value = serde_json::from_str(body).unwrap();
        assert_eq!((&body["type"], &body["subject_id"]), (&"order.accepted".into(), &order.order_id.as_str().into()));
        assert_eq!((&body["data"]["units"], &body["data"]["channel"]), (&json!(3), &json!("web")));
        shop.holds().await;
    }
}
