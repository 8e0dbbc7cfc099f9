//! The network over real SQL and over HTTP.

#![expect(clippy::unwrap_used, reason = "a test says what went wrong by panicking")]

mod changing;

use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt;
use kernel::{Address, NodeId, OrganisationId, Place, Scope, SessionId, Timestamp};
use network::{AddNodesError, NewNode, NodeKind, SetActiveError, activate, add_nodes, deactivate};
use runtime::{Call, Clock, Runtime};
use serde_json::{Value, json};
use testkit::TestDb;
use tower::ServiceExt;

fn runtime(db: &TestDb) -> Runtime {
    let organisation_id = OrganisationId::from_body("test");
    Runtime::new((**db).clone(), Clock::manual(Timestamp::UNIX_EPOCH), organisation_id, Some(7))
}

fn node(code: &str, kind: NodeKind) -> NewNode {
    NewNode {
        code: code.into(),
        name: format!("Node {code}"),
        kind,
        address: Address {
            line1: "1, Vitosha".into(),
            city: "София".into(),
            country: "BG".into(),
            ..Address::default()
        },
        place: Place::from_degrees(42.6977, 23.3219).unwrap(),
        zone: "east".into(),
        time_zone: "Europe/Sofia".into(),
        can_ship: true,
        can_pickup: kind == NodeKind::Store,
    }
}

async fn add(rt: &Runtime, nodes: Vec<NewNode>) -> Result<Vec<NodeId>, AddNodesError> {
    rt.run(Call::by("test"), move |cx| {
        let nodes = nodes.clone();
        Box::pin(async move { add_nodes(cx, &nodes).await })
    })
    .await
}

async fn set(rt: &Runtime, node_id: &NodeId, is_active: bool) -> Result<(), SetActiveError> {
    let node_id = node_id.clone();
    rt.run(Call::by("test"), move |cx| {
        let node_id = node_id.clone();
        Box::pin(async move {
            if is_active { activate(cx, &node_id).await } else { deactivate(cx, &node_id).await }
        })
    })
    .await
}

async fn list(rt: &Runtime) -> Vec<network::Node> {
    let organisation_id = rt.organisation_id.clone();
    rt.read(move |tx| {
        Box::pin(async move { network::list_nodes(tx, &organisation_id, &Scope::EVERYTHING).await })
    })
    .await
    .map_err(|fault: db::Fault| fault.to_string())
    .unwrap()
}

testkit::both_engines! {
    async fn nodes_are_added_once_and_read_back_as_they_were(db: TestDb) {
        let rt = runtime(&db);
        let given = vec![node("SOF", NodeKind::RegionalCentre), node("ACME", NodeKind::Vendor), node("LON", NodeKind::Store)];
        let ids = add(&rt, given.clone()).await.unwrap();
        assert_eq!(add(&rt, given.clone()).await.unwrap(), ids);
        let nodes = list(&rt).await;
        let codes: Vec<&str> = nodes.iter().map(|node| node.code.as_str()).collect();
        assert_eq!(codes, ["ACME", "LON", "SOF"]);
        let sofia = &nodes[2];
        assert_eq!((&sofia.address, sofia.place, sofia.kind), (&given[0].address, given[0].place, given[0].kind));
        assert!(sofia.is_active && sofia.can_ship && !sofia.can_pickup && nodes[1].can_pickup);

        let moved = NewNode { time_zone: "Europe/London".into(), ..node("SOF", NodeKind::RegionalCentre) };
        let refused = add(&rt, vec![node("NEW", NodeKind::Store), moved]).await.unwrap_err();
        assert_eq!(refused.to_string(), "node 1: the code SOF is another node's");
        assert_eq!(list(&rt).await.len(), 3, "all or none");
    }

    async fn a_node_rests_and_works_again(db: TestDb) {
        let rt = runtime(&db);
        let ids = add(&rt, vec![node("SOF", NodeKind::Store)]).await.unwrap();
        set(&rt, &ids[0], false).await.unwrap();
        set(&rt, &ids[0], false).await.unwrap();
        assert!(!list(&rt).await[0].is_active);
        assert_eq!(add(&rt, vec![node("SOF", NodeKind::Store)]).await.unwrap(), ids);
        set(&rt, &ids[0], true).await.unwrap();
        assert!(list(&rt).await[0].is_active);
        let nobody = set(&rt, &NodeId::from_body("nobody"), true).await;
        assert!(matches!(nobody, Err(SetActiveError::UnknownNode { .. })));

        let (organisation_id, subject) = (rt.organisation_id.clone(), ids[0].clone());
        let told = rt
            .read(move |tx| {
                Box::pin(async move {
                    runtime::event::list_of_subject(tx, &organisation_id, subject.as_str()).await
                })
            })
            .await
            .map_err(|fault: db::Fault| fault.to_string())
            .unwrap();
        let told: Vec<&str> = told.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(told, ["node.added", "node.deactivated", "node.activated"], "what changes nothing tells nothing");
    }

    async fn nodes_are_added_and_rested_over_http(db: TestDb) {
        let rt = runtime(&db);
        let place = json!({ "latitude_microdegrees": 42_697_700, "longitude_microdegrees": 23_321_900 });
        let node = json!({
            "code": "SOF", "name": "Sofia", "kind": "regional_centre", "address": { "country": "BG" }, "place": place,
            "zone": "east", "time_zone": "Europe/Sofia",
        });
        let (status, added) = call(&rt, "POST", "/v1/nodes", "k1", &json!({ "nodes": [node] })).await;
        assert_eq!(status, StatusCode::CREATED, "{added}");
        let id = added["node_ids"][0].as_str().unwrap();
        let mut nowhere = node.clone();
        nowhere["time_zone"] = "Mars/Olympus".into();
        let (status, problem) = call(&rt, "POST", "/v1/nodes", "k2", &json!({ "nodes": [node, nowhere] })).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &"/nodes/1/time_zone".into()));
        let (status, _) = call(&rt, "POST", &format!("/v1/nodes/{id}/deactivate"), "k3", &Value::Null).await;
        assert_eq!(status, StatusCode::OK);
        let (_, found) = call(&rt, "GET", &format!("/v1/nodes/{id}"), "", &Value::Null).await;
        assert_eq!((&found["is_active"], &found["kind"], &found["place"]), (&false.into(), &"regional_centre".into(), &place));
        let (_, all) = call(&rt, "GET", "/v1/nodes", "", &Value::Null).await;
        assert_eq!(all["rows"][0]["node_id"], id);
        let (status, _) = call(&rt, "POST", "/v1/nodes/nod_nobody/activate", "k4", &Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
}

async fn call(rt: &Runtime, method: &str, path: &str, key: &str, body: &Value) -> (StatusCode, Value) {
    let (status, body, _) = call_with(rt, method, path, &[("idempotency-key", key)], body).await;
    (status, body)
}

/// The same with these headers; gives the `ETag` too.
async fn call_with(
    rt: &Runtime,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &Value,
) -> (StatusCode, Value, String) {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut request = request.body(Body::from(body.to_string())).unwrap();
    let session_id = SessionId::from_body("test");
    let caller = web::Caller {
        user_id: None,
        actor: "test".into(),
        session_id,
        language: "en".into(),
        is_machine: true,
        access: web::Access::full(),
    };
    request.extensions_mut().insert(caller);
    let response =
        network::api::routes().with_state(rt.clone()).into_router().oneshot(request).await.unwrap();
    let status = response.status();
    let tag = response.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned()).unwrap_or_default();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, serde_json::from_slice(&body).unwrap(), tag)
}
