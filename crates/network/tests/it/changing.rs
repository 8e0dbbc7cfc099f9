//! One node is changed as it was seen.

use axum::http::StatusCode;
use network::{AmendNodeError, NodeChange, NodeKind, amend_node};
use runtime::{Call, audit};
use serde_json::{Value, json};
use testkit::TestDb;

use crate::{add, call_with, node, runtime, set};

testkit::both_engines! {
    async fn c3_a_node_is_changed_as_it_was_seen_and_not_otherwise(db: TestDb) {
        let rt = runtime(&db);
        let id = add(&rt, vec![node("SOF", NodeKind::Store)]).await.unwrap().remove(0);
        let path = format!("/v1/nodes/{id}");
        let patch = async |key: &str, tag: &str, body: Value| {
            let headers = [("idempotency-key", key), ("if-match", tag)];
            call_with(&rt, "PATCH", &path, &headers, &body).await
        };
        let (_, seen, tag) = call_with(&rt, "GET", &path, &[], &Value::Null).await;
        let (status, problem, _) = call_with(&rt, "PATCH", &path, &[("idempotency-key", "k0")], &json!({})).await;
        assert_eq!((status, &problem["code"]), (StatusCode::PRECONDITION_REQUIRED, &"if-match-missing".into()));

        let change = json!({ "name": "Sofia West", "address": { "city": null, "line1": "2, Vitosha" }, "can_ship": false });
        let (status, done, new) = patch("k1", &tag, change).await;
        assert_eq!((status, &done["version"], &done["name"]), (StatusCode::OK, &2.into(), &"Sofia West".into()), "{done}");
        let address = json!({ "name": "", "line1": "2, Vitosha", "postal_code": "", "city": "", "country": "BG" });
        assert_eq!((&done["address"], &done["can_ship"]), (&address, &false.into()), "the country stays");
        assert_eq!((&done["time_zone"], &done["kind"]), (&seen["time_zone"], &seen["kind"]));

        let (status, late, _) = patch("k2", &tag, json!({ "name": "Sofia East" })).await;
        assert_eq!((status, &late["present_version"]), (StatusCode::PRECONDITION_FAILED, &2.into()));
        let (again, body, same) = patch("k1", &tag, json!({ "name": "Sofia West", "can_ship": false,
            "address": { "line1": "2, Vitosha", "city": null } })).await;
        assert_eq!((again, &body, &same), (StatusCode::OK, &done, &new), "the key's first answer");
        for (key, body, pointer) in [
            ("k3", json!({ "time_zone": "Mars/Olympus" }), "/time_zone"),
            ("k4", json!({ "address": { "country": "bulgaria" } }), "/address/country"),
            ("k5", json!({ "address": { "country": null } }), "/address/country"),
            ("k6", json!({ "name": null }), "/name"),
            ("k7", json!({ "place": { "latitude_microdegrees": 91_000_000, "longitude_microdegrees": 0 } }), "/place"),
            ("k8", json!({ "address": { "place": { "latitude_microdegrees": 0, "longitude_microdegrees": i64::MIN } } }),
                "/address/place"),
            ("k9", json!({ "address": ["Sofia West", "2, Vitosha"] }), "/address"),
        ] {
            // Whether it was seen as it is or not: what cannot be is not asked for again with a newer tag.
            let tag = if key == "k4" { &tag } else { &new };
            let (status, refused, _) = patch(key, tag, body).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{key}");
            assert_eq!(refused["errors"][0]["pointer"], pointer, "{key} {refused}");
        }
        let (_, last, _) = call_with(&rt, "GET", &path, &[], &Value::Null).await;
        assert_eq!(last, done, "what is refused changes nothing");
    }

    async fn c3_a_node_that_rests_meanwhile_is_not_the_one_that_was_seen(db: TestDb) {
        let rt = runtime(&db);
        let id = add(&rt, vec![node("SOF", NodeKind::Store)]).await.unwrap().remove(0);
        set(&rt, &id, false).await.unwrap();
        let (node_id, change) = (id.clone(), NodeChange { zone: Some("west".into()), ..NodeChange::default() });
        let amend = |seen| {
            let (node_id, change) = (node_id.clone(), change.clone());
            rt.run(Call::by("test"), move |cx| {
                let (node_id, change) = (node_id.clone(), change.clone());
                Box::pin(async move { amend_node(cx, &node_id, seen, &change).await.map(|node| node.version) })
            })
        };
        assert!(matches!(amend(Some(1)).await, Err(AmendNodeError::Stale { seen: 1, present: 2 })));
        let (one, other) = tokio::join!(amend(Some(2)), amend(Some(2)));
        assert_eq!([&one, &other].iter().filter(|answer| answer.is_ok()).count(), 1, "{one:?} {other:?}");

        runtime::event::sequence(&rt).await.unwrap();
        let organisation_id = rt.organisation_id.clone();
        let filter = audit::ChangeFilter { subject_id: id.to_string(), ..audit::ChangeFilter::default() };
        let changes = rt
            .read(move |tx| {
                Box::pin(async move { audit::list_changes(tx, &organisation_id, &filter, None, 10).await })
            })
            .await;
        let changes = changes.map_err(|fault: db::Fault| fault.to_string()).unwrap().rows;
        let change: Value = serde_json::from_str(&changes[0].change).unwrap();
        assert_eq!((changes.len(), changes[0].kind.as_str()), (1, "node.amended"));
        assert_eq!((&change["before"]["zone"], &change["after"]["zone"]), (&"east".into(), &"west".into()));
    }
}
