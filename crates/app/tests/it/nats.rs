//! Events in a NATS JetStream: all of them, in order, once, whoever dies meanwhile.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use async_nats::jetstream;
use outbound::MESSAGE_ID;
use reqwest::Client;
use serde_json::{Value, json};
use tokio::process::{Child, Command};

use crate::serving::{Server, get, order, post, set_up};

/// How long the stream may take to have everything.
const PATIENCE: Duration = Duration::from_secs(90);

/// A NATS server that can die and come back with what it had.
struct Nats {
    program: PathBuf,
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
}

impl Nats {
    /// None where there is no such program, which was said.
    fn find(folder: &Path) -> Option<Nats> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let places = std::env::split_paths(&path).chain(["/usr/sbin".into()]);
        let program = places.map(|place| place.join("nats-server")).find(|program| program.exists());
        let Some(program) = program else {
            assert!(std::env::var_os("CI").is_none(), "install nats-server");
            eprintln!("skipped: nats-server is not installed");
            return None;
        };
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        Some(Nats { program, folder: folder.to_owned(), port, child: None })
    }

    fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    fn start(&mut self) {
        let child = Command::new(&self.program)
            .args(["-js", "-a", "127.0.0.1", "-p", &self.port.to_string(), "-sd"])
            .arg(&self.folder)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        self.child = Some(child);
    }

    async fn kill(&mut self) {
        self.child.take().expect("it runs").kill().await.unwrap();
    }

    /// What the stream has, oldest first: each message's id and event.
    async fn messages(&self) -> Option<Vec<(String, Value)>> {
        let client = async_nats::connect(self.url()).await.ok()?;
        let stream = jetstream::new(client).get_stream("QUARTERMASTER").await.ok()?;
        let last = stream.get_info().await.ok()?.state.last_sequence;
        let mut messages = Vec::new();
        for sequence in 1..=last {
            let message = stream.get_raw_message(sequence).await.ok()?;
            let id = message.headers.get(MESSAGE_ID).unwrap().as_str().to_owned();
            let event: Value = serde_json::from_slice(&message.payload).unwrap();
            assert_eq!(
                message.subject.as_str(),
                format!("quartermaster.{}", event["type"].as_str().unwrap())
            );
            messages.push((id, event));
        }
        Some(messages)
    }
}

struct Shop {
    client: Client,
    token: String,
    taken: u64,
}

impl Shop {
    async fn sells(&mut self, server: &Server, orders: u64) {
        for _ in 0..orders {
            let reference = format!("N-{}", self.taken);
            let (status, answer) = post(
                &self.client,
                &server.address,
                &self.token,
                "/v1/orders",
                &reference,
                &order(&reference),
            )
            .await
            .expect("it answers");
            assert!(status.is_success(), "{answer}");
            self.taken += 1;
        }
    }

    async fn head(&self, server: &Server) -> u64 {
        let page = get(&self.client, &server.address, &self.token, "/v1/events?limit=1").await;
        page["head"].as_u64().unwrap()
    }
}

/// Waits until the stream has every event up to the head, and sees that it has each once, in order.
async fn has_everything(nats: &Nats, shop: &Shop, server: &Server) {
    let waiting = async {
        let mut beat = tokio::time::interval(Duration::from_millis(200));
        loop {
            beat.tick().await;
            let open = get(&shop.client, &server.address, &shop.token, "/v1/effects").await;
            let head = shop.head(server).await;
            let Some(messages) = nats.messages().await else { continue };
            if open["rows"] == json!([]) && messages.len() as u64 >= head && head > 0 {
                return messages;
            }
        }
    };
    let messages = tokio::time::timeout(PATIENCE, waiting).await.expect("the stream gets everything");
    for (place, (id, event)) in messages.iter().enumerate() {
        assert_eq!(event["sequence"].as_str(), Some((place + 1).to_string().as_str()), "{event}");
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["id"].as_str(), Some(id.as_str()));
        assert!(event["source"].as_str().unwrap().starts_with("/organisations/org_"));
    }
    let accepted = messages.iter().filter(|(_, event)| event["type"] == "order.accepted").count();
    assert_eq!(accepted as u64, shop.taken);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_event_is_in_the_stream_once_and_in_order_whoever_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let Some(mut nats) = Nats::find(&folder.path().join("nats")) else { return };
    outbound::use_ring();
    let database = format!("sqlite:{}", folder.path().join("q.db").display());
    let setting = format!("nats={}", nats.url());
    let start = async || Server::start_with(&database, folder.path(), &["--set", &setting]).await;
    // Nobody listens there yet, and nobody who sells has to know.
    let mut server = start().await;
    let client = Client::builder().timeout(Duration::from_secs(20)).build().unwrap();
    let token = set_up(&mut server, &client).await;
    let mut shop = Shop { client, token, taken: 0 };
    shop.sells(&server, 20).await;
    nats.start();
    has_everything(&nats, &shop, &server).await;

    shop.sells(&server, 10).await;
    server.child.kill().await.unwrap();
    server = start().await;
    shop.sells(&server, 10).await;
    nats.kill().await;
    shop.sells(&server, 10).await;
    nats.start();
    shop.sells(&server, 10).await;
    has_everything(&nats, &shop, &server).await;
    server.stop().await;
}
