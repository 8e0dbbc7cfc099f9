//! Many orders cancelled over the API: tried, done once under its key, and never a stranger's.

use axum::http::{Method, StatusCode};
use kernel::MerchantId;
use people::{Assignment, Role};
use serde_json::{Value, json};
use testkit::{TestDb, both_engines};
use web::Area;

use super::doors::House;

const PATH: &str = "/v1/order-cancellations";

both_engines! {
    async fn many_orders_are_tried_first_and_then_cancelled_once(db: TestDb) {
        let house = House::at_work(db).await;
        let token = house.session("ada@shop.example").await;
        let other = house.shop.accepts(house.shop.order("web", "W-2", "leeds", &[("TEA", 1)])).await;
        let post = async |body: Value| {
            let heard = house.send(&Method::POST, PATH, Some(&token), &body.to_string()).await;
            let answer: Value = serde_json::from_str(&heard.body).unwrap();
            (heard.status, answer)
        };
        let named = json!([house.things["order_id"], other.order_id]);
        let ask = |dry_run| json!({ "order_ids": named, "reason": "fraud", "dry_run": dry_run });
        let (status, told) = post(ask(true)).await;
        assert_eq!((status, &told["orders"], &told["units"]), (StatusCode::OK, &json!(2), &json!(3)), "{told}");
        assert_eq!(told["rows"][1]["external_reference"], "W-2");
        let (status, told) = post(json!({ "matching": { "status": "to_pick" }, "reason": "fraud", "dry_run": true })).await;
        assert_eq!((status, &told["orders"]), (StatusCode::OK, &json!(1)), "{told}");
        for (wrong, pointer) in [
            (json!({ "reason": "fraud" }), "/order_ids"),
            (json!({ "order_ids": ["ord_1"], "reason": "fraud" }), "/order_ids/0"),
            (json!({ "matching": {}, "reason": "fraud" }), "/matching"),
            (json!({ "matching": { "status": "odd" }, "reason": "fraud" }), "/matching/status"),
            (json!({ "order_ids": named, "matching": {}, "reason": "fraud" }), "/matching"),
        ] {
            let (status, told) = post(wrong).await;
            assert_eq!((status, &told["errors"][0]["pointer"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!(pointer)));
        }
        assert_eq!(house.shop.status(&other.order_id).await, "to_pick", "trying changes nothing");

        let (status, begun) = post(ask(false)).await;
        assert_eq!(status, StatusCode::ACCEPTED, "{begun}");
        assert_eq!(post(ask(false)).await.1, begun, "the same key is the same operation");
        assert!(house.shop.run_operation().await.unwrap());
        assert!(!house.shop.run_operation().await.unwrap());
        assert_eq!(house.shop.status(&other.order_id).await, "cancelled");
        let results = format!("/v1/operations/{}/results", begun["operation_id"].as_str().unwrap());
        let told = house.ask(&Method::GET, &results, Some(&token)).await;
        assert_eq!(told.body.matches("\"outcome\":\"done\"").count(), 2, "{}", told.body);
    }

    async fn c1_nobody_cancels_among_many_what_is_not_theirs(db: TestDb) {
        let house = House::at_work(db).await;
        let elsewhere = Area::Merchant(MerchantId::parse("mer_other").unwrap());
        house.enrols("eve@other.example", Assignment { role: Role::Owner, area: elsewhere }).await;
        let node = Area::Node(kernel::NodeId::parse(&house.things["node_id"]).unwrap());
        house.enrols("nia@shop.example", Assignment { role: Role::Owner, area: node }).await;
        for email in ["eve@other.example", "nia@shop.example"] {
            let token = house.session(email).await;
            for body in [
                json!({ "order_ids": [house.things["order_id"]], "reason": "fraud", "dry_run": true }),
                json!({ "order_ids": [house.things["order_id"]], "reason": "fraud" }),
                json!({ "matching": { "search": "W-" }, "reason": "fraud", "dry_run": true }),
            ] {
                let heard = house.send(&Method::POST, PATH, Some(&token), &body.to_string()).await;
                assert!(!heard.body.contains("W-1"), "{email} {body}: {}", heard.body);
                let is_shut = heard.status == StatusCode::UNPROCESSABLE_ENTITY || heard.body.contains("\"orders\":0");
                assert!(is_shut, "{email} {body}: {} {}", heard.status, heard.body);
            }
        }
    }
}
