//! How often a caller may ask, and what answers say of it.

use std::time::Duration;

use axum::{Router, body::Body, extract::Request, middleware, routing::get};
use http_body_util::BodyExt;
use kernel::{MerchantId, OrganisationId, SessionId};
use runtime::{
    Clock, Runtime,
    budget::{Budgets, Quota},
};
use serde_json::Value;
use testkit::TestDb;
use tower::ServiceExt;
use web::{Access, Area, Caller, Grant, Limits, Permissions};

fn caller(session: &str, area: Area) -> Caller {
    Caller {
        user_id: None,
        is_machine: true,
        actor: format!("machine:{session}"),
        session_id: SessionId::parse(session).unwrap(),
        language: "en".into(),
        access: Access::of([Grant { permissions: Permissions::all(), area }]),
    }
}

struct Heard {
    status: u16,
    policy: String,
    limit: String,
    retry_after: Option<String>,
    body: Value,
}

async fn ask(router: &Router, caller: Option<&Caller>) -> Heard {
    let mut request = Request::get("/v1/things").body(Body::empty()).unwrap();
    if let Some(caller) = caller {
        request.extensions_mut().insert(caller.clone());
    }
    let (parts, body) = router.clone().oneshot(request).await.unwrap().into_parts();
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    Heard {
        status: parts.status.as_u16(),
        policy: text("ratelimit-policy").unwrap_or_default(),
        limit: text("ratelimit").unwrap_or_default(),
        retry_after: text("retry-after"),
        body: serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap_or_default(),
    }
}

testkit::both_engines! {
    async fn c4_who_asks_too_often_hears_when_to_ask_again(db: TestDb) {
        let start = "2026-03-02T08:00:00Z".parse().unwrap();
        let house = Runtime::new((*db).clone(), Clock::manual(start), OrganisationId::from_body("tea"), Some(7));
        let quota = |most| Some(Quota { most, window: Duration::from_secs(60) });
        let limits = Limits::new(Budgets::start(&house), quota(3), quota(4));
        let router = Router::new()
            .route("/v1/things", get(|| async { "\"things\"" }))
            .layer(middleware::from_fn_with_state(limits, web::limit));
        let router = web::layers(router);
        let tea = Area::Merchant(MerchantId::parse("mer_tea").unwrap());
        let (till, shop) = (caller("ses_till", tea.clone()), caller("ses_shop", tea));

        let first = ask(&router, Some(&till)).await;
        assert_eq!((first.status, first.policy.as_str()), (200, "\"key\";q=3;w=60, \"merchant\";q=4;w=60"));
        assert_eq!(first.limit, "\"key\";r=2;t=20, \"merchant\";r=3;t=15");
        ask(&router, Some(&till)).await;
        assert_eq!(ask(&router, Some(&till)).await.status, 200);
        let refused = ask(&router, Some(&till)).await;
        assert_eq!((refused.status, refused.limit.as_str()), (429, "\"key\";r=0;t=60"));
        assert_eq!(refused.retry_after.as_deref(), Some("20"));
        assert_eq!((&refused.body["code"], &refused.body["policy"]), (&"rate-limited".into(), &"key".into()));

        assert_eq!(ask(&router, Some(&shop)).await.status, 200);
        let together = ask(&router, Some(&shop)).await;
        assert_eq!((together.status, &together.body["policy"]), (429, &"merchant".into()), "four for one merchant");
        let own = ask(&router, Some(&caller("ses_own", Area::Everywhere))).await;
        assert_eq!(own.status, 200, "the organisation's own count by themselves");

        let stranger = ask(&router, None).await;
        assert_eq!((stranger.status, stranger.policy.as_str()), (200, ""));
        house.clock.advance_to(house.now().checked_add(Duration::from_secs(20)).unwrap());
        assert_eq!(ask(&router, Some(&till)).await.status, 200, "one is back");
    }
}
