//! Coming in by an identity provider: a real one, which tells the truth, and then lies in every way that is known.

use std::collections::HashMap;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use axum::http::{StatusCode, header};
use kernel::IdentityProviderId;
use outbound::{Courier, Reach};
use people::{Assignment, ProviderSetup, Role, Secret};
use runtime::{Call, Clock};
use serde_json::{Value, json};
use testkit::TestDb;
use web::Access;

use crate::office::{EMAIL, Office, Seen};

const SECRET: &str = "only between us and nobody else at all";
const ADDRESS: &str = "https://qm.shop.example";
const HOME: &str = "idp_shop";
const OTHER: &str = "idp_other";

/// The provider's process; it ends with the test.
struct Provider {
    process: Child,
    issuer: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts it, or says that this machine lacks what it needs.
fn start() -> Option<Provider> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../e2e");
    if !std::path::Path::new(folder).join("node_modules/oidc-provider").is_dir() {
        assert!(std::env::var_os("CI").is_none(), "npm ci in e2e/ brings the identity provider of this test");
        println!("skipped: npm ci in e2e/ brings the identity provider of this test");
        return None;
    }
    let back = |id: &str| format!("{ADDRESS}/sign-in/from/{id}");
    let clients = json!([{
        "client_id": "qm", "client_secret": SECRET, "redirect_uris": [back(HOME), back(OTHER)],
    }]);
    let mut process = Command::new("node")
        .args(["identity_provider.mjs", &clients.to_string()])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("node is here, for its packages are");
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let issuer = lines.find_map(|line| line.ok().filter(|line| line.starts_with("http://"))).unwrap();
    Some(Provider { process, issuer })
}

/// Somebody with a browser, our office and a provider.
struct Scene {
    office: Office,
    provider: Provider,
    net: Courier,
    /// The browser's cookies at the provider, and ours.
    there: HashMap<String, String>,
    here: String,
    /// Where it was sent to.
    asked: String,
}

impl Scene {
    async fn open(db: TestDb) -> Option<Scene> {
        let provider = start()?;
        let (office, _) = Office::with_courier(db, Courier::new(Reach::Private)).await.staffed().await;
        // What a provider signs is of this hour, whatever hour the shop lives in.
        office.shop.runtime.clock.advance_to(Clock::System.now());
        let scene = Scene {
            office,
            provider,
            net: Courier::new(Reach::Private),
            there: HashMap::new(),
            here: String::new(),
            asked: String::new(),
        };
        for id in [HOME, OTHER] {
            scene.set_up(id, &[], None).await;
        }
        Some(scene)
    }

    async fn set_up(&self, id: &str, domains: &[&str], admits: Option<Assignment>) {
        let setup = ProviderSetup {
            name: "Shop account".into(),
            issuer: self.provider.issuer.clone(),
            client_id: "qm".into(),
            client_secret: Some(Secret::new(SECRET)),
            address: ADDRESS.into(),
            domains: domains.iter().map(|domain| (*domain).to_owned()).collect(),
            admits,
        };
        let id = IdentityProviderId::parse(id).unwrap();
        let (call, all) = (Call::by("test"), Access::full());
        let runtime = &self.office.shop.runtime;
        people::set_up_provider(runtime, call, &all, Reach::Private, Some(id), setup).await.unwrap();
    }

    /// Says who signs in there next, and how the answer is false.
    async fn says(&self, what: Value) {
        let request = http::Request::post(format!("{}/control", self.provider.issuer));
        let answer = self.net.fetch(request.body(what.to_string().into_bytes()).unwrap()).await.unwrap();
        assert_eq!(answer.status(), 204);
    }

    /// The browser asks the provider, and follows it until it sends it back to us; gives the path of that.
    async fn visits(&mut self, url: &str) -> String {
        let mut url = url.to_owned();
        for _ in 0..20 {
            let cookies: Vec<String> =
                self.there.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let request = http::Request::get(&url).header(header::COOKIE, cookies.join("; "));
            let answer = self.net.fetch(request.body(Vec::new()).unwrap()).await.unwrap();
            for cookie in answer.headers().get_all(header::SET_COOKIE) {
                let (name, value) =
                    cookie.to_str().unwrap().split(';').next().unwrap().split_once('=').unwrap();
                self.there.insert(name.to_owned(), value.to_owned());
            }
            let body = String::from_utf8_lossy(answer.body()).into_owned();
            let next = answer.headers().get(header::LOCATION).unwrap_or_else(|| panic!("{url}: {body}"));
            let next = next.to_str().unwrap();
            if let Some(path) = next.strip_prefix(ADDRESS) {
                return path.to_owned();
            }
            url = if next.starts_with('/') {
                format!("{}{next}", self.provider.issuer)
            } else {
                next.to_owned()
            };
        }
        panic!("the provider sends the browser around in circles");
    }

    /// Leaves for a provider and signs in there; gives the path it comes back to.
    async fn departs(&mut self, id: &str) -> String {
        let left = self.office.see("", &format!("/sign-in/with/{id}?next=%2Forders")).await;
        let url = left.goes_to().to_owned();
        assert!(
            url.starts_with(&self.provider.issuer) && url.contains("code_challenge_method=S256"),
            "{url}"
        );
        self.here = cookie(&left, "qm_journey");
        self.asked = url.clone();
        self.visits(&url).await
    }

    async fn arrives(&self, path: &str) -> Seen {
        self.office.see(&self.here, path).await
    }

    /// The whole way there and back.
    async fn comes_in(&mut self, id: &str) -> Seen {
        let back = self.departs(id).await;
        self.arrives(&back).await
    }
}

fn cookie(seen: &Seen, name: &str) -> String {
    let cookies = seen.headers.get_all(header::SET_COOKIE).iter();
    let found = cookies.filter_map(|value| value.to_str().ok()).find(|value| value.starts_with(name));
    found.unwrap_or_else(|| panic!("no {name}")).split(';').next().unwrap().to_owned()
}

testkit::both_engines! {
    async fn ada_comes_in_by_her_account_elsewhere_and_is_known_by_it_from_then_on(db: TestDb) {
        let Some(mut scene) = Scene::open(db).await else { return };
        scene.office.see("", "/sign-in?next=%2Forders").await.says(&["Sign in with Shop account", "/sign-in/with/idp_shop"]);
        let entered = scene.comes_in(HOME).await;
        assert_eq!(entered.goes_to(), "/orders");
        let session = cookie(&entered, "qm_session");
        scene.office.see(&session, "/orders").await.says(&["Ada", EMAIL]);
        assert_eq!(cookie(&entered, "qm_journey"), "qm_journey=", "the journey is over");

        // Her address may change there; her account here stays hers.
        scene.says(json!({ "email": "lovelace@elsewhere.example" })).await;
        assert_eq!(scene.comes_in(HOME).await.goes_to(), "/orders");

        // New keys of the provider are fetched when they are needed.
        scene.says(json!({ "rotate": true })).await;
        assert_eq!(scene.comes_in(HOME).await.goes_to(), "/orders");

        // Where somebody else gets her old address, they do not get her account with it.
        scene.says(json!({ "sub": "2", "email": EMAIL })).await;
        scene.there.clear();
        let refused = scene.comes_in(HOME).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        refused.says(&["nobody here is known by it"]);
    }

    async fn a_provider_lets_in_only_whom_we_know_unless_it_may_bring_its_own(db: TestDb) {
        let Some(mut scene) = Scene::open(db).await else { return };
        for (who, what) in [
            ("a stranger", json!({ "sub": "7", "email": "eve@shop.example", "email_verified": true })),
            ("an address nobody verified", json!({ "sub": "8", "email": EMAIL, "email_verified": false })),
        ] {
            scene.says(what).await;
            scene.there.clear();
            assert_eq!(scene.comes_in(HOME).await.status, StatusCode::FORBIDDEN, "{who}");
        }
        let picker = Some(Assignment::everywhere(Role::Picker));
        scene.set_up(HOME, &["shop.example"], picker).await;
        scene.says(json!({ "sub": "7", "email": "eve@shop.example", "email_verified": true })).await;
        scene.there.clear();
        let entered = scene.comes_in(HOME).await;
        let session = cookie(&entered, "qm_session");
        scene.office.see(&session, "/settings/sessions").await.says(&["Ada Lovelace", "eve@shop.example"]);
        assert_eq!(scene.office.see(&session, "/orders").await.status, StatusCode::FORBIDDEN, "a picker");

        scene.says(json!({ "sub": "9", "email": "mallory@evil.example" })).await;
        scene.there.clear();
        assert_eq!(scene.comes_in(HOME).await.status, StatusCode::FORBIDDEN, "another domain");
    }

    async fn c2_a_lie_of_the_provider_s_answer_lets_nobody_in(db: TestDb) {
        let Some(mut scene) = Scene::open(db).await else { return };
        for lie in [
            "wrong nonce",
            "no nonce",
            "wrong audience",
            "one audience too many",
            "wrong issuer",
            "expired",
            "issued long ago",
            "changed",
            "not signed",
            "signed with the public key as a secret",
            "signed with the shared secret",
            "signed by somebody else",
        ] {
            scene.says(json!({ "lie": lie })).await;
            let refused = scene.comes_in(HOME).await;
            assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{lie}: {}", refused.text());
            assert!(!format!("{:?}", refused.headers).contains("qm_session"), "{lie}");
        }
        scene.says(json!({ "lie": "" })).await;
        assert_eq!(scene.comes_in(HOME).await.goes_to(), "/orders", "the truth");
    }

    async fn c2_what_was_used_begun_elsewhere_or_mixed_up_lets_nobody_in(db: TestDb) {
        let Some(mut scene) = Scene::open(db).await else { return };
        let back = scene.departs(HOME).await;
        let not_ours = StatusCode::UNPROCESSABLE_ENTITY;

        // Another browser, or one that departed on another journey.
        assert_eq!(scene.office.see("", &back).await.status, not_ours);
        let other_journey = scene.office.see("", "/sign-in/with/idp_shop").await;
        let other = cookie(&other_journey, "qm_journey");
        assert_eq!(scene.office.see(&other, &back).await.status, not_ours);
        // An answer of one provider at the address of another, and one that says it is of another.
        let mixed = back.replace(HOME, OTHER);
        assert_eq!(scene.arrives(&mixed).await.status, not_ours);
        let (before, _) = back.split_once("&iss=").expect("the provider names itself");
        assert_eq!(scene.arrives(&format!("{before}&iss=https%3A%2F%2Fevil.example")).await.status, not_ours);
        // Without what proves that the code is for us.
        let changed = back.replace("code=", "code=x");
        assert_eq!(scene.arrives(&changed).await.status, not_ours);
        let declined = back.replace("code=", "error=access_denied&x=");
        assert_eq!(scene.arrives(&declined).await.status, not_ours);

        let back = scene.departs(HOME).await;
        assert_eq!(scene.arrives(&back).await.goes_to(), "/orders");
        assert_eq!(scene.arrives(&back).await.status, not_ours, "once");
        // The same journey with a new code.
        let asked = scene.asked.clone();
        let again = scene.visits(&asked).await;
        assert_ne!(again, back);
        assert_eq!(scene.arrives(&again).await.status, not_ours, "a journey begins one session");
    }

    async fn an_owner_sets_a_provider_up_on_its_page(db: TestDb) {
        let (office, cookie) = Office::with_ada(db).await;
        let page = office.see(&cookie, "/settings/sign-in").await;
        page.says(&["Add an identity provider", "/sign-in/from/idp_"]);
        let text = page.text();
        let (_, rest) = text.split_once("action=\"/settings/sign-in/").expect("a form");
        let path = format!("/settings/sign-in/{}", rest.split('"').next().unwrap());
        let form = |issuer: &str| {
            format!(
                "is_new=1&name=Shop&issuer={issuer}&client_id=qm&client_secret=tea-secret&address=https://qm.shop.example"
            )
        };
        let refused = office.send(&cookie, &path, &form("http://10.0.0.1")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
        refused.says(&["public host"]);
        assert_eq!(office.send(&cookie, &path, &form("https://id.shop.example")).await.goes_to(), "/settings/sign-in");
        let known = office.see(&cookie, "/settings/sign-in").await;
        known.says(&["https://id.shop.example", "Remove"]);
        known.does_not_say(&["tea-secret"]);
    }
}
