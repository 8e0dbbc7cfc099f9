//! Cancelled at any stage, with the right consequence.

use flows::cancel::{CancelError, CancelOrder, Cancelled};
use kernel::OrderId;
use orders::cancel::CannotCancel;
use runtime::Call;
use stories::Story;
use testkit::TestDb;

async fn cancels(shop: &Story, order_id: &OrderId, line_nos: &[i64]) -> Result<Cancelled, CancelError> {
    let cancel = CancelOrder {
        order_id: order_id.clone(),
        line_nos: line_nos.to_vec(),
        reason: "changed mind".into(),
    };
    Ok(shop.cancel(Call::by("customer"), cancel).await?.into_result().unwrap())
}

testkit::both_engines! {
    async fn before_picking_the_stock_is_free_again(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        assert_eq!(shop.free(&tea).await, 1);
        let cancelled = cancels(&shop, &accepted.order_id, &[]).await.unwrap();
        assert_eq!((cancelled.cancelled_units, cancelled.too_late_units), (2, 0));
        assert_eq!(shop.free(&tea).await, 3);
        shop.settles().await;
        assert_eq!(shop.status(&accepted.order_id).await, "cancelled");
        let again = cancels(&shop, &accepted.order_id, &[]).await;
        assert!(matches!(again, Err(CancelError::Cannot(CannotCancel::AlreadyCancelled))));
        shop.holds().await;
    }

    async fn a_closed_parcel_is_opened_its_label_given_back_and_the_other_line_packed_again(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        let cup = shop.sells("CUP").await;
        shop.stock("leeds", "TEA", 3).await;
        shop.stock("leeds", "CUP", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1), ("CUP", 1)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.makes_ready(work, &[("TEA", 1), ("CUP", 1)]).await;
        cancels(&shop, &accepted.order_id, &[1]).await.unwrap();
        shop.settles().await;
        assert_eq!(shop.stock_at("leeds", &tea).await, [3, 0, 0, 0]);
        assert_eq!(shop.stock_at("leeds", &cup).await, [2, 0, 1, 0], "the cup is on the table again");
        assert!(shop.outside.carrier.labels_bought().iter().all(|label| !label.is_live()), "nobody pays for that label");
        shop.packs(work, "CUP", 1).await.unwrap();
        let parcel_id = shop.closes(work).await.parcel_id;
        shop.settles().await;
        shop.hands_over(&[parcel_id]).await;
        shop.waits(24 * 12).await;
        assert_eq!(shop.status(&accepted.order_id).await, "delivered");
        assert_eq!(shop.count("select captured_minor from payment").await, 1_490);
        shop.holds().await;
    }

    async fn what_has_left_can_only_be_returned(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        let parcel_id = shop.makes_ready(work, &[("TEA", 1)]).await;
        shop.hands_over(&[parcel_id]).await;
        let late = cancels(&shop, &accepted.order_id, &[]).await;
        assert!(matches!(late, Err(CancelError::Cannot(CannotCancel::AlreadyDispatched { units: 1 }))), "{late:?}");
        shop.holds().await;
    }

    async fn a_paid_order_gets_its_money_back_once(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let mut order = shop.order("web", "1", "york", &[("TEA", 2)]);
        order.is_paid = true;
        let accepted = shop.accepts(order).await;
        let cancelled = cancels(&shop, &accepted.order_id, &[]).await.unwrap();
        assert_eq!(cancelled.refund_minor, 2_490);
        shop.settles().await;
        assert_eq!(shop.count("select refunded_minor from payment").await, 2_490);
        shop.holds().await;
    }
}
