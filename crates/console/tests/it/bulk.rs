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
}
