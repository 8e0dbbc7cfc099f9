//! F3: kill -9 under load, again and again. Every acknowledged order is there with its stock, and everything holds.

use std::{
    path::Path,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::Mutex,
};

/// How often the server is killed.
const KILLS: u64 = 20;
/// How many clients order at the same time.
const CLIENTS: u64 = 6;
const PASSWORD: &str = "a long password for a short test";

/// A server and how to reach it.
struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    address: String,
}

impl Server {
    async fn start(database: &str, books: &Path) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quartermaster"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .current_dir(books)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary starts");
        let stdout = child.stdout.take().expect("its output is ours");
        let mut lines = BufReader::new(stdout).lines();
        let first = lines.next_line().await.expect("it can be read").expect("it says where it listens");
        let address = first.split("http://").nth(1).expect("an address").trim().to_owned();
        Server { child, lines, address: format!("http://{address}") }
    }

    /// The secret of the first run, from what the server says.
    async fn secret(&mut self) -> String {
        self.lines.next_line().await.expect("it can be read").expect("it says what the secret is for");
        let secret = self.lines.next_line().await.expect("it can be read").expect("it tells the secret");
        secret.trim().to_owned()
    }
}

/// Sends until the server is there again or answers; a request that met a dead server may be sent again with its key.
async fn post(
    client: &Client,
    address: &str,
    token: &str,
    path: &str,
    key: &str,
    body: &Value,
) -> Option<(StatusCode, Value)> {
    let request =
        client.post(format!("{address}{path}")).bearer_auth(token).header("Idempotency-Key", key).json(body);
    let response = request.send().await.ok()?;
    let status = response.status();
    Some((status, response.json().await.ok()?))
}

async fn set_up(server: &mut Server, client: &Client) -> String {
    let secret = server.secret().await;
    let person = json!({ "email": "ana@example.com", "name": "Ana", "password": PASSWORD, "language": "en" });
    let enrolled = client
        .post(format!("{}/v1/first-run", server.address))
        .json(&json!({ "secret": secret, "staff": person }))
        .send()
        .await
        .expect("it answers");
    assert!(enrolled.status().is_success(), "{}", enrolled.text().await.unwrap_or_default());
    let signed_in: Value = client
        .post(format!("{}/v1/sign-in", server.address))
        .json(&json!({ "email": "ana@example.com", "password": PASSWORD }))
        .send()
        .await
        .expect("it answers")
        .json()
        .await
        .expect("JSON");
    let token = signed_in["token"].as_str().expect("a token").to_owned();
    let merchants = get(client, server, &token, "/v1/merchants").await;
    let merchant_id = &merchants["rows"][0]["merchant_id"];
    let place = json!({ "latitude_microdegrees": 53_800_000, "longitude_microdegrees": -1_550_000 });
    let node = json!({ "code": "leeds", "name": "Leeds", "kind": "store", "zone": "uk", "time_zone": "UTC",
        "address": { "name": "Leeds", "line1": "1 High Street", "city": "Leeds", "country": "GB" }, "place": place });
    let channel = json!({ "merchant_id": merchant_id, "code": "web", "name": "Web", "kind": "web" });
    let item = json!({ "merchant_id": merchant_id, "sku": "TEA", "title": "Tea", "weight_grams": 500,
        "length_mm": 100, "width_mm": 100, "height_mm": 100 });
    send(client, server, &token, "/v1/nodes", json!({ "nodes": [node] })).await;
    let channels = send(client, server, &token, "/v1/channels", json!({ "channels": [channel] })).await;
    let items = send(client, server, &token, "/v1/items", item).await;
    let listing = json!({ "channel_id": channels["channel_ids"][0], "external_code": "TEA",
        "item_id": items["item_ids"][0] });
    send(client, server, &token, "/v1/listings", json!({ "listings": [listing] })).await;
    let receipt = json!({ "node": "leeds", "item": "TEA", "quantity": 1_000_000, "reference": "note 1" });
    send(client, server, &token, "/v1/receipts", json!({ "receipts": [receipt] })).await;
    token
}

/// Sends what must be taken; gives the answer.
async fn send(client: &Client, server: &Server, token: &str, path: &str, body: Value) -> Value {
    let (status, answer) = post(client, &server.address, token, path, path, &body).await.expect("it answers");
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

async fn get(client: &Client, server: &Server, token: &str, path: &str) -> Value {
    let response = client.get(format!("{}{path}", server.address)).bearer_auth(token).send().await;
    response.expect("it answers").json().await.expect("JSON")
}

fn order(reference: &str) -> Value {
    json!({
        "channel": "web", "external_reference": reference, "currency": "EUR",
        "ship_to": { "country": "GB", "city": "York" },
        "lines": [{ "external_code": "TEA", "quantity": 1, "unit_price_minor": 500 }],
    })
}

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
    let verified = get(&client, &server, &token, "/v1/verification").await;
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
