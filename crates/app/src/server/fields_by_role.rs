//! Who sees which field: the answers of every route, asked for by every role.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use kernel::{Address, NodeId};
use people::{Assignment, Role};
use serde_json::Value;
use testkit::{TestDb, both_engines};
use web::{Area, Needs, Permission};

use super::doors::House;

const REVIEWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/fields-by-role.txt");

const HEAD: &str = "\
Every field of every answer to a GET under /v1, as a house with one order gives them, and who of those who may ask does
not see it. A test keeps this list: `UPDATE=1 cargo test -p quartermaster fields` writes it, somebody reviews it. What is
withheld is said in crates/web/src/fields.txt. `*` is any element of a list.
";

/// What a route must be asked about.
fn question(house: &House, path: &str) -> String {
    match path {
        "/v1/fulfilment-orders" => format!("?node_id={}&status=to_ship", house.things["node_id"]),
        "/v1/settlement-lines" | "/v1/statements" | "/v1/statements.csv" => {
            format!("?merchant_id={}", house.shop.merchant_id)
        }
        "/v1/listings" => format!("?item_id={}", house.things["item_id"]),
        "/v1/stock" | "/v1/available-to-promise" => "?item=TEA".into(),
        "/v1/stock/ledger" => format!("?item=TEA&node_id={}", house.things["node_id"]),
        _ => String::new(),
    }
}

fn collect(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let at = if at.is_empty() { name.clone() } else { format!("{at}.{name}") };
                collect(value, &at, found);
                found.insert(at);
            }
        }
        Value::Array(elements) => elements.iter().for_each(|value| collect(value, &format!("{at}*"), found)),
        _ => {}
    }
}

both_engines! {
    /// Run with `UPDATE=1` to write the reviewed copy anew.
    async fn c3_each_role_sees_the_fields_that_were_reviewed_and_no_others(db: TestDb) {
        let house = House::at_work(db).await;
        let mut told = HEAD.to_owned();
        let mut keys = BTreeMap::new();
        for (place, role) in Role::ALL.iter().enumerate() {
            let email = format!("{place}@shop.example");
            house.enrols(&email, Assignment::everywhere(*role)).await;
            keys.insert(role.code(), house.session(&email).await);
        }
        // So that the stream has all of it on either engine.
        runtime::event::sequence(&house.shop.runtime).await.unwrap();
        for route in &house.declared {
            let (path, needs) = (&route.path, route.needs());
            if route.method != Method::GET || !path.starts_with("/v1/") || needs == Needs::Nothing {
                continue;
            }
            let asked = house.path(path).expect("there is a thing for each name") + &question(&house, path);
            let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
            for role in Role::ALL {
                if needs.permission().is_some_and(|permission| !role.permissions().has(permission)) {
                    continue;
                }
                let heard = house.ask(&Method::GET, &asked, Some(&keys[role.code()])).await;
                if heard.status != StatusCode::OK {
                    assert!(*role != Role::Owner || heard.status == StatusCode::NOT_FOUND,
                        "say in this test what {path} is asked about: {} {}", heard.status, heard.body);
                    continue;
                }
                let Ok(answer) = serde_json::from_str::<Value>(&heard.body) else { continue };
                collect(&answer, "", seen.entry(role.code()).or_default());
            }
            let all: BTreeSet<&String> = seen.values().flatten().collect();
            if all.is_empty() {
                continue;
            }
            told.push_str(&format!("\nGET {path}\n"));
            for field in all {
                let without: Vec<&str> =
                    seen.iter().filter(|(_, fields)| !fields.contains(field)).map(|(role, _)| *role).collect();
                let without = if without.is_empty() { String::new() } else { format!("  - {}", without.join(" ")) };
                told.push_str(&format!("  {field}{without}\n"));
            }
        }
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(REVIEWED, &told).unwrap();
        }
        let reviewed = std::fs::read_to_string(REVIEWED).unwrap_or_default();
        for (line, (ours, theirs)) in told.lines().zip(reviewed.lines()).enumerate() {
            assert_eq!(ours, theirs, "line {} of docs/fields-by-role.txt: review it, with UPDATE=1", line + 1);
        }
        assert_eq!(told.lines().count(), reviewed.lines().count());
    }

    async fn c3_nothing_that_a_picker_may_open_tells_how_to_reach_a_customer(db: TestDb) {
        let mut house = House::at_work(db).await;
        let mut order = house.shop.order("web", "W-2", "leeds", &[("TEA", 1)]);
        let planted = ["planted@mail.example", "+44 7700 900123", "17 Planted Lane", "Zenobia"];
        order.customer_email = planted[0].into();
        order.customer_name = format!("{} Planted", planted[3]);
        order.ship_to = Address {
            name: order.customer_name.clone(),
            phone: planted[1].into(),
            line1: planted[2].into(),
            ..order.ship_to
        };
        let accepted = house.shop.accepts(order).await;
        let work = accepted.fulfilment_orders.first().expect("leeds has it").clone();
        let node = Area::Node(NodeId::parse(work.node_id.as_str()).unwrap());
        let anywhere = Assignment::everywhere(Role::Picker);
        let there = Assignment { role: Role::Picker, area: node };
        let mut opened = 0;
        // On the shelf first, then in a labelled box.
        for is_packed in [false, true] {
            if is_packed {
                let parcel = house.shop.makes_ready(&work.fulfilment_order_id, &[("TEA-BAR", 1)]).await;
                house.things.insert("parcel_id", parcel.to_string());
            }
            house.things.insert("order_id", accepted.order_id.to_string());
            house.things.insert("fulfilment_order_id", work.fulfilment_order_id.to_string());
            for (place, role) in [anywhere.clone(), there.clone()].into_iter().enumerate() {
                let staff = house.enrols(&format!("{place}{is_packed}@shop.example"), role).await;
                let (key, _) = house.key(&staff, "c3").await;
                for route in &house.declared {
                    // A label is for the carrier, and says where to.
                    if route.method != Method::GET || route.needs() == Needs::Nothing || route.path.contains("label") {
                        continue;
                    }
                    let asked = house.path(&route.path).expect("there is a thing for each name");
                    let asked = asked + &question(&house, &route.path);
                    let heard = house.ask(&Method::GET, &asked, Some(&key)).await;
                    opened += usize::from(heard.status == StatusCode::OK);
                    for word in planted {
                        assert!(!heard.body.contains(word), "{asked} tells a picker `{word}`: {}", heard.body);
                    }
                }
            }
        }
        assert!(opened > 40, "{opened} answers");
    }

    async fn c3_who_may_not_see_customers_finds_no_order_by_them(db: TestDb) {
        let house = House::at_work(db).await;
        let mut order = house.shop.order("web", "W-2", "leeds", &[("TEA", 1)]);
        order.customer_email = "planted@mail.example".into();
        order.customer_name = "Zenobia Planted".into();
        let order_id = house.shop.accepts(order).await.order_id.to_string();
        let staff = house.enrols("clerk@shop.example", Assignment::everywhere(Role::Owner)).await;
        let orders_alone = Some([Permission::OrdersRead].into_iter().collect());
        let (blind, _) = house.key_that_may(&staff, "c3", orders_alone).await;
        let owner = house.session("ada@shop.example").await;
        for (search, is_customer) in [("planted@mail", true), ("Zenobia", true), ("W-2", false), (&order_id, false)] {
            for list in ["/v1/orders?search=", "/orders?q="] {
                let finds = async |who: &str| {
                    let heard = house.ask(&Method::GET, &format!("{list}{search}"), Some(who)).await;
                    assert_eq!(heard.status, StatusCode::OK, "{}", heard.body);
                    heard.body.contains(&order_id)
                };
                assert!(finds(&owner).await, "{list}{search}");
                assert_eq!(finds(&blind).await, !is_customer, "{list}{search}");
            }
        }
    }
}
