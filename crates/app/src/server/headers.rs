//! What every answer of every route says to browsers, and what none says to anybody.

use std::collections::BTreeSet;

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use http_body_util::BodyExt;
use people::{Assignment, Role};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use testkit::{TestDb, both_engines};
use tower::ServiceExt;

use super::doors::House;

/// Addresses beside the declared routes.
const BESIDE: [&str; 4] = ["/nothing", "/v1/nothing", "/problems/not-found", "/problems/nonsense"];

async fn ask(router: &Router, request: Request<Body>) -> (StatusCode, HeaderMap, String) {
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    if parts.headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream") {
        return (parts.status, parts.headers, String::new());
    }
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8_lossy(&body).into_owned())
}

/// Scripts and styles come from here alone, none stands in a page, nobody frames us.
fn is_strict(policy: &str) -> bool {
    let directives: Vec<Vec<&str>> =
        policy.split(';').map(|directive| directive.split_whitespace().collect()).collect();
    let of = |name: &str| directives.iter().find(|directive| directive.first() == Some(&name));
    let is_own = |name: &str| {
        of(name).or(of("default-src")).is_some_and(|directive| {
            directive[1..].iter().all(|source| matches!(*source, "'self'" | "'none'"))
        })
    };
    let is_none = |name: &str| of(name).is_some_and(|directive| directive[1..] == ["'none'"]);
    !policy.contains("unsafe")
        && ["script-src", "style-src", "connect-src", "object-src", "form-action"].into_iter().all(is_own)
        && is_none("frame-ancestors")
        && is_none("base-uri")
}

both_engines! {
    async fn c8_c12_c14_every_answer_of_every_route_is_safe_in_a_browser(db: TestDb) {
        let house = House::at_work(db).await;
        let owner = house.enrols("safe@shop.example", Assignment::everywhere(Role::Owner)).await;
        let (key, _) = house.key(&owner, "c8").await;
        let mut asked: Vec<(Method, String)> = BESIDE.map(|path| (Method::GET, path.to_owned())).into();
        for declared in &house.declared {
            let path = house.path(&declared.path).unwrap_or_else(|| declared.path.replace(['{', '}', '*'], "x"));
            asked.push((declared.method.clone(), path.clone()));
            // A method that the address does not take.
            asked.push((Method::PUT, path));
        }
        let mut policies = BTreeSet::new();
        let mut kinds = BTreeSet::new();
        for (method, path) in asked {
            for token in [None, Some(&key)] {
                let mut request = Request::builder().method(&method).uri(&path).header("idempotency-key", "k");
                if let Some(token) = token {
                    request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
                }
                let (status, headers, _) = ask(&house.router, request.body(Body::empty()).unwrap()).await;
                let text = |name: &str| headers.get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
                let place = format!("{method} {path}: {status}");
                assert_eq!(text("x-content-type-options"), "nosniff", "{place}");
                assert_eq!(text("x-frame-options"), "DENY", "{place}");
                assert!(matches!(text("referrer-policy").as_str(), "same-origin" | "no-referrer"), "{place}");
                assert!(text("x-request-id").starts_with("req_"), "{place}");
                let is_kept = text("cache-control").contains("max-age") || text("cache-control").contains("no-cache");
                // What may be kept is the same for everybody: browser files and the like.
                assert!(text("cache-control") == "no-store" || is_kept && status.is_success(), "{place}");
                assert!(text("access-control-allow-origin").is_empty(), "{place}");
                assert!(!headers.contains_key("server") && !headers.contains_key("x-powered-by"), "{place}");
                policies.insert(text("content-security-policy"));
                kinds.insert(status.as_u16() / 100);
            }
        }
        for policy in &policies {
            assert!(is_strict(policy), "{policy}");
        }
        assert!(kinds.is_superset(&BTreeSet::from([2, 3, 4])), "{kinds:?}");
    }

    async fn c8_no_nonsense_makes_the_server_tell_of_its_insides(db: TestDb) {
        let seed = 20_261_122;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let house = House::at_work(db).await;
        let owner = house.enrols("fuzz@shop.example", Assignment::everywhere(Role::Owner)).await;
        for declared in &house.declared {
            let (key, _) = house.key(&owner, "c8").await;
            for turn in 0..3 {
                let nonsense = [
                    "null", "[]", "{\"a\":1e999}", "\"\\u0000\"", "{\"quantity\":-9223372036854775809}", "{\"id\":{\"$ne\":1}}",
                    "a=%00&b=%ff", "'; drop table event; --", "\u{202e}\u{feff}", "{\"limit\":\"x\"}",
                ];
                let body = nonsense[random.random_range(0..nonsense.len())];
                let query = ["", "?limit=-1", "?after=%00", "?limit=99999999999999999999", "?q='%20or%201=1", "?after=%F0%9F"];
                let query = query[random.random_range(0..query.len())];
                let kind = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"];
                let kind = kind[random.random_range(0..kind.len())];
                let name = ["%00", "'", "ord_%F0%9F%92%A9", "..%2f..%2fetc%2fpasswd", "1"][random.random_range(0..5)];
                let path = match house.path(&declared.path).filter(|_| turn > 0) {
                    Some(path) => path,
                    None => declared.path.split('/').map(|part| if part.starts_with('{') { name } else { part }).collect::<Vec<_>>().join("/"),
                };
                let request = Request::builder().method(&declared.method).uri(format!("{path}{query}"))
                    .header(header::AUTHORIZATION, format!("Bearer {key}"))
                    .header(header::CONTENT_TYPE, kind)
                    .header("idempotency-key", format!("k{turn}"));
                let (status, _, told) = ask(&house.router, request.body(Body::from(body)).unwrap()).await;
                let place = format!("seed {seed}: {} {path}{query} {kind} {body}: {status} {told}", declared.method);
                // An upload that breaks off may be nobody's fault; everything else is ours to refuse.
                // An identity provider that cannot be reached is nobody's fault here, and is said so.
                assert!(!status.is_server_error() || status == StatusCode::BAD_GATEWAY, "{place}");
                if !status.is_success() {
                    for inside in ["panicked", ".rs:", "sqlite:", "postgres:", "select ", "insert into", "rusqlite", "/home/"] {
                        assert!(!told.contains(inside), "{place}");
                    }
                }
            }
        }
    }
}
