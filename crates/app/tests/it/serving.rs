//! A server as another process, a company that sells one item, and clients who order it.

use std::{path::Path, process::Stdio};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
};

const PASSWORD: &str = "a long password for a short test";

/// A server and how to reach it.
pub struct Server {
    pub child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    pub address: String,
}

impl Server {
    pub async fn start(database: &str, books: &Path) -> Server {
        Server::start_with(database, books, &[]).await
    }

    /// The same with more said on the command line.
    pub async fn start_with(database: &str, books: &Path, more: &[&str]) -> Server {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quartermaster"))
            .args(["serve", "--listen", "127.0.0.1:0", "--database", database])
            .args(more)
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

    /// Tells it to stop as an operator's system does, and waits until it has ended.
    pub async fn stop(mut self) {
        let pid = self.child.id().expect("it runs").to_string();
        assert!(Command::new("kill").args(["-TERM", &pid]).status().await.expect("kill runs").success());
        assert!(self.child.wait().await.expect("it ends").success());
    }

    /// The secret of the first run, from what the server says.
    async fn secret(&mut self) -> String {
        self.lines.next_line().await.expect("it can be read").expect("it says what the secret is for");
        let secret = self.lines.next_line().await.expect("it can be read").expect("it tells the secret");
        secret.trim().to_owned()
    }
}

/// Sends until the server is there again or answers; a request that met a dead server may be sent again with its key.
pub async fn post(
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

pub async fn set_up(server: &mut Server, client: &Client) -> String {
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
    let merchants = get(client, &server.address, &token, "/v1/merchants").await;
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
pub async fn send(client: &Client, server: &Server, token: &str, path: &str, body: Value) -> Value {
    let (status, answer) = post(client, &server.address, token, path, path, &body).await.expect("it answers");
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

pub async fn get(client: &Client, address: &str, token: &str, path: &str) -> Value {
    let response = client.get(format!("{address}{path}")).bearer_auth(token).send().await;
    response.expect("it answers").json().await.expect("JSON")
}

pub fn order(reference: &str) -> Value {
    json!({
        "channel": "web", "external_reference": reference, "currency": "EUR",
        "ship_to": { "country": "GB", "city": "York" },
        "lines": [{ "external_code": "TEA", "quantity": 1, "unit_price_minor": 500 }],
    })
}
