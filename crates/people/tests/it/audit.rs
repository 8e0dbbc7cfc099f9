//! Who changed what, and that nobody changes the answer.

use kernel::OrganisationId;
use people::{Assignment, Role};
use runtime::event;
use serde_json::json;
use testkit::{TestDb, both_engines};

use crate::house::House;

async fn broken_at(house: &House) -> Option<String> {
    event::sequence(&house.runtime).await.expect("events get their places");
    let organisation_id = house.runtime.organisation_id.clone();
    let check = house.runtime.read::<_, db::Fault, _>(move |tx| {
        Box::pin(async move { runtime::check_chain(tx, &organisation_id).await })
    });
    check.await.expect("the chain can be read")
}

async fn tamper(house: &House, position: i64, change: &'static str) {
    let organisation_id: OrganisationId = house.runtime.organisation_id.clone();
    let written = house.runtime.db.write::<_, db::Fault, _>(move |tx| {
        Box::pin(async move {
            let sql = "update event set change = $3 where organisation_id = $1 and position = $2";
            tx.execute(sql, db::args![&organisation_id, position, change]).await
        })
    });
    assert_eq!(written.await.expect("the row can be written"), 1);
}

both_engines! {
    async fn c17_a_change_says_who_made_it_from_what_to_what_and_under_which_request(db: TestDb) {
        let (house, ada) = House::with_ada(db).await;
        let bob = house.enrols("bob@shop.example", vec![Assignment::everywhere(Role::Picker)]).await;
        let token = house.token_of_ada().await;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str()), ("x-request-id", "req_of_ada")];
        let removal = format!("/v1/staff/{bob}/roles/removals");
        house.ask("POST", &removal, &headers, json!({ "role": "picker" })).await;
        event::sequence(&house.runtime).await.unwrap();

        let log = house.ask_with(&token, "GET", "/v1/audit?kind=role.", ().into()).await;
        let change = &log.body["rows"][0];
        assert_eq!(change["actor"], format!("user:{ada}"));
        assert_eq!((&change["kind"], &change["subject_id"]), (&"role.taken".into(), &bob.as_str().into()));
        assert_eq!((&change["before"]["role"], &change["after"]), (&"picker".into(), &serde_json::Value::Null));
        assert_eq!(change["request_id"], "req_of_ada");

        for (query, rows) in [
            (format!("actor=user:{ada}"), 1),
            (format!("subject_id={bob}"), 2),
            ("kind=role.&text=PICKER".to_owned(), 1),
            ("text=bob@shop".to_owned(), 1),
            ("until=2020-01-01T00:00:00Z".to_owned(), 0),
            ("kind=order.".to_owned(), 0),
        ] {
            let log = house.ask_with(&token, "GET", &format!("/v1/audit?{query}"), ().into()).await;
            assert_eq!(log.body["rows"].as_array().map(Vec::len), Some(rows), "{query}");
        }
        let first = house.ask_with(&token, "GET", "/v1/audit?limit=1", ().into()).await;
        let next = first.body["next"].as_str().unwrap().to_owned();
        let second = house.ask_with(&token, "GET", &format!("/v1/audit?limit=1&after={next}"), ().into()).await;
        assert!(second.body["rows"][0]["position"].as_i64() < first.body["rows"][0]["position"].as_i64());
    }

    async fn c17_whoever_changes_one_letter_of_the_log_is_found_at_that_row(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        let token = house.token_of_ada().await;
        house.ask_with(&token, "POST", "/v1/merchants", json!({ "name": "Coffee" })).await;
        assert_eq!(broken_at(&house).await, None);
        let log = house.ask_with(&token, "GET", "/v1/audit?kind=merchant.", ().into()).await;
        let position = log.body["rows"][0]["position"].as_i64().unwrap();
        tamper(&house, position, r#"{"after":{"name":"Coffef"},"before":null,"request_id":null}"#).await;
        let found = broken_at(&house).await.expect("the chain is broken");
        assert!(found.contains(&position.to_string()), "{found}");
    }

    async fn what_an_event_changed_is_not_part_of_the_stream_that_others_read(db: TestDb) {
        let (house, _) = House::with_ada(db).await;
        event::sequence(&house.runtime).await.unwrap();
        let organisation_id = house.runtime.organisation_id.clone();
        let events = house.runtime.read::<_, db::Fault, _>(move |tx| {
            Box::pin(async move { event::list_after(tx, &organisation_id, 0, 100).await })
        });
        let events = events.await.unwrap();
        assert!(events.iter().any(|event| event.kind == "staff.enrolled"));
        assert!(events.iter().all(|event| !event.data.contains("ada@shop.example")));
    }
}
