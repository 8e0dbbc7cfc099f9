//! One item is changed as it was seen.

use axum::{
    body::Body,
    http::{Request, header},
};
use catalogue::{AmendItemError, ItemChange, amend_item};
use http_body_util::BodyExt;
use kernel::ItemId;
use runtime::{Call, Runtime, audit};
use serde_json::{Value, json};
use testkit::TestDb;

use crate::{add, ask, is_sound, item, meant_by, runtime};

struct Heard {
    status: u16,
    tag: String,
    is_replayed: bool,
    body: Value,
}

/// Asks about an item; with a body it changes it.
async fn send(rt: &Runtime, item_id: &ItemId, headers: &[(&str, &str)], body: Option<Value>) -> Heard {
    let mut request = Request::builder().uri(format!("/v1/items/{item_id}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = match body {
        Some(body) => request
            .method("PATCH")
            .header(header::CONTENT_TYPE, "application/merge-patch+json")
            .body(Body::from(body.to_string())),
        None => request.body(Body::empty()),
    };
    let (parts, body) = ask(rt, request.unwrap()).await.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let tag = parts.headers.get(header::ETAG).map(|tag| tag.to_str().unwrap().to_owned());
    Heard {
        status: parts.status.as_u16(),
        tag: tag.unwrap_or_default(),
        is_replayed: parts.headers.contains_key("idempotent-replayed"),
        body: serde_json::from_slice(&body).unwrap_or_default(),
    }
}

async fn tea(rt: &Runtime) -> ItemId {
    add(rt, vec![item("TEA", &["4006381333931"])]).await.unwrap().remove(0)
}

async fn amend_at(rt: &Runtime, item_id: &ItemId, seen: i64, title: &str) -> Result<i64, AmendItemError> {
    let (item_id, change) =
        (item_id.clone(), ItemChange { title: Some(title.into()), ..ItemChange::default() });
    rt.run(Call::by("test"), move |cx| {
        let (item_id, change) = (item_id.clone(), change.clone());
        Box::pin(
            async move { amend_item(cx, &item_id, Some(seen), &change).await.map(|(item, _)| item.version) },
        )
    })
    .await
}

testkit::both_engines! {
    async fn c3_an_item_is_changed_as_it_was_seen_and_not_otherwise(db: TestDb) {
        let rt = runtime(&db);
        let id = tea(&rt).await;
        let seen = send(&rt, &id, &[], None).await;
        assert_eq!((seen.status, &seen.body["version"]), (200, &1.into()));
        let known = send(&rt, &id, &[("if-none-match", &seen.tag)], None).await;
        assert_eq!((known.status, known.tag.as_str(), &known.body), (304, seen.tag.as_str(), &Value::Null));

        let heavier = || Some(json!({ "weight_grams": 300 }));
        let blind = send(&rt, &id, &[("idempotency-key", "k1")], heavier()).await;
        assert_eq!((blind.status, &blind.body["code"]), (428, &"if-match-missing".into()));
        let done = send(&rt, &id, &[("idempotency-key", "k1"), ("if-match", &seen.tag)], heavier()).await;
        assert_eq!((done.status, done.is_replayed, &done.body["version"]), (200, false, &2.into()), "{}", done.body);
        assert_eq!((&done.body["weight_grams"], &done.body["title"]), (&300.into(), &"The TEA".into()));
        assert_eq!(send(&rt, &id, &[], None).await.tag, done.tag, "the tag of an answer is the tag of the thing");

        let late = send(&rt, &id, &[("idempotency-key", "k2"), ("if-match", &seen.tag)], heavier()).await;
        assert_eq!((late.status, &late.body["code"], &late.body["present_version"]), (412, &"stale".into(), &2.into()));
        let again = send(&rt, &id, &[("idempotency-key", "k1"), ("if-match", &seen.tag)], heavier()).await;
        assert_eq!((again.status, again.is_replayed, again.tag.as_str()), (200, true, done.tag.as_str()));
        let whatever = send(&rt, &id, &[("idempotency-key", "k3"), ("if-match", "*")], Some(json!({}))).await;
        assert_eq!((whatever.status, &whatever.body), (200, &done.body), "what changes nothing is no change");
        let nobody = ItemId::from_body("nobody");
        assert_eq!(send(&rt, &nobody, &[("idempotency-key", "k4"), ("if-match", "*")], heavier()).await.status, 404);
        is_sound(&rt).await;
    }

    async fn a_patch_keeps_what_it_does_not_name_and_takes_away_what_is_null(db: TestDb) {
        let rt = runtime(&db);
        let id = tea(&rt).await;
        add(&rt, vec![item("CUP", &["X 1"])]).await.unwrap();
        let patch = async |key: &str, body: Value| {
            send(&rt, &id, &[("idempotency-key", key), ("if-match", "*")], Some(body)).await
        };
        let cleared = patch("k1", json!({ "title": "Green tea", "length_mm": null, "barcodes": ["SHELF 7"] })).await;
        let (title, sides) = (&cleared.body["title"], (&cleared.body["length_mm"], &cleared.body["width_mm"]));
        assert_eq!((title, sides), (&"Green tea".into(), (&0.into(), &80.into())), "{}", cleared.body);
        assert_eq!(meant_by(&rt, "SHELF 7").await.as_deref(), Some("TEA"));
        assert_eq!(meant_by(&rt, "4006381333931").await, None);
        assert_eq!(patch("k2", json!({ "barcodes": null })).await.body["barcodes"], json!([]));

        for (key, body, status, pointer) in [
            ("k3", json!({ "title": null }), 422, "/title"),
            ("k4", json!({ "title": "" }), 422, "/title"),
            ("k5", json!({ "weight_grams": -1 }), 422, "/weight_grams"),
            ("k6", json!({ "sku": "OTHER" }), 422, ""),
            ("k7", json!({ "barcodes": ["X 1"] }), 409, "/barcodes"),
        ] {
            let refused = patch(key, body).await;
            let place = refused.body["errors"][0]["pointer"].as_str().unwrap_or_default();
            assert_eq!((refused.status, place.starts_with(pointer)), (status, true), "{key} {}", refused.body);
        }
        let both = [("idempotency-key", "k8"), ("if-match", "\"1\"")];
        let refused = send(&rt, &id, &both, Some(json!({ "weight_grams": -1 }))).await;
        assert_eq!(refused.status, 422, "what cannot be is refused whatever was seen");
        assert_eq!(send(&rt, &id, &[], None).await.body["version"], 3, "what is refused changes nothing");
    }

    async fn c3_of_two_who_saw_the_same_one_changes_it_and_the_other_hears_so(db: TestDb) {
        let rt = runtime(&db);
        let id = tea(&rt).await;
        let (one, other) = tokio::join!(amend_at(&rt, &id, 1, "Green tea"), amend_at(&rt, &id, 1, "Black tea"));
        let (done, refused) = if one.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(done.unwrap(), 2);
        assert!(matches!(refused, Err(AmendItemError::Stale { seen: 1, present: 2 })), "{refused:?}");
    }

    async fn a_change_of_an_item_is_kept_before_and_after(db: TestDb) {
        let rt = runtime(&db);
        let id = tea(&rt).await;
        amend_at(&rt, &id, 1, "Green tea").await.unwrap();
        amend_at(&rt, &id, 2, "Green tea").await.unwrap();
        runtime::event::sequence(&rt).await.unwrap();
        let organisation_id = rt.organisation_id.clone();
        let filter = audit::ChangeFilter { subject_id: id.to_string(), ..audit::ChangeFilter::default() };
        let changes = rt
            .read(move |tx| {
                Box::pin(async move { audit::list_changes(tx, &organisation_id, &filter, None, 10).await })
            })
            .await;
        let changes = changes.map_err(|fault: db::Fault| fault.to_string()).unwrap().rows;
        assert_eq!(changes.len(), 1, "what changes nothing is not told");
        let change: Value = serde_json::from_str(&changes[0].change).unwrap();
        let titles = (&change["before"]["title"], &change["after"]["title"]);
        assert_eq!((changes[0].kind.as_str(), titles), ("item.amended", (&"The TEA".into(), &"Green tea".into())));
        assert_eq!(change["after"]["barcodes"], json!(["04006381333931"]));
    }
}
