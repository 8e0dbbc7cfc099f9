//! What every request meets, whichever route it takes.

use axum::{
    Router,
    body::Body,
    extract::DefaultBodyLimit,
    http::{HeaderMap, Request, StatusCode},
    response::IntoResponse,
    routing::{get, post},
};
use http_body_util::BodyExt;
use kernel::OrderId;
use serde_json::Value;
use tower::ServiceExt;
use web::{Caller, Json, Path, Problem};

fn shop() -> Router {
    let echo = |Json(body): Json<Value>| async move { axum::Json(body) };
    let router = Router::new()
        .route("/v1/echo", post(echo))
        .route("/v1/small", post(echo).layer(DefaultBodyLimit::max(10)))
        .route("/v1/me", get(|caller: Caller| async move { caller.actor }))
        .route("/v1/orders/{id}", get(|Path(id): Path<OrderId>| async move { id.to_string() }))
        .route("/v1/panic", get(|| async { panic!("the password is secret") as &'static str }))
        .route("/long", get(|| async { "tea ".repeat(1000) }))
        .route("/kept", get(|| async { ([("cache-control", "max-age=60")], "kept") }))
        .fallback(|| async { (StatusCode::NOT_FOUND, "a page that is not there") });
    web::layers(router)
}

struct Answered {
    status: u16,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Answered {
    #[track_caller]
    fn is_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.body));
        assert_eq!(self.headers["content-type"], "application/problem+json");
        let problem: Value = serde_json::from_slice(&self.body).expect("a problem is JSON");
        assert_eq!((&problem["code"], &problem["status"]), (&code.into(), &status.into()));
        assert_eq!(problem["request_id"], self.headers["x-request-id"].to_str().expect("an id is ASCII"));
        problem
    }
}

async fn ask(request: Request<Body>) -> Answered {
    let (parts, body) = shop().oneshot(request).await.expect("a router answers").into_parts();
    let body = body.collect().await.expect("the answer comes whole").to_bytes().to_vec();
    Answered { status: parts.status.as_u16(), headers: parts.headers, body }
}

async fn get_(path: &str) -> Answered {
    ask(Request::get(path).body(Body::empty()).expect("a good request")).await
}

async fn post_(path: &str, body: impl Into<Body>) -> Answered {
    ask(Request::post(path)
        .header("content-type", "application/json")
        .body(body.into())
        .expect("a good request"))
    .await
}

#[tokio::test]
async fn every_answer_has_safe_headers_and_a_request_id() {
    for path in ["/long", "/v1/nothing", "/v1/panic", "/nothing"] {
        let headers = get_(path).await.headers;
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        assert_eq!(headers["x-frame-options"], "DENY", "{path}");
        assert_eq!(headers["referrer-policy"], "same-origin", "{path}");
        assert_eq!(headers["cache-control"], "no-store", "{path}");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(
            policy.contains("default-src 'self'; ") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(headers["x-request-id"].to_str().unwrap().starts_with("req_"), "{path}");
    }
    assert_eq!(get_("/kept").await.headers["cache-control"], "max-age=60");
}

#[tokio::test]
async fn a_callers_request_id_is_kept_if_it_is_harmless() {
    for (given, is_kept) in
        [("order-4711.2", true), ("a b", false), ("<script>", false), (&"x".repeat(65), false)]
    {
        let request = Request::get("/long").header("x-request-id", given).body(Body::empty()).unwrap();
        assert_eq!(ask(request).await.headers["x-request-id"] == given, is_kept, "{given}");
    }
}

#[tokio::test]
async fn under_v1_refusals_are_problems_and_elsewhere_pages() {
    get_("/v1/nothing").await.is_problem(404, "not-found");
    get_("/v1/orders/1%20or%201=1").await.is_problem(404, "not-found");
    get_("/v1/me").await.is_problem(401, "unauthorised");
    let refused = post_("/v1/me", "").await;
    refused.is_problem(405, "method-not-allowed");
    assert_eq!(refused.headers["allow"], "GET,HEAD");
    assert_eq!(get_("/nothing").await.body, b"a page that is not there");
}

#[tokio::test]
async fn the_type_of_a_problem_leads_to_its_remedy() {
    let problem = get_("/v1/nothing").await.is_problem(404, "not-found");
    let page = get_(problem["type"].as_str().unwrap()).await;
    assert_eq!(page.status, 200);
    assert!(String::from_utf8_lossy(&page.body).contains("Remedy"));
    get_("/problems/nonsense").await.is_problem(404, "not-found");
}

#[tokio::test]
async fn a_panic_is_answered_and_tells_nothing() {
    let problem = get_("/v1/panic").await.is_problem(500, "fault");
    assert!(!problem.to_string().contains("secret"));
}

#[tokio::test]
async fn a_body_is_read_whole_or_refused_whole() {
    assert_eq!(post_("/v1/echo", r#"{"a":1}"#).await.body, br#"{"a":1}"#);
    let long = format!("\"{}\"", "x".repeat(web::BODY_LIMIT - 2));
    assert_eq!(post_("/v1/echo", long.clone()).await.status, 200);
    post_("/v1/echo", long + " ").await.is_problem(413, "too-large");
    post_("/v1/small", "\"longer than ten\"").await.is_problem(413, "too-large");
    let plain =
        Request::post("/v1/echo").header("content-type", "text/plain").body(Body::from("{}")).unwrap();
    ask(plain).await.is_problem(415, "unsupported-content-type");
    post_("/v1/echo", "{").await.is_problem(400, "malformed-json");
}

#[tokio::test]
async fn long_answers_are_packed_for_those_who_unpack() {
    let request = Request::get("/long").header("accept-encoding", "gzip").body(Body::empty()).unwrap();
    let packed = ask(request).await;
    assert_eq!(packed.headers["content-encoding"], "gzip");
    assert!(packed.body.len() < 200, "{}", packed.body.len());
}

#[tokio::test]
async fn outside_of_a_request_a_problem_has_no_request_id() {
    let response = Problem::not_found(web::problems::NOT_FOUND, "gone").into_response();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    assert!(serde_json::from_slice::<Value>(&body).unwrap().get("request_id").is_none());
}
