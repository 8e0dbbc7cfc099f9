//! Every route of the house, asked by everybody: the list is the router's own, so a route without a case fails here.

use std::collections::{BTreeSet, HashMap, HashSet};

use axum::{
    Router,
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use flows::hold::HoldOutcome;
use http_body_util::BodyExt;
use inventory::{
    count::Count,
    till::{TillEvent, TillKind},
};
use kernel::{
    FileId, HoldId, IdentityProviderId, ItemId, MerchantId, NodeId, OperationId, Quantity, SessionId, UserId,
    ViewId, WebhookId,
};
use operations::{End, NewOperation};
use outbound::Reach;
use people::{Assignment, Attempts, NewKey, NewStaff, NewView, Role, Secret};
use runtime::{Call, Runtime};
use serde_json::Value;
use stories::{Story, cart};
use testkit::{TestDb, both_engines};
use tower::ServiceExt;
use web::{Access, Area, Declared, Needs, Permissions};
use webhooks::{NewWebhook, SigningSecret};

use super::{Budgets, Health, Limits, Sampler, Watched};

const PASSWORD: &str = "correct horse battery";

/// A company with an order that has a parcel, and its real router.
pub(super) struct House {
    pub(super) shop: Story,
    pub(super) router: Router,
    pub(super) declared: Vec<Declared>,
    /// A real thing of the company's for each name in a path.
    pub(super) things: HashMap<&'static str, String>,
}

/// A webhook of the company's.
async fn added_webhook(runtime: &Runtime) -> WebhookId {
    let new = NewWebhook {
        url: "https://shop.example/hooks".into(),
        description: String::new(),
        kinds: Vec::new(),
    };
    let added = runtime.run(Call::by("test"), move |cx| {
        let new = new.clone();
        Box::pin(async move { webhooks::add(cx, &new, &SigningSecret::fresh(), Reach::Public).await })
    });
    added.await.unwrap()
}

/// An identity provider of the company's.
async fn added_provider(runtime: &Runtime) -> IdentityProviderId {
    let setup = people::ProviderSetup {
        name: "Shop".into(),
        issuer: "https://id.shop.example".into(),
        client_id: "quartermaster".into(),
        client_secret: Some(Secret::new("secret")),
        address: "https://qm.shop.example".into(),
        domains: Vec::new(),
        admits: None,
    };
    let (call, all) = (Call::by("test"), Access::full());
    people::set_up_provider(runtime, call, &all, Reach::Public, None, setup).await.unwrap()
}

/// Something that is held for a cart.
async fn placed_hold(shop: &Story) -> HoldId {
    match shop.hold(cart("web", "cart-1", &[("TEA", 1)])).await.unwrap().into_result() {
        Some(HoldOutcome::Held(held)) => held.hold_id,
        other => panic!("{other:?}"),
    }
}

/// A correction that waits.
async fn proposed_adjustment(shop: &Story, node_id: &NodeId, item_id: &ItemId) -> String {
    let call = Call::by("test");
    shop.set_approval_limit(call.clone(), Some(Quantity::ZERO)).await.unwrap();
    let count = Count {
        node_id: node_id.clone(),
        item_id: item_id.clone(),
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        counted: Quantity::MAX,
        note: String::new(),
    };
    let counted = shop.book_counts(call.clone(), vec![count]).await.unwrap().into_result().unwrap();
    shop.set_approval_limit(call, None).await.unwrap();
    counted[0].proposed_adjustment_id.as_ref().expect("it waits").to_string()
}

/// Units that a till sold and that the book did not have.
async fn found_discrepancy(shop: &Story, node_id: &NodeId) -> String {
    let item_id = shop.sells("JAM").await;
    let event = TillEvent {
        key: "L1-1".into(),
        kind: TillKind::Sale,
        node_id: node_id.clone(),
        item_id,
        owner_id: shop.merchant_id.clone(),
        lot: String::new(),
        quantity: Quantity::ONE,
        happened_at: shop.runtime.now(),
    };
    let done = shop.ring_up(Call::by("test"), vec![event]).await.unwrap().into_result().unwrap();
    done[0].discrepancies.last().expect("it differs").to_string()
}

/// A file that somebody brought.
async fn kept_file(runtime: &Runtime) -> FileId {
    operations::file::keep(runtime, "test", "a.csv", "text/csv", &b"sku\n1\n"[..]).await.unwrap()
}

/// Long work that has come to its end, and made a file.
async fn ended_operation(runtime: &Runtime) -> OperationId {
    let request = serde_json::json!({});
    let new = NewOperation { kind: "test.nothing", about: "TEA.csv".into(), request, total: None };
    let started = runtime.run(Call::by("test"), move |cx| {
        let new = new.clone();
        Box::pin(async move { operations::start(cx, &new).await })
    });
    let operation_id = started.await.unwrap();
    let file_id = operations::file::keep(runtime, "test", "TEA.csv", "text/csv", &b"TEA"[..]).await.unwrap();
    let run = operations::claim(runtime).await.unwrap().expect("it waits");
    let ended = runtime.run(Call::by("test"), move |cx| {
        let (run, end) = (run.clone(), End::Succeeded(Some(file_id.clone())));
        Box::pin(async move { operations::end(cx, &run, &end).await })
    });
    ended.await.unwrap();
    operation_id
}

/// A view of orders that somebody keeps.
async fn kept_view(runtime: &Runtime, user_id: &UserId) -> ViewId {
    let view = NewView { name: "late".into(), query: "view=late".into(), is_shared: false };
    let user_id = user_id.clone();
    let kept = runtime.run(Call::by("test"), move |cx| {
        let (user_id, view) = (user_id.clone(), view.clone());
        Box::pin(async move { people::save_view(cx, &user_id, &view).await })
    });
    kept.await.unwrap()
}

pub(super) struct Heard {
    pub(super) status: StatusCode,
    pub(super) body: String,
}

impl Heard {
    /// True where a permission was missing; a page says so in words.
    fn is_barred(&self) -> bool {
        let is_told = self.body.contains("permission-missing") || self.body.contains("It takes:");
        self.status == StatusCode::FORBIDDEN && is_told
    }
}

impl House {
    async fn open(db: TestDb) -> House {
        let shop = Story::open(db).await;
        let (flows, stop) = (shop.flows.clone(), tokio::sync::watch::channel(false).1);
        let health = Health::new(flows.clone(), "as a test is".into(), Watched::default(), stop);
        let limits = Limits::new(Budgets::start(&flows.runtime), None, None);
        let routes = super::routes(flows.clone(), health, Some(Sampler::new(flows)), limits).await.unwrap();
        let declared = routes.declared().to_vec();
        let router = web::layers(routes.into_router());
        House { shop, router, declared, things: HashMap::new() }
    }

    /// Opens it with things to look for.
    pub(super) async fn at_work(db: TestDb) -> House {
        let mut house = House::open(db).await;
        let shop = &house.shop;
        let item_id = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "W-1", "leeds", &[("TEA", 2)])).await;
        let work = accepted.fulfilment_orders.first().expect("leeds has it").clone();
        let parcel_id = shop.makes_ready(&work.fulfilment_order_id, &[("TEA-BAR", 2)]).await;
        let owner = house.enrols("ada@shop.example", Assignment::everywhere(Role::Owner)).await;
        let key = house.key(&owner, "till").await.1;
        let (call, all, picker) = (Call::by("test"), Access::full(), Assignment::everywhere(Role::Picker));
        let runtime = &house.shop.runtime;
        let invited = people::invite(runtime, call, &all, "bob@shop.example", picker).await.unwrap();
        let webhook_id = added_webhook(runtime).await;
        let provider_id = added_provider(runtime).await;
        let badge = people::make_badge(runtime, Call::by("test"), &Access::full(), owner.clone(), None)
            .await
            .unwrap();
        let device =
            people::add_device(runtime, Call::by("test"), "Scanner", work.node_id.clone()).await.unwrap();
        house.things = HashMap::from([
            ("order_id", accepted.order_id.to_string()),
            ("fulfilment_order_id", work.fulfilment_order_id.to_string()),
            (
                "expected_receipt_id",
                house.shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 5).await.to_string(),
            ),
            ("proposed_adjustment_id", proposed_adjustment(&house.shop, &work.node_id, &item_id).await),
            ("discrepancy_id", found_discrepancy(&house.shop, &work.node_id).await),
            ("hold_id", placed_hold(&house.shop).await.to_string()),
            ("node_id", work.node_id.to_string()),
            ("parcel_id", parcel_id.to_string()),
            ("item_id", item_id.to_string()),
            ("merchant_id", house.shop.merchant_id.to_string()),
            ("user_id", owner.to_string()),
            ("key_id", key.to_string()),
            ("session_id", key.to_string()),
            ("invitation_id", invited.invitation_id.to_string()),
            ("webhook_id", webhook_id.to_string()),
            ("provider_id", provider_id.to_string()),
            ("badge_id", badge.badge_id.to_string()),
            ("device_id", device.device_id.to_string()),
            ("view_id", kept_view(runtime, &owner).await.to_string()),
            ("kind", "items".to_owned()),
            ("file_id", kept_file(runtime).await.to_string()),
            ("operation_id", ended_operation(runtime).await.to_string()),
        ]);
        house
    }

    pub(super) async fn enrols(&self, email: &str, role: Assignment) -> UserId {
        let new = NewStaff {
            email: email.into(),
            name: "Ada".into(),
            password: Secret::new(PASSWORD),
            language: "en".into(),
        };
        let (call, all) = (Call::by("test"), Access::full());
        people::enrol(&self.shop.runtime, call, &all, new, vec![role]).await.unwrap()
    }

    /// A key for all that somebody may.
    pub(super) async fn key(&self, user_id: &UserId, name: &str) -> (String, SessionId) {
        self.key_that_may(user_id, name, None).await
    }

    /// A key for these permissions; for all of the person's where none are named.
    pub(super) async fn key_that_may(
        &self,
        user_id: &UserId,
        name: &str,
        permissions: Option<Permissions>,
    ) -> (String, SessionId) {
        let new = NewKey { name: name.into(), permissions, area: Area::Everywhere, days: 1 };
        let (call, all) = (Call::by("test"), Access::full());
        let made = people::make_key(&self.shop.runtime, call, &all, user_id.clone(), new).await.unwrap();
        (made.key.reveal().to_owned(), made.key_id)
    }

    pub(super) async fn session(&self, email: &str) -> String {
        let attempts = Attempts::default();
        let signed_in = people::sign_in(&self.shop.runtime, &attempts, email, Secret::new(PASSWORD)).await;
        signed_in.unwrap().token.reveal().to_owned()
    }

    /// The path with a real thing for each name in it; none where there is no thing of that name.
    pub(super) fn path(&self, pattern: &str) -> Option<String> {
        let parts = pattern.split('/').map(|part| match part.strip_prefix('{') {
            Some(name) => self.things.get(name.trim_end_matches('}')).cloned(),
            None => Some(part.to_owned()),
        });
        parts.collect::<Option<Vec<String>>>().map(|parts| parts.join("/"))
    }

    pub(super) async fn ask(&self, method: &Method, path: &str, token: Option<&str>) -> Heard {
        self.send(method, path, token, "\"nothing that anybody could mean\"").await
    }

    pub(super) async fn send(&self, method: &Method, path: &str, token: Option<&str>, body: &str) -> Heard {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("idempotency-key", "k-1")
            .header("if-match", "*")
            .body(Body::from(body.to_owned()));
        let (parts, body) = self.router.clone().oneshot(request.unwrap()).await.unwrap().into_parts();
        // A stream does not end, and nobody is refused by one.
        if parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
            return Heard { status: parts.status, body: String::new() };
        }
        let body = body.collect().await.unwrap().to_bytes();
        Heard { status: parts.status, body: String::from_utf8_lossy(&body).into_owned() }
    }
}

/// Where a role is given in the tests: in the whole organisation, or in a part that has nothing of the company's.
fn elsewhere() -> [Area; 2] {
    [Area::Merchant(MerchantId::parse("mer_other").unwrap()), Area::Node(NodeId::parse("nod_other").unwrap())]
}

/// The document as it is served.
pub(super) async fn document(house: &House) -> Value {
    let heard = house.ask(&Method::GET, "/v1/openapi.json", None).await;
    serde_json::from_str(&heard.body).unwrap()
}

both_engines! {
    /// Run with `UPDATE=1` to write the reviewed copy anew.
    async fn the_reviewed_document_is_the_one_that_is_served(db: TestDb) {
        let served = serde_json::to_string_pretty(&document(&House::open(db).await).await).unwrap() + "\n";
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/openapi.json");
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(path, &served).unwrap();
        }
        let reviewed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(reviewed == served, "docs/openapi.json is out of date: run this test with UPDATE=1");
    }

    async fn c9_the_document_and_the_router_have_the_same_routes(db: TestDb) {
        let house = House::at_work(db).await;
        let document = document(&house).await;
        let told: BTreeSet<String> = document["paths"].as_object().unwrap().iter().flat_map(|(path, item)| {
            item.as_object().unwrap().keys().map(move |method| format!("{} {path}", method.to_uppercase()))
        }).collect();
        let declared = house.declared.iter().filter(|route| route.path.starts_with("/v1/"));
        let declared: BTreeSet<String> =
            declared.map(|route| format!("{} {}", route.method, route.path)).collect();
        assert_eq!(told, declared);
        // And the router itself: what is told is answered, what is not told is not.
        for path in document["paths"].as_object().unwrap().keys() {
            for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
                let heard = house.ask(&method, &house.path(path).unwrap(), None).await;
                let is_told = told.contains(&format!("{method} {path}"));
                assert_eq!(heard.status != StatusCode::METHOD_NOT_ALLOWED, is_told, "{method} {path}");
            }
        }
    }

    async fn c5a_every_role_opens_the_doors_of_its_permissions_and_no_others(db: TestDb) {
        let house = House::at_work(db).await;
        assert!(house.declared.len() > 80, "{} routes", house.declared.len());
        for (place, role) in Role::ALL.iter().enumerate() {
            let staff = house.enrols(&format!("{place}@shop.example"), Assignment::everywhere(*role)).await;
            let (mut key, _) = house.key(&staff, "c5a").await;
            for route in &house.declared {
                let (method, path, needs) = (&route.method, &route.path, route.needs());
                let Some(asked) = house.path(path) else {
                    assert_eq!(needs, Needs::Nothing, "{method} {path}: there is no thing for a name in it");
                    continue;
                };
                let may = needs.permission().is_none_or(|permission| role.permissions().has(permission));
                let heard = house.ask(method, &asked, Some(&key)).await;
                assert_ne!(heard.status, StatusCode::UNAUTHORIZED, "{role} {method} {path}");
                assert_eq!(!heard.is_barred(), may, "{role} {method} {path}: {} {}", heard.status, heard.body);
                if needs == Needs::Caller || path == "/sign-out" {
                    key = house.key(&staff, "c5a").await.0;
                }
            }
        }
    }

    async fn c5a_a_person_without_a_role_opens_nothing_that_needs_one(db: TestDb) {
        let house = House::at_work(db).await;
        let new = NewStaff {
            email: "eve@shop.example".into(),
            name: "Eve".into(),
            password: Secret::new(PASSWORD),
            language: "en".into(),
        };
        let (call, all) = (Call::by("test"), Access::full());
        let eve = people::enrol(&house.shop.runtime, call, &all, new, Vec::new()).await.unwrap();
        let (key, _) = house.key(&eve, "c5a").await;
        for route in &house.declared {
                let (method, path, needs) = (&route.method, &route.path, route.needs());
            if needs.permission().is_some() {
                let heard = house.ask(method, &house.path(path).unwrap(), Some(&key)).await;
                assert!(heard.is_barred(), "{method} {path}: {}", heard.status);
            }
        }
    }

    async fn c1_nobody_reaches_a_thing_that_is_not_theirs_by_its_id(db: TestDb) {
        let house = House::at_work(db).await;
        let [merchant, node] = elsewhere();
        for (email, area) in [("merchant@other.example", merchant), ("node@other.example", node)] {
            house.enrols(email, Assignment { role: Role::Owner, area }).await;
        }
        let (of_merchant, of_node) =
            (house.session("merchant@other.example").await, house.session("node@other.example").await);
        let ada = house.session("ada@shop.example").await;
        let (revoked, key_id) = house.key(&UserId::parse(&house.things["user_id"]).unwrap(), "old").await;
        people::sign_out(&house.shop.runtime, Call::by("test"), key_id).await.unwrap();

        let mut names = HashSet::new();
        for route in &house.declared {
                let (method, path, needs) = (&route.method, &route.path, route.needs());
            if !path.contains('{') || needs == Needs::Nothing {
                continue;
            }
            names.extend(path.split('/').filter(|part| part.starts_with('{')));
            let asked = house.path(path).unwrap_or_else(|| panic!("{method} {path}: no thing for a name in it"));
            for (who, token) in [
                ("nobody", None),
                ("another merchant", Some(&of_merchant)),
                ("another node", Some(&of_node)),
                ("a revoked key", Some(&revoked)),
            ] {
                let heard = house.ask(method, &asked, token.map(String::as_str)).await;
                let is_shut = matches!(heard.status.as_u16(), 401 | 403 | 404)
                    // A page leads whoever is not signed in to the door.
                    || (heard.status == StatusCode::TEMPORARY_REDIRECT || heard.status == StatusCode::SEE_OTHER)
                        && matches!(who, "nobody" | "a revoked key");
                assert!(is_shut, "{who} {method} {path}: {} {}", heard.status, heard.body);
                // What was asked for may be said back, and nothing beside it.
                let told = heard.body.replace(&asked, "");
                for (name, thing) in &house.things {
                    assert!(!told.contains(thing.as_str()) || asked.contains(thing.as_str()), "{who} {path}: {name}");
                }
                assert!(!told.contains("TEA") && !told.contains("Petrova"), "{who} {method} {path}");
            }
            // The same is there for whom it is: nobody was kept out by a thing that does not exist.
            if *method == Method::GET {
                let heard = house.ask(method, &asked, Some(&ada)).await;
                assert!(!matches!(heard.status.as_u16(), 401 | 403 | 404), "{path} {}", heard.status);
            }
        }
        assert_eq!(names.len(), house.things.len(), "{names:?}");
    }

    async fn c1_lists_show_a_part_to_whoever_works_in_a_part(db: TestDb) {
        let house = House::at_work(db).await;
        let node = NodeId::parse(&house.things["node_id"]).unwrap();
        let theirs = [Area::Merchant(house.shop.merchant_id.clone()), Area::Node(node)];
        for (place, (area, sees)) in
            theirs.map(|area| (area, true)).into_iter().chain(elsewhere().map(|area| (area, false))).enumerate()
        {
            let email = format!("{place}@shop.example");
            let staff = house.enrols(&email, Assignment { role: Role::Admin, area: area.clone() }).await;
            let (key, _) = house.key(&staff, "c1").await;
            let order = &house.things["order_id"];
            let work = format!("/v1/fulfilment-orders?node_id={}&status=to_ship", house.things["node_id"]);
            for path in ["/v1/orders", "/orders", "/v1/stock?item=TEA", "/stock", work.as_str()] {
                let heard = house.ask(&Method::GET, path, Some(&key)).await;
                let told = heard.body.replace("item=TEA", "");
                let mark = match path {
                    "/stock" => "Fine TEA",
                    "/v1/stock?item=TEA" => house.things["node_id"].as_str(),
                    _ => order.as_str(),
                };
                let is_told = told.contains(mark);
                assert_eq!(is_told, sees, "{area:?} {path}: {} {told}", heard.status);
            }
            let nodes = house.ask(&Method::GET, "/v1/nodes", Some(&key)).await;
            let has_node = nodes.body.contains(&house.things["node_id"]);
            assert_eq!(has_node, sees && matches!(area, Area::Node(_)), "{area:?}");
            let items = house.ask(&Method::GET, "/v1/items", Some(&key)).await;
            assert_eq!(items.body.contains("TEA"), sees && matches!(area, Area::Merchant(_)), "{area:?}");
        }
    }
}
