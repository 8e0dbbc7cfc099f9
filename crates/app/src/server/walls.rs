//! The second wall between merchants: what the engine shows although a statement asks for everything.

use axum::http::{Method, StatusCode};
use db::{Engine, wall};
use kernel::{MerchantId, NodeId, Scope};
use people::{Assignment, Role};
use testkit::{TestDb, both_engines, count_rows};
use web::{Area, Needs};

use super::doors::House;

/// Tables with nothing but the merchant's own rows in a house that sells for itself.
const ALL_THEIRS: &[&str] = &[
    "channel",
    "event",
    "fulfilment_line",
    "fulfilment_order",
    "item",
    "item_barcode",
    "listing",
    "merchant",
    "order_line",
    "parcel",
    "parcel_line",
    "payment",
    "sales_order",
    "sourcing_decision",
    "station_scan",
    "stock_transfer",
];

/// How many rows of a table are seen by whoever sees this part.
async fn seen(house: &House, scope: Scope, actor: &str, table: &str) -> i64 {
    let read = count_rows(&house.shop.runtime.db, table);
    wall::within(scope, actor, read).await.unwrap_or_else(|fault| panic!("{table}: {fault}"))
}

both_engines! {
    async fn i11_a_statement_without_a_condition_finds_no_row_of_another_merchant(db: TestDb) {
        let house = House::at_work(db).await;
        if house.shop.runtime.db.engine() == Engine::Sqlite {
            return;
        }
        let own = Scope::NOTHING.with_merchant(house.shop.merchant_id.clone());
        let node = Scope::NOTHING.with_node(NodeId::parse(&house.things["node_id"]).unwrap());
        let merchant = Scope::NOTHING.with_merchant(MerchantId::parse("mer_other").unwrap());
        let elsewhere = Scope::NOTHING.with_node(NodeId::parse("nod_other").unwrap());
        let tables = wall::bound_tables().unwrap();
        for &table in &tables {
            let all = seen(&house, Scope::EVERYTHING, "house", table).await;
            for (scope, whose) in [(&merchant, "another merchant's"), (&elsewhere, "another node's"), (&Scope::NOTHING, "nobody's")] {
                // Sessions of the house, and the names that people at any node work with.
                let is_open = matches!(table, "access_token" | "assignment")
                    || whose == "another node's" && matches!(table, "merchant" | "channel");
                let found = seen(&house, scope.clone(), "user:usr_other", table).await;
                assert!(found == 0 || is_open, "{whose} {table}: {found} of {all}");
            }
            if ALL_THEIRS.contains(&table) {
                let found = seen(&house, own.clone(), "user:usr_other", table).await;
                assert!(all > 0, "{table} has no row to hide");
                if table == "event" {
                    assert!((1..all).contains(&found), "{found} of {all} events are of orders");
                } else {
                    assert_eq!(found, all, "{table}");
                }
            }
            if matches!(table, "sales_order" | "order_line" | "fulfilment_order" | "parcel" | "item" | "stock_account") {
                assert!(seen(&house, node.clone(), "user:usr_other", table).await > 0, "{table} at the node");
            }
            if matches!(table, "operation" | "stored_file" | "stored_file_part") {
                assert_eq!(seen(&house, merchant.clone(), "test", table).await, all, "{table} of who asked for it");
            }
        }
        for &table in ALL_THEIRS {
            assert!(tables.contains(&table), "{table}");
        }
        // What is seen through a view is seen by the same rules.
        for (view, theirs) in [("v_orders", 1), ("v_stock", 1)] {
            assert!(seen(&house, own.clone(), "a", view).await >= theirs, "{view}");
            assert_eq!(seen(&house, merchant.clone(), "a", view).await, 0, "{view}");
        }
    }

    async fn i11_every_page_and_answer_is_there_for_whoever_works_in_a_part(db: TestDb) {
        let house = House::at_work(db).await;
        let merchant = Area::Merchant(house.shop.merchant_id.clone());
        let node = Area::Node(NodeId::parse(&house.things["node_id"]).unwrap());
        let other = Area::Merchant(MerchantId::parse("mer_other").unwrap());
        for (place, area) in [merchant, node, other].into_iter().enumerate() {
            let email = format!("{place}@shop.example");
            let staff = house.enrols(&email, Assignment { role: Role::Owner, area: area.clone() }).await;
            let (key, _) = house.key(&staff, "i11").await;
            for route in &house.declared {
                let (path, needs) = (&route.path, route.needs());
                if route.method != Method::GET || needs == Needs::Nothing {
                    continue;
                }
                let asked = house.path(path).unwrap_or_else(|| panic!("{path}: no thing for a name in it"));
                let heard = house.ask(&Method::GET, &asked, Some(&key)).await;
                assert!(!heard.status.is_server_error(), "{area:?} {path}: {} {}", heard.status, heard.body);
                // What is theirs by the first wall is there behind the second one.
                let is_part_of_it =
                    matches!(needs, Needs::Within(_)) && place < 2 && !(place == 0 && path.contains("{node_id}"));
                let names = ["{order_id}", "{item_id}", "{parcel_id}", "{fulfilment_order_id}"];
                if is_part_of_it && names.iter().any(|name| path.contains(name)) {
                    let is_catalogue = path.contains("{item_id}") && place == 1;
                    let is_shut = matches!(heard.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
                    assert!(!is_shut || is_catalogue, "{area:?} {path}: {}", heard.status);
                }
            }
        }
    }
}
