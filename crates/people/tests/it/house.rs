//! A founded organisation and a way to knock at its doors.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
    middleware,
};
use http_body_util::BodyExt;
use kernel::{Currency, Timestamp, UserId};
use outbound::Reach;
use people::{Assignment, Attempts, Founded, NewOrganisation, NewStaff, Secret};
use runtime::{Call, Clock, Keyring, Runtime};
use serde_json::Value;
use testkit::TestDb;
use tower::ServiceExt;
use web::Access;

pub const PASSWORD: &str = "correct horse battery";

pub struct House {
    pub runtime: Runtime,
    pub founded: Founded,
    router: Router,
    asked: AtomicU64,
    _db: TestDb,
}

pub struct Heard {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Value,
}

impl House {
    pub async fn open(db: TestDb) -> House {
        House::with_keyring(db, Keyring::default()).await
    }

    async fn with_keyring(db: TestDb, keyring: Keyring) -> House {
        let clock = Clock::manual(Timestamp::from_second(1_800_000_000).expect("a good instant"));
        let founded = people::found(&db, &clock, tea_house()).await.expect("founded");
        let organisation_id = founded.organisation.organisation_id.clone();
        let runtime = Runtime::new((*db).clone(), clock, organisation_id, Some(7)).with_keyring(keyring);
        let identify = middleware::from_fn_with_state(people::Doorkeeper::of(&runtime), people::identify);
        let routes = people::routes(Attempts::default(), Reach::Private)
            .wrap(|router| router.layer(identify))
            .into_router();
        let router = web::layers(routes).with_state(runtime.clone());
        House { runtime, founded, router, asked: AtomicU64::new(0), _db: db }
    }

    /// Opens it and enrols Ada.
    pub async fn with_ada(db: TestDb) -> (House, UserId) {
        House::with_keyring_and_ada(db, Keyring::default()).await
    }

    /// The same with a key that seals secrets.
    pub async fn with_keyring_and_ada(db: TestDb, keyring: Keyring) -> (House, UserId) {
        let house = House::with_keyring(db, keyring).await;
        let secret = house.founded.first_run_secret.clone().expect("nobody is enrolled yet");
        let ada = people::enrol_first(&house.runtime, &secret, new_staff("Ada@Shop.example")).await;
        (house, ada.expect("Ada is enrolled"))
    }

    /// A key nobody used before.
    fn key(&self) -> String {
        format!("k-{}", self.asked.fetch_add(1, Ordering::Relaxed))
    }

    /// Enrols a colleague with roles.
    pub async fn enrols(&self, email: &str, roles: Vec<Assignment>) -> UserId {
        let (call, all) = (Call::by("test"), Access::full());
        people::enrol(&self.runtime, call, &all, new_staff(email), roles).await.expect("enrolled")
    }

    /// The token of somebody who signs in.
    pub async fn token_of(&self, email: &str) -> String {
        let heard = self.sign_in(email, PASSWORD).await;
        heard.body["token"].as_str().expect("let in").to_owned()
    }

    pub fn wait(&self, seconds: i64) {
        let micros = self.runtime.now().as_microsecond() + seconds * 1_000_000;
        self.runtime.clock.advance_to(Timestamp::from_microsecond(micros).expect("a good instant"));
    }

    pub async fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: Value) -> Heard {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let request =
            request.header("content-type", "application/json").header("idempotency-key", self.key());
        let request = request.body(body).expect("a good request");
        let (parts, body) =
            self.router.clone().oneshot(request).await.expect("a router answers").into_parts();
        let body = body.collect().await.expect("the answer comes whole").to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
        Heard { status: parts.status, headers: parts.headers, body }
    }

    pub async fn ask_with(&self, token: &str, method: &str, path: &str, body: Value) -> Heard {
        self.ask(method, path, &[("authorization", &format!("Bearer {token}"))], body).await
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Heard {
        let body = serde_json::json!({ "email": email, "password": password });
        self.ask("POST", "/v1/sign-in", &[], body).await
    }

    pub async fn token_of_ada(&self) -> String {
        self.token_of("ada@shop.example").await
    }
}

pub fn tea_house() -> NewOrganisation {
    NewOrganisation {
        name: "Tea House".into(),
        currency: Currency::EUR,
        time_zone: "Europe/Sofia".into(),
        merchant: "Tea House".into(),
    }
}

pub fn new_staff(email: &str) -> NewStaff {
    NewStaff {
        email: email.into(),
        name: "Ada".into(),
        password: Secret::new(PASSWORD),
        language: "bg".into(),
    }
}
