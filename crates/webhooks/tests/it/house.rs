//! A house that things happen in, and a receiver that listens.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use axum::{
    Extension, Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Request, StatusCode},
    routing::post,
};
use db::Fault;
use http_body_util::BodyExt;
use kernel::{OrganisationId, SessionId, Timestamp, WebhookId};
use outbound::{Courier, Reach};
use runtime::{Call, Clock, Keyring, Runtime};
use serde_json::{Value, json};
use testkit::TestDb;
use tokio::sync::{Semaphore, mpsc};
use tower::ServiceExt;
use web::Caller;
use webhooks::{Attempt, Sender, SigningSecret, Webhook};

pub struct House {
    pub sender: Sender,
    router: Router,
    pub db: TestDb,
}

pub struct Heard {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

/// The ring of every house here, for some open their database twice.
pub fn keyring() -> Keyring {
    Keyring::parse("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=").unwrap()
}

impl House {
    pub fn open(db: TestDb) -> House {
        House::open_to(db, Reach::Private)
    }

    pub fn open_to(db: TestDb, reach: Reach) -> House {
        House::open_as(db, reach, keyring())
    }

    /// The same with these master keys.
    pub fn open_with(db: TestDb, keyring: Keyring) -> House {
        House::open_as(db, Reach::Private, keyring)
    }

    fn open_as(db: TestDb, reach: Reach, keyring: Keyring) -> House {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).unwrap());
        let runtime = Runtime::new((*db).clone(), clock, OrganisationId::from_body("test"), Some(7));
        let runtime = runtime.with_keyring(keyring);
        let sender = Sender::new(runtime, Courier::new(reach));
        let ada = Caller {
            user_id: None,
            is_machine: true,
            actor: "machine:ses_1".into(),
            session_id: SessionId::from_body("1"),
            language: "en".into(),
            access: web::Access::full(),
        };
        let routes = webhooks::api::routes().into_router();
        let router = web::layers(routes).with_state(sender.clone()).layer(Extension(ada));
        House { sender, router, db }
    }

    pub async fn ask(&self, method: &str, path: &str, key: &str, body: Value) -> Heard {
        self.guarded(method, path, key, None, body).await
    }

    /// The same on what was seen under this tag.
    pub async fn guarded(
        &self,
        method: &str,
        path: &str,
        key: &str,
        tag: Option<&str>,
        body: Value,
    ) -> Heard {
        let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
        let request = if key.is_empty() { request } else { request.header("idempotency-key", key) };
        let request = tag.into_iter().fold(request, |request, tag| request.header("if-match", tag));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Heard { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    /// Adds a webhook over the API; gives its id and its secret.
    pub async fn adds(&self, url: &str, kinds: &[&str]) -> (WebhookId, SigningSecret) {
        let body = json!({ "url": url, "kinds": kinds, "description": "the shop" });
        let heard = self.ask("POST", "/v1/webhooks", &format!("add {url}"), body).await;
        assert_eq!(heard.status, 201, "{}", heard.body);
        let secret = SigningSecret::parse(heard.body["secret"].as_str().unwrap()).unwrap();
        (heard.body["webhook_id"].as_str().unwrap().parse().unwrap(), secret)
    }

    pub async fn does(&self, webhook_id: &WebhookId, what: &str, body: Value) -> Heard {
        let key = format!("{what} {} {}", body, self.sender.runtime.now());
        self.ask("POST", &format!("/v1/webhooks/{webhook_id}/{what}"), &key, body).await
    }

    /// A node of this name becomes active, and has its place in the stream.
    pub async fn happens(&self, code: &str) {
        self.happens_of("node.activated", json!({ "code": code })).await;
    }

    pub async fn happens_of(&self, kind: &'static str, data: Value) {
        let told = self.sender.runtime.run(Call::by("test"), move |cx| {
            let data = data.clone();
            Box::pin(async move {
                cx.tell(kind, "nod_1", data);
                Ok::<_, Fault>(())
            })
        });
        told.await.unwrap();
        self.sequence().await;
    }

    pub async fn sequence(&self) {
        runtime::event::sequence(&self.sender.runtime).await.unwrap();
    }

    pub fn wait(&self, seconds: i64) {
        let micros = self.sender.runtime.now().as_microsecond() + seconds * 1_000_000;
        self.sender.runtime.clock.advance_to(Timestamp::from_microsecond(micros).unwrap());
    }

    /// Sends until nothing is due; gives how many rounds had something to do.
    pub async fn sends(&self) -> usize {
        let mut rounds = 0;
        while self.sender.round().await.unwrap() > 0 {
            rounds += 1;
            assert!(rounds < 50, "it goes on for ever");
        }
        rounds
    }

    pub async fn webhook(&self, webhook_id: &WebhookId) -> Webhook {
        let (organisation_id, id) = (self.sender.runtime.organisation_id.clone(), webhook_id.clone());
        let found: Result<_, Fault> = self
            .sender
            .runtime
            .read(move |tx| Box::pin(async move { webhooks::find_webhook(tx, &organisation_id, &id).await }))
            .await;
        found.unwrap().unwrap()
    }

    /// The attempts, oldest first.
    pub async fn attempts(&self, webhook_id: &WebhookId) -> Vec<Attempt> {
        let (organisation_id, id) = (self.sender.runtime.organisation_id.clone(), webhook_id.clone());
        let found: Result<_, Fault> = self
            .sender
            .runtime
            .read(move |tx| {
                Box::pin(
                    async move { webhooks::list_attempts(tx, &organisation_id, &id, i64::MAX, 1_000).await },
                )
            })
            .await;
        let mut attempts: Vec<Attempt> = found.unwrap();
        attempts.reverse();
        attempts
    }

    /// Every kind that was told of a subject.
    pub async fn told_of(&self, subject_id: &WebhookId) -> Vec<String> {
        let (organisation_id, id) = (self.sender.runtime.organisation_id.clone(), subject_id.clone());
        let found: Result<_, Fault> = self
            .sender
            .runtime
            .read(move |tx| {
                Box::pin(
                    async move { runtime::event::list_of_subject(tx, &organisation_id, id.as_str()).await },
                )
            })
            .await;
        found.unwrap().into_iter().map(|event| event.kind).collect()
    }

    pub async fn holds(&self) {
        let organisation_id = self.sender.runtime.organisation_id.clone();
        let found: Result<_, Fault> = self
            .sender
            .runtime
            .read(move |tx| {
                Box::pin(
                    async move { runtime::verify::check(tx, &organisation_id, webhooks::INVARIANTS).await },
                )
            })
            .await;
        let found: Vec<runtime::Finding> = found.unwrap();
        assert!(found.is_empty(), "{found:?}");
    }
}

/// A message as it arrived.
#[derive(Debug, Clone)]
pub struct Message {
    pub id: String,
    pub signature: String,
    pub headers: HeaderMap,
    pub raw: String,
    pub body: Value,
}

/// A receiver on this machine.
pub struct Receiver {
    pub url: String,
    inner: Arc<Inner>,
    arrivals: tokio::sync::Mutex<mpsc::UnboundedReceiver<()>>,
    server: tokio::task::JoinHandle<()>,
}

struct Inner {
    heard: Mutex<Vec<Message>>,
    answers: Mutex<VecDeque<(u16, Option<&'static str>)>>,
    usual: Mutex<u16>,
    gate: Semaphore,
    forgets: usize,
    tell: mpsc::UnboundedSender<()>,
}

impl Receiver {
    pub async fn listens() -> Receiver {
        Receiver::opened(Semaphore::MAX_PERMITS, 0).await
    }

    /// One that answers nothing until [`Receiver::opens`].
    pub async fn listens_behind_a_gate() -> Receiver {
        Receiver::opened(0, 0).await
    }

    /// One that never answers the first message.
    pub async fn listens_and_forgets_the_first() -> Receiver {
        Receiver::opened(Semaphore::MAX_PERMITS, 1).await
    }

    async fn opened(permits: usize, forgets: usize) -> Receiver {
        let (tell, arrivals) = mpsc::unbounded_channel();
        let inner = Arc::new(Inner {
            heard: Mutex::default(),
            answers: Mutex::default(),
            usual: Mutex::new(204),
            gate: Semaphore::new(permits),
            forgets,
            tell,
        });
        let router = Router::new().route("/hook", post(take)).with_state(inner.clone());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let server = tokio::spawn(async { axum::serve(listener, router).await.unwrap() });
        Receiver { url, inner, arrivals: tokio::sync::Mutex::new(arrivals), server }
    }

    pub fn opens(&self) {
        self.inner.gate.add_permits(1_000);
    }

    pub fn will_answer(&self, answers: &[(u16, Option<&'static str>)]) {
        self.inner.answers.lock().unwrap().extend(answers);
    }

    pub fn usually_answers(&self, status: u16) {
        *self.inner.usual.lock().unwrap() = status;
    }

    pub fn heard(&self) -> Vec<Message> {
        self.inner.heard.lock().unwrap().clone()
    }

    /// The codes of the nodes that were told of, in the order of arrival.
    pub fn codes(&self) -> Vec<String> {
        let code = |message: &Message| message.body["data"]["code"].as_str().unwrap_or("-").to_owned();
        self.heard().iter().map(code).collect()
    }

    /// Waits until a message has arrived that nobody waited for.
    pub async fn hears(&self) {
        self.arrivals.lock().await.recv().await.unwrap();
    }

    pub fn goes_away(&self) {
        self.server.abort();
    }
}

async fn take(State(inner): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> axum::response::Response {
    let text = |name: &str| headers[name].to_str().unwrap().to_owned();
    let raw = String::from_utf8(body.to_vec()).unwrap();
    let message = Message {
        id: text("webhook-id"),
        signature: text("webhook-signature"),
        body: serde_json::from_str(&raw).unwrap(),
        raw,
        headers: headers.clone(),
    };
    let place = {
        let mut heard = inner.heard.lock().unwrap();
        heard.push(message);
        heard.len()
    };
    inner.tell.send(()).unwrap();
    if place <= inner.forgets {
        std::future::pending::<()>().await;
    }
    inner.gate.acquire().await.unwrap().forget();
    let (status, retry_after) =
        inner.answers.lock().unwrap().pop_front().unwrap_or((*inner.usual.lock().unwrap(), None));
    let mut answer = axum::response::Response::builder().status(StatusCode::from_u16(status).unwrap());
    if let Some(retry_after) = retry_after {
        answer = answer.header("retry-after", retry_after);
    }
    answer.body(Body::from("thank you")).unwrap()
}
