//! Letters to receivers on this machine.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{Router, extract::State, http::StatusCode, response::Redirect, routing::post};
use outbound::{Courier, Letter, Reach, Refused, SendError};

async fn receiver(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async { axum::serve(listener, router).await });
    format!("http://{address}")
}

fn letter(url: &str) -> Letter {
    Letter { url: url.into(), headers: vec![("webhook-id", "msg_1".into())], body: "{}".into() }
}

#[tokio::test]
async fn c7_a_redirect_is_a_reply_and_is_not_followed() {
    async fn count(State(seen): State<Arc<AtomicUsize>>) {
        seen.fetch_add(1, Ordering::SeqCst);
    }
    let seen = Arc::new(AtomicUsize::new(0));
    let router = Router::new()
        .route("/", post(|| async { Redirect::temporary("/inside") }))
        .route("/inside", post(count))
        .with_state(seen.clone());
    let reply = Courier::new(Reach::Private).send(letter(&receiver(router).await)).await.unwrap();
    assert_eq!((reply.status, seen.load(Ordering::SeqCst)), (307, 0));
}

#[tokio::test]
async fn of_a_long_reply_the_first_kilobyte_is_kept() {
    let long = "a\u{1b}[31m".repeat(1_000_000);
    let router = Router::new()
        .route("/", post(|| async { (StatusCode::BAD_GATEWAY, [("retry-after", "120")], long) }));
    let reply = Courier::new(Reach::Private).send(letter(&receiver(router).await)).await.unwrap();
    assert_eq!((reply.status, reply.retry_after.as_deref()), (502, Some("120")));
    assert!(reply.text.starts_with("a[31ma[31m") && reply.text.len() < 1024, "{}", reply.text.len());
}

#[tokio::test]
async fn nobody_at_home_is_unreachable() {
    let sent = Courier::new(Reach::Private).send(letter("http://127.0.0.1:1/")).await;
    assert!(matches!(sent, Err(SendError::Unreachable(_))), "{sent:?}");
    let sent = Courier::new(Reach::Public).send(letter("http://127.0.0.1:1/")).await;
    assert_eq!(sent, Err(SendError::Refused(Refused)));
}

#[tokio::test]
async fn what_is_fetched_is_given_whole_up_to_a_megabyte() {
    let router = Router::new()
        .route("/short", axum::routing::get(|| async { "{}" }))
        .route("/long", axum::routing::get(|| async { "a".repeat(2_000_000) }));
    let home = receiver(router).await;
    let ask = |url: String| http::Request::get(url).body(Vec::new()).unwrap();
    let private = Courier::new(Reach::Private);
    let short = private.fetch(ask(format!("{home}/short"))).await.unwrap();
    assert_eq!((short.status().as_u16(), short.body().as_slice()), (200, b"{}".as_slice()));
    assert_eq!(private.fetch(ask(format!("{home}/long"))).await.unwrap_err(), SendError::TooLong);
    let refused = Courier::new(Reach::Public).fetch(ask(format!("{home}/short"))).await;
    assert_eq!(refused.unwrap_err(), SendError::Refused(Refused));
}
