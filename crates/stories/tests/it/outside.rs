//! The world outside fails, and nothing is bought, sold or paid twice.

use carriers::{CarrierSetup, Fault as CarrierFault, FaultRates, Odds, SimulatedCarrier};
use stories::Story;
use testkit::TestDb;

testkit::both_engines! {
    /// F6: the label was made, the answer was lost.
    async fn a_lost_answer_never_buys_a_second_label(db: TestDb) {
        let setup = CarrierSetup { odds: Odds::SMOOTH, faults: FaultRates::default(), ..CarrierSetup::demo(7) };
        let shop = Story::open_with(db, SimulatedCarrier::new(setup)).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.outside.carrier.script([CarrierFault::LostAnswer]);
        shop.picks(work, "TEA", 1).await.unwrap();
        shop.packs(work, "TEA", 1).await.unwrap();
        let parcel_id = shop.closes(work).await.parcel_id;
        shop.settles().await;
        assert_eq!(shop.count("select count(*) from effect where kind = 'label.buy' and state = 'unknown'").await, 1);
        assert_eq!(shop.outside.carrier.labels_bought().len(), 1, "the carrier did sell one");
        shop.waits(1).await;
        assert_eq!(shop.outside.carrier.labels_bought().len(), 1, "and it was found, not bought again");
        assert!(shop.outside.carrier.paid_twice().is_empty());
        shop.hands_over(&[parcel_id]).await;
        shop.holds().await;
    }

    async fn a_carrier_that_is_down_stops_nobody_from_packing(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 1)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.outside.carrier.set_down(true);
        shop.picks(work, "TEA", 1).await.unwrap();
        shop.packs(work, "TEA", 1).await.unwrap();
        let parcel_id = shop.closes(work).await.parcel_id;
        shop.waits(2).await;
        shop.outside.carrier.set_down(false);
        shop.waits(3).await;
        shop.hands_over(&[parcel_id]).await;
        assert!(shop.outside.carrier.paid_twice().is_empty());
        shop.holds().await;
    }

    async fn a_customer_who_cannot_pay_gets_nothing_and_the_stock_is_free_again(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 3).await;
        shop.outside.payments.script([payments::Fault::Declined]);
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        shop.settles().await;
        assert_eq!(shop.status(&accepted.order_id).await, "cancelled");
        assert_eq!(shop.free(&tea).await, 3);
        shop.holds().await;
    }

    async fn every_step_of_the_money_tells_how_much(db: TestDb) {
        let shop = Story::open(db).await;
        shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 9).await;
        let sent = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        shop.settles().await;
        let parcel_id = shop.makes_ready(&sent.fulfilment_orders[0].fulfilment_order_id, &[("TEA", 2)]).await;
        shop.hands_over(&[parcel_id]).await;
        shop.outside.payments.script([payments::Fault::Declined]);
        shop.accepts(shop.order("web", "2", "york", &[("TEA", 2)])).await;
        shop.settles().await;
        let all = shop.count("select count(*) from event where kind like 'payment.%'").await;
        // Two teas at 10.00 and 4.90 for the way.
        let said = shop.count("select count(*) from event where kind like 'payment.%' and data like '%\"amount_minor\":2490%'");
        assert_eq!((all, said.await), (3, 3), "authorised and captured; declined");
        shop.holds().await;
    }

    /// A restored database is a time machine: what was bought since must not be bought again.
    async fn after_a_restore_nothing_is_bought_or_charged_twice(db: TestDb) {
        let shop = Story::open(db).await;
        let tea = shop.sells("TEA").await;
        shop.stock("leeds", "TEA", 5).await;
        let accepted = shop.accepts(shop.order("web", "1", "york", &[("TEA", 2)])).await;
        shop.settles().await;
        let work = &accepted.fulfilment_orders[0].fulfilment_order_id;
        shop.picks(work, "TEA", 2).await.unwrap();
        shop.packs(work, "TEA", 2).await.unwrap();
        let parcel_id = shop.closes(work).await.parcel_id;
        // The label is wanted and a second order's money is, when the backup is made; then both are got.
        shop.accepts(shop.order("web", "2", "york", &[("TEA", 1)])).await;
        let restored = shop.backed_up().await;
        shop.settles().await;
        let (labels, charges) = (shop.outside.carrier.labels_bought().len(), shop.outside.payments.transactions().len());
        assert_eq!(labels, 1);

        let again = shop.goes_on_from(restored).await;
        assert_eq!(again.count("select count(*) from effect where state = 'unknown'").await, 2);
        again.settles().await;
        again.waits(1).await;
        assert_eq!(again.count("select count(*) from effect where state <> 'succeeded'").await, 0);
        assert_eq!(again.outside.carrier.labels_bought().len(), labels, "the label was found, not bought again");
        assert_eq!(again.outside.payments.transactions().len(), charges, "the money was found, not asked for again");
        again.hands_over(&[parcel_id]).await;
        assert_eq!(again.free(&tea).await, 2);
        again.holds().await;
        shop.holds().await;
    }
}
