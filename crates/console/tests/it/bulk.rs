//! Many orders cancelled from the list: shown first, then done, and told order by order.

use axum::http::StatusCode;
use testkit::TestDb;

use crate::house::House;

testkit::both_engines! {
    async fn many_orders_are_cancelled_after_what_it_comes_to_was_shown(db: TestDb) {
        let house = House::open(db).await;
        house.shop.stock("leeds", "TEA", 20).await;
        let mut ids = Vec::new();
        for number in 1..=4 {
            let order = house.shop.order("web", &format!("W-{number}"), "leeds", &[("TEA", 2)]);
            ids.push(house.shop.accepts(order).await);
        }
        house.shop.settles().await;
        let parcel = house.shop.makes_ready(&ids[3].fulfilment_orders[0].fulfilment_order_id, &[("TEA", 2)]).await;
        house.shop.hands_over(&[parcel]).await;
        let ids: Vec<&str> = ids.iter().map(|accepted| accepted.order_id.as_str()).collect();
        let list = house.sees("/orders?view=to_pick").await;
        list.says(&["Cancel all that match<span class=\"count\">3<", "name=\"order\"", "Select W-1"]);

        let preview = "/orders/cancellations/preview";
        let none = house.sends(preview, &[("which", "ticked"), ("query", "")]).await;
        assert_eq!(none.status, StatusCode::BAD_REQUEST);
        none.says(&["Tick what you mean first."]);
        // Two that were ticked, one of which has left.
        let ticked = [("which", "ticked"), ("query", "view=to_pick"), ("order", ids[0]), ("order", ids[3])];
        let shown = house.sends(preview, &ticked).await;
        shown.says(&["Nothing is done yet", "W-1", "2 units are cancelled", "W-4", "Stays: everything has left"]);
        shown.says(&["Cancel 1 order<", "This cannot be undone", "href=\"/orders?view=to_pick\""]);
        assert!(!shown.text.contains(&format!("value=\"{}\"", ids[3])), "what stays is not asked for");
        let cancelled = "select count(*) from event where kind = 'order.cancelled'";
        assert_eq!(house.shop.count(cancelled).await, 0);

        // All that match, done under the key of the page that showed them.
        let shown = house.sends(preview, &[("which", "all"), ("query", "view=to_pick")]).await;
        shown.says(&["Cancel 3 orders<"]);
        let command = shown.field("command");
        let mut form = vec![("command", command.as_str()), ("reason", "out_of_stock")];
        form.extend(ids[..3].iter().map(|id| ("order", *id)));
        let begun = house.sends("/orders/cancellations", &form).await;
        assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
        assert_eq!(house.sends("/orders/cancellations", &form).await.location, begun.location, "it is sent once");
        house.sees(&begun.location).await.says(&["Cancelling of orders", "Stop"]);
        assert!(house.shop.run_operation().await.unwrap());
        assert!(!house.shop.run_operation().await.unwrap());
        house.sees(&begun.location).await.says(&["3 of 3 rows done", "results.csv"]);
        let results = house.sees(&format!("{}/results.csv", begun.location)).await;
        results.says(&["\"Line\",\"About\",\"Result\"", "\"1\",\"W-1\",\"Done\"", "\"3\",\"W-3\",\"Done\""]);
        assert_eq!(house.shop.count(cancelled).await, 3);

        // A page that was kept open shows that nothing is left to do.
        let late = house.sends(preview, &[("which", "ticked"), ("query", ""), ("order", ids[0])]).await;
        late.says(&["Nothing can be cancelled", "Stays: cancelled before"]);
        let stranger = [("command", "0123456789abcdef"), ("reason", "other"), ("order", "ord_stranger")];
        assert_eq!(house.sends("/orders/cancellations", &stranger).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_list_is_taken_away_as_its_filters_show_it(db: TestDb) {
        let house = House::open(db).await;
        house.shop.stock("leeds", "TEA", 20).await;
        for number in 1..=2 {
            house.shop.accepts(house.shop.order("web", &format!("W-{number}"), "leeds", &[("TEA", 2)])).await;
        }
        for (list, kind, has, lacks) in [
            ("/orders?view=to_pick&q=W-2", "orders", "W-2", "W-1"),
            ("/stock?q=tea", "stock", "TEA", "CUP"),
            ("/orders?view=late", "orders", "external_reference", "W-"),
        ] {
            let page = house.sees(list).await;
            let place = format!("/exports/{kind}");
            page.says(&[&format!("action=\"{place}\""), "Export what is shown"]);
            let form = page.text.split(&format!("action=\"{place}\"")).nth(1).unwrap();
            let value = |name: &str| {
                let field = form.split(&format!("name=\"{name}\" value=\"")).nth(1).unwrap();
                field.split('"').next().unwrap().replace("&#38;", "&").replace("&amp;", "&")
            };
            let (command, query) = (value("command"), value("query"));
            let fields = [("command", command.as_str()), ("query", query.as_str()), ("form", "csv")];
            let begun = house.sends(&place, &fields).await;
            assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
            assert_eq!(house.sends(&place, &fields).await.location, begun.location, "it is written once");
            assert!(house.shop.run_operation().await.unwrap());
            let file = house.sees(&format!("{}/file", begun.location)).await;
            assert!(file.text.contains(has) && !file.text.contains(lacks), "{list}: {}", file.text);
        }
        assert_eq!(house.sends("/exports/nothing", &[("command", "c"), ("form", "csv")]).await.status, StatusCode::NOT_FOUND);
    }

    async fn a_name_is_changed_as_it_was_seen_and_whoever_was_quicker_is_named(db: TestDb) {
        let house = House::open(db).await;
        let tea = house.shop.sells("TEA").await;
        house.shop.stock("leeds", "TEA", 3).await;
        let node = house.sees("/nodes").await.text.split("href=\"/nodes/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        house.sees(&format!("/nodes/{node}")).await.says(&[&format!("/nodes/{node}/name")]);
        house.sees("/stock").await.says(&[&format!("/items/{tea}/title")]);
        for place in [format!("/items/{tea}/title"), format!("/nodes/{node}/name")] {
            let page = house.sees(&place).await;
            let (seen, from) = (page.field("seen"), page.text.split("name=\"from\" value=\"").nth(1).unwrap());
            let from = from.split('"').next().unwrap().to_owned();
            let form = |command: &str, seen: &str, name: &str| {
                [("command", command), ("seen", seen), ("from", &from), ("name", name)]
                    .map(|(field, value)| (field.to_owned(), value.to_owned()))
            };
            let send = async |form: [(String, String); 4]| {
                let form: Vec<(&str, &str)> = form.iter().map(|(field, value)| (field.as_str(), value.as_str())).collect();
                house.sends(&place, &form).await
            };
            let done = send(form("0123456789abcde1", &seen, "First")).await;
            assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
            house.sees(&done.location).await.says(&["to “First”", "Undo: call it", "data-changed"]);
            // The other saw what was before.
            let late = send(form("0123456789abcde2", &seen, "Second")).await;
            assert_eq!(late.status, StatusCode::CONFLICT);
            late.says(&["It is called “First” by now", "Changed by Ada", "Call it “Second” all the same", "Leave it as “First”"]);
            let again = send(form("0123456789abcde3", &late.field("seen"), "Second")).await;
            house.sees(&again.location).await.says(&["to “Second”"]);
            let empty = send(form("0123456789abcde4", &house.sees(&place).await.field("seen"), " ")).await;
            empty.says(&["A name has 1 to 200 plain characters."]);
        }
    }
}
