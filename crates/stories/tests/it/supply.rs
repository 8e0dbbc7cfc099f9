//! Goods that a supplier said would come.

use flows::supply::ExpectedSeen;
use inventory::{
    expect::{Amendment, ExpectError, NewExpected},
    receive::{Receipt, ReceiveError},
};
use kernel::{ExpectedReceiptId, ItemId, Scope};
use runtime::Call;
use stories::{Story, units_of};
use testkit::TestDb;

async fn seen(shop: &Story, id: &ExpectedReceiptId) -> ExpectedSeen {
    shop.find_expected(id.clone()).await.unwrap().unwrap()
}

async fn incoming(shop: &Story, item_id: &ItemId) -> i64 {
    shop.in_state(item_id, "incoming").await
}

async fn arrives(
    shop: &Story,
    node: &str,
    sku: &str,
    note: &str,
    units: i64,
    expected: &ExpectedReceiptId,
) -> Result<usize, ReceiveError> {
    let known = shop.find_places(vec![(node.into(), sku.into())]).await.unwrap();
    let (node_id, item) = known.into_iter().next().unwrap();
    let (item_id, owner_id) = item.unwrap();
    let receipt = Receipt {
        node_id: node_id.unwrap(),
        item_id,
        owner_id,
        quantity: units_of(units),
        reference: note.into(),
        lot: None,
        expected: Some(expected.clone()),
    };
    let answer = shop.receive(Call::by("dock"), vec![receipt]).await?;
    Ok(answer.into_result().unwrap().booked)
}

testkit::both_engines! {
    /// Nobody can promise for today what comes next week.
    async fn what_is_expected_is_incoming_and_not_for_sale(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        assert_eq!((shop.free(&tea).await, incoming(&shop, &tea).await), (0, 10));
        shop.refuses(shop.order("web", "R-1", "leeds", &[("TEA", 1)])).await;
        shop.holds().await;
    }

    async fn goods_come_in_parts_and_the_last_part_closes(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let order = shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        assert_eq!(arrives(&shop, "leeds", "TEA", "DN 1", 4, &order).await.unwrap(), 1);
        assert_eq!(arrives(&shop, "leeds", "TEA", "DN 1", 4, &order).await.unwrap(), 0, "the same note again");
        assert_eq!((shop.free(&tea).await, incoming(&shop, &tea).await), (4, 6));
        assert_eq!(arrives(&shop, "leeds", "TEA", "DN 2", 6, &order).await.unwrap(), 1);
        let seen = seen(&shop, &order).await;
        assert_eq!((seen.state.as_str(), seen.lines[0].received, incoming(&shop, &tea).await), ("closed", 10, 0));
        assert!(matches!(arrives(&shop, "leeds", "TEA", "DN 3", 1, &order).await, Err(ReceiveError::NotExpected)));
        assert_eq!(shop.free(&tea).await, 10);
        shop.holds().await;
    }

    /// More than was ordered, and something that was not: all of it is there, and all of it is written down.
    async fn more_than_was_expected_is_taken_in_and_told(db: TestDb) {
        let shop = Story::open(db).await;
        let (tea, cup) = (shop.sells("TEA").await, shop.sells("CUP").await);
        let order = shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        arrives(&shop, "leeds", "CUP", "DN 1", 2, &order).await.unwrap();
        arrives(&shop, "leeds", "TEA", "DN 1", 12, &order).await.unwrap();
        assert_eq!((shop.free(&tea).await, shop.free(&cup).await, incoming(&shop, &tea).await), (12, 2, 0));
        let seen = seen(&shop, &order).await;
        let mut lines: Vec<(i64, i64)> = seen.lines.iter().map(|line| (line.quantity, line.received)).collect();
        lines.sort_unstable();
        assert_eq!((seen.state.as_str(), lines), ("closed", vec![(0, 2), (10, 12)]));
        shop.holds().await;
    }

    async fn what_does_not_come_is_incoming_no_more(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let (half, none) = (
            shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await,
            shop.expects("leeds", "PO 8", "2026-03-07", "TEA", 5).await,
        );
        arrives(&shop, "leeds", "TEA", "DN 1", 4, &half).await.unwrap();
        for id in [&half, &none] {
            shop.close_expected(Call::by("buyer"), id.clone()).await.unwrap();
        }
        assert_eq!((shop.free(&tea).await, incoming(&shop, &tea).await), (4, 0));
        assert_eq!((seen(&shop, &half).await.state.as_str(), seen(&shop, &none).await.state.as_str()), ("closed", "cancelled"));
        let again = shop.close_expected(Call::by("buyer"), half).await;
        assert!(matches!(again, Err(ExpectError::Ended { .. })));
        shop.holds().await;
    }

    async fn the_supplier_sends_less_and_later(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let order = shop.expects("leeds", "PO 7", "2026-03-02", "TEA", 10).await;
        arrives(&shop, "leeds", "TEA", "DN 1", 4, &order).await.unwrap();
        assert!(!seen(&shop, &order).await.is_late, "the day is not over");
        shop.waits(24).await;
        assert!(seen(&shop, &order).await.is_late);
        let amendment = Amendment { expected_on: Some("2026-03-09".parse().unwrap()), lines: vec![(tea.clone(), units_of(7))] };
        shop.amend_expected(Call::by("buyer"), order.clone(), amendment).await.unwrap();
        let seen = seen(&shop, &order).await;
        assert_eq!((seen.is_late, seen.expected_on.as_str(), seen.lines[0].outstanding), (false, "2026-03-09", 3));
        assert_eq!(incoming(&shop, &tea).await, 3);
        shop.holds().await;
    }

    /// What can be promised grows with each day on which some comes.
    async fn a_promise_counts_what_has_come_by_its_day(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        shop.expects("leeds", "PO 8", "2026-03-09", "TEA", 5).await;
        shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        shop.accepts(shop.order("web", "R-1", "leeds", &[("TEA", 1)])).await;
        let rows = shop.available_to_promise(Scope::EVERYTHING, tea).await.unwrap();
        assert_eq!((rows.len(), rows[0].available), (1, 2));
        let supply: Vec<(&str, i64)> =
            rows[0].supply.iter().map(|from| (from.expected_on.as_str(), from.available_to_promise)).collect();
        assert_eq!(supply, [("2026-03-06", 12), ("2026-03-09", 17)]);
        shop.holds().await;
    }

    async fn a_purchase_order_is_told_of_once(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let order = shop.expects("leeds", "PO 7", "2026-03-06", "TEA", 10).await;
        let seen = seen(&shop, &order).await;
        let again = NewExpected {
            node_id: seen.node_id,
            owner_id: seen.owner_id,
            reference: "PO 7".into(),
            supplier: String::new(),
            expected_on: "2026-03-06".parse().unwrap(),
            lines: vec![(tea.clone(), units_of(10))],
        };
        assert!(matches!(shop.expect(Call::by("buyer"), again).await, Err(ExpectError::Known(_))));
        assert_eq!(incoming(&shop, &tea).await, 10);
        shop.holds().await;
    }
}
