//! Two nodes on one PostgreSQL: they share the work, one that is killed takes nothing with it, one that is told to stop
//! drops nobody, and who may come in is the same at both doors.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use reqwest::{Client, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use testkit::Cluster;
use tokio::time::MissedTickBehavior;

use crate::serving::{Server, get, order, post, set_up};

/// How many clients work at the same time.
const CLIENTS: usize = 4;
/// How often a node is killed, now the one and now the other.
const KILLS: u64 = 6;
/// How long after a death what the dead node had in hand may lie before it is settled: a claim, and some work.
const FAIL_OVER: Duration = Duration::from_secs(15);

/// A balancer as small as it can be: nodes in turn, those that say they are ready. It asks again elsewhere only where
/// the connection was refused, so that nothing was sent.
#[derive(Clone)]
struct Balancer {
    client: Client,
    token: String,
    nodes: Arc<RwLock<Vec<(String, bool)>>>,
    turn: Arc<AtomicUsize>,
}

impl Balancer {
    fn new(client: &Client, token: &str, servers: &[&Server]) -> Balancer {
        let nodes = servers.iter().map(|server| (server.address.clone(), true)).collect();
        Balancer {
            client: client.clone(),
            token: token.to_owned(),
            nodes: Arc::new(RwLock::new(nodes)),
            turn: Arc::default(),
        }
    }

    fn replace(&self, number: usize, server: &Server) {
        self.nodes.write().unwrap()[number] = (server.address.clone(), true);
    }

    /// Asks each node whether it is ready, ten times a second, until dropped.
    fn watch(&self) -> tokio::task::AbortHandle {
        let balancer = self.clone();
        let watching = tokio::spawn(async move {
            let mut beat = tokio::time::interval(Duration::from_millis(100));
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                beat.tick().await;
                let nodes = balancer.nodes.read().unwrap().clone();
                for (address, _) in nodes {
                    let answer = balancer.client.get(format!("{address}/ready")).send().await;
                    let is_ready = answer.is_ok_and(|answer| answer.status().is_success());
                    let mut nodes = balancer.nodes.write().unwrap();
                    if let Some(node) = nodes.iter_mut().find(|node| node.0 == address) {
                        node.1 = is_ready;
                    }
                }
            }
        });
        watching.abort_handle()
    }

    fn next(&self) -> String {
        let nodes = self.nodes.read().unwrap();
        let ready: Vec<&String> = nodes.iter().filter(|node| node.1).map(|node| &node.0).collect();
        let turn = self.turn.fetch_add(1, Ordering::SeqCst);
        ready
            .get(turn % ready.len().max(1))
            .map_or_else(|| nodes[turn % nodes.len()].0.clone(), |&node| node.clone())
    }

    async fn send(&self, path: &str, key: &str, body: &Value) -> Result<(StatusCode, Value), reqwest::Error> {
        loop {
            let request = self
                .client
                .post(format!("{}{path}", self.next()))
                .bearer_auth(&self.token)
                .header("Idempotency-Key", key)
                .json(body);
            match request.send().await {
                Ok(response) => return Ok((response.status(), response.json().await?)),
                Err(error) if error.is_connect() => tokio::task::yield_now().await,
                Err(error) => return Err(error),
            }
        }
    }

    /// The same command with the same key, whatever happens to the nodes, until one of them has done it.
    async fn insist(&self, path: &str, key: &str, body: &Value) -> Value {
        loop {
            match self.send(path, key, body).await {
                Ok((status, answer)) if status.is_success() => return answer,
                Ok((status, answer)) if status.is_client_error() && status != StatusCode::CONFLICT => {
                    panic!("{path}: {status} {answer}")
                }
                _ => tokio::task::yield_now().await,
            }
        }
    }
}

/// A company on a PostgreSQL of its own, with two nodes that serve it.
struct Company {
    cluster: Cluster,
    folder: TempDir,
    client: Client,
    token: String,
}

impl Company {
    /// None where there is no PostgreSQL, which was said.
    async fn found() -> Option<(Company, Server, Server)> {
        let cluster = match Cluster::durable() {
            Ok(cluster) => cluster,
            Err(trouble) => {
                testkit::skip_or_fail(&trouble);
                return None;
            }
        };
        outbound::use_ring();
        let client = Client::builder().timeout(Duration::from_secs(20)).build().expect("a client");
        let folder = tempfile::tempdir().expect("a folder");
        let mut one = Server::start(&cluster.url("postgres"), folder.path()).await;
        let token = set_up(&mut one, &client).await;
        let company = Company { cluster, folder, client, token };
        let other = company.start().await;
        Some((company, one, other))
    }

    async fn start(&self) -> Server {
        Server::start(&self.cluster.url("postgres"), self.folder.path()).await
    }

    async fn get(&self, server: &Server, path: &str) -> Value {
        get(&self.client, &server.address, &self.token, path).await
    }

    /// Waits until no effect is open; says how long that took.
    async fn come_to_rest(&self, server: &Server) -> Duration {
        let since = Instant::now();
        let mut beat = tokio::time::interval(Duration::from_millis(100));
        loop {
            beat.tick().await;
            let open = self.get(server, "/v1/effects").await;
            if open["rows"] == json!([]) {
                return since.elapsed();
            }
            assert!(since.elapsed() < FAIL_OVER, "after {FAIL_OVER:?}: {open}");
        }
    }

    /// Everything holds, and the stream has no gap.
    async fn is_sound(&self, server: &Server) {
        assert_eq!(self.get(server, "/v1/verification").await["findings"], json!([]));
        let (mut after, mut expected) = (0, 1..);
        loop {
            let page = self.get(server, &format!("/v1/events?limit=250&after={after}")).await;
            for event in page["rows"].as_array().expect("rows") {
                assert_eq!(event["position"].as_i64(), expected.next());
            }
            after = page["after"].as_i64().expect("a position");
            if after >= page["head"].as_i64().expect("a position") {
                return;
            }
        }
    }
}

/// How often the other side did something under each reference of ours, from its own books.
fn done_outside(folder: &Path, book: &str, is_meant: impl Fn(&Value) -> bool) -> HashMap<String, usize> {
    let text = std::fs::read_to_string(folder.join(book)).expect("the other side keeps books");
    let entries = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON"));
    let mut times = HashMap::new();
    for entry in entries.filter(|entry| is_meant(entry)) {
        *times.entry(entry["reference"].as_str().expect("a reference").to_owned()).or_default() += 1;
    }
    times
}

/// Orders one unit and makes a parcel of it: each step asks for something outside.
async fn order_to_parcel(balancer: &Balancer, reference: &str) -> String {
    let placed = balancer.insist("/v1/orders", reference, &order(reference)).await;
    let order_id = placed["order_id"].as_str().expect("an id").to_owned();
    let work = loop {
        let url = format!("{}/v1/orders/{order_id}", balancer.next());
        let Ok(answer) = balancer.client.get(url).bearer_auth(&balancer.token).send().await else { continue };
        let Ok(found) = answer.json::<Value>().await else { continue };
        if let Some(work) = found["fulfilment_orders"][0]["fulfilment_order_id"].as_str() {
            break format!("/v1/fulfilment-orders/{work}");
        }
    };
    let size = json!({ "weight_grams": 600, "length_mm": 100, "width_mm": 100, "height_mm": 100 });
    for (step, body) in
        [("picks", json!({ "code": "TEA" })), ("packs", json!({ "code": "TEA" })), ("parcels", size)]
    {
        balancer.insist(&format!("{work}/{step}"), &format!("{step} {reference}"), &body).await;
    }
    order_id
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_loses_nothing_and_the_other_takes_its_work_over() {
    let Some((company, one, other)) = Company::found().await else { return };
    let balancer = Balancer::new(&company.client, &company.token, &[&one, &other]);
    let (is_over, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (balancer, is_over, done) = (balancer.clone(), is_over.clone(), done.clone());
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                while !is_over.load(Ordering::SeqCst) {
                    let reference = format!("{number}-{}", acknowledged.len());
                    acknowledged.push((reference.clone(), order_to_parcel(&balancer, &reference).await));
                    done.fetch_add(1, Ordering::SeqCst);
                }
                acknowledged
            })
        })
        .collect();
    let mut nodes = [one, other];
    for kill in 0..KILLS {
        let until = done.load(Ordering::SeqCst) + 5 + kill;
        while done.load(Ordering::SeqCst) < until {
            tokio::task::yield_now().await;
        }
        let number = (kill % 2) as usize;
        nodes[number].child.kill().await.expect("SIGKILL");
        nodes[number] = company.start().await;
        balancer.replace(number, &nodes[number]);
    }
    // The last one stays dead, in the middle of its work.
    nodes[0].child.kill().await.expect("SIGKILL");
    let survivor = &nodes[1];
    balancer.replace(0, survivor);
    is_over.store(true, Ordering::SeqCst);
    let mut acknowledged = Vec::new();
    for client in clients {
        acknowledged.extend(client.await.expect("a client ends"));
    }
    company.come_to_rest(survivor).await;
    for (reference, order_id) in &acknowledged {
        let key = format!("again {reference}");
        let again =
            post(&company.client, &survivor.address, &company.token, "/v1/orders", &key, &order(reference))
                .await;
        let (status, answer) = again.expect("it answers");
        assert_eq!(
            (status, answer["order_id"].as_str()),
            (StatusCode::OK, Some(order_id.as_str())),
            "{reference}"
        );
    }
    let labels = done_outside(company.folder.path(), "quartermaster.carrier.books", |entry| {
        entry["entry"] == "bought"
    });
    let money = done_outside(company.folder.path(), "quartermaster.payments.books", |entry| {
        entry["kind"] == "authorised"
    });
    for (what, times) in [("label", labels), ("authorisation", money)] {
        assert_eq!(times.len(), acknowledged.len(), "one {what} for each order");
        assert!(times.values().all(|&times| times == 1), "no {what} twice: {times:?}");
    }
    company.is_sound(survivor).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rolling_restart_drops_no_request() {
    let Some((company, one, other)) = Company::found().await else { return };
    let balancer = Balancer::new(&company.client, &company.token, &[&one, &other]);
    let watching = balancer.watch();
    let (is_over, served) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|number| {
            let (balancer, is_over, served) = (balancer.clone(), is_over.clone(), served.clone());
            tokio::spawn(async move {
                let mut taken = 0;
                while !is_over.load(Ordering::SeqCst) {
                    let reference = format!("{number}-{taken}");
                    let answer = balancer.send("/v1/orders", &reference, &order(&reference)).await;
                    let (status, answer) = answer.expect("no request is dropped");
                    assert_eq!(status, StatusCode::CREATED, "{reference}: {answer}");
                    taken += 1;
                    served.fetch_add(1, Ordering::SeqCst);
                }
                taken
            })
        })
        .collect();
    let mut nodes = vec![one, other];
    for restart in 0..4 {
        let until = served.load(Ordering::SeqCst) + 20;
        while served.load(Ordering::SeqCst) < until {
            assert!(clients.iter().all(|client| !client.is_finished()), "a client was let down");
            tokio::task::yield_now().await;
        }
        nodes.remove(0).stop().await;
        nodes.push(company.start().await);
        balancer.replace(restart % 2, &nodes[1]);
    }
    is_over.store(true, Ordering::SeqCst);
    let mut taken = 0;
    for client in clients {
        taken += client.await.expect("a client ends");
    }
    watching.abort();
    company.come_to_rest(&nodes[0]).await;
    let money = done_outside(company.folder.path(), "quartermaster.payments.books", |entry| {
        entry["kind"] == "authorised"
    });
    assert_eq!(money.len(), taken);
    company.is_sound(&nodes[1]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_let_in_at_one_door_is_let_in_at_the_other_and_shut_out_at_both() {
    let Some((company, one, other)) = Company::found().await else { return };
    let client = &company.client;
    let made = client
        .post(format!("{}/v1/api-keys", one.address))
        .bearer_auth(&company.token)
        .json(&json!({ "name": "till", "valid_days": 1 }))
        .send()
        .await
        .expect("it answers");
    let made: Value = made.json().await.expect("JSON");
    let (key, key_id) = (made["key"].as_str().expect("a key"), made["key_id"].as_str().expect("an id"));
    let asks = async |server: &Server, token: &str| {
        let asked = client.get(format!("{}/v1/me", server.address)).bearer_auth(token).send().await;
        asked.expect("it answers").status()
    };
    for server in [&one, &other] {
        assert_eq!(asks(server, key).await, StatusCode::OK, "a key made at one is good at both");
        assert_eq!(asks(server, &company.token).await, StatusCode::OK, "and so is a session");
    }
    let revoked = client
        .delete(format!("{}/v1/api-keys/{key_id}", other.address))
        .bearer_auth(&company.token)
        .send()
        .await;
    assert!(revoked.expect("it answers").status().is_success());
    for server in [&one, &other] {
        assert_eq!(asks(server, key).await, StatusCode::UNAUTHORIZED, "from the next request on");
    }
    let gone = client.post(format!("{}/v1/sign-out", one.address)).bearer_auth(&company.token).send().await;
    assert!(gone.expect("it answers").status().is_success());
    for server in [&one, &other] {
        assert_eq!(asks(server, &company.token).await, StatusCode::UNAUTHORIZED);
    }
}
