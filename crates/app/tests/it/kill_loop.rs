//! F3: kill -9 under load, again and again. Every acknowledged order is there with its stock, and everything holds.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, StatusCode};
use serde_json::json;
use tokio::sync::Mutex;

use crate::serving::{Server, get, order, post, set_up};

/// How often the server is killed.
const KILLS: u64 = 20;
/// How many clients order at the same time.
const CLIENTS: u64 = 6;

async fn survives(database: &str, books: &Path) {
    outbound::use_ring();
    let client = Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
    let mut server = Server::start(database, books).await;
    let token = set_up(&mut server, &client).await;
    let acknowledged: Arc<Mutex<Vec<(String, String)>>> = Arc::default();
    let address = Arc::new(Mutex::new(server.address.clone()));
    let is_over = Arc::new(AtomicBool::new(false));
    let sent = Arc::new(AtomicU64::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (client, token, acknowledged) = (client.clone(), token.clone(), acknowledged.clone());
            let (address, is_over, sent) = (address.clone(), is_over.clone(), sent.clone());
            tokio::spawn(async move {
                let mut n = 0_u64;
                while !is_over.load(Ordering::SeqCst) {
                    let reference = format!("{number}-{n}");
                    let here = address.lock().await.clone();
                    sent.fetch_add(1, Ordering::SeqCst);
                    let answer =
                        post(&client, &here, &token, "/v1/orders", &reference, &order(&reference)).await;
                    match answer {
                        Some((status, body)) if status.is_success() => {
                            let order_id = body["order_id"].as_str().expect("an id").to_owned();
                            acknowledged.lock().await.push((reference, order_id));
                            n += 1;
                        }
                        // Nobody there, or no answer: the same order again, with the same key.
                        _ => tokio::task::yield_now().await,
                    }
                }
            })
        })
        .collect();
    for kill in 0..KILLS {
        // Killed in the middle of work: after so many more orders have been sent, never the same number.
        let until = sent.load(Ordering::SeqCst) + 15 + kill * 3;
        while sent.load(Ordering::SeqCst) < until {
            tokio::task::yield_now().await;
        }
        server.child.kill().await.expect("SIGKILL");
        server = Server::start(database, books).await;
        (*address.lock().await).clone_from(&server.address);
    }
    is_over.store(true, Ordering::SeqCst);
    for client in clients {
        client.await.expect("a client ends");
    }
    let acknowledged = acknowledged.lock().await.clone();
    assert!(acknowledged.len() as u64 > KILLS, "only {} orders in {KILLS} lives", acknowledged.len());
    for (reference, order_id) in &acknowledged {
        let (status, again) = post(
            &client,
            &server.address,
            &token,
            "/v1/orders",
            &format!("again {reference}"),
            &order(reference),
        )
        .await
        .expect("it answers");
        assert_eq!(
            (status, again["order_id"].as_str()),
            (StatusCode::OK, Some(order_id.as_str())),
            "{reference}: {again}"
        );
    }
    let verified = get(&client, &server.address, &token, "/v1/verification").await;
    assert_eq!(verified["findings"], json!([]));
    server.child.kill().await.expect("SIGKILL");
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_no_acknowledged_order_on_sqlite() {
    let dir = tempfile::tempdir().expect("a folder");
    survives(&format!("sqlite:{}", dir.path().join("q.db").display()), dir.path()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_kills_lose_no_acknowledged_order_on_postgres() {
    let dir = tempfile::tempdir().expect("a folder");
    match testkit::Cluster::durable() {
        Ok(cluster) => survives(&cluster.url("postgres"), dir.path()).await,
        Err(trouble) => testkit::skip_or_fail(&trouble),
    }
}
