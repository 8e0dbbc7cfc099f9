//! A request that is asked twice is done once, from the header to the database.

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{Request, StatusCode},
    response::Response,
    routing::post,
};
use http_body_util::BodyExt;
use kernel::{OrganisationId, SessionId, Timestamp};
use runtime::{Clock, Runtime};
use serde::Deserialize;
use serde_json::Value;
use testkit::{TestDb, both_engines};
use tower::ServiceExt;
use web::{Caller, Command, Problem, answered};

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Bell {
    rings: u32,
}

async fn ring(State(runtime): State<Runtime>, command: Command<Bell>) -> Result<Response, Problem> {
    let Bell { rings } = command.body;
    let answer = runtime
        .command(command.call, move |cx| {
            Box::pin(async move {
                let bell = cx.fresh();
                cx.tell("test.rung", &bell, serde_json::json!({ "rings": rings }));
                Ok::<_, db::Fault>(bell)
            })
        })
        .await?;
    answered(StatusCode::CREATED, answer)
}

async fn ask(router: &Router, actor: &str, key: &str, body: &str) -> (StatusCode, bool, Value) {
    let caller = Caller {
        user_id: None,
        is_machine: true,
        actor: actor.to_owned(),
        session_id: SessionId::from_body("1"),
        language: "en".to_owned(),
        access: web::Access::full(),
    };
    let request = Request::post("/v1/bells")
        .extension(caller)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_owned()))
        .expect("a good request");
    let (parts, body) = router.clone().oneshot(request).await.expect("a router answers").into_parts();
    let body = body.collect().await.expect("the answer comes whole").to_bytes();
    let is_replayed = parts.headers.get("idempotent-replayed").is_some();
    (parts.status, is_replayed, serde_json::from_slice(&body).expect("JSON"))
}

async fn events(runtime: &Runtime) -> i64 {
    let counted = runtime
        .read::<(i64,), db::Fault, _>(|tx| Box::pin(tx.query_one("select count(*) from event", db::args![])));
    counted.await.expect("counted").0
}

both_engines! {
    async fn a_bell_rings_once_however_often_it_is_asked(db: TestDb) {
        let clock = Clock::manual(Timestamp::UNIX_EPOCH);
        let runtime = Runtime::new((*db).clone(), clock, OrganisationId::from_body("1"), Some(1));
        let routes = Router::new().route("/v1/bells", post(ring));
        let router = web::layers(routes).with_state(runtime.clone());

        let (status, is_replayed, bell) = ask(&router, "machine:ses_1", "k-1", r#"{"rings":3}"#).await;
        assert_eq!((status, is_replayed), (StatusCode::CREATED, false));
        for respelled in [r#"{"rings":3}"#, "{ \"rings\" :\n3 }"] {
            let again = ask(&router, "machine:ses_1", "k-1", respelled).await;
            assert_eq!(again, (StatusCode::CREATED, true, bell.clone()));
        }
        let (one, other) = tokio::join!(
            ask(&router, "machine:ses_1", "k-2", r#"{"rings":1}"#),
            ask(&router, "machine:ses_1", "k-2", r#"{"rings":1}"#),
        );
        assert_eq!(one.2, other.2);
        assert!(one.1 != other.1, "one is the first and one the repeat");
        assert_eq!(events(&runtime).await, 2);

        let (status, _, reused) = ask(&router, "machine:ses_1", "k-1", r#"{"rings":4}"#).await;
        assert_eq!((status.as_u16(), &reused["code"]), (422, &"idempotency-key-reused".into()));
        let (status, _, wrong) = ask(&router, "machine:ses_1", "k-3", r#"{"rings":-1}"#).await;
        assert_eq!((status.as_u16(), &wrong["errors"][0]["pointer"]), (422, &"/rings".into()));
        assert_eq!(events(&runtime).await, 2);

        let (_, is_replayed, _) = ask(&router, "machine:ses_2", "k-1", r#"{"rings":3}"#).await;
        assert!(!is_replayed, "another caller's keys are their own");
    }
}
